#include "cli/backlog.h"

/* Enough for thousands of small bodies behind one slow request, and no burden to any machine. */
static const size_t BACKLOG_MAXIMUM = 64 << 20;

int backlog_open(struct backlog *backlog)
{
    int r = af_event_new(&backlog->room);
    if (r >= 0)
        af_event_set(backlog->room);
    return r;
}

void backlog_close(struct backlog *backlog)
{
    af_event_free(backlog->room);
}

size_t backlog_size(const af_response *response)
{
    if (!response)
        return 0;
    size_t size = response->body_size;
    if (response->header_count > 0)
        size += (size_t)response->size_header + response->header_count * sizeof *response->headers;
    return size;
}

void backlog_add(struct backlog *backlog, size_t size)
{
    backlog->bytes += size;
    if (backlog->bytes > BACKLOG_MAXIMUM)
        af_event_clear(backlog->room);
}

void backlog_remove(struct backlog *backlog, size_t size)
{
    backlog->bytes -= size;
    if (backlog->bytes <= BACKLOG_MAXIMUM)
        af_event_set(backlog->room);
}

int backlog_wait(struct backlog *backlog)
{
    return af_event_wait(backlog->room);
}
