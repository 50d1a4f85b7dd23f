/* A hash set that keeps a fingerprint of 16 bytes instead of each element. Two of a thousand
 * million elements have the same fingerprint, and are taken for one, with a probability of 1 in
 * 10^20. */
#ifndef BASE_FINGERPRINT_SET_H
#define BASE_FINGERPRINT_SET_H

#include <stdbool.h>
#include <stddef.h>

#include "base/siphash.h"

/* A hash with a random key, so that no list can be made whose elements collide. */
struct fingerprint {
    struct siphash hash;
};

/* Zero-initialized it is empty. */
struct fingerprint_set {
    struct fingerprint *slots; /* NULL if capacity is 0 */
    size_t capacity;           /* a power of two */
    size_t count;
};

/* The fingerprint of no parts, and FINGERPRINT with one part more, of SIZE bytes: "ab" is another
 * one than "a" and "b". They differ between runs. */
struct fingerprint fingerprint_begin(void);
struct fingerprint fingerprint_add(struct fingerprint fingerprint, const void *data, size_t size);

/* Returns 1 if the fingerprint is new, 0 if the set has it. Errors: -ENOMEM. */
int fingerprint_set_add(struct fingerprint_set *set, struct fingerprint fingerprint);
bool fingerprint_set_has(const struct fingerprint_set *set, struct fingerprint fingerprint);

/* Leaves the set empty, for further use. */
void fingerprint_set_free(struct fingerprint_set *set);

#endif
