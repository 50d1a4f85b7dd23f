/* Errors: what a Python exception is in asyncio.
 *
 * A function that can fail returns 0 or a positive number when it succeeds and a negative code when
 * it does not. Codes of the system are negated errno values (-ENOMEM, -ECONNREFUSED); the codes
 * below are asyncio's; a program's own codes are AF_USER_ERROR and less.
 *
 * A code may come with a text. The text travels beside the code: af_raise() notes it for the
 * running task, and a coroutine that returns the code hands code and text to whoever awaits it. So
 *
 *     return af_raise(-EINVAL, "%s: not a number", word);
 *
 * is Python's `raise`, and `if (r < 0) return r;` lets an exception pass. */
#ifndef AFETCH_ERROR_H
#define AFETCH_ERROR_H

#include <stddef.h>

#include <afetch/declarations.h>

AF_BEGIN_DECLARATIONS

enum {
    AF_CANCELLED = -1001,       /* CancelledError */
    AF_TIMEOUT = -1002,         /* TimeoutError */
    AF_INVALID_STATE = -1003,   /* InvalidStateError */
    AF_RUNTIME_ERROR = -1004,   /* RuntimeError */
    AF_VALUE_ERROR = -1005,     /* ValueError */
    AF_GROUP = -1006,           /* ExceptionGroup */
    AF_INCOMPLETE_READ = -1007, /* IncompleteReadError */
    AF_LIMIT_OVERRUN = -1008,   /* LimitOverrunError */
    AF_INTERRUPTED = -1009,     /* KeyboardInterrupt */
    AF_QUEUE_EMPTY = -1010,     /* QueueEmpty */
    AF_QUEUE_FULL = -1011,      /* QueueFull */
    AF_QUEUE_SHUT_DOWN = -1012, /* QueueShutDown */
    AF_RESOLVE_ERROR = -1013,   /* socket.gaierror */
    AF_USER_ERROR = -2000,      /* the first code that is the program's own */
};

/* What stands behind a code: a text, or the errors of a group. Shared and counted; never changed.
 */
typedef struct af_error_detail af_error_detail;

/* An error as a value. code is 0 where there is none. The detail is borrowed from wherever the
 * error was read, and may be NULL. */
typedef struct af_error {
    int code;
    af_error_detail *detail;
} af_error;

/* Notes CODE and a text (printf's format; NULL for none) as the error being raised, and returns
 * CODE. Where there is no memory for the text, the code goes without it. Who returns a code without
 * it, or NULL here, may be taken to mean an older text of the same code. Does not suspend. */
int af_raise(int code, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* The same for an error read from a future: `raise error`. Returns its code. */
int af_raise_error(af_error error);

/* The error last raised in this task (outside of tasks: in this thread), for a caller that has just
 * been returned CODE. Borrowed: good until the next error is raised. */
af_error af_raised(int code);

/* Keeps an error beyond the next one, and lets go of it: what a `finally` needs that awaits and
 * then lets the exception pass. ref returns the error. */
af_error af_error_ref(af_error error);
void af_error_unref(af_error error);

/* The text of an error: what was said when it was raised, else the meaning of its code. Never NULL;
 * lives as long as the error does. */
const char *af_error_text(af_error error);

/* The meaning of a code in words. A static string or strerror's. */
const char *af_strerror(int code);

/* The errors of a group, in order, borrowed from it. Any other error has none; a member that is not
 * there has code 0. */
size_t af_error_count(af_error error);
af_error af_error_member(af_error error, size_t index);

AF_END_DECLARATIONS

#endif
