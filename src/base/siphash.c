#include "base/siphash.h"

#include <endian.h>
#include <string.h>

static uint64_t rotate(uint64_t value, int bits)
{
    return value << bits | value >> (64 - bits);
}

static void mix(uint64_t v[4], int rounds)
{
    while (rounds-- > 0) {
        v[0] += v[1];
        v[2] += v[3];
        v[1] = rotate(v[1], 13) ^ v[0];
        v[3] = rotate(v[3], 16) ^ v[2];
        v[0] = rotate(v[0], 32);
        v[2] += v[1];
        v[0] += v[3];
        v[1] = rotate(v[1], 17) ^ v[2];
        v[3] = rotate(v[3], 21) ^ v[0];
        v[2] = rotate(v[2], 32);
    }
}

static void add_word(uint64_t v[4], uint64_t word)
{
    v[3] ^= word;
    mix(v, 2);
    v[0] ^= word;
}

static uint64_t read_word(const unsigned char *bytes, size_t size)
{
    uint64_t word = 0;
    memcpy(&word, bytes, size);
    return le64toh(word);
}

struct siphash siphash(struct siphash key, const void *data, size_t size)
{
    uint64_t v[4] = {
        key.halves[0] ^ 0x736f6d6570736575,
        key.halves[1] ^ 0x646f72616e646f6d ^ 0xee,
        key.halves[0] ^ 0x6c7967656e657261,
        key.halves[1] ^ 0x7465646279746573,
    };
    const unsigned char *bytes = data, *end = bytes + size / 8 * 8;
    for (; bytes < end; bytes += 8)
        add_word(v, read_word(bytes, 8));
    add_word(v, (uint64_t)size << 56 | read_word(bytes, size % 8));
    struct siphash hash;
    v[2] ^= 0xee;
    mix(v, 4);
    hash.halves[0] = v[0] ^ v[1] ^ v[2] ^ v[3];
    v[1] ^= 0xdd;
    mix(v, 4);
    hash.halves[1] = v[0] ^ v[1] ^ v[2] ^ v[3];
    return hash;
}
