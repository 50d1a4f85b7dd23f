/* br: Brotli (RFC 7932), by libbrotlidec, which by default refuses windows of more than 16 MiB. */
#include <brotli/decode.h>
#include <errno.h>
#include <stdlib.h>

#include "http/decoder_coding.h"

static void *allocate(void *opaque, size_t size)
{
    (void)opaque;
    return malloc(size);
}

static void release(void *opaque, void *block)
{
    (void)opaque;
    free(block);
}

static int open_brotli(void **ret_state)
{
    BrotliDecoderState *brotli = BrotliDecoderCreateInstance(allocate, release, NULL);
    if (!brotli)
        return -ENOMEM;
    *ret_state = brotli;
    return 0;
}

static void close_brotli(void *state)
{
    BrotliDecoderDestroyInstance(state);
}

static bool begins_brotli(uint8_t byte, bool is_further)
{
    (void)byte;
    return !is_further;
}

static int brotli_error(const BrotliDecoderState *brotli, struct coding_step *step)
{
    BrotliDecoderErrorCode code = BrotliDecoderGetErrorCode(brotli);
    if (code <= BROTLI_DECODER_ERROR_ALLOC_CONTEXT_MODES &&
        code >= BROTLI_DECODER_ERROR_ALLOC_BLOCK_TYPE_TREES)
        return -ENOMEM;
    step->problem = BrotliDecoderErrorString(code);
    return -EBADMSG;
}

static int decode_brotli(void *state, struct coding_step *step)
{
    switch (BrotliDecoderDecompressStream(state, &step->input_size, &step->input,
                                          &step->output_size, &step->output, NULL)) {
    case BROTLI_DECODER_RESULT_SUCCESS:
        return CODING_ENDS;
    case BROTLI_DECODER_RESULT_NEEDS_MORE_INPUT:
    case BROTLI_DECODER_RESULT_NEEDS_MORE_OUTPUT:
        return CODING_GOES_ON;
    default:
        return brotli_error(state, step);
    }
}

const struct coding coding_brotli = {
    .name = "br",
    .open = open_brotli,
    .close = close_brotli,
    .begins = begins_brotli,
    .decode = decode_brotli,
};
