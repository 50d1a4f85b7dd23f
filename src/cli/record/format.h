/* The choices of a formatter. */
#ifndef CLI_RECORD_FORMAT_H
#define CLI_RECORD_FORMAT_H

#include <stdbool.h>

enum format { FORMAT_TEXT, FORMAT_JSON, FORMAT_JSONL, FORMAT_CSV };

struct formatter_options {
    enum format format;
    const char *fields; /* a list of names; NULL: the default fields of the format */
    bool headers;       /* with the headers and trailers of the response */
    bool body;          /* with its body */
    bool filename;      /* with the file in which the body was saved */
    bool plan;          /* records are of requests that are not sent (--dry-run) */
    bool color;         /* in text */
    bool terminal;      /* escape control characters in every format */
};

#endif
