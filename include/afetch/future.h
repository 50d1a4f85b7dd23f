/* Futures: results that will be available later. Tasks and the return values of gather(), shield()
 * and HTTP requests are futures too, and every function here accepts any of them.
 *
 * Ownership: futures are reference-counted. The function that creates one gives the caller a
 * reference, to be dropped with af_future_unref(). */
#ifndef AFETCH_FUTURE_H
#define AFETCH_FUTURE_H

#include <afetch/loop.h>

AF_BEGIN_DECLARATIONS

/* A callback for a future that is done. It is called through the loop's queue, never directly (rule
 * 13). Its return value is handled like that of an af_callback.
 * Ownership: the future is borrowed. */
typedef int af_done_callback(af_future *future, void *arg);

/* Creates a pending future on LOOP, which need not be running.
 * Errors: -ENOMEM.
 * Ownership: the caller owns the reference. */
int af_future_new(af_loop *loop, af_future **ret_future);

/* Creates a pending future on the running loop.
 * Errors: AF_RUNTIME_ERROR if no loop is running; -ENOMEM.
 * Ownership: the caller owns the reference. */
int af_create_future(af_future **ret_future);

/* Adds a reference and returns the future. */
af_future *af_future_ref(af_future *future);

/* Drops a reference. Dropping the last one destroys the future and the result that it owns, and
 * reports an exception that was never retrieved to the exception handler (rule 16). */
void af_future_unref(af_future *future);

/* True if it is done, that is, has a result, has an exception or was cancelled; and true if it was
 * cancelled. */
bool af_future_done(const af_future *future);
bool af_future_cancelled(const af_future *future);

/* Gets the result, or raises the exception and returns its code; the exception then counts as
 * retrieved.
 * Errors: the code of the exception; AF_INVALID_STATE if it is pending (rule 12); AF_CANCELLED if
 * it was cancelled.
 * Ownership: the result is borrowed from the future. */
int af_future_result(af_future *future, void **ret_result);

/* Gets the exception as a value, with code 0 if there is none. It then counts as retrieved.
 * Errors: AF_INVALID_STATE if it is pending; AF_CANCELLED if it was cancelled.
 * Ownership: the exception is borrowed from the future. */
int af_future_exception(af_future *future, af_error *ret_error);

/* Returns the exception without marking it as retrieved, for reports; code 0 if there is none.
 * Ownership: borrowed from the future. */
af_error af_future_peek_exception(const af_future *future);

/* True if it has an exception that was not retrieved. */
bool af_future_unretrieved(const af_future *future);

/* Sets the result, which makes the future done. destroy (may be NULL) is called with the result
 * when the future is destroyed.
 * Errors: AF_INVALID_STATE if it is done already; AF_RUNTIME_ERROR if it was not created by
 * af_create_future() or af_future_new(): a task, for example (rules 11 and 12).
 * Ownership: the result is taken over if destroy is given, except on error. */
int af_future_set_result(af_future *future, void *result, void (*destroy)(void *result));

/* Sets the exception: CODE, with the text of the last af_raise() of that code.
 * Errors: those of af_future_set_result(); AF_VALUE_ERROR if CODE is not negative. */
int af_future_set_exception(af_future *future, int code);

/* Requests cancellation. False if it was not possible any more (rules 15, 18, 19, 30). A plain
 * future is cancelled at once, a task at its next await, a gather through its children. */
bool af_future_cancel(af_future *future);

/* Calls CALLBACK through the loop's queue once the future is done, or in the next iteration if it
 * is done already (rule 13). Callbacks run in the order in which they were added.
 * Errors: AF_RUNTIME_ERROR if its loop is closed; -ENOMEM. */
int af_future_add_done_callback(af_future *future, af_done_callback *callback, void *arg);

/* Removes every callback that was added with this function and argument and is not queued to run
 * yet. Returns their number (rule 14). */
size_t af_future_remove_done_callback(af_future *future, af_done_callback *callback, void *arg);

/* Returns the loop that it belongs to. */
af_loop *af_future_loop(const af_future *future);

/* Runs LOOP until FUTURE is done, then returns as af_future_result() does.
 * Errors: those of af_future_result(); AF_RUNTIME_ERROR if the loop was stopped before (rule 7), is
 * closed, or a loop is already running in this thread; AF_VALUE_ERROR if FUTURE belongs to another
 * loop; the error of the loop's poll. */
int af_loop_run_until_complete(af_loop *loop, af_future *future, void **ret_result);

AF_END_DECLARATIONS

#endif
