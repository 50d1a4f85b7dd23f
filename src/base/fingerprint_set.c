#include "base/fingerprint_set.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/random.h>

#include "base/clock.h"

enum { FIRST_CAPACITY = 1024 };

/* A system without randomness has the time and, mostly, an address that others cannot know. */
struct fingerprint fingerprint_begin(void)
{
    static struct fingerprint key;
    static bool has_key;
    if (!has_key && getrandom(&key, sizeof key, 0) != sizeof key)
        key.hash = (struct siphash){{(uint64_t)clock_realtime(), (uintptr_t)&key}};
    has_key = true;
    return key;
}

struct fingerprint fingerprint_add(struct fingerprint fingerprint, const void *data, size_t size)
{
    return (struct fingerprint){siphash(fingerprint.hash, data, size)};
}

static bool is_empty(const struct fingerprint *slot)
{
    return !(slot->hash.halves[0] | slot->hash.halves[1]);
}

/* Returns the slot of the fingerprint, or the empty slot where it belongs. A fingerprint of zeros
 * would be taken for an empty slot; that is as unlikely as a collision. */
static struct fingerprint *find_slot(const struct fingerprint_set *set,
                                     struct fingerprint fingerprint)
{
    size_t place = (size_t)fingerprint.hash.halves[1];
    for (;; place++) {
        struct fingerprint *slot = &set->slots[place & (set->capacity - 1)];
        bool same = slot->hash.halves[0] == fingerprint.hash.halves[0] &&
                    slot->hash.halves[1] == fingerprint.hash.halves[1];
        if (same || is_empty(slot))
            return slot;
    }
}

/* Keeps a quarter of the slots empty, so that searches are short. */
static int make_room(struct fingerprint_set *set)
{
    if (set->count < set->capacity / 4 * 3)
        return 0;
    struct fingerprint_set larger = {
        .capacity = set->capacity > 0 ? set->capacity * 2 : FIRST_CAPACITY, .count = set->count};
    larger.slots = calloc(larger.capacity, sizeof *larger.slots);
    if (!larger.slots)
        return -ENOMEM;
    for (size_t i = 0; i < set->capacity; i++)
        if (!is_empty(&set->slots[i]))
            *find_slot(&larger, set->slots[i]) = set->slots[i];
    free(set->slots);
    *set = larger;
    return 0;
}

int fingerprint_set_add(struct fingerprint_set *set, struct fingerprint fingerprint)
{
    int r = make_room(set);
    if (r < 0)
        return r;
    struct fingerprint *slot = find_slot(set, fingerprint);
    if (!is_empty(slot))
        return 0;
    *slot = fingerprint;
    set->count++;
    return 1;
}

bool fingerprint_set_has(const struct fingerprint_set *set, struct fingerprint fingerprint)
{
    return set->count > 0 && !is_empty(find_slot(set, fingerprint));
}

void fingerprint_set_free(struct fingerprint_set *set)
{
    free(set->slots);
    *set = (struct fingerprint_set){0};
}
