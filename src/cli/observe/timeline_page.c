/* The timeline as a page that draws itself: timeline.html, with the run's data in it. */
#include <errno.h>
#include <string.h>

#include "base/decimal.h"
#include "cli/observe/timeline.h"
#include "cli/text/escape.h"

enum { CHUNK = 64 * 1024 };

/* The bytes of timeline.html, as numbers that the Makefile makes of it. */
static const char page[] = {
#include "cli/observe/timeline.html.inc"
};

/* What stands in the page where its data is to be. */
static const char PLACE[] = "@DATA@";

enum flag { FLAG_OK = 1, FLAG_AGAIN = 2, FLAG_REUSED = 4, FLAG_BEGAN = 8 };

/* Flushes JSON as it may stand within a script: nothing in it ends that, or a line. Only whole
 * values may be in BUFFER. */
static int flush_script(struct buffer *json, struct buffer *buffer, timeline_flush *flush,
                        void *arg)
{
    int r = 0;
    for (size_t i = 0; i < json->length && r >= 0; i++) {
        const char *at = json->data + i;
        size_t left = json->length - i;
        if (*at == '<' || *at == '>' || *at == '&') {
            r = buffer_append_format(buffer, "\\u%04x", (unsigned)*at);
        } else if (left >= 3 &&
                   (memcmp(at, "\xE2\x80\xA8", 3) == 0 || memcmp(at, "\xE2\x80\xA9", 3) == 0)) {
            r = buffer_append_format(buffer, "\\u20%x", (unsigned char)at[2] - 0x80u);
            i += 2;
        } else {
            r = buffer_append_char(buffer, *at);
        }
    }
    json->length = 0;
    return r < 0 ? r : flush(buffer, arg);
}

static int append_string(struct buffer *json, const char *string)
{
    int r = buffer_append_char(json, ',');
    return r < 0 ? r : json_write_string(json, string, strlen(string));
}

/* A row, in the order that the page knows: the times each since the one before. */
static int append_attempt(const struct timeline *timeline, struct buffer *json,
                          const struct attempt *attempt)
{
    int flags = (attempt->outcome == OUTCOME_OK ? FLAG_OK : 0) | (attempt->again ? FLAG_AGAIN : 0) |
                (attempt->reused ? FLAG_REUSED : 0) | (attempt->began ? FLAG_BEGAN : 0);
    int r = buffer_append_format(json, "[%zu,%ld,%d,%d,%lld,%ld,%lld", attempt->index,
                                 attempt->number, attempt->status, flags, (long long)attempt->size,
                                 attempt->redirects, (long long)attempt->begin);
    int64_t at = attempt->begin;
    for (int phase = 0; phase < PHASES && r >= 0; phase++) {
        r = buffer_append_format(json, ",%lld", (long long)(attempt->ends[phase] - at));
        at = attempt->ends[phase];
    }
    const char *error = outcome_words[attempt->outcome];
    const char *strings[] = {timeline_string(timeline, attempt->url), error ? error : "",
                             timeline_string(timeline, attempt->text), attempt->remote_ip};
    for (size_t i = 0; i < sizeof strings / sizeof strings[0] && r >= 0; i++)
        r = append_string(json, strings[i]);
    return r < 0 ? r : buffer_append_char(json, ']');
}

static int append_head(const struct timeline *timeline, struct buffer *json)
{
    char time[DECIMAL_LONGEST];
    *decimal_write_timestamp(time, timeline->started_at) = '\0';
    int r =
        buffer_append_format(json,
                             "{\"program\":\"afetch %s\",\"started_at\":\"%s\",\"length\":%lld,"
                             "\"left_out\":%zu,\"phases\":[",
                             AFETCH_VERSION, time, (long long)timeline->length, timeline->omitted);
    for (int phase = 0; phase < PHASES && r >= 0; phase++)
        r = buffer_append_format(json, "%s\"%s\"", phase > 0 ? "," : "", phase_names[phase]);
    return r < 0 ? r : buffer_append_string(json, "],\n\"rows\":[");
}

static int append_data(const struct timeline *timeline, struct buffer *json, struct buffer *buffer,
                       timeline_flush *flush, void *arg)
{
    int r = append_head(timeline, json);
    for (size_t i = 0; i < timeline_count(timeline) && r >= 0; i++) {
        r = buffer_append_string(json, i > 0 ? ",\n" : "\n");
        if (r >= 0)
            r = append_attempt(timeline, json, &timeline_attempts(timeline)[i]);
        if (r >= 0 && json->length > CHUNK)
            r = flush_script(json, buffer, flush, arg);
    }
    if (r >= 0)
        r = buffer_append_string(json, "\n]}");
    return r < 0 ? r : flush_script(json, buffer, flush, arg);
}

int timeline_write_page(const struct timeline *timeline, struct buffer *buffer,
                        timeline_flush *flush, void *arg)
{
    const char *place = memmem(page, sizeof page, PLACE, strlen(PLACE));
    const char *rest = place + strlen(PLACE);
    struct buffer json;
    buffer_init(&json, SIZE_MAX);
    int r = buffer_append(buffer, page, (size_t)(place - page));
    if (r >= 0)
        r = append_data(timeline, &json, buffer, flush, arg);
    if (r >= 0)
        r = buffer_append(buffer, rest, (size_t)(page + sizeof page - rest));
    buffer_free(&json);
    return r < 0 ? r : flush(buffer, arg);
}
