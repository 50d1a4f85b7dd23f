#include "cli/input/known_records.h"

#include <errno.h>

#include <afetch/error.h>

#include "cli/record/value_text.h"
#include "cli/text/escape.h"

void known_records_free(struct known_records *known)
{
    fingerprint_set_free(&known->records);
    fingerprint_set_free(&known->indexes);
    buffer_free(&known->url);
}

static struct fingerprint index_fingerprint(size_t index)
{
    return fingerprint_add(fingerprint_begin(), &index, sizeof index);
}

int known_records_add(struct known_records *known, size_t index, const struct buffer *url,
                      bool failed)
{
    struct fingerprint fingerprint = index_fingerprint(index);
    int r = fingerprint_set_add(&known->indexes, fingerprint);
    if (r == 0)
        return af_raise(-EBADMSG, "two records have the index %zu", index);
    if (r >= 0)
        r = fingerprint_set_add(&known->records,
                                fingerprint_add(fingerprint, url->data, url->length));
    if (r < 0)
        return r;
    known->count++;
    known->failed += failed;
    if (index > known->largest)
        known->largest = index;
    return 0;
}

int known_records_match(struct known_records *known, const struct entry *entry)
{
    struct fingerprint index = index_fingerprint(entry->index);
    if (!fingerprint_set_has(&known->indexes, index))
        return 0;
    struct buffer *url = &known->url;
    url->maximum = SIZE_MAX;
    url->length = 0;
    int r = url_append(url, entry->url, json_write_string);
    if (r < 0)
        return r;
    if (!fingerprint_set_has(&known->records, fingerprint_add(index, url->data, url->length)))
        return af_raise(
            -EBADMSG,
            "record %zu is for another URL (the list has %.*s): the file belongs to another list",
            entry->index, (int)url->length, url->data);
    known->matched++;
    return 1;
}

void known_records_rewind(struct known_records *known)
{
    known->matched = 0;
}

int known_records_finish(const struct known_records *known)
{
    if (known->matched == known->count)
        return 0;
    return af_raise(-EBADMSG,
                    "record %zu has no line in the list: the file belongs to another list",
                    known->largest);
}

int known_records_check_list(struct known_records *known, struct source *source)
{
    int r = source_rewind(source);
    if (r == -ESPIPE)
        return 0; /* it is matched as it comes */
    struct entry entry;
    while (r >= 0 && (r = source_next(source, &entry)) > 0)
        r = known_records_match(known, &entry);
    if (r >= 0)
        r = known_records_finish(known);
    known_records_rewind(known);
    return r < 0 ? r : source_rewind(source);
}
