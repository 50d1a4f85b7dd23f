#include "cli/input/filter.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <afetch/http.h>

#include "cli/input/source.h"
#include "cli/output/resume_file.h"

void selection_init(struct selection *selection, const struct options *options)
{
    *selection = (struct selection){.options = options};
}

void selection_free(struct selection *selection)
{
    seen_free(&selection->urls);
}

void selection_rewind(struct selection *selection)
{
    if (selection->resume)
        resume_rewind(selection->resume);
    seen_free(&selection->urls);
}

static struct fingerprint add_string(struct fingerprint fingerprint, const char *string)
{
    return fingerprint_add(fingerprint, string, strlen(string) + 1);
}

/* What else a request asks for than its URL makes it another one. */
static struct fingerprint add_request(struct fingerprint fingerprint, const struct request *request)
{
    fingerprint = add_string(fingerprint, request->method ? request->method : "");
    for (size_t i = 0; i < request->headers.count; i++)
        fingerprint = add_string(fingerprint, request->headers.list[i]);
    if (request->has_body)
        fingerprint =
            fingerprint_add(add_string(fingerprint, ""), request->body.data, request->body.length);
    return fingerprint;
}

static bool asks_for_more(const struct request *request)
{
    return request && (request->method || request->headers.count > 0 || request->has_body);
}

/* However they are written, two URLs are the same where the same would be asked for. What is no URL
 * is never the same as another: each line that is wrong is told. */
static int is_new(struct selection *selection, const struct entry *entry)
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
    return seen_add(&selection->urls, fingerprint);
}

int selection_takes(struct selection *selection, const struct entry *entry)
{
    const struct options *options = selection->options;
    /* All of the list is compared with the file, whatever else is passed over. */
    int kept = selection->resume ? resume_has(selection->resume, entry) : 0;
    int r = kept < 0 ? kept : 1;
    if (r > 0 && options->shard.count > 0)
        r = shard_has(&options->shard, entry->error ? "" : entry->url);
    if (r > 0 && options->dedupe)
        r = is_new(selection, entry);
    return r > 0 ? !kept : r;
}
