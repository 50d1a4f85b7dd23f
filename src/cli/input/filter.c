#include "cli/input/filter.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <afetch/http.h>

void filter_init(struct filter *filter, const struct options *options, struct source *source,
                 struct known_records *known)
{
    *filter = (struct filter){.options = options, .source = source, .known = known};
}

void filter_free(struct filter *filter)
{
    fingerprint_set_free(&filter->urls);
}

int filter_rewind(struct filter *filter)
{
    int r = source_rewind(filter->source);
    if (r < 0)
        return r;
    if (filter->known)
        known_records_rewind(filter->known);
    fingerprint_set_free(&filter->urls);
    filter->count = 0;
    return 0;
}

static struct fingerprint add_string(struct fingerprint fingerprint, const char *string)
{
    return fingerprint_add(fingerprint, string, strlen(string));
}

/* Two requests for one URL differ if their methods, headers or bodies do. */
static struct fingerprint add_request(struct fingerprint fingerprint,
                                      const struct json_request *request)
{
    fingerprint = add_string(fingerprint, request->method ? request->method : "");
    for (size_t i = 0; i < request->headers.count; i++)
        fingerprint = add_string(fingerprint, request->headers.strings[i]);
    if (request->has_body)
        fingerprint =
            fingerprint_add(add_string(fingerprint, ""), request->body.data, request->body.length);
    return fingerprint;
}

static bool asks_for_more(const struct json_request *request)
{
    return request && (request->method || request->headers.count > 0 || request->has_body);
}

/* Returns 1 for an entry that has not come before. URLs are compared normalized. An invalid URL is
 * always new, so that each is reported. */
static int is_new(struct filter *filter, const struct entry *entry)
{
    if (entry->error)
        return 1;
    char *url;
    int r = af_url_normalize(entry->url, &url);
    if (r < 0)
        return r == -EINVAL ? 1 : r;
    struct fingerprint fingerprint = add_string(fingerprint_begin(), url);
    free(url);
    if (asks_for_more(entry->request))
        fingerprint = add_request(fingerprint, entry->request);
    return fingerprint_set_add(&filter->urls, fingerprint);
}

/* Returns 1 if the entry passes, else 0. */
static int passes(struct filter *filter, const struct entry *entry)
{
    const struct options *options = filter->options;
    /* Every entry is matched with the records, even those that a shard leaves out. */
    int known = filter->known ? known_records_match(filter->known, entry) : 0;
    int r = known < 0 ? known : 1;
    if (r > 0 && options->shard.count > 0)
        r = shard_has(&options->shard, entry->error ? "" : entry->url);
    if (r > 0 && options->dedupe)
        r = is_new(filter, entry);
    return r > 0 ? !known : r;
}

int filter_next(struct filter *filter, struct entry *ret_entry)
{
    int r;
    while ((r = source_next(filter->source, ret_entry)) > 0) {
        r = passes(filter, ret_entry);
        if (r != 0)
            break;
    }
    filter->count += r > 0;
    return r;
}
