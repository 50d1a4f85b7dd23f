/* The program in asyncio's terms: a semaphore for the limit, a task for each URL, wait_for around
 * it (in fetch.c), gather or as_completed for the order, a timeout for the deadline. */
#include "cli/fetch/fetch_all.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>

#include "cli/fetch/fetch.h"
#include "cli/text/redact.h"

struct fetcher;

struct stop_signal {
    int number;
    enum stop_reason reason;
    struct fetcher *fetcher;
};

static const struct stop_signal signals[] = {
    {.number = SIGINT, .reason = STOP_INTERRUPTED},
    {.number = SIGTERM, .reason = STOP_TERMINATED},
    {.number = SIGHUP, .reason = STOP_HUNG_UP},
};

enum { SIGNALS = sizeof signals / sizeof signals[0] };

struct fetcher {
    struct session session;
    struct filter *filter;
    af_bounded *results;
    af_task *task; /* the one that runs all this */
    record_callback *report;
    void *report_arg;
    size_t successes;
    struct fetcher_result *result;
    struct stop_signal signals[SIGNALS];
};

static const char *const stop_texts[] = {
    [STOP_INTERRUPTED] = "interrupted",
    [STOP_TERMINATED] = "terminated",
    [STOP_HUNG_UP] = "the terminal is gone",
    [STOP_DEADLINE] = "the deadline has passed (--deadline)",
    [STOP_FAILED] = "another request failed (--fail-fast)",
    [STOP_ENOUGH] = "enough others succeeded (--first)",
};

/* ---------------------------------------------------------------- stopping */

static void note_stop(struct fetcher *fetcher, enum stop_reason reason)
{
    fetcher->result->stop = reason;
    fetcher->session.cancelled_by = stop_texts[reason];
}

/* Everything that ends a run early does it the same way: by cancelling its task, once. */
static void stop(struct fetcher *fetcher, enum stop_reason reason)
{
    if (fetcher->result->stop != STOP_NONE)
        return;
    note_stop(fetcher, reason);
    af_future_cancel(fetcher->task);
}

/* "http://example.com/ failed (the server answered 500)"; NULL without memory for it. */
static char *describe_failure(const struct record *record)
{
    char *shown = NULL, *text;
    if (url_without_password(record->url, &shown) < 0)
        return NULL;
    int length = asprintf(&text, "%s failed (%s)", shown ? shown : record->url, record->errormsg);
    free(shown);
    return length < 0 ? NULL : text;
}

static void stop_at_failure(struct fetcher *fetcher, const struct record *record)
{
    if (fetcher->result->stop == STOP_NONE)
        fetcher->result->failure = describe_failure(record);
    stop(fetcher, STOP_FAILED);
}

static void on_finished(const struct record *record, void *arg)
{
    struct fetcher *fetcher = arg;
    const struct options *options = fetcher->session.options;
    if (!record_is_ok(record) && options->fail_fast)
        stop_at_failure(fetcher, record);
    fetcher->successes += record_is_ok(record);
    if (options->first > 0 && fetcher->successes >= (size_t)options->first)
        stop(fetcher, STOP_ENOUGH);
}

/* Restores the default action as the first signal is caught, so that the second ends the program at
 * once, even if the loop cannot run its handler: libcurl may be busy with a flood. */
static void reset_when_caught(int number)
{
    struct sigaction action;
    if (sigaction(number, NULL, &action) < 0)
        return;
    action.sa_flags |= SA_RESETHAND;
    sigaction(number, &action, NULL);
}

/* The second signal, of whatever number, finds no handler and ends the program at once. */
static void forget_signals(struct fetcher *fetcher)
{
    af_loop *loop = af_future_loop(fetcher->task);
    for (size_t i = 0; i < SIGNALS; i++)
        af_loop_remove_signal_handler(loop, signals[i].number);
}

static int on_signal(void *arg)
{
    const struct stop_signal *signal = arg;
    forget_signals(signal->fetcher);
    stop(signal->fetcher, signal->reason);
    return 0;
}

/* As nohup has it; a SIGINT that somebody sends is meant, in the background too. */
static bool is_to_stay(int number)
{
    struct sigaction action;
    return number == SIGHUP && sigaction(number, NULL, &action) == 0 &&
           action.sa_handler == SIG_IGN;
}

static int handle_signals(struct fetcher *fetcher)
{
    af_loop *loop = af_future_loop(fetcher->task);
    int r = 0;
    for (size_t i = 0; i < SIGNALS && r >= 0; i++) {
        fetcher->signals[i] = signals[i];
        fetcher->signals[i].fetcher = fetcher;
        if (is_to_stay(signals[i].number))
            continue;
        r = af_loop_add_signal_handler(loop, signals[i].number, on_signal, &fetcher->signals[i]);
        if (r >= 0)
            reset_when_caught(signals[i].number);
    }
    return r;
}

/* ---------------------------------------------------------------- fetching */

/* The source of the bounded iterator: the next line becomes a task, with a permit. The line comes
 * first, since on some lists it is long in coming, and others may need the permit meanwhile. */
