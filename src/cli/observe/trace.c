#include "cli/observe/trace.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/utf8.h"
#include "cli/console/status_line.h"
#include "cli/console/terminal.h"
#include "cli/text/escape.h"
#include "cli/text/redact.h"
#include "cli/text/units.h"

enum { URL_WIDTH = 40, LINE_MAXIMUM = 4096 };

/* ---------------------------------------------------------------- one line */

/* Appends the URL in so many columns: without http:// and who asks, and no longer than that. */
static int append_url(struct buffer *line, const char *url)
{
    const char *shown = url_behind_login(url);
    size_t length = strlen(shown), end = 0, columns = 0;
    while (end < length && columns < URL_WIDTH) {
        size_t size = utf8_character(shown + end, length - end);
        end += size ? size : 1;
        columns++;
    }
    int r = text_write_escaped(line, shown, end);
    if (r >= 0 && end < length)
        return buffer_append_string(line, "…");
    return r < 0 ? r : buffer_append_format(line, "%*s", (int)(URL_WIDTH - columns) + 1, "");
}

/* The time, whose step it is, the step, and what there is to say of it. */
__attribute__((format(printf, 5, 6))) static void tell(const struct trace *trace,
                                                       const struct fetch *fetch, const char *step,
                                                       const char *color, const char *format, ...)
{
    char detail[512];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(detail, sizeof detail, format, arguments);
    va_end(arguments);
    double now = af_loop_time(af_running_loop()) - fetch->session->began;
    bool colored = trace->color && color;
    struct buffer line;
    buffer_init(&line, LINE_MAXIMUM);
    int r = buffer_append_format(&line, "[%8.3f] #%-5zu %s%-10s%s ", now, fetch->index,
                                 colored ? color : "", step, colored ? COLOR_NONE : "");
    if (r >= 0)
        r = append_url(&line, fetch->url);
    if (r >= 0 && detail[0])
        r = buffer_append_char(&line, ' ');
    if (r >= 0)
        r = text_write_escaped(&line, detail, strlen(detail));
    while (line.length > 0 && line.data[line.length - 1] == ' ')
        line.length--;
    if (r >= 0 && buffer_append_char(&line, '\n') >= 0)
        stderr_write(line.data, line.length);
    buffer_free(&line);
}

/* --------------------------------------------------------------- the steps */

void trace_admitted(const struct trace *trace, const struct fetch *fetch)
{
    if (fetch->retries > 0)
        tell(trace, fetch, "admitted", NULL, "for attempt %ld", fetch->retries + 1);
    else
        tell(trace, fetch, "admitted", NULL, "%s", "");
}

static bool is_followed(const struct fetch *fetch, long status)
{
    return fetch->session->options->location &&
           ((status >= 301 && status <= 303) || status == 307 || status == 308);
}

void trace_news(const struct trace *trace, const struct fetch *fetch, const af_request_news *news)
{
    switch (news->event) {
    case AF_REQUEST_CONNECTING:
        tell(trace, fetch, "connecting", NULL, "to %s port %ld", news->remote_ip,
             news->remote_port);
        break;
    case AF_REQUEST_SENDING:
        tell(trace, fetch, "sending", NULL, "on %s connection",
             news->reused ? "a reused" : "a new");
        break;
    case AF_REQUEST_ANSWERED:
        if (is_followed(fetch, news->status))
            tell(trace, fetch, "redirected", COLOR_YELLOW, "%ld", news->status);
        else
            tell(trace, fetch, "answered", NULL, "%ld", news->status);
        break;
    }
}

void trace_retry(const struct trace *trace, const struct fetch *fetch, const struct record *record,
                 double delay)
{
    char time[16];
    tell(trace, fetch, "retry", COLOR_YELLOW, "%ld of %ld in %s: %s", fetch->retries + 1,
         fetch->session->options->retries, units_time(time, delay),
         record->errormsg ? record->errormsg : "the server answered, and is asked again");
}

void trace_settled(const struct trace *trace, const struct fetch *fetch,
                   const struct record *record)
{
    const af_response *response = record->response;
    char time[16], size[16];
    if (record_was_cancelled(record))
        tell(trace, fetch, "cancelled", COLOR_YELLOW, "%s", record->errormsg);
    else if (!record->ok)
        tell(trace, fetch, "failed", COLOR_RED, "%s: %s", record->error, record->errormsg);
    else
        tell(trace, fetch, "done", COLOR_GREEN, "%ld in %s, %s", response->status,
             units_time(time, (double)response->time_total * 1e-6),
             units_size(size, (double)response->size_download));
}
