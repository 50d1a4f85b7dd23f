/* In asyncio's terms: a semaphore for -j, a task for each URL, wait_for() around it (in fetch.c),
 * gather() or as_completed() for the order, timeout() for the deadline. */
#include "cli/fetch/fetch_all.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>

#include "cli/fetch/fetch.h"
#include "cli/text/redact.h"

struct fetch_all;

struct stop_signal {
    int number;
    enum stop_reason reason;
    struct fetch_all *run;
};

static const struct stop_signal signals[] = {
    {.number = SIGINT, .reason = STOP_INTERRUPTED},
    {.number = SIGTERM, .reason = STOP_TERMINATED},
    {.number = SIGHUP, .reason = STOP_HUNG_UP},
};

enum { SIGNALS = sizeof signals / sizeof signals[0] };

struct fetch_all {
    struct session session;
    struct filter *filter;
    af_bounded *results;
    af_task *task; /* in which fetch_all() runs */
    record_callback *report;
    void *report_arg;
    size_t successes;
    struct run_result *result;
    struct stop_signal signals[SIGNALS];
};

static const char *const stop_texts[] = {
    [STOP_INTERRUPTED] = "interrupted",
    [STOP_TERMINATED] = "terminated",
    [STOP_HUNG_UP] = "the terminal was closed (SIGHUP)",
    [STOP_DEADLINE] = "deadline exceeded (--deadline)",
    [STOP_FAILED] = "another request failed (--fail-fast)",
    [STOP_ENOUGH] = "enough requests succeeded (--first)",
    [STOP_READER_GONE] = "the reader closed the output (broken pipe)",
};

/* ---------------------------------------------------------------- stopping */

static void note_stop(struct fetch_all *run, enum stop_reason reason)
{
    run->result->stop = reason;
    run->session.cancelled_by = stop_texts[reason];
}

/* Stops the run by cancelling its task, once. */
static void stop(struct fetch_all *run, enum stop_reason reason)
{
    if (run->result->stop != STOP_NONE)
        return;
    note_stop(run, reason);
    af_future_cancel(run->task);
}

/* Returns "http://example.com/ failed (the server answered 500)", or NULL without memory. */
static char *describe_failure(const struct record *record)
{
    char *shown = NULL, *text;
    if (url_without_password(record->url, &shown) < 0)
        return NULL;
    int length = asprintf(&text, "%s failed (%s)", shown ? shown : record->url, record->errormsg);
    free(shown);
    return length < 0 ? NULL : text;
}

static void stop_at_failure(struct fetch_all *run, const struct record *record)
{
    if (run->result->stop == STOP_NONE)
        run->result->failure = describe_failure(record);
    stop(run, STOP_FAILED);
}

static void on_finished(const struct record *record, void *arg)
{
    struct fetch_all *run = arg;
    const struct options *options = run->session.options;
    if (!record_is_ok(record) && options->fail_fast)
        stop_at_failure(run, record);
    run->successes += record_is_ok(record);
    if (options->first > 0 && run->successes >= (size_t)options->first)
        stop(run, STOP_ENOUGH);
}

/* Restores the default action when the first signal is caught, so that a second one ends the
 * program at once, even if the loop does not get to run its handler. */
static void reset_when_caught(int number)
{
    struct sigaction action;
    if (sigaction(number, NULL, &action) < 0)
        return;
    action.sa_flags |= SA_RESETHAND;
    sigaction(number, &action, NULL);
}

/* Removes all handlers: a second signal, of any number, ends the program at once. */
static void forget_signals(struct fetch_all *run)
{
    af_loop *loop = af_future_loop(run->task);
    for (size_t i = 0; i < SIGNALS; i++)
        af_loop_remove_signal_handler(loop, signals[i].number);
}

static int on_signal(void *arg)
{
    const struct stop_signal *signal = arg;
    forget_signals(signal->run);
    stop(signal->run, signal->reason);
    return 0;
}

/* True for a SIGHUP that nohup ignores. A SIGINT is handled even if it was ignored: a shell ignores
 * it for programs in the background. */
static bool is_to_stay(int number)
{
    struct sigaction action;
    return number == SIGHUP && sigaction(number, NULL, &action) == 0 &&
           action.sa_handler == SIG_IGN;
}

static int handle_signals(struct fetch_all *run)
{
    af_loop *loop = af_future_loop(run->task);
    int r = 0;
    for (size_t i = 0; i < SIGNALS && r >= 0; i++) {
        run->signals[i] = signals[i];
        run->signals[i].run = run;
        if (is_to_stay(signals[i].number))
            continue;
        r = af_loop_add_signal_handler(loop, signals[i].number, on_signal, &run->signals[i]);
        if (r >= 0)
            reset_when_caught(signals[i].number);
    }
    return r;
}

/* ---------------------------------------------------------------- fetching */

/* Makes a task of the next entry, with a ticket. The entry is read first: it may take long to
 * arrive, and the slot of -j is not held meanwhile. */
