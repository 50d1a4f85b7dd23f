/* zstd (RFC 8878), by libzstd. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <zstd.h>
#include <zstd_errors.h>

#include "http/decoder_coding.h"

/* RFC 9659: an encoder for HTTP must not use a larger window than 8 MiB. */
static const int WINDOW_LOG_MAXIMUM = 23;

enum { HEADER_SIZE_MAXIMUM = 18 };

struct zstd {
    ZSTD_DCtx *context;
    uint8_t start[HEADER_SIZE_MAXIMUM]; /* of the frame */
    size_t start_size;
    uint64_t decoded; /* of the frame */
};

static int open_zstd(void **ret_state)
{
    struct zstd *zstd = calloc(1, sizeof *zstd);
    if (!zstd)
        return -ENOMEM;
    zstd->context = ZSTD_createDCtx();
    if (!zstd->context) {
        free(zstd);
        return -ENOMEM;
    }
    ZSTD_DCtx_setParameter(zstd->context, ZSTD_d_windowLogMax, WINDOW_LOG_MAXIMUM);
    *ret_state = zstd;
    return 0;
}

static void close_zstd(void *state)
{
    struct zstd *zstd = state;
    ZSTD_freeDCtx(zstd->context);
    free(zstd);
}

/* Frames begin with 28 b5 2f fd, skippable ones with 5? 2a 4d 18. libzstd may be built with older
 * formats too, which HTTP does not have. */
static bool begins_zstd(uint8_t byte, bool is_further)
{
    (void)is_further;
    return byte == 0x28 || (byte & 0xf0) == 0x50;
}

static int zstd_error(size_t code, struct coding_step *step)
{
    switch (ZSTD_getErrorCode(code)) {
    case ZSTD_error_memory_allocation:
        return -ENOMEM;
    case ZSTD_error_frameParameter_windowTooLarge:
        step->problem = "window larger than 8 MiB";
        return -EBADMSG;
    default:
        step->problem = ZSTD_getErrorName(code);
        return -EBADMSG;
    }
}

static void keep_start(struct zstd *zstd, const uint8_t *data, size_t size)
{
    size_t room = HEADER_SIZE_MAXIMUM - zstd->start_size;
    size_t kept = size < room ? size : room;
    memcpy(zstd->start + zstd->start_size, data, kept);
    zstd->start_size += kept;
}

/* Compares the size in the header with the decoded one: libzstd does not if the last block
 * is empty and the frame comes in pieces. libzstd begins the next frame by itself. */
static int end_frame(struct zstd *zstd, struct coding_step *step)
{
    unsigned long long size = ZSTD_getFrameContentSize(zstd->start, zstd->start_size);
    if (size != ZSTD_CONTENTSIZE_UNKNOWN && size != zstd->decoded) {
        step->problem = "size differs from the frame's header";
        return -EBADMSG;
    }
    zstd->start_size = 0;
    zstd->decoded = 0;
    return CODING_ENDS;
}

/* Passes the first byte alone: libzstd has another decoder, with other checks, for a frame that is
 * there as a whole. */
static int decode_zstd(void *state, struct coding_step *step)
{
    struct zstd *zstd = state;
    bool is_first = zstd->start_size == 0 && step->input_size > 0;
    ZSTD_inBuffer input = {.src = step->input, .size = is_first ? 1 : step->input_size};
    ZSTD_outBuffer output = {.dst = step->output, .size = step->output_size};
    size_t code = ZSTD_decompressStream(zstd->context, &output, &input);
    keep_start(zstd, step->input, input.pos);
    zstd->decoded += output.pos;
    step->input += input.pos;
    step->input_size -= input.pos;
    step->output += output.pos;
    step->output_size -= output.pos;
    if (ZSTD_isError(code))
        return zstd_error(code, step);
    return code == 0 ? end_frame(zstd, step) : CODING_GOES_ON;
}

const struct coding coding_zstd = {
    .name = "zstd",
    .open = open_zstd,
    .close = close_zstd,
    .begins = begins_zstd,
    .decode = decode_zstd,
};
