/* Event: tasks wait until it is set. */
#ifndef AFETCH_EVENT_H
#define AFETCH_EVENT_H

#include <stdbool.h>

#include <afetch/declarations.h>

AF_BEGIN_DECLARATIONS

typedef struct af_event af_event;

/* An event that is not set. -ENOMEM. The caller owns it. */
int af_event_new(af_event **ret_event);

/* NULL is fine. No task may be waiting for it. */
void af_event_free(af_event *event);

/* Sets it and wakes all that wait, in the order they came; clearing it at once does not undo that
 * (rule 61). Neither suspends. */
void af_event_set(af_event *event);
void af_event_clear(af_event *event);

/* Whether it is set. */
bool af_event_is_set(const af_event *event);

/* Suspends until it is set; not at all where it is. AF_CANCELLED; AF_RUNTIME_ERROR outside a task
 * where it would have to wait. */
int af_event_wait(af_event *event);

AF_END_DECLARATIONS

#endif
