#include "cli/observe/trace.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <afetch/loop.h>

#include "base/utf8.h"
#include "cli/console/status_line.h"
#include "cli/console/terminal.h"
#include "cli/text/columns.h"
#include "cli/text/escape.h"
#include "cli/text/redact.h"
#include "cli/text/units.h"

/* URL_WIDTH is in columns; marks that take none could follow each other without end. */
enum { URL_WIDTH = 40, URL_MAXIMUM = 400, LINE_MAXIMUM = 4096 };

/* ---------------------------------------------------------------- one line */

/* Appends escaped text in URL_WIDTH columns, and one for an ellipsis or a blank. */
static int append_columns(struct buffer *line, const char *text, size_t length)
{
    size_t columns, end = columns_fit(text, length, URL_WIDTH, &columns);
    const char *rest = end < length ? "…" : " ";
    int r = buffer_append(line, text, end);
    return r < 0 ? r : buffer_append_format(line, "%s%*s", rest, (int)(URL_WIDTH - columns), "");
}

/* Appends the URL without http:// and credentials. */
static int append_url(struct buffer *line, const char *url)
{
    const char *shown = url_behind_login(url);
    struct buffer text;
    buffer_init(&text, SIZE_MAX);
    int r = text_write_escaped(&text, shown, utf8_truncate(shown, strlen(shown), URL_MAXIMUM));
    if (r >= 0)
        r = append_columns(line, text.data, text.length);
    buffer_free(&text);
    return r;
}

/* Prints a line: time, index, step, URL, and details if there are any. */
__attribute__((format(printf, 5, 6))) static void print_step(const struct trace *trace,
                                                             const struct observed *observed,
                                                             const char *step, const char *color,
                                                             const char *format, ...)
{
    char detail[512];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(detail, sizeof detail, format, arguments);
    va_end(arguments);
    double now = af_loop_time(af_running_loop()) - trace->began;
    bool colored = trace->color && color;
    struct buffer line;
    buffer_init(&line, LINE_MAXIMUM);
    int r = buffer_append_format(&line, "[%8.3f] #%-5zu %s%-10s%s ", now, observed->index,
                                 colored ? color : "", step, colored ? COLOR_NONE : "");
    if (r >= 0)
        r = append_url(&line, observed->url);
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

void trace_admitted(const struct trace *trace, const struct observed *observed)
{
    if (observed->retries > 0)
        print_step(trace, observed, "admitted", NULL, "attempt %ld", observed->retries + 1);
    else
        print_step(trace, observed, "admitted", NULL, "%s", "");
}

static bool is_followed(const struct trace *trace, long status)
{
    return trace->follows_redirects &&
           ((status >= 301 && status <= 303) || status == 307 || status == 308);
}

void trace_news(const struct trace *trace, const struct observed *observed,
                const af_request_news *news)
{
    switch (news->event) {
    case AF_REQUEST_CONNECTING:
        print_step(trace, observed, "connecting", NULL, "to %s port %ld", news->remote_ip,
                   news->remote_port);
        break;
    case AF_REQUEST_SENDING:
        print_step(trace, observed, "sending", NULL, "on %s connection",
                   news->reused ? "a reused" : "a new");
        break;
    case AF_REQUEST_ANSWERED:
        if (is_followed(trace, news->status))
            print_step(trace, observed, "redirected", COLOR_YELLOW, "%ld", news->status);
        else
            print_step(trace, observed, "answered", NULL, "%ld", news->status);
        break;
    }
}

void trace_retry(const struct trace *trace, const struct observed *observed,
                 const struct record *record, double delay)
{
    char time[16];
    print_step(trace, observed, "retry", COLOR_YELLOW, "%ld of %ld in %s: %s",
               observed->retries + 1, trace->retries, units_time(time, delay),
               record->errormsg ? record->errormsg : "the status is in --retry-on");
}

void trace_finished(const struct trace *trace, const struct observed *observed,
                    const struct record *record)
{
    const af_response *response = record->response;
    char time[16], size[16];
    if (record_is_cancelled(record))
        print_step(trace, observed, "cancelled", COLOR_YELLOW, "%s", record->errormsg);
    else if (!record_is_ok(record))
        print_step(trace, observed, "failed", COLOR_RED, "%s: %s", outcome_words[record->outcome],
                   record->errormsg);
    else
        print_step(trace, observed, "done", COLOR_GREEN, "%ld in %s, %s", response->status,
                   units_time(time, (double)response->time_total * 1e-6),
                   units_size(size, (double)response->size_download));
}
