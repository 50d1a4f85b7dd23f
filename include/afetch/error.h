/* Errors: the equivalent of Python's exceptions.
 *
 * A function that can fail returns 0 or a positive number on success and a negative code on
 * failure. System errors are negated errno values (-ENOMEM, -ECONNREFUSED), the codes below are
 * asyncio's exceptions, and a program's own codes are AF_USER_ERROR and less.
 *
 * An error can have a text, which is not part of the code: af_raise() stores code and text for the
 * running task, and when a coroutine returns the code, its caller can get the text with
 * af_raised(). So
 *
 *     return af_raise(-EINVAL, "%s: not a number", word);
 *
 * is Python's `raise`, and `if (r < 0) return r;` lets an exception propagate. */
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
    AF_USER_ERROR = -2000,      /* the first code for the program's own errors */
};

/* The text of an error, or the members of a group. Reference-counted and immutable. */
typedef struct af_error_detail af_error_detail;

/* An error as a value. code is 0 if there is no error. detail may be NULL.
 * Ownership: detail is borrowed from where the error was read. */
typedef struct af_error {
    int code;
    af_error_detail *detail;
} af_error;

/* Stores CODE and a text (printf format; NULL: no text) as the current error of this task, and
 * returns CODE. If there is no memory for the text, the error has none. A code that is returned
 * without af_raise() may be reported with the text of an earlier error that had the same code.
 * Suspends: never.
 * Threads: any; each thread has its own current error outside tasks. */
int af_raise(int code, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Raises an error that was read from a future, and returns its code: Python's `raise error`. */
int af_raise_error(af_error error);

/* Returns the last error raised in this task (outside tasks: in this thread), for a caller that has
 * just received CODE. If the last error has another code, returns CODE without a text.
 * Ownership: borrowed; valid until the next error is raised. */
af_error af_raised(int code);

/* Take and drop a reference to an error, to keep it after the next one is raised. The equivalent of
 * a `finally` block that awaits needs this before it lets the exception propagate. af_error_ref()
 * returns ERROR. */
af_error af_error_ref(af_error error);
void af_error_unref(af_error error);

/* Returns the text given when the error was raised, or else the meaning of its code. Never NULL.
 * Ownership: borrowed from the error. */
const char *af_error_text(af_error error);

/* Returns the meaning of a code in words.
 * Ownership: a static string, or the buffer of strerror(). */
const char *af_strerror(int code);

/* Count the errors of a group, and get one of them in their order. An error that is not a group has
 * 0 members. If INDEX is out of range, the code is 0.
 * Ownership: members are borrowed from the group. */
size_t af_error_count(af_error error);
af_error af_error_member(af_error error, size_t index);

AF_END_DECLARATIONS

#endif
