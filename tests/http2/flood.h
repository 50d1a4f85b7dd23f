/* Frames of HTTP/2 without meaning, sent without end. */
#ifndef HTTP2_FLOOD_H
#define HTTP2_FLOOD_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buffer.h"

struct flood {
    const char *name;
    uint8_t type;
    uint8_t flags;
    bool on_stream;  /* that of the request; otherwise 0 */
    bool in_body;    /* only behind the headers of the response */
    uint8_t size;    /* bytes of payload */
    char payload[8]; /* its beginning */
};

/* NULL for an unknown name. */
const struct flood *flood_find(const char *name);

/* Appends SIZE bytes of whole frames, or a little more. */
void flood_append(const struct flood *flood, int32_t stream, size_t size, struct buffer *to);

#endif
