#include "cli/options/shard.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <afetch/error.h>
#include <afetch/http.h>

enum { MOST_SHARDS = 1000000 };

/* Parses a number from 1 to MOST_SHARDS at *TEXT and moves past it. Returns 0 on error. */
static long take_number(const char **text)
{
    long number = 0;
    for (; **text >= '0' && **text <= '9'; (*text)++)
        if (number <= MOST_SHARDS)
            number = number * 10 + (**text - '0');
    return number <= MOST_SHARDS ? number : 0;
}

int shard_parse(const char *text, struct shard *ret_shard)
{
    const char *at = text;
    struct shard shard = {.index = take_number(&at)};
    if (*at == '/') {
        at++;
        shard.count = take_number(&at);
    }
    if (*at || shard.index < 1 || shard.index > shard.count)
        return af_raise(-EINVAL, "not a shard I/N, with I from 1 to N, such as 1/4");
    *ret_shard = shard;
    return 0;
}

static uint64_t hash(const char *host, size_t length)
{
    uint64_t value = 0xcbf29ce484222325;
    for (size_t i = 0; i < length; i++)
        value = (value ^ (unsigned char)host[i]) * 0x100000001b3;
    return value ^ value >> 32;
}

int shard_has(const struct shard *shard, const char *url)
{
    char *host = NULL;
    int r = af_url_host(url, &host);
    if (r < 0 && r != -EINVAL)
        return r;
    /* The port follows the last colon. */
    size_t length = host ? (size_t)(strrchr(host, ':') - host) : 0;
    uint64_t remainder = hash(host, length) % (uint64_t)shard->count;
    free(host);
    return remainder + 1 == (uint64_t)shard->index;
}
