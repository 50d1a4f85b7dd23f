#include "base/fingerprint_set.h"

#include <errno.h>
#include <stdlib.h>

#include "base/clock.h"

enum { FIRST_CAPACITY = 1024 };

/* At no fixed place, so that nobody who writes a list can know what falls together. */
struct fingerprint fingerprint_begin(void)
{
    static uint64_t seed;
    if (seed == 0)
        seed = (uint64_t)clock_realtime() * 0x9e3779b97f4a7c15 ^ (uintptr_t)&seed;
    return (struct fingerprint){{0xcbf29ce484222325 ^ seed, 0x9ae16a3b2f90404f + seed}};
}

/* FNV-1a, and beside it a multiplication whose upper half is folded into the lower. */
struct fingerprint fingerprint_add(struct fingerprint fingerprint, const void *data, size_t size)
{
    uint64_t one = fingerprint.halves[0], other = fingerprint.halves[1];
    for (const unsigned char *byte = data, *end = byte + size; byte < end; byte++) {
        one = (one ^ *byte) * 0x100000001b3;
        other = (other ^ *byte) * 0x9e3779b97f4a7c15;
        other ^= other >> 32;
    }
    return (struct fingerprint){{one, other}};
}

static bool is_empty(const struct fingerprint *slot)
{
    return !(slot->halves[0] | slot->halves[1]);
}

/* Where it is, or the empty slot where it belongs. Another that is full of zeros would be taken for
 * an empty slot, and is as unlikely as two that are the same. */
static struct fingerprint *find_slot(const struct seen *seen, struct fingerprint fingerprint)
{
    size_t place = (size_t)fingerprint.halves[1];
    for (;; place++) {
        struct fingerprint *slot = &seen->slots[place & (seen->capacity - 1)];
        bool same =
            slot->halves[0] == fingerprint.halves[0] && slot->halves[1] == fingerprint.halves[1];
        if (same || is_empty(slot))
            return slot;
    }
}

/* A quarter stays empty, so that every search ends soon. */
static int make_room(struct seen *seen)
{
    if (seen->count < seen->capacity / 4 * 3)
        return 0;
    struct seen larger = {.capacity = seen->capacity > 0 ? seen->capacity * 2 : FIRST_CAPACITY,
                          .count = seen->count};
    larger.slots = calloc(larger.capacity, sizeof *larger.slots);
    if (!larger.slots)
        return -ENOMEM;
    for (size_t i = 0; i < seen->capacity; i++)
        if (!is_empty(&seen->slots[i]))
            *find_slot(&larger, seen->slots[i]) = seen->slots[i];
    free(seen->slots);
    *seen = larger;
    return 0;
}

int seen_add(struct seen *seen, struct fingerprint fingerprint)
{
    int r = make_room(seen);
    if (r < 0)
        return r;
    struct fingerprint *slot = find_slot(seen, fingerprint);
    if (!is_empty(slot))
        return 0;
    *slot = fingerprint;
    seen->count++;
    return 1;
}

bool seen_has(const struct seen *seen, struct fingerprint fingerprint)
{
    return seen->count > 0 && !is_empty(find_slot(seen, fingerprint));
}

void seen_free(struct seen *seen)
{
    free(seen->slots);
    *seen = (struct seen){0};
}
