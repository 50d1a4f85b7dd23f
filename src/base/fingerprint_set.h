/* A set of what was seen, kept as fingerprints: 16 bytes each, of whatever length it was. That two
 * things have the same is left out of account: of a thousand million URLs any two do with a chance
 * of one in 10^20. */
#ifndef BASE_FINGERPRINT_SET_H
#define BASE_FINGERPRINT_SET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct fingerprint {
    uint64_t halves[2];
};

struct seen {
    struct fingerprint *slots; /* NULL before the first */
    size_t capacity;           /* a power of two */
    size_t count;
};

/* The fingerprint of nothing, and of the same with more bytes behind it. */
struct fingerprint fingerprint_begin(void);
struct fingerprint fingerprint_add(struct fingerprint fingerprint, const void *data, size_t size);

/* 1 where it is new, 0 where it was there. -ENOMEM. */
int seen_add(struct seen *seen, struct fingerprint fingerprint);
bool seen_has(const struct seen *seen, struct fingerprint fingerprint);

/* Leaves it empty. */
void seen_free(struct seen *seen);

#endif
