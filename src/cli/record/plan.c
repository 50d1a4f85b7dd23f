#include "cli/record/plan.h"

#include <string.h>

#include "cli/record/formatter_type.h"
#include "cli/text/escape.h"

void dry_run_settle(struct options *options)
{
    /* Every line is told, and nothing that is there is written over. */
    options->first = 0;
    options->fail_fast = false;
    options->deadline = 0;
    options->compare = false;
    options->output = NULL;
    options->output_dir = NULL;
    options->timeline = NULL;
    options->progress = WHEN_NEVER;
    options->summary = WHEN_NEVER;
    options->verbose = false;
    if (!options->fields && options->format != FORMAT_TEXT)
        options->fields = "index,url,id,method,ok,error,errormsg";
}

/* "GET http://example.com/", or the line that is no URL with what is wrong with it. */
static int write_plan(const struct formatter *formatter, const struct record *record,
                      struct buffer *buffer)
{
    (void)formatter;
    const char *method = record->ok ? record->response->method : "---";
    const char *scheme = record->ok && !af_url_has_scheme(record->url) ? "http://" : "";
    int r = buffer_append_format(buffer, "%s %s", method, scheme);
    if (r >= 0)
        r = url_append(buffer, record->url, text_write_escaped);
    if (r >= 0 && !record->ok)
        r = buffer_append_format(buffer, "  %s: ", record->error);
    if (r >= 0 && !record->ok)
        r = text_write_escaped(buffer, record->errormsg, strlen(record->errormsg));
    return r < 0 ? r : buffer_append_char(buffer, '\n');
}

const struct formatter_type dry_run_format = {.record = write_plan};
