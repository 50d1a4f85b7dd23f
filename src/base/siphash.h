/* SipHash-2-4 of 128 bits (Aumasson and Bernstein): a hash that nobody can predict, nor find
 * collisions of, without its key. */
#ifndef BASE_SIPHASH_H
#define BASE_SIPHASH_H

#include <stddef.h>
#include <stdint.h>

struct siphash {
    uint64_t halves[2];
};

/* Hashes SIZE bytes. The key is 128 bits as well, so a hash may be the key of another. */
struct siphash siphash(struct siphash key, const void *data, size_t size);

#endif
