#include "cli/observe/timeline.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <afetch/error.h>

#include "base/clock.h"
#include "cli/text/redact.h"

const char *const phase_names[PHASES] = {
    [PHASE_WAIT] = "waiting",      [PHASE_REDIRECT] = "redirects",
    [PHASE_RESOLVE] = "resolving", [PHASE_CONNECT] = "connecting",
    [PHASE_TLS] = "TLS",           [PHASE_ANSWER] = "first byte",
    [PHASE_BODY] = "body",
};

/* -------------------------------------------------------------------- life */

static bool ends_with(const char *string, const char *suffix)
{
    size_t length = strlen(string), size = strlen(suffix);
    return length > size && strcasecmp(string + length - size, suffix) == 0;
}

/* The length of PATH up to its last slash. */
static size_t directory_length(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash ? (size_t)(slash + 1 - path) : 0;
}

/* Checks the directory before anything is fetched. */
static int check_directory(const char *path)
{
    struct stat status;
    if (stat(path, &status) == 0 && S_ISDIR(status.st_mode))
        return -EISDIR;
    size_t length = directory_length(path);
    char *directory = length > 0 ? strndup(path, length) : strdup(".");
    if (!directory)
        return -ENOMEM;
    int r = access(directory, W_OK | X_OK) < 0 ? -errno : 0;
    free(directory);
    return r;
}

int timeline_init(struct timeline *timeline, const char *path)
{
    *timeline = (struct timeline){.path = path};
    buffer_init(&timeline->attempts, TIMELINE_ATTEMPTS_MAXIMUM * sizeof(struct attempt));
    buffer_init(&timeline->strings, TIMELINE_STRINGS_MAXIMUM);
    if (ends_with(path, ".json"))
        timeline->format = TIMELINE_TRACE;
    else if (!ends_with(path, ".html"))
        return af_raise(-EINVAL, "--timeline %s: the name must end in .html or .json", path);
    return check_directory(path);
}

void timeline_free(struct timeline *timeline)
{
    buffer_free(&timeline->attempts);
    buffer_free(&timeline->strings);
}

void timeline_begin(struct timeline *timeline)
{
    timeline->started_at = clock_realtime();
    timeline->length = 0;
    timeline->omitted = 0;
    timeline->attempts.length = 0;
    timeline->strings.length = 0;
}

/* ----------------------------------------------------------------- strings */

static int add_string(struct timeline *timeline, const char *string, size_t *ret_offset)
{
    struct buffer *strings = &timeline->strings;
    int r = strings->length > 0 ? 0 : buffer_append_char(strings, '\0');
    if (r < 0)
        return r;
    size_t offset = strings->length;
    r = buffer_append(strings, string, strlen(string) + 1);
    if (r >= 0)
        *ret_offset = offset;
    return r;
}

static int add_url(struct timeline *timeline, const char *url, size_t *ret_offset)
{
    char *shown = NULL;
    int r = url_without_password(url, &shown);
    if (r >= 0)
        r = add_string(timeline, r > 0 ? shown : url, ret_offset);
    free(shown);
    return r;
}

/* ------------------------------------------------------------------ phases */

static int64_t microseconds(double seconds)
{
    return (int64_t)(seconds * 1e6 + 0.5);
}

static int64_t clamp(int64_t time, int64_t least, int64_t most)
{
    return time < least ? least : time > most ? most : time;
}

/* Finds the ends of all phases. libcurl gives no time for a phase that did not end: the first of
 * these lasts until the end of the attempt. */
static void find_phases(struct attempt *attempt, const af_response *response, int64_t start)
{
    const int64_t times[PHASES] = {
        [PHASE_REDIRECT] = response->time_redirect,    [PHASE_RESOLVE] = response->time_namelookup,
        [PHASE_CONNECT] = response->time_connect,      [PHASE_TLS] = response->time_appconnect,
        [PHASE_ANSWER] = response->time_starttransfer,
    };
    bool secure = response->scheme && strcmp(response->scheme, "https") == 0;
    int64_t end = start + response->time_total;
    int last = PHASE_REDIRECT;
    for (int phase = PHASE_RESOLVE; phase < PHASE_BODY; phase++)
        if (times[phase] > 0)
            last = phase;
    if (last == PHASE_CONNECT && !secure)
        last = PHASE_TLS;
    int64_t at = start;
    attempt->ends[PHASE_WAIT] = start;
    for (int phase = PHASE_REDIRECT; phase < PHASES; phase++) {
        if (phase > last)
            at = end;
        else if (times[phase] > 0)
            at = clamp(start + times[phase], at, end);
        attempt->ends[phase] = at;
    }
}

static void fill_response(struct attempt *attempt, const af_response *response, double began)
{
    find_phases(attempt, response, microseconds(response->start - began));
    attempt->began = true;
    attempt->size = response->size_download;
    attempt->status = (short)response->status;
    attempt->redirects = response->redirects;
    attempt->reused = response->connects == 0 && response->size_request > 0;
    if (response->remote_ip)
        snprintf(attempt->remote_ip, sizeof attempt->remote_ip, "%s", response->remote_ip);
}

/* --------------------------------------------------------------- attempts */

static int fill(struct timeline *timeline, struct attempt *attempt, const struct record *record,
                const struct timeline_moment *moment, size_t *url)
{
    *attempt = (struct attempt){
        .begin = microseconds(moment->queued - moment->began),
        .index = record->index,
        .number = record->retries,
        .outcome = record->outcome,
        .again = moment->again,
    };
    for (int phase = 0; phase < PHASES; phase++)
        attempt->ends[phase] = microseconds(moment->now - moment->began);
    if (record->response)
        fill_response(attempt, record->response, moment->began);
    int r = *url > 0 ? 0 : add_url(timeline, record->url, url);
    if (r >= 0 && record->errormsg)
        r = add_string(timeline, record->errormsg, &attempt->text);
    attempt->url = *url;
    return r;
}

void timeline_add(struct timeline *timeline, const struct record *record,
                  const struct timeline_moment *moment, size_t *url)
{
    struct attempt attempt;
    int r = fill(timeline, &attempt, record, moment, url);
    if (r >= 0)
        r = buffer_append(&timeline->attempts, &attempt, sizeof attempt);
    if (r < 0)
        timeline->omitted++;
    int64_t end = microseconds(moment->now - moment->began);
    if (end > timeline->length)
        timeline->length = end;
}
