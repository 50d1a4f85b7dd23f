/* Admission without requests: a visit sleeps instead. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/fetch/admission.h"
#include "virtual_clock.h"

static struct options options;
static struct admission admission;
static bool is_open;

static int open_it(void *jobs, void **ret_result)
{
    (void)ret_result;
    return admission_open(&admission, &options, *(long *)jobs);
}

static void open_admission(long jobs)
{
    expect_code(run(open_it, &jobs), 0);
    is_open = true;
}

static void setup(void)
{
    open_loop();
    options = (struct options){0};
}

static void teardown(void)
{
    close_loop();
    if (is_open)
        admission_close(&admission);
}

TestSuite(admission, .init = setup, .fini = teardown);

static void expect_free_jobs(size_t count)
{
    cr_assert(eq(sz, af_semaphore_value(admission.jobs), count));
}

struct visit {
    const char *name;
    const char *url;
    double duration;
    int attempts; /* 0 is one */
    double pause; /* between them */
    double hold;  /* what the host asks for at the end of an attempt; 0: nothing */
    struct ticket ticket;
};

static struct visit visit(const char *name, const char *url, double duration)
{
    return (struct visit){.name = name, .url = url, .duration = duration};
}

static int attempt(struct visit *it)
{
    int r = ticket_enter(&it->ticket, it->url);
    trace("%s:%s@%g", it->name, word(r), af_loop_time(loop));
    if (r >= 0)
        r = af_sleep(it->duration);
    if (r >= 0 && it->hold > 0)
        ticket_hold_host(&it->ticket, it->hold);
    ticket_leave(&it->ticket);
    return r;
}

static int make_visit(void *arg, void **ret_result)
{
    (void)ret_result;
    struct visit *it = arg;
    int r = admission_new_ticket(&admission, &it->ticket);
    for (int i = 0; r >= 0 && (i == 0 || i < it->attempts); i++) {
        if (i > 0)
            r = af_sleep(it->pause);
        if (r >= 0)
            r = attempt(it);
    }
    ticket_end(&it->ticket);
    return r;
}

#define X "http://x.example/"
#define Y "http://y.example/"

Test(admission, without_limits_only_jobs_count)
{
    open_admission(2);
    struct visit visits[] = {visit("a", X, 1), visit("b", X, 1), visit("c", Y, 1)};
    for (size_t i = 0; i < 3; i++)
        spawn(make_visit, &visits[i]);
    settle();
    expect_trace("a:ok@0 b:ok@0 c:ok@1");
    expect_free_jobs(2);
    cr_assert(zero(sz, admission.hosts.count), "hosts are of no interest");
}

Test(admission, the_rate_is_that_of_the_whole_run)
{
    options.rate = (struct rate){1, 1};
    open_admission(10);
    struct visit visits[] = {visit("a", X, 5), visit("b", Y, 5), visit("c", X, 5)};
    for (size_t i = 0; i < 3; i++)
        spawn(make_visit, &visits[i]);
    settle();
    expect_trace("a:ok@0 b:ok@1 c:ok@2");
    expect_free_jobs(10);
}

Test(admission, attempts_count_for_the_rate_each)
{
    options.rate = (struct rate){1, 1};
    open_admission(10);
    struct visit a = {"a", X, 0.5, .attempts = 3}, b = visit("b", X, 0.5);
    spawn(make_visit, &a);
    spawn(make_visit, &b);
    settle();
    expect_trace("a:ok@0 b:ok@1 a:ok@2 a:ok@3");
}

Test(admission, waiting_for_a_host_slot_releases_the_job)
{
    options.per_host = 1;
    open_admission(2);
    struct visit visits[] = {visit("a", X, 3), visit("b", X, 3), visit("c", X, 3),
                             visit("d", Y, 1)};
    for (size_t i = 0; i < 4; i++)
        spawn(make_visit, &visits[i]);
    settle();
    expect_trace("a:ok@0 d:ok@0 b:ok@3 c:ok@6");
    expect_free_jobs(2);
}

Test(admission, waiting_for_a_host_token_releases_the_job)
{
    options.rate_per_host = (struct rate){1, 2};
    open_admission(1);
    struct visit visits[] = {visit("a", X, 0.5), visit("b", X, 0.5), visit("c", X, 0.5),
                             visit("d", Y, 1.5)};
    for (size_t i = 0; i < 4; i++)
        spawn(make_visit, &visits[i]);
    settle();
    expect_trace("a:ok@0 d:ok@0.5 b:ok@2 c:ok@4");
    expect_free_jobs(1);
}

Test(admission, host_tokens_are_not_saved_while_waiting_for_a_job)
{
    options.rate_per_host = (struct rate){1, 1};
    open_admission(2);
    struct visit visits[] = {visit("a", X, 0),   visit("b", X, 0),
                             visit("c", X, 0),   visit("d", X, 0),
                             visit("y", Y, 5.5), visit("z", "http://z.example", 5.5)};
    for (size_t i = 0; i < 6; i++)
        spawn(make_visit, &visits[i]);
    settle();
    expect_trace("a:ok@0 y:ok@0 z:ok@0 b:ok@5.5 c:ok@6.5 d:ok@7.5");
}

