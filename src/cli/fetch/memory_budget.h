/* The backlog: the memory of all that was begun and has no record yet, since it runs, waits for its
 * turn, for the record before it, or for a slow reader. Where there is too much of it, no more is
 * begun; where there is far too much, those that have begun wait with their next attempts as well,
 * but for the first, which all others may wait for. */
#ifndef CLI_FETCH_MEMORY_BUDGET_H
#define CLI_FETCH_MEMORY_BUDGET_H

#include <afetch/afetch.h>

#include "base/list.h"

struct backlog {
    size_t bytes;
    size_t maximum;
    bool overfull;
    af_event *room;        /* set while there is some */
    struct list unsettled; /* in the order of the list of URLs */
};

/* What one request has of it. */
struct share {
    struct list link; /* among the unsettled */
    size_t kept;      /* bytes, until it is removed */
    size_t bytes;
    af_event *released; /* NULL where it does not wait */
};

/* JOBS run at once, for which there is room in any case. -ENOMEM; it may be closed all the same. */
int backlog_open(struct backlog *backlog, size_t jobs);
void backlog_close(struct backlog *backlog);

/* Suspends until there is room. AF_CANCELLED. */
int backlog_wait_for_room(struct backlog *backlog);

/* A request that was begun, of so many bytes besides what every one has: those that it keeps, and
 * those that it lets go of as it ends. */
void backlog_add(struct backlog *backlog, struct share *share, size_t kept, size_t passing);

/* Whether it has to wait with its next attempt, and that wait. Suspends; AF_CANCELLED, -ENOMEM. */
bool backlog_holds_up(const struct backlog *backlog, const struct share *share);
int backlog_wait(struct share *share);

/* It has ended, and keeps its response (NULL: it has none) until it is removed. */
void backlog_settle(struct backlog *backlog, struct share *share, const af_response *response);

void backlog_remove(struct backlog *backlog, struct share *share);

#endif
