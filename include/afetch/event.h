/* Event: a flag that tasks wait for. */
#ifndef AFETCH_EVENT_H
#define AFETCH_EVENT_H

#include <stdbool.h>

#include <afetch/declarations.h>

AF_BEGIN_DECLARATIONS

typedef struct af_event af_event;

/* Creates an event that is not set.
 * Errors: -ENOMEM.
 * Ownership: the caller owns the event. */
int af_event_new(af_event **ret_event);

/* Frees the event. No task may be waiting for it. */
void af_event_free(af_event *event);

/* Set and clear the flag. Setting wakes all waiting tasks in the order in which they began to wait;
 * clearing it right after does not undo that (rule 61).
 * Suspends: never. */
void af_event_set(af_event *event);
void af_event_clear(af_event *event);

/* True if it is set. */
bool af_event_is_set(const af_event *event);

/* Waits until the event is set.
 * Errors: AF_CANCELLED; AF_RUNTIME_ERROR outside a task if it would have to suspend.
 * Suspends: unless it is set. */
int af_event_wait(af_event *event);

AF_END_DECLARATIONS

#endif
