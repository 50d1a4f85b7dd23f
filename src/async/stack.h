/* Stacks for coroutines: mapped memory with a guard below. */
#ifndef ASYNC_STACK_H
#define ASYNC_STACK_H

#include <stdbool.h>
#include <stddef.h>

struct stack {
    char *bottom; /* the lowest usable byte; the guard ends here */
    size_t size;
};

/* -ENOMEM; -EAGAIN with a text where the process has as many mappings as the system lets it. */
int stack_map(struct stack *ret_stack);
void stack_unmap(struct stack *stack);

/* Whether ADDRESS is in the guard of the stack. */
bool stack_is_guard(const struct stack *stack, const void *address);

#endif
