#include "encoders.h"

#include <brotli/encode.h>
#include <stdbool.h>
#include <stdlib.h>
#include <zlib.h>
#include <zstd.h>

/* A test has nothing to say once its encoder fails. */
static void require(bool condition)
{
    if (!condition)
        abort();
}

static const struct {
    const char *name;
    const char *coding;
    int window_bits; /* for zlib */
} formats[FORMATS] = {
    [GZIP] = {"gzip", "gzip", MAX_WBITS + 16},
    [ZLIB] = {"zlib", "deflate", MAX_WBITS},
    [RAW_DEFLATE] = {"raw deflate", "deflate", -MAX_WBITS},
    [BROTLI] = {"brotli", "br", 0},
    [ZSTD] = {"zstd", "zstd", 0},
};

const char *format_coding(enum format format)
{
    return formats[format].coding;
}

const char *format_name(enum format format)
{
    return formats[format].name;
}

/* -------------------------------------------------------------------- zlib */

static void deflate_all(const void *data, size_t size, int window_bits, int flush,
                        gz_header *header, struct buffer *buffer)
{
    z_stream stream = {0};
    require(deflateInit2(&stream, 9, Z_DEFLATED, window_bits, 9, Z_DEFAULT_STRATEGY) == Z_OK);
    if (header)
        require(deflateSetHeader(&stream, header) == Z_OK);
    size_t room = deflateBound(&stream, size) + 100;
    require(buffer_reserve(buffer, room) == 0);
    stream.next_in = (Bytef *)data;
    stream.avail_in = (unsigned)size;
    stream.next_out = (Bytef *)buffer->data + buffer->length;
    stream.avail_out = (unsigned)room;
    require(deflate(&stream, flush) == (flush == Z_FINISH ? Z_STREAM_END : Z_OK));
    buffer->length += stream.total_out;
    deflateEnd(&stream);
}

void encode_gzip_with_fields(const void *data, size_t size, struct buffer *buffer)
{
    Bytef extra[] = "extra", name[] = "name", comment[] = "comment";
    gz_header header = {.text = 1,
                        .time = 1000000000,
                        .os = 3,
                        .extra = extra,
                        .extra_len = sizeof extra,
                        .name = name,
                        .comment = comment,
                        .hcrc = 1};
    deflate_all(data, size, MAX_WBITS + 16, Z_FINISH, &header, buffer);
}

/* ------------------------------------------------------------------ brotli */

static void brotli_all(const void *data, size_t size, int window_log, bool is_whole,
                       struct buffer *buffer)
{
    BrotliEncoderState *encoder = BrotliEncoderCreateInstance(NULL, NULL, NULL);
    require(encoder);
    BrotliEncoderSetParameter(encoder, BROTLI_PARAM_QUALITY, 5);
    if (window_log > BROTLI_MAX_WINDOW_BITS)
        BrotliEncoderSetParameter(encoder, BROTLI_PARAM_LARGE_WINDOW, 1);
    BrotliEncoderSetParameter(encoder, BROTLI_PARAM_LGWIN, (uint32_t)window_log);
    size_t room = BrotliEncoderMaxCompressedSize(size) + 100, left = room;
    require(buffer_reserve(buffer, room) == 0);
    const uint8_t *input = data;
    uint8_t *output = (uint8_t *)buffer->data + buffer->length;
    require(BrotliEncoderCompressStream(encoder,
                                        is_whole ? BROTLI_OPERATION_FINISH : BROTLI_OPERATION_FLUSH,
                                        &size, &input, &left, &output, NULL));
    require(!BrotliEncoderHasMoreOutput(encoder));
    buffer->length += room - left;
    BrotliEncoderDestroyInstance(encoder);
}

void encode_brotli(const void *data, size_t size, int window_log, struct buffer *buffer)
{
    brotli_all(data, size, window_log, true, buffer);
}

/* -------------------------------------------------------------------- zstd */

static void zstd_all(const void *data, size_t size, int window_log, bool is_whole,
                     struct buffer *buffer)
{
    ZSTD_CCtx *encoder = ZSTD_createCCtx();
    require(encoder);
    ZSTD_CCtx_setParameter(encoder, ZSTD_c_checksumFlag, 1);
    if (window_log > 0)
        require(!ZSTD_isError(ZSTD_CCtx_setParameter(encoder, ZSTD_c_windowLog, window_log)));
    size_t room = ZSTD_compressBound(size) + 100;
    require(buffer_reserve(buffer, room) == 0);
    /* A first call that does not end the frame keeps its size out of the header, so that it says
     * the window. */
    ZSTD_inBuffer input = {.src = data, .size = window_log > 0 ? size / 2 : size};
    ZSTD_outBuffer output = {.dst = buffer->data + buffer->length, .size = room};
    if (window_log > 0)
        require(ZSTD_compressStream2(encoder, &output, &input, ZSTD_e_flush) == 0);
    input.size = size;
    require(ZSTD_compressStream2(encoder, &output, &input, is_whole ? ZSTD_e_end : ZSTD_e_flush) ==
            0);
    buffer->length += output.pos;
    ZSTD_freeCCtx(encoder);
}

void encode_zstd(const void *data, size_t size, int window_log, struct buffer *buffer)
{
    zstd_all(data, size, window_log, true, buffer);
}

/* --------------------------------------------------------------------- any */

static void encode_any(enum format format, const void *data, size_t size, bool is_whole,
                       struct buffer *buffer)
{
    if (format == BROTLI)
        brotli_all(data, size, 22, is_whole, buffer);
    else if (format == ZSTD)
        zstd_all(data, size, 0, is_whole, buffer);
    else
        deflate_all(data, size, formats[format].window_bits, is_whole ? Z_FINISH : Z_SYNC_FLUSH,
                    NULL, buffer);
}

void encode(enum format format, const void *data, size_t size, struct buffer *buffer)
{
    encode_any(format, data, size, true, buffer);
}

void encode_beginning(enum format format, const void *data, size_t size, struct buffer *buffer)
{
    encode_any(format, data, size, false, buffer);
}
