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

int admission_open(struct admission *admission, const struct options *options, long jobs)
{
    *admission = (struct admission){.tracks_hosts = depends_on_host(options),
                                    .limits_hosts = limits_hosts(options)};
    hosts_init(&admission->hosts, options);
    int r = af_semaphore_new((size_t)jobs, &admission->jobs);
    const struct rate *rate = &options->rate;
    if (r >= 0 && rate->count > 0)
        r = af_rate_limiter_new(rate->count, rate->period, &admission->limiter);
    return r;
}

void admission_close(struct admission *admission)
{
    af_semaphore_free(admission->jobs);
    af_rate_limiter_free(admission->limiter);
    hosts_free(&admission->hosts);
}

/* ------------------------------------------------------------- slots of -j */

static int acquire_job(struct ticket *ticket)
{
    if (ticket->has_job)
        return 0;
    int r = af_semaphore_acquire(ticket->admission->jobs);
    ticket->has_job = r >= 0;
    return r;
}

static void release_job(struct ticket *ticket)
{
    if (ticket->has_job)
        af_semaphore_release(ticket->admission->jobs);
    ticket->has_job = false;
}

int admission_new_ticket(struct admission *admission, struct ticket *ret_ticket)
{
    *ret_ticket = (struct ticket){.admission = admission};
    return acquire_job(ret_ticket);
}

/* Acquires a slot of -j, and then a rate token of the run. It keeps the slot while it waits for the
 * token: whoever took the slot would get a later token. */
static int acquire_token(struct ticket *ticket)
{
    af_rate_limiter *limiter = ticket->admission->limiter;
    int r = acquire_job(ticket);
    return r >= 0 && limiter ? af_rate_limiter_acquire(limiter) : r;
}

/* ----------------------------------------------------------------- the host */

static int acquire_host_slot(struct ticket *ticket)
{
    af_semaphore *slots = ticket->host->slots;
    if (!slots || ticket->has_slot)
        return 0;
    if (af_semaphore_locked(slots))
        release_job(ticket);
    int r = af_semaphore_acquire(slots);
    ticket->has_slot = r >= 0;
    return r;
}

static int wait_for_host(struct ticket *ticket)
{
    double delay;
    int r = 0;
    while (r >= 0 && (delay = af_rate_limiter_delay(ticket->host->limiter)) > 0) {
        release_job(ticket);
        r = af_sleep(delay);
    }
    return r;
}

/* Acquires the host's rate token last and without a wait, so that the request starts at once:
 * tokens acquired earlier would be used in a burst. */
static int acquire_host_token(struct ticket *ticket)
{
    int r;
    do {
        r = wait_for_host(ticket);
        if (r >= 0)
            r = acquire_token(ticket);
    } while (r >= 0 && af_rate_limiter_locked(ticket->host->limiter)); /* held meanwhile */
    return r < 0 ? r : af_rate_limiter_acquire(ticket->host->limiter);
}

/* Enters in the order of the queue, whose head alone tries. */
static int enter_queue(struct ticket *ticket)
{
    struct host *host = ticket->host;
    if (host->queued++ > 0)
        release_job(ticket);
    int r = af_lock_acquire(host->queue);
    if (r >= 0) {
        r = acquire_host_slot(ticket);
        if (r >= 0)
            r = acquire_host_token(ticket);
        af_lock_release(host->queue);
    }
    host->queued--;
    return r;
}

static void release_host(struct ticket *ticket)
{
    if (ticket->has_slot)
        af_semaphore_release(ticket->host->slots);
    ticket->has_slot = false;
    if (ticket->host)
        host_release(ticket->host);
    ticket->host = NULL;
}

/* Sets *ret_host to NULL if URL is not valid, which the client reports. */
static int find_host(struct ticket *ticket, const char *url, struct host **ret_host)
{
    *ret_host = NULL;
    int r = hosts_acquire(&ticket->admission->hosts, url, ret_host);
    return r == -EINVAL ? 0 : r;
}

/* Starts a further attempt at the host of the first, even if a redirect led elsewhere. */
static int return_to_host(struct ticket *ticket, const char *url)
{
    if (!ticket->admission->tracks_hosts || (ticket->host && !ticket->redirected))
        return 0;
    release_host(ticket);
    ticket->redirected = false;
    return find_host(ticket, url, &ticket->host);
}

/* --------------------------------------------------------- enter and leave */

static int enter(struct ticket *ticket)
{
    if (!ticket->host)
        return acquire_token(ticket);
    return ticket->admission->limits_hosts ? enter_queue(ticket) : acquire_host_token(ticket);
}

int ticket_enter(struct ticket *ticket, const char *url)
{
    int r = return_to_host(ticket, url);
    return r < 0 ? r : enter(ticket);
}

int ticket_redirect(struct ticket *ticket, const char *url)
{
    if (!ticket->admission->tracks_hosts)
        return acquire_token(ticket);
    struct host *host;
    int r = find_host(ticket, url, &host);
    if (r < 0)
        return r;
    /* A ticket that holds a slot of the host must not queue: the head may wait for that slot. */
    if (host && host == ticket->host) {
        host_release(host);
        return acquire_host_token(ticket);
    }
    release_host(ticket);
    ticket->host = host;
    ticket->redirected = true;
    return enter(ticket);
}

void ticket_leave(struct ticket *ticket)
{
    if (ticket->has_slot)
        af_semaphore_release(ticket->host->slots);
    ticket->has_slot = false;
    release_job(ticket);
}

void ticket_hold_host(struct ticket *ticket, double seconds)
{
    if (ticket->host)
        af_rate_limiter_hold(ticket->host->limiter, seconds);
}

void ticket_end(struct ticket *ticket)
{
    ticket_leave(ticket);
    release_host(ticket);
}
