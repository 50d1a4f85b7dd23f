/* Counts by name: "connections", "requests", and "METHOD PATH" for what was processed. */
#ifndef HTTP2_COUNTERS_H
#define HTTP2_COUNTERS_H

#include <stddef.h>

#include "base/buffer.h"

struct counters {
    struct counter *first;
    size_t count;
    size_t room;
};

/* Adds 1, and returns the sum. */
size_t counters_add(struct counters *counters, const char *name);

/* Raises it to VALUE if it is lower. */
void counters_raise(struct counters *counters, const char *name, size_t value);

/* Appends them as an object of JSON. */
void counters_write(const struct counters *counters, struct buffer *to);

void counters_free(struct counters *counters);

#endif
