/* The gate: when a request may start.
 *
 * Each attempt needs a permit of -j, and where these limits are given a place at its host
 * (--per-host), a turn there (--rate-per-host, Retry-After) and a turn of the run (--rate). What a
 * request has is written on its pass, and nowhere else; so each permit is given back once, whatever
 * is cancelled when. Who has to wait for anything but the run's next turn gives its permit back
 * first: it stands in nobody's way. */
#ifndef CLI_FETCH_ADMISSION_H
#define CLI_FETCH_ADMISSION_H

#include "cli/fetch/host_limits.h"

struct gate {
    af_semaphore *jobs;
    af_rate_limiter *limiter; /* --rate; NULL: no limit */
    bool knows_hosts;         /* whether anything depends on the host */
    bool limits_hosts;        /* whether those who want to one host stand in line */
    struct hosts hosts;
};

struct pass {
    struct gate *gate;
    struct host *host; /* NULL before the first attempt, and where it matters not */
    bool has_job;
    bool has_place;
    bool moved; /* the host is one that a redirect led to */
};

/* -ENOMEM; the gate may be closed all the same. No pass may have anything when it is closed. */
int gate_open(struct gate *gate, const struct options *options, long jobs);
void gate_close(struct gate *gate);

/* A pass with a permit of -j. Suspends until there is one. AF_CANCELLED. */
int gate_admit(struct gate *gate, struct pass *ret_pass);

/* Suspends until an attempt at URL, which is always the same for a pass, may start. AF_CANCELLED,
 * -ENOMEM; leave it then too. */
int pass_enter(struct pass *pass, const char *url);

/* The same for the request to URL that a redirect leads to. The place at the host before is given
 * back, unless it is the same. */
int pass_move(struct pass *pass, const char *url);

/* The attempt is over: the permit and the place are given back. Leaving twice is fine. */
void pass_leave(struct pass *pass);

/* No request to the host of this pass, which is the one that was asked last, starts for SECONDS
 * from now. */
void pass_hold_host(struct pass *pass, double seconds);

/* Leaves, and lets go of the host. */
void pass_end(struct pass *pass);

#endif
