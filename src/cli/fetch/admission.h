/* Admission: when a request may start.
 *
 * Each attempt needs one of the slots of -j and, if these limits are given, a slot of its host
 * (--per-host), a rate token of its host (--rate-per-host, Retry-After) and a rate token of the run
 * (--rate). A ticket says what a fetch holds, so each slot is released exactly once, wherever the
 * fetch is cancelled. A fetch that waits for its host, or for anything but the next rate token of
 * the run, releases its -j slot first. */
#ifndef CLI_FETCH_ADMISSION_H
#define CLI_FETCH_ADMISSION_H

#include "cli/fetch/host_limits.h"

struct admission {
    af_semaphore *jobs;
    af_rate_limiter *limiter; /* --rate; NULL: no limit */
    bool tracks_hosts;        /* something depends on the host */
    bool limits_hosts;        /* requests to one host wait in its queue */
    struct hosts hosts;
};

struct ticket {
    struct admission *admission;
    struct host *host; /* NULL before the first attempt, and if hosts are not tracked */
    bool has_job;      /* a slot of -j */
    bool has_slot;     /* a slot of the host */
    bool redirected;   /* the host is one that a redirect leads to */
};

/* Errors: -ENOMEM; close it even then. No ticket may hold anything when it is closed. */
int admission_open(struct admission *admission, const struct options *options, long jobs);
void admission_close(struct admission *admission);

/* Makes a ticket that holds a slot of -j. Suspends until there is one. Errors: AF_CANCELLED. */
int admission_new_ticket(struct admission *admission, struct ticket *ret_ticket);

/* Suspends until an attempt at URL, the same for all attempts of a ticket, may start.
 * Errors: AF_CANCELLED, -ENOMEM; leave even then. */
int ticket_enter(struct ticket *ticket, const char *url);

/* Suspends until a request to URL, to which a redirect leads, may start. Releases the slot of the
 * host before, unless it is the same host. Errors: as above. */
int ticket_redirect(struct ticket *ticket, const char *url);

/* Ends an attempt: releases both slots, if they are held. */
void ticket_leave(struct ticket *ticket);

/* Delays further requests to the host of the last request until SECONDS from now. */
void ticket_hold_host(struct ticket *ticket, double seconds);

/* Leaves, and releases the host. */
void ticket_end(struct ticket *ticket);

#endif
