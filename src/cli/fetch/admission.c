#include "cli/fetch/admission.h"

#include <errno.h>

static bool limits_hosts(const struct options *options)
{
    return options->per_host > 0 || options->rate_per_host.count > 0;
}

static bool depends_on_host(const struct options *options)
{
    return limits_hosts(options) || options->retries > 0;
}

int gate_open(struct gate *gate, const struct options *options, long jobs)
{
    *gate = (struct gate){.knows_hosts = depends_on_host(options),
                          .limits_hosts = limits_hosts(options)};
    hosts_init(&gate->hosts, options);
    int r = af_semaphore_new((size_t)jobs, &gate->jobs);
    const struct rate *rate = &options->rate;
    if (r >= 0 && rate->count > 0)
        r = af_rate_limiter_new(rate->count, rate->period, &gate->limiter);
    return r;
}

void gate_close(struct gate *gate)
{
    af_semaphore_free(gate->jobs);
    af_rate_limiter_free(gate->limiter);
    hosts_free(&gate->hosts);
}

/* --------------------------------------------------------------- the permit */

static int take_job(struct pass *pass)
{
    if (pass->has_job)
        return 0;
    int r = af_semaphore_acquire(pass->gate->jobs);
    pass->has_job = r >= 0;
    return r;
}

static void give_job_back(struct pass *pass)
{
    if (pass->has_job)
        af_semaphore_release(pass->gate->jobs);
    pass->has_job = false;
}

int gate_admit(struct gate *gate, struct pass *ret_pass)
{
    *ret_pass = (struct pass){.gate = gate};
    return take_job(ret_pass);
}

/* The permit, and then the run's turn, for which it may wait with the permit in hand: who comes
 * later would have its turn later too. */
static int take_turn(struct pass *pass)
{
    af_rate_limiter *limiter = pass->gate->limiter;
    int r = take_job(pass);
    return r >= 0 && limiter ? af_rate_limiter_acquire(limiter) : r;
}

/* ----------------------------------------------------------------- the host */

static int take_place(struct pass *pass)
{
    af_semaphore *places = pass->host->places;
    if (!places || pass->has_place)
        return 0;
    if (af_semaphore_locked(places))
        give_job_back(pass);
    int r = af_semaphore_acquire(places);
    pass->has_place = r >= 0;
    return r;
}

static int wait_for_host(struct pass *pass)
{
    double delay;
    int r = 0;
    while (r >= 0 && (delay = af_rate_limiter_delay(pass->host->limiter)) > 0) {
        give_job_back(pass);
        r = af_sleep(delay);
    }
    return r;
}

/* The host's turn is taken last and at once, so that no wait comes between it and the start: turns
 * that had been taken before would be used together. */
static int take_turn_at_host(struct pass *pass)
{
    int r;
    do {
        r = wait_for_host(pass);
        if (r >= 0)
            r = take_turn(pass);
    } while (r >= 0 && af_rate_limiter_locked(pass->host->limiter)); /* held back meanwhile */
    return r < 0 ? r : af_rate_limiter_acquire(pass->host->limiter);
}

/* One at a time tries to get in, in the order of coming; the others need not look. */
static int enter_in_line(struct pass *pass)
{
    struct host *host = pass->host;
    if (host->in_line++ > 0)
        give_job_back(pass);
    int r = af_lock_acquire(host->line);
    if (r >= 0) {
        r = take_place(pass);
        if (r >= 0)
            r = take_turn_at_host(pass);
        af_lock_release(host->line);
    }
    host->in_line--;
    return r;
}

static void let_go_of_host(struct pass *pass)
{
    if (pass->has_place)
        af_semaphore_release(pass->host->places);
    pass->has_place = false;
    if (pass->host)
        host_give_back(pass->host);
    pass->host = NULL;
}

/* Sets *ret_host to NULL where URL is not valid: the client reports that. */
static int find_host(struct pass *pass, const char *url, struct host **ret_host)
{
    *ret_host = NULL;
    int r = hosts_borrow(&pass->gate->hosts, url, ret_host);
    return r == -EINVAL ? 0 : r;
}

/* An attempt begins where the first did, though a redirect led elsewhere. */
static int return_to_host(struct pass *pass, const char *url)
{
    if (!pass->gate->knows_hosts || (pass->host && !pass->moved))
        return 0;
    let_go_of_host(pass);
    pass->moved = false;
    return find_host(pass, url, &pass->host);
}

/* -------------------------------------------------------------- in and out */

static int enter(struct pass *pass)
{
    if (!pass->host)
        return take_turn(pass);
    return pass->gate->limits_hosts ? enter_in_line(pass) : take_turn_at_host(pass);
}

int pass_enter(struct pass *pass, const char *url)
{
    int r = return_to_host(pass, url);
    return r < 0 ? r : enter(pass);
}

int pass_move(struct pass *pass, const char *url)
{
    if (!pass->gate->knows_hosts)
        return take_turn(pass);
    struct host *host;
    int r = find_host(pass, url, &host);
    if (r < 0)
        return r;
    /* A pass with a place at the host must not stand in its line: the head may wait for that place.
     */
    if (host && host == pass->host) {
        host_give_back(host);
        return take_turn_at_host(pass);
    }
    let_go_of_host(pass);
    pass->host = host;
    pass->moved = true;
    return enter(pass);
}

void pass_leave(struct pass *pass)
{
    if (pass->has_place)
        af_semaphore_release(pass->host->places);
    pass->has_place = false;
    give_job_back(pass);
}

void pass_hold_host(struct pass *pass, double seconds)
{
    if (pass->host)
        af_rate_limiter_hold(pass->host->limiter, seconds);
}

void pass_end(struct pass *pass)
{
    pass_leave(pass);
    let_go_of_host(pass);
}