Test(admission, a_pause_between_attempts_holds_no_slot)
{
    options.retries = 5;
    open_admission(1);
    struct visit a = {"a", X, 1, .attempts = 3, .pause = 2}, b = visit("b", X, 1.5),
                 c = visit("c", Y, 1);
    spawn(make_visit, &a);
    spawn(make_visit, &b);
    spawn(make_visit, &c);
    settle();
    expect_trace("a:ok@0 b:ok@1 c:ok@2.5 a:ok@3.5 a:ok@6.5");
    expect_free_jobs(1);
}

Test(admission, a_hold_is_for_the_whole_host_and_for_no_other)
{
    options.retries = 1;
    open_admission(1);
    struct visit visits[] = {
        {"a", X, 1, .hold = 10}, visit("b", X, 1), visit("c", Y, 1), visit("d", X, 1)};
    for (size_t i = 0; i < 4; i++)
        spawn(make_visit, &visits[i]);
    settle();
    expect_trace("a:ok@0 c:ok@1 b:ok@11 d:ok@12");
    expect_free_jobs(1);
}

Test(admission, a_hold_delays_those_that_wait_for_a_token_of_the_run)
{
    options.retries = 1;
    options.rate = (struct rate){1, 1};
    open_admission(10);
    struct visit visits[] = {{"a", X, 0.5, .hold = 4}, visit("b", X, 0), visit("c", Y, 0)};
    for (size_t i = 0; i < 3; i++)
        spawn(make_visit, &visits[i]);
    settle();
    expect_trace("a:ok@0 c:ok@2 b:ok@4.5");
    expect_free_jobs(10);
}

Test(admission, an_invalid_url_has_no_host_and_is_admitted)
{
    options.per_host = 1;
    open_admission(1);
    struct visit visits[] = {visit("a", "http://", 1), visit("b", "http://", 1), visit("c", "", 1)};
    for (size_t i = 0; i < 3; i++)
        spawn(make_visit, &visits[i]);
    settle();
    expect_trace("a:ok@0 b:ok@1 c:ok@2");
    cr_assert(zero(sz, admission.hosts.count));
}

/* --------------------------------------------------------------- cancellation */

Test(admission, a_cancelled_ticket_holds_nothing)
{
    options.per_host = 1;
    options.rate_per_host = (struct rate){1, 1};
    options.rate = (struct rate){2, 1};
    open_admission(2);
    /* One runs, one waits for a host slot, two in the queue, one for a rate token, one for a job.
     */
    struct visit visits[] = {visit("a", X, 9), visit("b", X, 9),
                             visit("c", X, 9), visit("d", X, 9),
                             visit("e", Y, 9), visit("f", "http://z.example/", 9)};
    af_task *tasks[6];
    for (size_t i = 0; i < 6; i++)
        tasks[i] = spawn(make_visit, &visits[i]);
    tick(4);
    for (size_t i = 0; i < 6; i++)
        af_future_cancel(tasks[i]);
    settle();
    take_trace();
    expect_free_jobs(2);
    struct visit after[] = {visit("x", X, 0), visit("y", Y, 0)};
    spawn(make_visit, &after[0]);
    spawn(make_visit, &after[1]);
    settle();
    for (size_t i = 0; i < 6; i++)
        cr_assert(af_future_cancelled(tasks[i]));
    expect_free_jobs(2);
}

/* ------------------------------------------------------------------- by chance */

enum { HOSTS = 4, VISITS = 400 };

static struct {
    size_t inside, most_inside;
    size_t at_host[HOSTS], most_at_host;
    double last[HOSTS], last_of_all;
    double least_gap, least_gap_of_all;
} seen;

struct chance {
    struct visit visit;
    char url[32];
    int host;
    af_task *task;
};

static double random_time(double most)
{
    return most * rand() / RAND_MAX;
}

static void note_start(int host)
{
    double now = af_loop_time(loop);
    seen.least_gap = fmin(seen.least_gap, now - seen.last[host]);
    seen.least_gap_of_all = fmin(seen.least_gap_of_all, now - seen.last_of_all);
    seen.last[host] = seen.last_of_all = now;
    if (++seen.inside > seen.most_inside)
        seen.most_inside = seen.inside;
    if (++seen.at_host[host] > seen.most_at_host)
        seen.most_at_host = seen.at_host[host];
}

