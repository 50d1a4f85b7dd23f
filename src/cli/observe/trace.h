/* --verbose: a line on stderr for each step of each request. */
#ifndef CLI_OBSERVE_TRACE_H
#define CLI_OBSERVE_TRACE_H

#include <afetch/http.h>

#include "cli/observe/observed.h"
#include "cli/record/record.h"

struct trace {
    bool color;
    long retries;           /* the limit, for "1 of 3" */
    bool follows_redirects; /* so a redirect is not the answer */
    double began;           /* the run, on the loop's clock */
};

void trace_admitted(const struct trace *trace, const struct observed *observed);
void trace_news(const struct trace *trace, const struct observed *observed,
                const af_request_news *news);
void trace_retry(const struct trace *trace, const struct observed *observed,
                 const struct record *record, double delay);
void trace_finished(const struct trace *trace, const struct observed *observed,
                    const struct record *record);

#endif
