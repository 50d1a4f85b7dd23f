/* The timeline as Chrome's trace events, which Perfetto and chrome://tracing draw. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/decimal.h"
#include "cli/observe/timeline.h"
#include "cli/text/escape.h"

enum { CHUNK = 64 * 1024 };

/* ------------------------------------------------------------------- lanes */

/* A lane holds attempts that do not overlap. Lanes are a heap, by the end of the last attempt. */
struct lane {
    int64_t end;
    size_t number;
};

struct lanes {
    struct lane *heap; /* the lane that ends first is first */
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

/* The number, from 1, of the lane that has been free for longest, or of a new one. The heap has
 * room for a lane per attempt. */
static size_t choose_lane(struct lanes *lanes, int64_t begin, int64_t end)
{
    if (lanes->count > 0 && lanes->heap[0].end <= begin) {
        size_t number = lanes->heap[0].number;
        lanes->heap[0].end = end;
        sink(lanes);
        return number;
    }
    size_t index = lanes->count++;
    lanes->heap[index] = (struct lane){end, index + 1};
    rise(lanes, index);
    return index + 1;
}

/* ------------------------------------------------------------------ slices */

/* Attempts are drawn as two processes, waiting and running, so the latter has as many lanes as ran
 * at once. The numbers are larger than those of lanes. */
enum process { REQUESTS = 1000000, WAITING = 2000000 };

static int append_string(struct buffer *buffer, const char *name, const char *value)
{
    int r = buffer_append_format(buffer, ",\"%s\":", name);
    return r < 0 ? r : json_write_string(buffer, value, strlen(value));
}

/* Appends the name: the URL, after the error if this part has it. */
static int append_name(const struct timeline *timeline, struct buffer *buffer,
                       const struct attempt *attempt, enum process process)
{
    const char *url = timeline_string(timeline, attempt->url);
    char status[16], *name;
    snprintf(status, sizeof status, "%d", attempt->status);
    int r = buffer_append_string(buffer, ",\n{\"name\":");
    bool failed = attempt->outcome != OUTCOME_OK && (process == REQUESTS || !attempt->began);
    if (r < 0 || !failed)
        return r < 0 ? r : json_write_string(buffer, url, strlen(url));
    bool answered = attempt->outcome == OUTCOME_STATUS;
    if (asprintf(&name, "%s %s", answered ? status : outcome_words[attempt->outcome], url) < 0)
        return -ENOMEM;
    r = json_write_string(buffer, name, strlen(name));
    free(name);
    return r;
}

static int append_position(struct buffer *buffer, const char *category, enum process process,
                           size_t lane, int64_t begin, int64_t end)
{
    return buffer_append_format(
        buffer, ",\"cat\":\"%s\",\"ph\":\"X\",\"pid\":%d,\"tid\":%zu,\"ts\":%lld,\"dur\":%lld",
        category, process, lane, (long long)begin, (long long)(end - begin));
}

/* Links each attempt to its retry by an arrow. */
static int append_arrow(struct buffer *buffer, const struct attempt *attempt)
{
    if (!attempt->again && attempt->number == 0)
        return 0;
    return buffer_append_format(buffer, ",\"bind_id\":\"0x%zx\"%s%s", attempt->index + 1,
                                attempt->number > 0 ? ",\"flow_in\":true" : "",
                                attempt->again ? ",\"flow_out\":true" : "");
}

static int append_arguments(const struct timeline *timeline, struct buffer *buffer,
                            const struct attempt *attempt)
{
    int r = buffer_append_format(buffer, ",\"args\":{\"index\":%zu,\"attempt\":%ld,\"ok\":%s",
                                 attempt->index, attempt->number + 1,
                                 attempt->outcome == OUTCOME_OK ? "true" : "false");
    if (r >= 0 && attempt->status > 0)
        r = buffer_append_format(buffer, ",\"response_code\":%d", attempt->status);
    if (r >= 0 && attempt->outcome != OUTCOME_OK)
        r = append_string(buffer, "error", outcome_words[attempt->outcome]);
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

static int append_phases(struct buffer *buffer, const struct attempt *attempt, size_t lane)
{
    int64_t at = attempt->ends[PHASE_WAIT];
    int r = 0;
    for (int phase = PHASE_WAIT + 1; phase < PHASES && r >= 0; phase++) {
        int64_t end = attempt->ends[phase];
        if (end <= at)
            continue;
        r = buffer_append_format(buffer, ",\n{\"name\":\"%s\"", phase_names[phase]);
        if (r >= 0)
            r = append_position(buffer, "phase", REQUESTS, lane, at, end);
        if (r >= 0)
            r = buffer_append_char(buffer, '}');
        at = end;
    }
    return r;
}

/* ---------------------------------------------------------------- attempts */

/* Finds the part of an attempt that a process draws; false if there is none. An attempt without
 * length is drawn nevertheless if it ran, or neither waited nor ran: each is drawn once. */
static bool find_part(const struct attempt *attempt, enum process process, int64_t *ret_begin,
                      int64_t *ret_end)
{
    int64_t admitted = attempt->ends[PHASE_WAIT], end = attempt->ends[PHASES - 1];
    bool runs = process == REQUESTS && (attempt->began || attempt->begin == end);
    *ret_begin = process == WAITING ? attempt->begin : admitted;
    *ret_end = process == WAITING ? admitted : end;
    if (runs && *ret_end == *ret_begin)
        ++*ret_end;
    return *ret_end > *ret_begin;
}

static int append_attempt(const struct timeline *timeline, struct buffer *buffer,
                          const struct attempt *attempt, enum process process, struct lanes *lanes)
{
    int64_t begin, end;
    if (!find_part(attempt, process, &begin, &end))
        return 0;
    size_t lane = choose_lane(lanes, begin, end);
    int r = append_name(timeline, buffer, attempt, process);
    if (r >= 0)
        r = append_position(buffer,
                            process == WAITING               ? "waiting"
                            : attempt->outcome == OUTCOME_OK ? "request"
                                                             : "request,failed",
                            process, lane, begin, end);
    if (r >= 0 && process == REQUESTS)
        r = append_arrow(buffer, attempt);
    if (r >= 0)
        r = append_arguments(timeline, buffer, attempt);
    return r >= 0 && process == REQUESTS ? append_phases(buffer, attempt, lane) : r;
}

static int append_lanes(struct buffer *buffer, enum process process, size_t count)
{
    int r = 0;
    for (size_t lane = 1; lane <= count && r >= 0; lane++)
        r = buffer_append_format(buffer,
                                 ",\n{\"name\":\"thread_name\",\"ph\":\"M\",\"pid\":%d,\"tid\":%zu,"
                                 "\"args\":{\"name\":\"lane\"}},\n"
                                 "{\"name\":\"thread_sort_index\",\"ph\":\"M\",\"pid\":%d,"
                                 "\"tid\":%zu,\"args\":{\"sort_index\":%zu}}",
                                 process, lane, process, lane, lane);
    return r;
}

/* ------------------------------------------------------------------- trace */

/* The attempts in the order in which a process draws them, and its lanes. */
struct drawing {
    const struct timeline *timeline;
    const struct attempt **sorted;
    struct lanes lanes;
};

static int compare(int64_t a, size_t a_index, int64_t b, size_t b_index)
{
    return a != b ? (a > b) - (a < b) : (a_index > b_index) - (a_index < b_index);
}

static int by_begin(const void *one, const void *other)
{
    const struct attempt *a = *(const struct attempt *const *)one;
    const struct attempt *b = *(const struct attempt *const *)other;
    return compare(a->begin, a->index, b->begin, b->index);
}

static int by_admission(const void *one, const void *other)
{
    const struct attempt *a = *(const struct attempt *const *)one;
    const struct attempt *b = *(const struct attempt *const *)other;
    return compare(a->ends[PHASE_WAIT], a->index, b->ends[PHASE_WAIT], b->index);
}

static int append_process(struct drawing *drawing, enum process process, struct buffer *buffer,
                          timeline_flush *flush, void *arg)
{
    size_t count = timeline_count(drawing->timeline);
    qsort(drawing->sorted, count, sizeof *drawing->sorted,
          process == WAITING ? by_begin : by_admission);
    drawing->lanes.count = 0;
    int r = 0;
    for (size_t i = 0; i < count && r >= 0; i++) {
        r = append_attempt(drawing->timeline, buffer, drawing->sorted[i], process, &drawing->lanes);
        if (r >= 0 && buffer->length > CHUNK)
            r = flush(buffer, arg);
    }
    return r < 0 ? r : append_lanes(buffer, process, drawing->lanes.count);
}

static int append_name_of(struct buffer *buffer, enum process process, const char *name)
{
    return buffer_append_format(
        buffer,
        "{\"name\":\"process_name\",\"ph\":\"M\",\"pid\":%d,\"args\":{\"name\":\"%s\"}},\n"
        "{\"name\":\"process_sort_index\",\"ph\":\"M\",\"pid\":%d,\"args\":{\"sort_index\":%d}}",
        process, name, process, process);
}

static int append_head(const struct timeline *timeline, struct buffer *buffer)
{
    char time[DECIMAL_LONGEST];
    *decimal_write_timestamp(time, timeline->started_at) = '\0';
    int r =
        buffer_append_format(buffer,
                             "{\"metadata\":{\"program\":\"afetch %s\",\"started_at\":\"%s\","
                             "\"attempts\":%zu,\"attempts_left_out\":%zu},\n\"traceEvents\":[\n",
                             AFETCH_VERSION, time, timeline_count(timeline), timeline->omitted);
    if (r >= 0)
        r = append_name_of(buffer, REQUESTS, "requests");
    if (r >= 0)
        r = buffer_append_string(buffer, ",\n");
    return r < 0 ? r : append_name_of(buffer, WAITING, "waiting");
}

static int append_all(struct drawing *drawing, struct buffer *buffer, timeline_flush *flush,
                      void *arg)
{
    int r = append_head(drawing->timeline, buffer);
    if (r >= 0)
        r = append_process(drawing, REQUESTS, buffer, flush, arg);
    if (r >= 0)
        r = append_process(drawing, WAITING, buffer, flush, arg);
    if (r >= 0)
        r = buffer_append_string(buffer, "\n]}\n");
    return r < 0 ? r : flush(buffer, arg);
}

int timeline_write_trace(const struct timeline *timeline, struct buffer *buffer,
                         timeline_flush *flush, void *arg)
{
    size_t count = timeline_count(timeline);
    struct drawing drawing = {
        .timeline = timeline,
        .sorted = malloc((count + 1) * sizeof *drawing.sorted),
        .lanes.heap = malloc((count + 1) * sizeof *drawing.lanes.heap),
    };
    int r = -ENOMEM;
    if (drawing.sorted && drawing.lanes.heap) {
        for (size_t i = 0; i < count; i++)
            drawing.sorted[i] = &timeline_attempts(timeline)[i];
        r = append_all(&drawing, buffer, flush, arg);
    }
    free(drawing.lanes.heap);
    free(drawing.sorted);
    return r;
}
