/* What error.c shares with the futures that carry errors and the tasks that raise them. */
#ifndef BASE_ERROR_H
#define BASE_ERROR_H

#include <afetch/error.h>

/* Where errors of this thread are raised; NULL: in the thread's own place. The model is the one
 * that needs no call to find a variable of a thread, in the shared library too. */
extern _Thread_local af_error *error_slot __attribute__((tls_model("initial-exec")));

/* Makes *SLOT the place where errors of this thread are raised, and returns the place it was
 * before. A task brings its own, so that no other task's error takes the place of its own while it
 * stands still. */
static inline af_error *error_swap_slot(af_error *slot)
{
    af_error *previous = error_slot;
    error_slot = slot;
    return previous;
}

/* Raises a code without a text. */
int error_raise_code(int code);

/* The error that came with CODE, taken out of its place with its reference; whatever is there, the
 * place is empty afterwards. How a thread hands its error on to another. */
af_error error_take(int code);

/* Makes a group of COUNT errors, which are referenced. -ENOMEM. The caller owns *ret_error. */
int error_new_group(const af_error *errors, size_t count, af_error *ret_error);

#endif
