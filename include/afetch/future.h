/* Futures: a result that is not there yet. A task is a future too, and so is what gather(),
 * shield() and an HTTP request return; every function here takes any of them.
 *
 * Futures are counted: who makes one owns a reference, and drops it with af_future_unref(). */
#ifndef AFETCH_FUTURE_H
#define AFETCH_FUTURE_H

#include <afetch/loop.h>

AF_BEGIN_DECLARATIONS

/* Runs once the future is done, through the loop's queue and never at once (rule 13). The future is
 * borrowed. The returned code is as af_callback's. */
typedef int af_done_callback(af_future *future, void *arg);

/* A pending future of LOOP, which need not be running. -ENOMEM. */
int af_future_new(af_loop *loop, af_future **ret_future);

/* The same of the running loop. AF_RUNTIME_ERROR where none is running, -ENOMEM. */
int af_create_future(af_future **ret_future);

/* Takes one more reference. Returns the future. */
af_future *af_future_ref(af_future *future);

/* Drops a reference; NULL is fine. With the last one go the future and the result it owns. An
 * exception that nobody retrieved is then reported to the exception handler (rule 16). */
void af_future_unref(af_future *future);

/* Whether it has a result, an exception, or was cancelled; and whether it was cancelled. */
bool af_future_done(const af_future *future);
bool af_future_cancelled(const af_future *future);

/* The result, borrowed from the future, or the code of its exception, which is raised here and
 * counts as retrieved. AF_INVALID_STATE while pending (rule 12), AF_CANCELLED where cancelled. */
int af_future_result(af_future *future, void **ret_result);

/* The exception as a value, borrowed: code 0 where there is none. It counts as retrieved. Returns
 * AF_INVALID_STATE while pending and AF_CANCELLED where cancelled, otherwise 0. */
int af_future_exception(af_future *future, af_error *ret_error);

/* The exception, if any, for whoever reports it: borrowed, and it does not count as retrieved. */
af_error af_future_peek_exception(const af_future *future);

/* Whether it has an exception that nobody has retrieved. */
bool af_future_unretrieved(const af_future *future);

/* Makes it done. destroy is called with the result when the future goes, and may be NULL.
 * AF_INVALID_STATE where it is done already (the result is then still the caller's), and
 * AF_RUNTIME_ERROR where it is not one of af_create_future(): a task, say (rules 11 and 12). */
int af_future_set_result(af_future *future, void *result, void (*destroy)(void *result));

/* Makes it fail with CODE and the text noted for CODE by af_raise(). The errors of set_result, and
 * AF_VALUE_ERROR for a code that is not negative. */
int af_future_set_exception(af_future *future, int code);

/* Asks for cancellation; returns whether it was still possible (rules 15, 18, 19, 30). A plain
 * future is cancelled at once, a task at its next await, a gather through its children. */
bool af_future_cancel(af_future *future);

/* Calls CALLBACK once the future is done, in the order they were added; also when it is done
 * already (rule 13). AF_RUNTIME_ERROR once its loop is closed, -ENOMEM. */
int af_future_add_done_callback(af_future *future, af_done_callback *callback, void *arg);

/* Removes all that were added with this callback and argument and are not due yet. Returns how many
 * (rule 14). */
size_t af_future_remove_done_callback(af_future *future, af_done_callback *callback, void *arg);

/* The loop it belongs to. Borrowed. */
af_loop *af_future_loop(const af_future *future);

/* Runs LOOP until FUTURE is done; then as af_future_result(). AF_RUNTIME_ERROR where the loop was
 * stopped before (rule 7) or is closed, or where a loop is running already; -ENOMEM; what the poll
 * returned. */
int af_loop_run_until_complete(af_loop *loop, af_future *future, void **ret_result);

AF_END_DECLARATIONS

#endif
