/* The timeline as Chrome's trace events, which Perfetto and chrome://tracing draw. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "cli/escape.h"
#include "cli/number.h"
#include "cli/timeline.h"

enum { CHUNK = 64 * 1024 };

/* ------------------------------------------------------------------- lanes */

/* A lane holds attempts that do not overlap; a heap by the end of its last one. */
struct lane {
    int64_t end;
    size_t number;
};

struct lanes {
    struct lane *heap; /* the one that ends first is the first */
    size_t count;
};

static void sink(struct lanes *lanes)
{
    struct lane *heap = lanes->heap;
    for (size_t at = 0, child; (child = 2 * at + 1) < lanes->count; at = child) {
        child += child + 1 < lanes->count && heap[child + 1].end < heap[child].end;
        if (heap[at].end <= heap[child].end)
            return;
        struct lane lane = heap[at];
        heap[at] = heap[child];
        heap[child] = lane;
    }
}

static void rise(struct lanes *lanes, size_t at)
{
    struct lane *heap = lanes->heap;
    for (size_t parent; at > 0 && heap[parent = (at - 1) / 2].end > heap[at].end; at = parent) {
        struct lane lane = heap[at];
        heap[at] = heap[parent];
        heap[parent] = lane;
    }
}

/* The lane that has been free for longest, or a new one. HEAP has room for as many as there are
 * attempts. */
static size_t choose_lane(struct lanes *lanes, int64_t begin, int64_t end)
{
    if (lanes->count > 0 && lanes->heap[0].end <= begin) {
        size_t number = lanes->heap[0].number;
        lanes->heap[0].end = end;
        sink(lanes);
        return number;
    }
    size_t number = lanes->count++;
    lanes->heap[number] = (struct lane){end, number};
    rise(lanes, number);
    return number;
}

/* ------------------------------------------------------------------ events */

static int append_slice(struct buffer *buffer, const char *name, const char *category, size_t lane,
                        int64_t begin, int64_t end)
{
    int r = buffer_append_string(buffer, ",\n{\"name\":");
    if (r >= 0)
        r = json_write_string(buffer, name, strlen(name));
    return r < 0 ? r
                 : buffer_append_format(buffer,
                                        ",\"cat\":\"%s\",\"ph\":\"X\",\"pid\":1,\"tid\":%zu,"
                                        "\"ts\":%lld,\"dur\":%lld",
                                        category, lane + 1, (long long)begin,
                                        (long long)(end - begin));
}

static int append_string(struct buffer *buffer, const char *name, const char *value)
{
    int r = buffer_append_format(buffer, ",\"%s\":", name);
    return r < 0 ? r : json_write_string(buffer, value, strlen(value));
}

static int append_arguments(const struct timeline *timeline, struct buffer *buffer,
                            const struct attempt *attempt)
{
    int r =
        buffer_append_format(buffer, ",\"args\":{\"index\":%zu,\"attempt\":%ld,\"ok\":%s",
                             attempt->index, attempt->number + 1, attempt->ok ? "true" : "false");
    if (r >= 0 && attempt->status > 0)
        r = buffer_append_format(buffer, ",\"response_code\":%d", attempt->status);
    if (r >= 0 && attempt->error)
        r = append_string(buffer, "error", attempt->error);
    if (r >= 0 && attempt->text > 0)
        r = append_string(buffer, "errormsg", timeline_string(timeline, attempt->text));
    if (r >= 0 && attempt->remote_ip[0])
        r = append_string(buffer, "remote_ip", attempt->remote_ip);
    if (r >= 0 && attempt->began)
        r = buffer_append_format(
            buffer, ",\"size_download\":%lld,\"num_redirects\":%ld,\"reused\":%s",
            (long long)attempt->size, attempt->redirects, attempt->reused ? "true" : "false");
    return r < 0 ? r : buffer_append_string(buffer, "}}");
}