static int visit_by_chance(void *arg, void **ret_result)
{
    (void)ret_result;
    struct chance *chance = arg;
    struct ticket *ticket = &chance->visit.ticket;
    int r = af_sleep(random_time(20));
    if (r >= 0)
        r = admission_new_ticket(&admission, ticket);
    for (int i = 0; r >= 0 && i < 3; i++) {
        r = ticket_enter(ticket, chance->url);
        if (r < 0)
            break;
        note_start(chance->host);
        r = af_sleep(random_time(0.5));
        seen.inside--;
        seen.at_host[chance->host]--;
        if (rand() % 50 == 0)
            ticket_hold_host(ticket, random_time(3));
        ticket_leave(ticket);
        if (r >= 0)
            r = af_sleep(random_time(1));
    }
    ticket_end(ticket);
    return r;
}

static void run_by_chance(unsigned seed, long jobs)
{
    static struct chance chances[VISITS];
    srand(seed);
    memset(&seen, 0, sizeof seen);
    seen.least_gap = seen.least_gap_of_all = AF_FOREVER;
    seen.last_of_all = -AF_FOREVER;
    for (int i = 0; i < HOSTS; i++)
        seen.last[i] = -AF_FOREVER;
    open_admission(jobs);
    for (int i = 0; i < VISITS; i++) {
        struct chance *chance = &chances[i];
        *chance = (struct chance){.host = rand() % HOSTS};
        snprintf(chance->url, sizeof chance->url, "http://%d.example/", chance->host);
        chance->task = spawn(visit_by_chance, chance);
        if (rand() % 3 == 0)
            af_loop_call_later(loop, random_time(60), cancel_later, chance->task, NULL);
    }
    settle();
    cr_assert(zero(sz, seen.inside));
    expect_free_jobs((size_t)jobs);
    cr_assert(le(sz, seen.most_inside, (size_t)jobs));
    for (int i = 0; i < VISITS; i++) {
        cr_assert(af_future_done(chances[i].task));
        cr_assert_null(chances[i].visit.ticket.host);
    }
    admission_close(&admission);
    is_open = false;
}

Test(admission, limits_hold_and_no_slot_is_lost_whatever_is_cancelled, .timeout = 60)
{
    options.per_host = 2;
    options.rate_per_host = (struct rate){4, 1};
    options.rate = (struct rate){10, 1};
    options.retries = 2;
    for (unsigned seed = 0; seed < 10; seed++) {
        run_by_chance(seed, 1 + seed);
        cr_assert(le(sz, seen.most_at_host, 2));
        cr_assert(seen.least_gap >= 0.25 - 0.0101, "%g", seen.least_gap);
        cr_assert(seen.least_gap_of_all >= 0.1 - 0.0101, "%g", seen.least_gap_of_all);
    }
}

Test(admission, no_slot_is_lost_with_any_choice_of_limits, .timeout = 60)
{
    for (unsigned choice = 0; choice < 16; choice++) {
        options = (struct options){
            .per_host = choice & 1 ? 3 : 0,
            .rate_per_host = {choice & 2 ? 50 : 0, 1},
            .rate = {choice & 4 ? 100 : 0, 1},
            .retries = choice & 8 ? 2 : 0,
        };
        run_by_chance(choice, 5);
        cr_assert(le(sz, seen.most_at_host, choice & 1 ? 3 : 5));
    }
}

/* ----------------------------------------------------------------------- hosts */

static int borrow_many(void *arg, void **ret_result)
{
    (void)arg, (void)ret_result;
    struct hosts *hosts = &admission.hosts;
    for (int i = 0; i < many(); i++) {
        char url[64];
        struct host *host;
        snprintf(url, sizeof url, "http://%d.example/", i);
        int r = hosts_acquire(hosts, url, &host);
        if (r < 0)
            return r;
        if (i % 1000 == 0)
            af_rate_limiter_hold(host->limiter, 100);
        host_release(host);
        cr_assert(le(sz, hosts->count, 64));
    }
    return 0;
}

Test(admission, idle_hosts_are_removed)
{
    options.retries = 1;
    open_admission(1);
    expect_code(run(borrow_many, NULL), 0);
}

static int borrow_and_keep(void *arg, void **ret_result)
{
    (void)arg, (void)ret_result;
    static struct host *kept[1000], *again;
    char url[64];
    for (int i = 0; i < 1000; i++) {
        snprintf(url, sizeof url, "%s%d.EXAMPLE:80/%d", i % 2 ? "http://user@" : "", i, i);
        expect_code(hosts_acquire(&admission.hosts, url, &kept[i]), 0);
    }
    for (int i = 0; i < 1000; i++) {
        snprintf(url, sizeof url, "http://%d.example/", i);
        expect_code(hosts_acquire(&admission.hosts, url, &again), 0);
        cr_assert_eq(again, kept[i]);
        cr_assert(eq(sz, again->users, 2));
        host_release(again);
        host_release(again);
    }
    cr_assert(eq(sz, admission.hosts.count, 1000));
    return 0;
}

Test(admission, hosts_are_the_same_by_their_name_and_port)
{
    options.retries = 1;
    open_admission(1);
    expect_code(run(borrow_and_keep, NULL), 0);
}
