/* Internal functions of errors, for futures, tasks and executors. */
#ifndef BASE_ERROR_H
#define BASE_ERROR_H

#include <afetch/error.h>

/* The slot in which errors of this thread are raised; NULL: the thread's own slot. The TLS model
 * "initial-exec" avoids a function call for each access in the shared library. */
extern _Thread_local af_error *error_slot __attribute__((tls_model("initial-exec")));

/* Sets the slot in which errors of this thread are raised and returns the previous one. Each task
 * has its own slot, so that errors of other tasks do not overwrite its error while it is suspended.
 */
static inline af_error *error_swap_slot(af_error *slot)
{
    af_error *previous = error_slot;
    error_slot = slot;
    return previous;
}

/* Raises a code without a text. */
int error_raise_code(int code);

/* Returns the current error if its code is CODE, with its reference, and clears the slot in any
 * case. A thread uses it to pass its error to another. */
af_error error_take(int code);

/* Creates a group of COUNT errors.
 * Errors: -ENOMEM.
 * Ownership: the caller owns *ret_error, which holds a reference to each error. */
int error_new_group(const af_error *errors, size_t count, af_error *ret_error);

#endif