static int append_attempt(const struct timeline *timeline, struct buffer *buffer,
                          const struct attempt *attempt, size_t lane)
{
    int64_t at = attempt->begin;
    int r = append_slice(buffer, timeline_string(timeline, attempt->url),
                         attempt->ok ? "request" : "request,failed", lane, at,
                         attempt->ends[PHASES - 1]);
    if (r >= 0)
        r = append_arguments(timeline, buffer, attempt);
    for (int phase = 0; phase < PHASES && r >= 0; phase++) {
        int64_t end = attempt->ends[phase];
        if (end <= at)
            continue;
        r = append_slice(buffer, phase_names[phase], "phase", lane, at, end);
        if (r >= 0)
            r = buffer_append_char(buffer, '}');
        at = end;
    }
    return r;
}

static int append_head(const struct timeline *timeline, struct buffer *buffer)
{
    char time[NUMBER_LONGEST];
    *number_write_timestamp(time, timeline->started_at) = '\0';
    return buffer_append_format(
        buffer,
        "{\"displayTimeUnit\":\"ms\",\"otherData\":{\"program\":\"afetch "
        "%s\",\"started_at\":\"%s\","
        "\"attempts\":%zu,\"attempts_left_out\":%zu},\n\"traceEvents\":[\n"
        "{\"name\":\"process_name\",\"ph\":\"M\",\"pid\":1,\"args\":{\"name\":\"afetch\"}}",
        AFETCH_VERSION, time, timeline_count(timeline), timeline->omitted);
}

static int append_lanes(struct buffer *buffer, size_t count)
{
    int r = 0;
    for (size_t lane = 1; lane <= count && r >= 0; lane++)
        r = buffer_append_format(buffer,
                                 ",\n{\"name\":\"thread_name\",\"ph\":\"M\",\"pid\":1,\"tid\":%zu,"
                                 "\"args\":{\"name\":\"lane %zu\"}},\n"
                                 "{\"name\":\"thread_sort_index\",\"ph\":\"M\",\"pid\":1,"
                                 "\"tid\":%zu,\"args\":{\"sort_index\":%zu}}",
                                 lane, lane, lane, lane);
    return r;
}

static int by_begin(const void *one, const void *other)
{
    const struct attempt *a = *(const struct attempt *const *)one;
    const struct attempt *b = *(const struct attempt *const *)other;
    return a->begin != b->begin ? (a->begin > b->begin) - (a->begin < b->begin)
                                : (a->index > b->index) - (a->index < b->index);
}

static int append_all(const struct timeline *timeline, const struct attempt *const *sorted,
                      struct lanes *lanes, struct buffer *buffer, timeline_flush *flush, void *arg)
{
    int r = append_head(timeline, buffer);
    for (size_t i = 0; i < timeline_count(timeline) && r >= 0; i++) {
        const struct attempt *attempt = sorted[i];
        size_t lane = choose_lane(lanes, attempt->begin, attempt->ends[PHASES - 1]);
        r = append_attempt(timeline, buffer, attempt, lane);
        if (r >= 0 && buffer->length > CHUNK)
            r = flush(buffer, arg);
    }
    if (r >= 0)
        r = append_lanes(buffer, lanes->count);
    if (r >= 0)
        r = buffer_append_string(buffer, "\n]}\n");
    return r < 0 ? r : flush(buffer, arg);
}

int timeline_write_trace(const struct timeline *timeline, struct buffer *buffer,
                         timeline_flush *flush, void *arg)
{
    size_t count = timeline_count(timeline);
    const struct attempt **sorted = malloc((count + 1) * sizeof *sorted);
    struct lanes lanes = {.heap = malloc((count + 1) * sizeof *lanes.heap)};
    int r = -ENOMEM;
    if (sorted && lanes.heap) {
        for (size_t i = 0; i < count; i++)
            sorted[i] = &timeline_attempts(timeline)[i];
        qsort(sorted, count, sizeof *sorted, by_begin);
        r = append_all(timeline, sorted, &lanes, buffer, flush, arg);
    }
    free(lanes.heap);
    free(sorted);
    return r;
}
