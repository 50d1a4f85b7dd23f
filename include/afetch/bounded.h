/* gather and as_completed over a source that is pulled as places come free: bounded concurrency
 * over a list of any length, or one that never ends, in memory that does not grow with it.
 *
 *     af_bounded_gather(&(af_bounded_options){next_url, list, jobs, 1000}, &results);
 *     while ((r = af_bounded_next(results, &task)) > 0)
 *         report(task);
 *
 * asyncio has no such thing; the nearest is a feeder task, a semaphore and a queue, and that is
 * what this is. */
#ifndef AFETCH_BOUNDED_H
#define AFETCH_BOUNDED_H

#include <afetch/future.h>
#include <afetch/semaphore.h>

AF_BEGIN_DECLARATIONS

typedef struct af_bounded af_bounded;

/* Gives the next future to wait for, most often a task it just made: 1 and the future, which is
 * then the bounded iterator's; 0 at the end of the source; or a negative code, which ends the
 * source too. It runs in a task of its own and may suspend. */
typedef int af_bounded_source(void *arg, af_future **ret_future);

typedef struct af_bounded_options {
    af_bounded_source *next;
    void *arg;
    /* A permit is taken before each pull, and given back when that is done. NULL where the source
     * and what it makes take permits themselves, so that they may let go of one while they wait. */
    af_semaphore *semaphore;
    size_t window; /* how many may be pulled and not yet handed out; at least 1 */
} af_bounded_options;

/* Begins to pull. gather hands results out in the order of the source, holding at most window
 * results behind a slow one; as_completed as they finish. The semaphore is borrowed until the
 * iterator is freed. AF_VALUE_ERROR for a window of 0, -ENOMEM, and the errors of af_create_task(),
 * AF_RUNTIME_ERROR where no loop is running among them. Does not suspend. The caller owns the
 * iterator. */
int af_bounded_gather(const af_bounded_options *options, af_bounded **ret_bounded);
int af_bounded_as_completed(const af_bounded_options *options, af_bounded **ret_bounded);

/* Suspends until a future can be handed out: 1 and the future, done, a reference that is now the
 * caller's; 0 when the source has ended and all are out; the source's code if it failed, or -ENOMEM
 * where one more could not be pulled, after all that came before are out; AF_RUNTIME_ERROR if it
 * was cancelled by somebody else, or outside a task where it would have to wait. AF_CANCELLED, and
 * then nothing is lost: call again. */
int af_bounded_next(af_bounded *bounded, af_future **ret_future);

/* Whether next would return without suspending. */
bool af_bounded_ready(const af_bounded *bounded);

/* Pulls no more; what was pulled runs on and is handed out. The source is cancelled, once however
 * often this is called. Suspends until it has let go. AF_CANCELLED; AF_RUNTIME_ERROR outside a task
 * where it would have to wait. */
int af_bounded_stop(af_bounded *bounded);

/* Asks every future that is not done to cancel. They are handed out as they end. Does not suspend.
 */
void af_bounded_cancel(af_bounded *bounded);

/* Frees the iterator. Futures that were not handed out are unreferenced and run on. No task may be
 * in next or stop, and the source must have ended or been stopped. NULL is fine. */
void af_bounded_free(af_bounded *bounded);

AF_END_DECLARATIONS

#endif
