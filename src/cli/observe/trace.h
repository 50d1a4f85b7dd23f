/* --verbose: what happens to each request, as it happens, a line for each step. */
#ifndef CLI_OBSERVE_TRACE_H
#define CLI_OBSERVE_TRACE_H

#include "cli/fetch/fetch.h"

struct trace {
    bool color;
};

void trace_admitted(const struct trace *trace, const struct fetch *fetch);
void trace_news(const struct trace *trace, const struct fetch *fetch, const af_request_news *news);
void trace_retry(const struct trace *trace, const struct fetch *fetch, const struct record *record,
                 double delay);
void trace_settled(const struct trace *trace, const struct fetch *fetch,
                   const struct record *record);

#endif
