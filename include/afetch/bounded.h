/* gather() and as_completed() over a source of futures with bounded concurrency. The next future is
 * pulled only when there is room for it, so the source may be of any length, or endless, in
 * constant memory.
 *
 *     af_bounded_gather(&(af_bounded_options){next_url, list, jobs, 1000}, &results);
 *     while ((r = af_bounded_next(results, &task)) > 0)
 *         report(task);
 *
 * asyncio has no equivalent. In Python this takes a feeder task, a semaphore and a queue, which is
 * how it is implemented here. */
#ifndef AFETCH_BOUNDED_H
#define AFETCH_BOUNDED_H

#include <afetch/future.h>
#include <afetch/semaphore.h>

AF_BEGIN_DECLARATIONS

typedef struct af_bounded af_bounded;

/* Pulls the next future, usually a task that it creates: returns 1 and the future, 0 at the end of
 * the source, or a negative code, which ends the source as well.
 * Suspends: it may. It is called in a task of its own, the feeder.
 * Ownership: the iterator takes over the reference to the future. */
typedef int af_bounded_source(void *arg, af_future **ret_future);

typedef struct af_bounded_options {
    af_bounded_source *next;
    void *arg;
    /* Acquired before each pull and released when the pulled future is done. NULL: the source, or
     * the tasks that it creates, acquire permits themselves, which lets them release a permit while
     * they wait. */
    af_semaphore *semaphore;
    size_t window; /* maximum of futures pulled but not yet returned; at least 1 */
} af_bounded_options;

/* Starts to pull. af_bounded_gather() returns futures in the order of the source; up to window
 * results are kept while an earlier one is pending. af_bounded_as_completed() returns them in the
 * order of completion.
 * Errors: AF_VALUE_ERROR if window is 0; -ENOMEM; the errors of af_create_task(), for example
 * AF_RUNTIME_ERROR if no loop is running.
 * Suspends: never.
 * Ownership: the caller owns the iterator. The semaphore is borrowed until the iterator is freed.
 */
int af_bounded_gather(const af_bounded_options *options, af_bounded **ret_bounded);
int af_bounded_as_completed(const af_bounded_options *options, af_bounded **ret_bounded);

/* Returns 1 and the next future, which is done, or 0 after the last one.
 * Errors: the code of the source if it failed, or -ENOMEM if a future could not be pulled for lack
 * of memory, both only after all earlier futures were returned; AF_RUNTIME_ERROR if the feeder task
 * was cancelled by other means than af_bounded_stop(), or outside a task if it would have to
 * suspend; AF_CANCELLED, after which it can be called again and nothing is lost.
 * Suspends: until a future can be returned or the source has ended.
 * Ownership: the caller owns the reference to the future. */
int af_bounded_next(af_bounded *bounded, af_future **ret_future);

/* True if af_bounded_next() would return without suspending. */
bool af_bounded_ready(const af_bounded *bounded);

/* Stops pulling. Futures that were pulled keep running and can still be fetched with
 * af_bounded_next(). The feeder task is cancelled on the first call only.
 * Errors: AF_CANCELLED; AF_RUNTIME_ERROR outside a task if it would have to suspend.
 * Suspends: until the feeder task is done. */
int af_bounded_stop(af_bounded *bounded);

/* Cancels every pulled future that is not done. They are returned by af_bounded_next() when done.
 * Suspends: never. */
void af_bounded_cancel(af_bounded *bounded);

/* Frees the iterator. The source must have ended or been stopped, and no task may be suspended in
 * af_bounded_next() or af_bounded_stop(). Futures that were not returned are unreferenced and keep
 * running. */
void af_bounded_free(af_bounded *bounded);

AF_END_DECLARATIONS

#endif
