#include "base/error.h"

#include <errno.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct af_error_detail {
    unsigned references;
    char *text;         /* NULL in a group */
    size_t count;       /* number of members */
    af_error members[]; /* a reference to each */
};

static _Thread_local af_error thread_slot;
_Thread_local af_error *error_slot;

static af_error *current_slot(void)
{
    return error_slot ? error_slot : &thread_slot;
}

/* Frees the last error of a thread when the thread ends. */
static pthread_key_t thread_exit;
static pthread_once_t thread_exit_once = PTHREAD_ONCE_INIT;
static bool has_thread_exit;

static void clear_slot(void *slot)
{
    af_error_unref(*(af_error *)slot);
    *(af_error *)slot = (af_error){0};
}

static void create_thread_exit(void)
{
    has_thread_exit = pthread_key_create(&thread_exit, clear_slot) == 0;
}

static void clear_at_thread_exit(void)
{
    pthread_once(&thread_exit_once, create_thread_exit);
    if (has_thread_exit)
        pthread_setspecific(thread_exit, &thread_slot);
}

/* Raises ERROR and takes over its reference. */
static int raise_owned(af_error error)
{
    af_error *slot = current_slot();
    af_error_unref(*slot);
    *slot = error;
    if (error.detail && slot == &thread_slot)
        clear_at_thread_exit();
    return error.code;
}

static af_error_detail *detail_new(size_t count)
{
    af_error_detail *detail = malloc(sizeof *detail + count * sizeof detail->members[0]);
    if (detail)
        *detail = (af_error_detail){.references = 1, .count = count};
    return detail;
}

af_error af_error_ref(af_error error)
{
    if (error.detail)
        error.detail->references++;
    return error;
}

void af_error_unref(af_error error)
{
    af_error_detail *detail = error.detail;
    if (!detail || --detail->references > 0)
        return;
    for (size_t i = 0; i < detail->count; i++)
        af_error_unref(detail->members[i]);
    free(detail->text);
    free(detail);
}

int error_raise_code(int code)
{
    return raise_owned((af_error){.code = code});
}

af_error error_take(int code)
{
    af_error error = af_error_ref(af_raised(code));
    error_raise_code(0);
    return error;
}

int error_new_group(const af_error *errors, size_t count, af_error *ret_error)
{
    af_error_detail *detail = detail_new(count);
    if (!detail)
        return -ENOMEM;
    for (size_t i = 0; i < count; i++)
        detail->members[i] = af_error_ref(errors[i]);
    *ret_error = (af_error){.code = AF_GROUP, .detail = detail};
    return 0;
}

int af_raise(int code, const char *format, ...)
{
    af_error error = {.code = code};
    if (format && (error.detail = detail_new(0))) {
        va_list arguments;
        va_start(arguments, format);
        int r = vasprintf(&error.detail->text, format, arguments);
        va_end(arguments);
        if (r < 0)
            error.detail->text = NULL;
    }
    return raise_owned(error);
}

int af_raise_error(af_error error)
{
    return raise_owned(af_error_ref(error));
}

af_error af_raised(int code)
{
    af_error *slot = current_slot();
    return slot->code == code ? *slot : (af_error){.code = code};
}

const char *af_error_text(af_error error)
{
    return error.detail && error.detail->text ? error.detail->text : af_strerror(error.code);
}

const char *af_strerror(int code)
{
    switch (code) {
    case 0:
        return "no error";
    case AF_CANCELLED:
        return "cancelled";
    case AF_TIMEOUT:
        return "timed out";
    case AF_INVALID_STATE:
        return "invalid state of the future";
    case AF_RUNTIME_ERROR:
        return "operation not allowed in this context";
    case AF_VALUE_ERROR:
        return "invalid value";
    case AF_GROUP:
        return "several errors";
    case AF_INCOMPLETE_READ:
        return "unexpected end of the stream";
    case AF_LIMIT_OVERRUN:
        return "limit of the stream exceeded";
    case AF_INTERRUPTED:
        return "interrupted";
    case AF_QUEUE_EMPTY:
        return "the queue is empty";
    case AF_QUEUE_FULL:
        return "the queue is full";
    case AF_QUEUE_SHUT_DOWN:
        return "the queue is shut down";
    case AF_RESOLVE_ERROR:
        return "could not resolve host name";
    default:
        return code <= AF_USER_ERROR ? "application-defined error" : strerror(-code);
    }
}

size_t af_error_count(af_error error)
{
    return error.detail ? error.detail->count : 0;
}

af_error af_error_member(af_error error, size_t index)
{
    return index < af_error_count(error) ? error.detail->members[index] : (af_error){0};
}
