/* --shard: the URLs of one machine of several, so that all of a host are with the same one and what
 * limits a host holds for all of them together. */
#ifndef CLI_OPTIONS_SHARD_H
#define CLI_OPTIONS_SHARD_H

#include <stdbool.h>

/* The Ith of N, from 1; N is 0 where there is but one machine. */
struct shard {
    long index;
    long count;
};

/* Reads "I/N". -EINVAL with a text. */
int shard_parse(const char *text, struct shard *ret_shard);

/* Whether URL is the shard's: 1 or 0. The hash is FNV-1a of 64 bits over the host in lower case
 * without its port, its upper half folded into the lower by XOR; its remainder by N, plus 1, is I.
 * What is no URL counts as one with an empty host. -ENOMEM. */
int shard_has(const struct shard *shard, const char *url);

#endif
