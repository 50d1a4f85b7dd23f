#include "async/hosts_file.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "async/name_file.h"

/* A name and the address of its line. */
struct host_entry {
    const char *name;
    const char *address;
    int family;
};

struct hosts_file {
    char *text;                 /* the file, split into strings */
    struct host_entry *entries; /* sorted by name, then in the order of the file */
    size_t count, room;
};

static const char BLANKS[] = " \t\r";

void hosts_file_free(struct hosts_file *hosts)
{
    if (!hosts)
        return;
    free(hosts->text);
    free(hosts->entries);
    free(hosts);
}

static int add_entry(struct hosts_file *hosts, const struct host_entry *entry)
{
    if (hosts->count == hosts->room) {
        size_t room = hosts->room > 0 ? hosts->room * 2 : 16;
        struct host_entry *entries = realloc(hosts->entries, room * sizeof *entries);
        if (!entries)
            return -ENOMEM;
        hosts->entries = entries;
        hosts->room = room;
    }
    hosts->entries[hosts->count++] = *entry;
    return 0;
}

static int parse_family(const char *address)
{
    struct in6_addr ignored;
    return inet_pton(AF_INET, address, &ignored) == 1    ? AF_INET
           : inet_pton(AF_INET6, address, &ignored) == 1 ? AF_INET6
                                                         : AF_UNSPEC;
}

static int parse_line(struct hosts_file *hosts, char *line)
{
    line[strcspn(line, "#")] = 0;
    char *rest;
    struct host_entry entry = {.address = strtok_r(line, BLANKS, &rest)};
    if (!entry.address || !(entry.family = parse_family(entry.address)))
        return 0;
    int r = 0;
    while (r >= 0 && (entry.name = strtok_r(NULL, BLANKS, &rest)))
        r = add_entry(hosts, &entry);
    return r;
}

static int compare_entries(const void *first, const void *second)
{
    const struct host_entry *a = first, *b = second;
    int order = strcasecmp(a->name, b->name);
    return order != 0 ? order : (a->address > b->address) - (a->address < b->address);
}

static int parse(struct hosts_file *hosts)
{
    char *rest, *line = strtok_r(hosts->text, "\n", &rest);
    int r = 0;
    for (; r >= 0 && line; line = strtok_r(NULL, "\n", &rest))
        r = parse_line(hosts, line);
    if (hosts->count > 0)
        qsort(hosts->entries, hosts->count, sizeof *hosts->entries, compare_entries);
    return r;
}

static int read_file(struct hosts_file *hosts, const char *path)
{
    size_t size = 4096;
    hosts->text = malloc(size);
    if (!hosts->text)
        return -ENOMEM;
    FILE *file;
    int r = name_file_open(path, &file);
    if (r <= 0)
        return r;
    ssize_t length = getdelim(&hosts->text, &size, 0, file);
    r = name_file_close(file);
    return r >= 0 && length > 0 ? parse(hosts) : r;
}

int hosts_file_read(const char *path, struct hosts_file **ret_hosts)
{
    struct hosts_file *hosts = calloc(1, sizeof *hosts);
    int r = hosts ? read_file(hosts, path) : -ENOMEM;
    if (r < 0) {
        hosts_file_free(hosts);
        return r;
    }
    *ret_hosts = hosts;
    return 0;
}

/* Returns the index of the first entry that is not less than NAME. */
static size_t find_first(const struct hosts_file *hosts, const char *name)
{
    size_t from = 0, to = hosts->count;
    while (from < to) {
        size_t middle = from + (to - from) / 2;
        if (strcasecmp(hosts->entries[middle].name, name) < 0)
            from = middle + 1;
        else
            to = middle;
    }
    return from;
}

static int copy_address(const struct host_entry *entry, struct addresses **ret_addresses)
{
    char text[INET6_ADDRSTRLEN + 2];
    snprintf(text, sizeof text, entry->family == AF_INET6 ? "[%s]" : "%s", entry->address);
    return addresses_new(text, ret_addresses);
}

int hosts_file_find(const struct hosts_file *hosts, const char *name, int family,
                    struct addresses **ret_addresses)
{
    const struct host_entry *found = NULL;
    int count = 0;
    for (size_t i = find_first(hosts, name);
         i < hosts->count && strcasecmp(hosts->entries[i].name, name) == 0; i++) {
        if (family != AF_UNSPEC && family != hosts->entries[i].family)
            continue;
        found = &hosts->entries[i];
        count++;
    }
    int r = count == 1 ? copy_address(found, ret_addresses) : 0;
    return r < 0 ? r : count;
}