static int next_fetch(void *arg, af_future **ret_task)
{
    struct fetch_all *run = arg;
    struct entry entry;
    int r = memory_budget_wait_for_room(&run->session.budget);
    if (r < 0)
        return r;
    r = filter_next(run->filter, &entry);
    if (r <= 0)
        return r;
    struct ticket ticket;
    r = admission_new_ticket(&run->session.admission, &ticket);
    if (r < 0)
        return r;
    struct fetch *fetch;
    r = fetch_new(&run->session, &entry, &ticket, &fetch);
    if (r < 0) {
        ticket_end(&ticket);
        return r;
    }
    r = af_create_task(fetch_run, fetch, fetch_free, ret_task);
    if (r < 0) {
        fetch_free(fetch);
        return r;
    }
    return 1;
}

/* Reports each fetch, in the order asked for. */
static int report_all(struct fetch_all *run)
{
    af_task *task;
    int r;
    while ((r = af_bounded_next(run->results, &task)) > 0) {
        const struct record *record = fetch_record(af_task_argument(task));
        statistics_add(&run->result->statistics, record);
        r = run->report(record, af_bounded_ready(run->results), run->report_arg);
        af_future_unref(task);
        if (r < 0)
            break;
    }
    return r;
}

static int report_until_deadline(struct fetch_all *run)
{
    double deadline = run->session.options->deadline;
    af_timeout timeout;
    int r = af_timeout_enter(&timeout, deadline > 0 ? deadline : AF_FOREVER);
    if (r < 0)
        return r;
    r = af_timeout_exit(&timeout, report_all(run));
    if (r == AF_TIMEOUT && run->result->stop == STOP_NONE)
        note_stop(run, STOP_DEADLINE);
    return r;
}

/* Starts no more fetches and cancels those that run; they are still to be reported. */
static void cancel_rest(struct fetch_all *run)
{
    /* The cancellation that stopped the run has been handled. */
    af_task_uncancel(run->task);
    while (af_bounded_stop(run->results) == AF_CANCELLED)
        ;
    af_bounded_cancel(run->results);
}

/* Awaits all tasks, before what they use is freed. */
static void await_rest(struct fetch_all *run)
{
    af_task *task;
    int r;
    while ((r = af_bounded_next(run->results, &task)) > 0 || r == AF_CANCELLED)
        if (r > 0)
            af_future_unref(task);
}

/* Limits the fetches that have begun and are not reported, besides the memory budget: records
 * should not be old when a slow reader gets them. */
enum { AHEAD = 10000 };

static int fetch_list(struct fetch_all *run, long jobs)
{
    const struct options *options = run->session.options;
    af_bounded_options bounded = {
        .next = next_fetch, .arg = run, .window = AHEAD + 2 * (size_t)jobs};
    int r = options->order == ORDER_GATHER ? af_bounded_gather(&bounded, &run->results)
                                           : af_bounded_as_completed(&bounded, &run->results);
    if (r < 0)
        return r;
    r = report_until_deadline(run);
    bool reader_gone = run->result->stop == STOP_READER_GONE;
    if (run->result->stop != STOP_NONE && !reader_gone) {
        cancel_rest(run);
        r = report_all(run);
    }
    if (r < 0 || reader_gone) {
        run->session.on_finished = NULL; /* the rest is not reported */
        cancel_rest(run);
        await_rest(run);
    }
    af_bounded_free(run->results);
    return reader_gone ? 0 : r;
}

static int open_client(struct session *session, long jobs)
{
    af_client_options options = session->options->client;
    options.concurrency = (size_t)jobs;
    options.descriptors = session->options->output_dir ? (size_t)jobs : 0;
    return af_client_new(&options, &session->client);
}

void fetch_job_stop(struct fetch_job *job, enum stop_reason reason)
{
    if (job->run)
        stop(job->run, reason);
}

int fetch_all(struct fetch_job *job, struct run_result *ret_result)
{
    *ret_result = (struct run_result){0};
    const struct options *options = job->options;
    af_loop *loop = af_running_loop();
    struct fetch_all run = {
        .session = {.options = options,
                    .directory = job->directory,
                    .began = af_loop_time(loop),
                    .observers = job->observers},
        .filter = job->filter,
        .task = af_current_task(),
        .report = job->report,
        .report_arg = job->report_arg,
        .result = ret_result,
    };
    if (options->fail_fast || options->first > 0)
        run.session.on_finished = on_finished;
    run.session.on_finished_arg = &run;
    job->run = &run;
    int r = open_client(&run.session, job->jobs);
    if (r < 0) {
        job->run = NULL;
        return r;
    }
    r = admission_open(&run.session.admission, options, job->jobs);
    if (r >= 0)
        r = memory_budget_open(&run.session.budget, (size_t)job->jobs);
    if (r >= 0)
        r = handle_signals(&run);
    if (r >= 0)
        r = observers_begin(job->observers, run.session.began, job->filter, run.session.client);
    if (r >= 0)
        r = fetch_list(&run, job->jobs);
    job->run = NULL;
    observers_end(job->observers);
    forget_signals(&run);
    memory_budget_close(&run.session.budget);
    admission_close(&run.session.admission);
    af_client_free(run.session.client);
    ret_result->statistics.elapsed = af_loop_time(loop) - run.session.began;
    return r;
}
