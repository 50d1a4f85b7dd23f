#include "http/resolve_list.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

struct resolve_entry {
    char *host; /* "example.com:443" */
    size_t position;
    struct addresses *addresses;
};

/* Returns the length of "HOST:PORT" in "HOST:PORT:ADDRESS"; 0 if TEXT is not of that form. */
static size_t host_length(const char *text)
{
    const char *end = *text == '[' ? strchr(text, ']') : text;
    end = end ? strchr(end, ':') : NULL;
    end = end ? strchr(end + 1, ':') : NULL;
    return end ? (size_t)(end - text) : 0;
}

static int add(struct resolve_list *list, const char *text)
{
    text += *text == '+';
    size_t length = host_length(text);
    if (length == 0)
        return 0; /* names nothing */
    struct resolve_entry *entry = &list->entries[list->count];
    *entry = (struct resolve_entry){.position = list->count};
    list->count++;
    entry->host = malloc(length + 1);
    if (!entry->host)
        return -ENOMEM;
    memcpy(entry->host, text, length);
    entry->host[length] = 0;
    list->has_wildcard |= strncmp(text, "*:", 2) == 0;
    return addresses_new(text + length + 1, &entry->addresses);
}

/* Of one host, the last one comes first. */
static int compare_entries(const void *first, const void *second)
{
    const struct resolve_entry *a = first, *b = second;
    int order = strcasecmp(a->host, b->host);
    return order != 0 ? order : a->position < b->position ? 1 : -1;
}

static void free_entry(struct resolve_entry *entry)
{
    free(entry->host);
    addresses_unref(entry->addresses);
}

/* Leaves the first entry of each host. */
static void remove_repeated(struct resolve_list *list)
{
    size_t kept = 0;
    for (size_t i = 0; i < list->count; i++) {
        struct resolve_entry *entry = &list->entries[i];
        if (kept > 0 && strcasecmp(entry->host, list->entries[kept - 1].host) == 0)
            free_entry(entry);
        else
            list->entries[kept++] = *entry;
    }
    list->count = kept;
}

int resolve_list_init(struct resolve_list *list, const char *const *texts)
{
    size_t count = 0;
    int r = 0;
    while (texts && texts[count])
        count++;
    if (count == 0)
        return 0;
    list->entries = calloc(count, sizeof *list->entries);
    if (!list->entries)
        return -ENOMEM;
    for (size_t i = 0; i < count && r >= 0; i++)
        r = add(list, texts[i]);
    if (r < 0)
        return r;
    qsort(list->entries, list->count, sizeof *list->entries, compare_entries);
    remove_repeated(list);
    return 0;
}

void resolve_list_free(struct resolve_list *list)
{
    for (size_t i = 0; i < list->count; i++)
        free_entry(&list->entries[i]);
    free(list->entries);
}

static int compare_host(const void *host, const void *entry)
{
    return strcasecmp(host, ((const struct resolve_entry *)entry)->host);
}

struct addresses *resolve_list_find(const struct resolve_list *list, const char *host)
{
    if (list->count == 0)
        return NULL;
    const struct resolve_entry *found =
        bsearch(host, list->entries, list->count, sizeof *list->entries, compare_host);
    return found ? found->addresses : NULL;
}
