/* gzip (RFC 1952) and deflate (RFC 1950, or RFC 1951 as some servers send it), by zlib. */
#include <errno.h>
#include <stdlib.h>
#include <zlib.h>

#include "http/decoder_coding.h"

struct zlib {
    z_stream stream;
    unsigned header_size; /* of the two bytes that tell zlib's header from raw deflate */
    uint8_t first;        /* of them */
};

static const int DETECT_GZIP_OR_ZLIB = 32; /* added to the window's bits */

static void *allocate(void *opaque, unsigned count, unsigned size)
{
    (void)opaque;
    return calloc(count, size);
}

static void release(void *opaque, void *block)
{
    (void)opaque;
    free(block);
}

static int open_zlib(int window_bits, void **ret_state)
{
    struct zlib *zlib = malloc(sizeof *zlib);
    if (!zlib)
        return -ENOMEM;
    *zlib = (struct zlib){.stream = {.zalloc = allocate, .zfree = release}};
    if (inflateInit2(&zlib->stream, window_bits) != Z_OK) {
        free(zlib);
        return -ENOMEM;
    }
    *ret_state = zlib;
    return 0;
}

static void close_zlib(void *state)
{
    struct zlib *zlib = state;
    inflateEnd(&zlib->stream);
    free(zlib);
}

static int inflate_error(const struct zlib *zlib, int code, struct coding_step *step)
{
    if (code == Z_MEM_ERROR)
        return -ENOMEM;
    step->problem = code == Z_NEED_DICT ? "preset dictionary needed" : zlib->stream.msg;
    return -EBADMSG;
}

static int decode_zlib(void *state, struct coding_step *step)
{
    struct zlib *zlib = state;
    z_stream *stream = &zlib->stream;
    /* Both sizes are those of the decoder's pieces. zlib does not write to its input. */
    stream->next_in = (Bytef *)step->input;
    stream->avail_in = (unsigned)step->input_size;
    stream->next_out = step->output;
    stream->avail_out = (unsigned)step->output_size;
    int code = inflate(stream, Z_SYNC_FLUSH);
    step->input = stream->next_in;
    step->input_size = stream->avail_in;
    step->output = stream->next_out;
    step->output_size = stream->avail_out;
    if (code == Z_STREAM_END)
        return CODING_ENDS;
    return code == Z_OK || code == Z_BUF_ERROR ? CODING_GOES_ON : inflate_error(zlib, code, step);
}

/* -------------------------------------------------------------------- gzip */

/* Some servers send zlib's format under this name; libcurl accepts it. */
static int open_gzip(void **ret_state)
{
    return open_zlib(MAX_WBITS + DETECT_GZIP_OR_ZLIB, ret_state);
}

static bool begins_gzip(uint8_t byte, bool is_further)
{
    return !is_further || byte == 0x1f;
}

static void restart_gzip(void *state)
{
    struct zlib *zlib = state;
    inflateReset(&zlib->stream);
}

const struct coding coding_gzip = {
    .name = "gzip",
    .open = open_gzip,
    .close = close_zlib,
    .begins = begins_gzip,
    .restart = restart_gzip,
    .decode = decode_zlib,
};

/* ----------------------------------------------------------------- deflate */

static int open_deflate(void **ret_state)
{
    return open_zlib(MAX_WBITS, ret_state);
}

static bool begins_deflate(uint8_t byte, bool is_further)
{
    (void)byte;
    return !is_further;
}

/* RFC 1950, section 2.2. Raw deflate begins like this only if an encoder fills unused bits. */
static bool is_zlib_header(uint8_t first, uint8_t second)
{
    return (first & 0x0f) == Z_DEFLATED && first >> 4 <= 7 && (first << 8 | second) % 31 == 0;
}

/* Lets zlib have the first byte, which it only stores. */
static int decode_first_byte(struct zlib *zlib, struct coding_step *step)
{
    struct coding_step single = *step;
    single.input_size = 1;
    zlib->first = *step->input;
    zlib->header_size = 1;
    int r = decode_zlib(zlib, &single);
    step->input++;
    step->input_size--;
    return r;
}

/* Begins again without a header if the second byte shows that there is none. */
static void choose_format(struct zlib *zlib, uint8_t second)
{
    zlib->header_size = 2;
    if (is_zlib_header(zlib->first, second))
        return;
    inflateReset2(&zlib->stream, -MAX_WBITS);
    inflatePrime(&zlib->stream, 8, zlib->first);
}

static int decode_deflate(void *state, struct coding_step *step)
{
    struct zlib *zlib = state;
    if (zlib->header_size == 0 && step->input_size > 0) {
        int r = decode_first_byte(zlib, step);
        if (r < 0)
            return r;
    }
    if (zlib->header_size == 1) {
        if (step->input_size == 0)
            return CODING_GOES_ON;
        choose_format(zlib, *step->input);
    }
    return decode_zlib(zlib, step);
}

const struct coding coding_deflate = {
    .name = "deflate",
    .open = open_deflate,
    .close = close_zlib,
    .begins = begins_deflate,
    .decode = decode_deflate,
};
