/* The records of --dry-run, as lines. */
#include <string.h>

#include "cli/record/formatter_type.h"
#include "cli/record/value_text.h"
#include "cli/text/escape.h"

/* "GET http://example.com/", or "---", the invalid URL, and the error. */
static int write_plan(const struct formatter *formatter, const struct record *record,
                      struct buffer *buffer)
{
    (void)formatter;
    const char *method = record_is_ok(record) ? record->method : "---";
    const char *scheme = record_is_ok(record) && !af_url_has_scheme(record->url) ? "http://" : "";
    int r = buffer_append_format(buffer, "%s %s", method, scheme);
    if (r >= 0)
        r = url_append(buffer, record->url, text_write_escaped);
    if (r >= 0 && !record_is_ok(record))
        r = buffer_append_format(buffer, "  %s: ", outcome_words[record->outcome]);
    if (r >= 0 && !record_is_ok(record))
        r = text_write_escaped(buffer, record->errormsg, strlen(record->errormsg));
    return r < 0 ? r : buffer_append_char(buffer, '\n');
}

const struct formatter_type plan_format = {.record = write_plan};
