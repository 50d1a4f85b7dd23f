#include "flood.h"

#include <nghttp2/nghttp2.h>
#include <string.h>

#include "server.h"

static const struct flood floods[] = {
    {.name = "ping", .type = NGHTTP2_PING, .size = 8},
    {.name = "ping-ack", .type = NGHTTP2_PING, .flags = NGHTTP2_FLAG_ACK, .size = 8},
    {.name = "settings", .type = NGHTTP2_SETTINGS},
    {.name = "window-update", .type = NGHTTP2_WINDOW_UPDATE, .size = 4, .payload = {0, 0, 0, 1}},
    {.name = "priority", .type = NGHTTP2_PRIORITY, .on_stream = true, .size = 5},
    {.name = "reset",
     .type = NGHTTP2_RST_STREAM,
     .on_stream = true,
     .size = 4,
     .payload = {0, 0, 0, NGHTTP2_CANCEL}},
    {.name = "data", .type = NGHTTP2_DATA, .on_stream = true, .in_body = true},
    {.name = "unknown", .type = 0x42, .size = 8},
    /* ":status: 103", of which the name is the eighth of HPACK's static table. */
    {.name = "hints",
     .type = NGHTTP2_HEADERS,
     .flags = NGHTTP2_FLAG_END_HEADERS,
     .on_stream = true,
     .size = 5,
     .payload = {8, 3, '1', '0', '3'}},
};

const struct flood *flood_find(const char *name)
{
    for (size_t i = 0; i < sizeof floods / sizeof floods[0]; i++)
        if (strcmp(floods[i].name, name) == 0)
            return &floods[i];
    return NULL;
}

void flood_append(const struct flood *flood, int32_t stream, size_t size, struct buffer *to)
{
    uint32_t id = flood->on_stream ? (uint32_t)stream : 0;
    char frame[9 + sizeof flood->payload] = {
        0,
        0,
        (char)flood->size,
        (char)flood->type,
        (char)flood->flags,
        (char)(id >> 24),
        (char)(id >> 16),
        (char)(id >> 8),
        (char)id,
    };
    memcpy(frame + 9, flood->payload, sizeof flood->payload);
    for (size_t appended = 0; appended < size; appended += 9u + flood->size)
        append(to, frame, 9u + flood->size);
}