static int next_fetch(void *arg, af_future **ret_task)
{
    struct fetcher *fetcher = arg;
    struct entry entry;
    int r = memory_budget_wait_for_room(&fetcher->session.budget);
    if (r < 0)
        return r;
    r = filter_next(fetcher->filter, &entry);
    if (r <= 0)
        return r;
    struct ticket ticket;
    r = admission_new_ticket(&fetcher->session.admission, &ticket);
    if (r < 0)
        return r;
    struct fetch *fetch;
    r = fetch_new(&fetcher->session, &entry, &ticket, &fetch);
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

/* Reports each fetch in the order asked for, until there are no more. */
static int report_all(struct fetcher *fetcher)
{
    af_task *task;
    int r;
    while ((r = af_bounded_next(fetcher->results, &task)) > 0) {
        const struct record *record = fetch_record(af_task_argument(task));
        statistics_add(&fetcher->result->statistics, record);
        r = fetcher->report(record, af_bounded_ready(fetcher->results), fetcher->report_arg);
        af_future_unref(task);
        if (r < 0)
            break;
    }
    return r;
}

static int report_until_deadline(struct fetcher *fetcher)
{
    double deadline = fetcher->session.options->deadline;
    af_timeout timeout;
    int r = af_timeout_enter(&timeout, deadline > 0 ? deadline : AF_FOREVER);
    if (r < 0)
        return r;
    r = af_timeout_exit(&timeout, report_all(fetcher));
    if (r == AF_TIMEOUT && fetcher->result->stop == STOP_NONE)
        note_stop(fetcher, STOP_DEADLINE);
    return r;
}

/* Starts nothing more and cancels what runs; what was started is still to be handed out. */
static void cancel_rest(struct fetcher *fetcher)
{
    /* The cancellation that brought us here is dealt with. */
    af_task_uncancel(fetcher->task);
    while (af_bounded_stop(fetcher->results) == AF_CANCELLED)
        ;
    af_bounded_cancel(fetcher->results);
}

/* Every task must have ended before what it works with goes. */
static void await_rest(struct fetcher *fetcher)
{
    af_task *task;
    int r;
    while ((r = af_bounded_next(fetcher->results, &task)) > 0 || r == AF_CANCELLED)
        if (r > 0)
            af_future_unref(task);
}

/* How many may be begun and not reported, where the budget, which counts their memory, has room
 * for them: who reads slowly does not want to find everything fetched long ago. */
enum { AHEAD = 10000 };

static int run(struct fetcher *fetcher, long jobs)
{
    const struct options *options = fetcher->session.options;
    af_bounded_options bounded = {
        .next = next_fetch, .arg = fetcher, .window = AHEAD + 2 * (size_t)jobs};
    int r = options->order == ORDER_GATHER ? af_bounded_gather(&bounded, &fetcher->results)
                                           : af_bounded_as_completed(&bounded, &fetcher->results);
    if (r < 0)
        return r;
    r = report_until_deadline(fetcher);
    if (fetcher->result->stop != STOP_NONE) {
        cancel_rest(fetcher);
        r = report_all(fetcher);
    }
    if (r < 0) {
        fetcher->session.on_finished = NULL; /* the rest is not reported */
        cancel_rest(fetcher);
        await_rest(fetcher);
    }
    af_bounded_free(fetcher->results);
    return r;
}

static int open_client(struct session *session, long jobs)
{
    const struct options *options = session->options;
    return af_client_new(
        &(af_client_options){
            .concurrency = (size_t)jobs,
            .descriptors = options->output_dir ? (size_t)jobs : 0,
            .user_agent = options->user_agent,
            .referer = options->referer,
            .auto_referer = options->auto_referer,
            .headers = options->headers.strings,
            .decompress = options->compressed,
            .http_version = (int)options->http_version,
            .user = options->user,
            .bearer_token = options->bearer_token,
            .netrc = options->netrc,
            .netrc_file = options->netrc_file,
            .cookie_files = options->cookie_files.strings,
            .certificate = options->certificate,
            .certificate_password = options->certificate_password,
            .key = options->key,
            .proxy = options->proxy,
            .proxy_user = options->proxy_user,
            .ip_version = (int)options->ip_version,
            .follow_redirects = options->location,
            .max_redirects = options->max_redirects,
            .attempt_timeout = options->attempt_timeout,
            .connect_timeout = options->connect_timeout,
            .idle_timeout = options->idle_timeout,
            .max_body = options->max_filesize,
            .insecure = options->insecure,
            .ca_file = options->ca_file,
            .connect_to = options->connect_to.strings,
            .resolve = options->resolve.strings,
        },
        &session->client);
}

int fetch_all(const struct fetch_job *job, struct fetcher_result *ret_result)
{
    *ret_result = (struct fetcher_result){0};
    const struct options *options = job->options;
    af_loop *loop = af_running_loop();
    struct fetcher fetcher = {
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
        fetcher.session.on_finished = on_finished;
    fetcher.session.on_finished_arg = &fetcher;
    int r = open_client(&fetcher.session, job->jobs);
    if (r < 0)
        return r;
    r = admission_open(&fetcher.session.admission, options, job->jobs);
    if (r >= 0)
        r = memory_budget_open(&fetcher.session.budget, (size_t)job->jobs);
    if (r >= 0)
        r = handle_signals(&fetcher);
    if (r >= 0)
        r = observers_begin(job->observers, fetcher.session.began, job->filter,
                            fetcher.session.client);
    if (r >= 0)
        r = run(&fetcher, job->jobs);
    observers_end(job->observers);
    forget_signals(&fetcher);
    memory_budget_close(&fetcher.session.budget);
    admission_close(&fetcher.session.admission);
    af_client_free(fetcher.session.client);
    ret_result->statistics.elapsed = af_loop_time(loop) - fetcher.session.began;
    return r;
}
