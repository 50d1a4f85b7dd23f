#include "counters.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "server.h"

struct counter {
    char *name;
    size_t value;
};

/* The slot of NAME, or the empty one where it belongs. */
static struct counter *find_slot(const struct counters *counters, const char *name)
{
    size_t hash = 5381;
    for (const char *c = name; *c; c++)
        hash = hash * 33 + (unsigned char)*c;
    while (true) {
        struct counter *counter = &counters->first[hash++ % counters->room];
        if (!counter->name || strcmp(counter->name, name) == 0)
            return counter;
    }
}

static void grow(struct counters *counters)
{
    struct counters grown = {.count = counters->count, .room = counters->room * 2 + 64};
    grown.first = must(calloc(grown.room, sizeof *grown.first));
    for (size_t i = 0; i < counters->room; i++)
        if (counters->first[i].name)
            *find_slot(&grown, counters->first[i].name) = counters->first[i];
    free(counters->first);
    *counters = grown;
}

static struct counter *find(struct counters *counters, const char *name)
{
    if (counters->count * 2 >= counters->room)
        grow(counters);
    struct counter *counter = find_slot(counters, name);
    if (!counter->name) {
        counter->name = must(strdup(name));
        counters->count++;
    }
    return counter;
}

size_t counters_add(struct counters *counters, const char *name)
{
    return ++find(counters, name)->value;
}

void counters_raise(struct counters *counters, const char *name, size_t value)
{
    struct counter *counter = find(counters, name);
    if (counter->value < value)
        counter->value = value;
}

static void write_name(const char *name, struct buffer *to)
{
    append_string(to, "\"");
    for (; *name; name++) {
        if (*name == '"' || *name == '\\')
            append_string(to, "\\");
        append(to, name, 1);
    }
    append_string(to, "\": ");
}

void counters_write(const struct counters *counters, struct buffer *to)
{
    const char *separator = "{";
    for (size_t i = 0; i < counters->room; i++) {
        const struct counter *counter = &counters->first[i];
        if (!counter->name)
            continue;
        append_string(to, separator);
        write_name(counter->name, to);
        if (buffer_append_format(to, "%zu", counter->value) < 0)
            die("no memory");
        separator = ", ";
    }
    append_string(to, counters->count > 0 ? "}\n" : "{}\n");
}

void counters_free(struct counters *counters)
{
    for (size_t i = 0; i < counters->room; i++)
        free(counters->first[i].name);
    free(counters->first);
}
