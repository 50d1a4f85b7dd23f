/* Coroutine stacks: mapped memory, with a guard below each stack. */
#ifndef ASYNC_STACK_H
#define ASYNC_STACK_H

#include <stdbool.h>
#include <stddef.h>

#include "base/list.h"

struct stack {
    char *bottom; /* lowest usable byte, just above the guard */
    size_t size;
};

/* An allocator of stacks. A stack cannot be returned alone; the coroutine pool reuses it. */
struct stacks {
    struct list slabs;
};

void stacks_init(struct stacks *stacks);

/* Unmaps all stacks. */
void stacks_free(struct stacks *stacks);

/* Returns a new stack.
 * Errors: -ENOMEM; -EAGAIN, with a text, if the process may not map more memory. */
int stacks_take(struct stacks *stacks, struct stack *ret_stack);

/* True if ADDRESS is in the guard of the stack. */
bool stack_is_guard(const struct stack *stack, const void *address);

#endif
