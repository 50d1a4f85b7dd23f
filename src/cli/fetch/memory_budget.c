#include "cli/fetch/memory_budget.h"

/* Enough for tens of thousands of small responses that wait for one slow request. */
static const size_t MAXIMUM = 64 << 20;

/* Bytes of a fetch, with the touched part of its stack, and of one that has finished. */
static const size_t RUNNING_SIZE = 8 << 10;
static const size_t FINISHED_SIZE = 2 << 10;

int memory_budget_open(struct memory_budget *budget, size_t jobs)
{
    *budget = (struct memory_budget){.maximum = MAXIMUM + jobs * RUNNING_SIZE};
    list_init(&budget->unfinished);
    int r = af_event_new(&budget->room);
    if (r >= 0)
        af_event_set(budget->room);
    return r;
}

void memory_budget_close(struct memory_budget *budget)
{
    af_event_free(budget->room);
}

/* -------------------------------------------------------------------- size */

static void release(struct memory_charge *charge)
{
    if (charge->released)
        af_event_set(charge->released);
}

/* Has hysteresis: the end of the excess wakes many fetches, so it must not alternate. */
static void update_exceeded(struct memory_budget *budget)
{
    bool was_exceeded = budget->exceeded;
    size_t limit = was_exceeded ? budget->maximum / 2 * 3 : budget->maximum * 2;
    budget->exceeded = budget->bytes > limit;
    if (!was_exceeded || budget->exceeded)
        return;
    list_for_each (link, &budget->unfinished)
        release(container_of(link, struct memory_charge, link));
}

static void resize(struct memory_budget *budget, struct memory_charge *charge, size_t size)
{
    budget->bytes += size - charge->bytes;
    charge->bytes = size;
    if (budget->bytes > budget->maximum)
        af_event_clear(budget->room);
    else if (!af_event_is_set(budget->room))
        af_event_set(budget->room);
    update_exceeded(budget);
}

static size_t response_size(const af_response *response)
{
    if (!response)
        return 0;
    size_t size = response->body_size;
    size_t headers = response->header_count + response->trailer_count;
    if (headers > 0)
        size += (size_t)response->size_header + headers * sizeof *response->headers;
    return size;
}

/* --------------------------------------------------------------- one charge */

void memory_budget_charge(struct memory_budget *budget, struct memory_charge *charge, size_t kept,
                          size_t passing)
{
    *charge = (struct memory_charge){.kept = kept};
    list_append(&budget->unfinished, &charge->link);
    resize(budget, charge, RUNNING_SIZE + kept + passing);
}

/* Wakes the fetch that is the first unfinished one now. */
static void leave_unfinished(struct memory_budget *budget, struct memory_charge *charge)
{
    list_remove(&charge->link);
    if (budget->exceeded && !list_empty(&budget->unfinished))
        release(container_of(budget->unfinished.next, struct memory_charge, link));
}

void memory_budget_finish(struct memory_budget *budget, struct memory_charge *charge,
                          const af_response *response)
{
    resize(budget, charge, FINISHED_SIZE + charge->kept + response_size(response));
    leave_unfinished(budget, charge);
}

void memory_budget_release(struct memory_budget *budget, struct memory_charge *charge)
{
    resize(budget, charge, 0);
    leave_unfinished(budget, charge);
}

/* ----------------------------------------------------------------- waiting */

int memory_budget_wait_for_room(struct memory_budget *budget)
{
    return af_event_wait(budget->room);
}

bool memory_budget_blocks(const struct memory_budget *budget, const struct memory_charge *charge)
{
    return budget->exceeded && budget->unfinished.next != &charge->link;
}

int memory_charge_wait(struct memory_charge *charge)
{
    int r = af_event_new(&charge->released);
    if (r < 0)
        return r;
    r = af_event_wait(charge->released);
    af_event_free(charge->released);
    charge->released = NULL;
    return r;
}
