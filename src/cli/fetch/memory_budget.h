/* The memory budget: bounds the memory of fetches that have begun and whose record is not
 * written: they run, wait for a retry, or wait for an earlier record or a slow reader.
 *
 * Above the budget no fetch is begun. Far above it, further attempts wait too, except those of the
 * first unfinished fetch, which all others may wait for. */
#ifndef CLI_FETCH_MEMORY_BUDGET_H
#define CLI_FETCH_MEMORY_BUDGET_H

#include <afetch/afetch.h>

#include "base/list.h"

struct memory_budget {
    size_t bytes;
    size_t maximum;
    bool exceeded;          /* by far */
    af_event *room;         /* set while bytes <= maximum */
    struct list unfinished; /* charges, in the order of the list of URLs */
};

/* The part of one fetch. */
struct memory_charge {
    struct list link;   /* among the unfinished */
    size_t kept;        /* bytes, until it is released */
    size_t bytes;       /* now */
    af_event *released; /* NULL if it does not wait */
};

/* Initializes a budget for JOBS running fetches. It must be closed even after an error.
 * Errors: -ENOMEM. */
int memory_budget_open(struct memory_budget *budget, size_t jobs);
void memory_budget_close(struct memory_budget *budget);

/* Suspends until there is room. Errors: AF_CANCELLED. */
int memory_budget_wait_for_room(struct memory_budget *budget);

/* Charges a new fetch: a fixed size, KEPT bytes until it is released, and PASSING bytes until it
 * finishes. */
void memory_budget_charge(struct memory_budget *budget, struct memory_charge *charge, size_t kept,
                          size_t passing);

/* True if the next attempt of the fetch has to wait, with memory_charge_wait(), which suspends.
 * Errors: AF_CANCELLED, -ENOMEM. */
bool memory_budget_blocks(const struct memory_budget *budget, const struct memory_charge *charge);
int memory_charge_wait(struct memory_charge *charge);

/* The fetch has finished and keeps its response, which may be NULL, until it is released. */
void memory_budget_finish(struct memory_budget *budget, struct memory_charge *charge,
                          const af_response *response);

void memory_budget_release(struct memory_budget *budget, struct memory_charge *charge);

#endif
