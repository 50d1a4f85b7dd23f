#include "http/origin.h"

#include <errno.h>
#include <search.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Origins that are remembered without a request. */
enum { UNUSED_MAXIMUM = 4096 };

/* The tree has the names, which stand in the origins. */
static int compare_names(const void *name, const void *other)
{
    return strcmp(name, other);
}

static struct origin *origin_of_name(const char *name)
{
    return (struct origin *)(name - offsetof(struct origin, name));
}

void origins_init(struct origins *origins, size_t pump_count,
                  void (*forgotten)(const struct origin *origin, void *arg), void *arg)
{
    *origins = (struct origins){.pump_count = pump_count, .forgotten = forgotten, .arg = arg};
    list_init(&origins->unused);
}

static void forget(struct origins *origins, struct origin *origin)
{
    tdelete(origin->name, &origins->tree, compare_names);
    list_remove(&origin->link);
    origins->unused_count--;
    origins->forgotten(origin, origins->arg);
    addresses_unref(origin->given);
    free(origin->connected);
    free(origin->loads);
    free(origin);
}

void origins_free(struct origins *origins)
{
    if (!origins->pump_count) /* never initialised */
        return;
    while (!list_empty(&origins->unused))
        forget(origins, container_of(origins->unused.next, struct origin, link));
}

void origin_write_host_and_port(const struct origin *origin, char host[ORIGIN_SIZE])
{
    strcpy(host, strstr(origin->name, "://") + strlen("://")); /* url_origin() bounds it */
}

void origin_write_host(const struct origin *origin, char host[ORIGIN_SIZE])
{
    origin_write_host_and_port(origin, host);
    *strrchr(host, ':') = '\0';
}

static int add(struct origins *origins, const char *name, struct origin **ret_origin)
{
    size_t size = strlen(name) + 1;
    struct origin *origin = calloc(1, sizeof *origin + size);
    if (!origin)
        return -ENOMEM;
    memcpy(origin->name, name, size);
    if (!tsearch(origin->name, &origins->tree, compare_names)) {
        free(origin);
        return -ENOMEM;
    }
    list_init(&origin->link);
    origin->has_name = url_host_is_name(strstr(origin->name, "://") + strlen("://"));
    origin->is_secure = strncmp(name, "https:", 6) == 0;
    origin->pump = origins->next_pump++ % origins->pump_count;
    origin->pump_count = origins->pump_count;
    *ret_origin = origin;
    return 0;
}

int origins_take(struct origins *origins, const char *url, struct origin **ret_origin)
{
    char name[ORIGIN_SIZE];
    struct origin *origin;
    int r = url_origin(url, name);
    if (r < 0)
        return r;
    char **found = tfind(name, &origins->tree, compare_names);
    if (found) {
        origin = origin_of_name(*found);
        if (origin->users == 0) {
            list_remove(&origin->link);
            origins->unused_count--;
        }
    } else {
        r = add(origins, name, &origin);
        if (r < 0)
            return r;
    }
    origin->users++;
    *ret_origin = origin;
    return 0;
}

const struct origin *origins_find_other_scheme(const struct origins *origins,
                                               const struct origin *origin)
{
    char name[ORIGIN_SIZE + 1];
    const char *rest = strstr(origin->name, "://");
    snprintf(name, sizeof name, "%s%s", origin->is_secure ? "http" : "https", rest);
    char **found = tfind(name, &origins->tree, compare_names);
    return found ? origin_of_name(*found) : NULL;
}

void origins_give_back(struct origins *origins, struct origin *origin)
{
    if (!origin || --origin->users > 0)
        return;
    list_append(&origins->unused, &origin->link);
    if (++origins->unused_count > UNUSED_MAXIMUM)
        forget(origins, container_of(origins->unused.next, struct origin, link));
}

/* ------------------------------------------------------------------- pumps */

/* From here on its requests are counted by pump: so far all were in the first. */
static int begin_to_spread(struct origin *origin)
{
    origin->loads = calloc(origin->pump_count, sizeof *origin->loads);
    if (!origin->loads)
        return -ENOMEM;
    origin->loads[origin->pump] = origin->load;
    return 0;
}

/* The first with room, so that those in front stay full and reuse most connections; where none has
 * room, the one with the fewest. */
static size_t find_room(const struct origin *origin, size_t room)
{
    size_t least = origin->pump;
    for (size_t i = 0; i < origin->pump_count; i++) {
        size_t pump = (origin->pump + i) % origin->pump_count;
        if (origin->loads[pump] < room)
            return pump;
        if (origin->loads[pump] < origin->loads[least])
            least = pump;
    }
    return least;
}

int origin_choose_pump(struct origin *origin, size_t room, size_t *ret_pump)
{
    size_t pump = origin->pump;
    if (!origin->loads && origin->load >= room && begin_to_spread(origin) < 0)
        return -ENOMEM;
    if (origin->loads) {
        pump = find_room(origin, room);
        origin->loads[pump]++;
    }
    origin->load++;
    *ret_pump = pump;
    return 0;
}

void origin_leave_pump(struct origin *origin, size_t pump)
{
    origin->load--;
    if (origin->loads)
        origin->loads[pump]--;
}
