#include "cli/fetch/memory_budget.h"

/* Enough for tens of thousands of small responses behind one slow request, and no burden to any
 * machine. */
static const size_t MAXIMUM = 64 << 20;

/* What a request takes with the stack on which it runs or waits, and what is left of it once it has
 * ended. */
static const size_t RUNNING_SIZE = 8 << 10;
static const size_t SETTLED_SIZE = 2 << 10;

int backlog_open(struct backlog *backlog, size_t jobs)
{
    *backlog = (struct backlog){.maximum = MAXIMUM + jobs * RUNNING_SIZE};
    list_init(&backlog->unsettled);
    int r = af_event_new(&backlog->room);
    if (r >= 0)
        af_event_set(backlog->room);
    return r;
}

void backlog_close(struct backlog *backlog)
{
    af_event_free(backlog->room);
}

/* -------------------------------------------------------------------- size */

static void release(struct share *share)
{
    if (share->released)
        af_event_set(share->released);
}

/* Many may wait for its end, which therefore does not come and go with every response. */
static void judge_overfull(struct backlog *backlog)
{
    bool was_overfull = backlog->overfull;
    size_t limit = was_overfull ? backlog->maximum / 2 * 3 : backlog->maximum * 2;
    backlog->overfull = backlog->bytes > limit;
    if (!was_overfull || backlog->overfull)
        return;
    list_for_each (link, &backlog->unsettled)
        release(container_of(link, struct share, link));
}

static void resize(struct backlog *backlog, struct share *share, size_t size)
{
    backlog->bytes += size - share->bytes;
    share->bytes = size;
    if (backlog->bytes > backlog->maximum)
        af_event_clear(backlog->room);
    else if (!af_event_is_set(backlog->room))
        af_event_set(backlog->room);
    judge_overfull(backlog);
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

/* ---------------------------------------------------------------- one share */

void backlog_add(struct backlog *backlog, struct share *share, size_t kept, size_t passing)
{
    *share = (struct share){.kept = kept};
    list_append(&backlog->unsettled, &share->link);
    resize(backlog, share, RUNNING_SIZE + kept + passing);
}

/* The next may be the first now. */
static void leave_unsettled(struct backlog *backlog, struct share *share)
{
    list_remove(&share->link);
    if (backlog->overfull && !list_empty(&backlog->unsettled))
        release(container_of(backlog->unsettled.next, struct share, link));
}

void backlog_settle(struct backlog *backlog, struct share *share, const af_response *response)
{
    resize(backlog, share, SETTLED_SIZE + share->kept + response_size(response));
    leave_unsettled(backlog, share);
}

void backlog_remove(struct backlog *backlog, struct share *share)
{
    resize(backlog, share, 0);
    leave_unsettled(backlog, share);
}

/* ----------------------------------------------------------------- waiting */

int backlog_wait_for_room(struct backlog *backlog)
{
    return af_event_wait(backlog->room);
}

bool backlog_holds_up(const struct backlog *backlog, const struct share *share)
{
    return backlog->overfull && backlog->unsettled.next != &share->link;
}

int backlog_wait(struct share *share)
{
    int r = af_event_new(&share->released);
    if (r < 0)
        return r;
    r = af_event_wait(share->released);
    af_event_free(share->released);
    share->released = NULL;
    return r;
}
