#include <errno.h>
#include <stdlib.h>

#include <afetch/event.h>

#include "async/waiters.h"

struct af_event {
    bool set;
    struct waiters waiters;
};

int af_event_new(af_event **ret_event)
{
    af_event *event = malloc(sizeof *event);
    if (!event)
        return -ENOMEM;
    event->set = false;
    waiters_init(&event->waiters);
    *ret_event = event;
    return 0;
}

void af_event_free(af_event *event)
{
    free(event);
}

void af_event_set(af_event *event)
{
    event->set = true;
    while (waiters_wake(&event->waiters))
        ;
}

void af_event_clear(af_event *event)
{
    event->set = false;
}

bool af_event_is_set(const af_event *event)
{
    return event->set;
}

int af_event_wait(af_event *event)
{
    bool woken;
    return event->set ? 0 : waiters_wait(&event->waiters, &woken);
}
