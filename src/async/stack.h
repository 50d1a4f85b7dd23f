/* Stacks for coroutines: mapped memory, each stack with a guard below. */
#ifndef ASYNC_STACK_H
#define ASYNC_STACK_H

#include <stdbool.h>
#include <stddef.h>

#include "base/list.h"

struct stack {
    char *bottom; /* the lowest usable byte; the guard ends here */
    size_t size;
};

/* Where stacks come from. They are not given back one by one: who is done with one keeps it for the
 * next. */
struct stacks {
    struct list slabs;
};

void stacks_init(struct stacks *stacks);

/* Unmaps every stack that was taken. */
void stacks_free(struct stacks *stacks);

/* A stack that was never used. -ENOMEM; -EAGAIN with a text where the system lets the process map
 * no more. */
int stacks_take(struct stacks *stacks, struct stack *ret_stack);

/* Whether ADDRESS is in the guard of the stack. */
bool stack_is_guard(const struct stack *stack, const void *address);

#endif
