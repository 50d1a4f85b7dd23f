/* --shard: the part of the list for one of several machines. All URLs of a host are in one shard,
 * so limits per host apply to all of them. */
#ifndef CLI_OPTIONS_SHARD_H
#define CLI_OPTIONS_SHARD_H

#include <stdbool.h>

/* Shard INDEX, from 1, of COUNT; COUNT is 0 without --shard. */
struct shard {
    long index;
    long count;
};

/* Parses "I/N". Errors: -EINVAL with a text. */
int shard_parse(const char *text, struct shard *ret_shard);

/* Returns 1 if URL is in the shard, else 0. The hash is FNV-1a of 64 bits over the host in lower
 * case without its port, its upper half folded into the lower by XOR; its remainder by N, plus 1,
 * is I. An invalid URL has an empty host. Errors: -ENOMEM. */
int shard_has(const struct shard *shard, const char *url);

#endif
