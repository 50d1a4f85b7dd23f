/* A fetch, as observers know it. */
#ifndef CLI_OBSERVE_OBSERVED_H
#define CLI_OBSERVE_OBSERVED_H

#include <stdbool.h>
#include <stddef.h>

struct observers;

/* Per-fetch state of the observers, which they keep themselves. */
struct observer_state {
    double queued_at;    /* on the loop's clock */
    size_t url;          /* offset in the timeline's strings; 0: not added yet */
    bool running;        /* counted as running */
    bool waits_to_retry; /* between two attempts, the last of which is in the timeline */
};

struct observed {
    struct observers *observers; /* NULL: none */
    size_t index;
    const char *url;
    long retries; /* begun */
    struct observer_state state;
};

#endif
