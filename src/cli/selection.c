#include "cli/selection.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <afetch/http.h>

#include "cli/resume.h"
#include "cli/source.h"

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
    r = seen_add(&selection->urls, fingerprint_add(fingerprint_begin(), url, strlen(url)));
    free(url);
    return r;
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
