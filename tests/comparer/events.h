/* The events of a trace, in their order. */
#ifndef COMPARER_EVENTS_H
#define COMPARER_EVENTS_H

#include <cjson/cJSON.h>

/* The events of a trace, each [tick, actor, kind, ...], and behind them its final state in the same
 * form: ["", "end", "state", "q0", ...]. The caller frees the array. */
cJSON *events_of(const cJSON *trace);

/* One member of an event without quotes, and all from the given place on with a blank between them.
 * The caller frees the text. */
char *member_text(const cJSON *event, int place);
char *event_text(const cJSON *event, int from);

#endif
