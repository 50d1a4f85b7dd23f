#include "http/decoder.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <afetch/error.h>

#include "http/decoder_coding.h"

enum {
    CODINGS_MAXIMUM = 5,   /* libcurl's limit */
    PIECE_SIZE = 16 << 10, /* bytes decoded or given to the sink at once */
};

static const uint64_t UNLIMITED_SIZE = 64 << 20; /* bytes that any body may decode to */
static const uint64_t RATIO_MAXIMUM = 1100;      /* deflate cannot exceed 1,032 */

enum stage_progress {
    STAGE_EMPTY,   /* has received nothing */
    STAGE_INSIDE,  /* a stream */
    STAGE_BETWEEN, /* after a complete stream; another may follow */
    STAGE_PADDING, /* in zeros after the last one */
};

/* One of the codings, which gives its result to the next stage or to the sink. */
struct stage {
    const struct coding *coding;
    void *state;
    enum stage_progress progress;
    uint64_t produced;
    uint8_t output[PIECE_SIZE];
};

struct decoder {
    uint64_t maximum;
    uint64_t received;
    int failure; /* the first error, or 0 */
    decoder_sink *sink;
    void *sink_arg;
    size_t count;
    struct stage stages[]; /* in the order of decoding */
};

/* --------------------------------------------------------------- the names */

struct coding_name {
    const char *name;
    const struct coding *coding; /* NULL: the bytes are as they are */
};

static const struct coding_name names[] = {
    {"gzip", &coding_gzip}, {"x-gzip", &coding_gzip}, {"deflate", &coding_deflate},
    {"br", &coding_brotli}, {"zstd", &coding_zstd},   {"identity", NULL},
    {"none", NULL},
};

static const char accept_encoding[] = "deflate, gzip, br, zstd";

const char *decoder_accept_encoding(void)
{
    return accept_encoding;
}

/* Quotes a name from a server only if it can be a coding's. */
static int refuse_coding(const char *name, size_t length)
{
    bool is_quotable = length <= 32;
    for (size_t i = 0; i < length && is_quotable; i++)
        is_quotable = isalnum((unsigned char)name[i]) || strchr("-_.+", name[i]);
    if (!is_quotable)
        return af_raise(-ENOTSUP, "Unrecognized content encoding type (known: %s)",
                        accept_encoding);
    return af_raise(-ENOTSUP, "Unrecognized content encoding type '%.*s' (known: %s)", (int)length,
                    name, accept_encoding);
}

static const struct coding_name *find_name(const char *name, size_t length)
{
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (strlen(names[i].name) == length && strncasecmp(names[i].name, name, length) == 0)
            return &names[i];
    return NULL;
}

/* Returns the length of the name that begins at TEXT, without the blanks after it. */
static size_t name_length(const char *text)
{
    size_t length = strcspn(text, ",");
    while (length > 0 && isspace((unsigned char)text[length - 1]))
        length--;
    return length;
}

/* Fills CODINGS, in the order in which they were applied. Returns how many there are. */
static int parse_codings(const char *text, const struct coding *codings[CODINGS_MAXIMUM])
{
    static const char separators[] = ", \t\r\n\v\f";
    int count = 0, named = 0;
    for (text += strspn(text, separators); *text; text += strspn(text, separators)) {
        size_t length = name_length(text);
        const struct coding_name *found = find_name(text, length);
        if (!found)
            return refuse_coding(text, length);
        if (named++ == CODINGS_MAXIMUM)
            return af_raise(-ENOTSUP, "Reject response due to more than %d content encodings",
                            CODINGS_MAXIMUM);
        if (found->coding)
            codings[count++] = found->coding;
        text += strcspn(text, ",");
    }
    return count;
}

/* ------------------------------------------------------------ life and end */

int decoder_new(const char *codings, uint64_t maximum, struct decoder **ret_decoder)
{
    const struct coding *applied[CODINGS_MAXIMUM];
    int count = codings ? parse_codings(codings, applied) : 0;
    if (count < 0)
        return count;
    if (count == 0) {
        *ret_decoder = NULL;
        return 0;
    }
    struct decoder *decoder = calloc(1, sizeof *decoder + (size_t)count * sizeof(struct stage));
    if (!decoder)
        return -ENOMEM;
    decoder->maximum = maximum;
    decoder->count = (size_t)count;
    /* The last that was applied is decoded first. */
    for (int i = 0; i < count; i++) {
        struct stage *stage = &decoder->stages[i];
        stage->coding = applied[count - 1 - i];
        int r = stage->coding->open(&stage->state);
        if (r < 0) {
            decoder_free(decoder);
            return r;
        }
    }
    *ret_decoder = decoder;
    return 0;
}

void decoder_free(struct decoder *decoder)
{
    if (!decoder)
        return;
    for (size_t i = 0; i < decoder->count; i++) {
        struct stage *stage = &decoder->stages[i];
        if (stage->state)
            stage->coding->close(stage->state);
    }
    free(decoder);
}

/* --------------------------------------------------------------- the limit */

static bool exceeds_ratio(uint64_t decoded, uint64_t received)
{
    return decoded > UNLIMITED_SIZE && decoded > received * RATIO_MAXIMUM;
}

/* Counts bytes that STAGE has decoded. The bytes received are rounded up to whole pieces, so that
 * the result does not depend on the pieces in which the body comes. */
static int count_decoded(const struct decoder *decoder, struct stage *stage, size_t size)
{
    uint64_t pieces = (decoder->received + PIECE_SIZE - 1) / PIECE_SIZE * PIECE_SIZE;
    bool is_last = stage == &decoder->stages[decoder->count - 1];
    stage->produced += size;
    if (decoder->maximum > 0 && stage->produced <= decoder->maximum)
        return 0;
    if (decoder->maximum > 0 && is_last)
        return af_raise(AF_LIMIT_OVERRUN,
                        "Maximum file size exceeded: the decoded body is larger than %llu bytes",
                        (unsigned long long)decoder->maximum);
    if (exceeds_ratio(stage->produced, pieces))
        return af_raise(AF_LIMIT_OVERRUN, "decompression limit exceeded (possible bomb)");
    return 0;
}

/* Applies the ratio to the body as a whole, without rounding. */
static int check_whole(const struct decoder *decoder)
{
    const struct stage *last = &decoder->stages[decoder->count - 1];
    if (decoder->maximum == 0 && exceeds_ratio(last->produced, decoder->received))
        return af_raise(AF_LIMIT_OVERRUN, "decompression limit exceeded (possible bomb)");
    return 0;
}

/* -------------------------------------------------------------- the stages */

static int raise_invalid(const struct stage *stage, const char *problem)
{
    return af_raise(-EBADMSG, "Error while processing content unencoding: %s: %s",
                    stage->coding->name, problem ? problem : "invalid data");
}

static int write_stage(struct decoder *decoder, size_t index, const uint8_t *data, size_t size);

static int pass_on(struct decoder *decoder, size_t index, size_t size)
{
    struct stage *stage = &decoder->stages[index];
    int r = count_decoded(decoder, stage, size);
    if (r < 0)
        return r;
    if (index + 1 < decoder->count)
        return write_stage(decoder, index + 1, stage->output, size);
    return decoder->sink(stage->output, size, decoder->sink_arg);
}

/* Decodes to the end of the input or of the stream. Returns how much of the input is left. */
static int decode_stream(struct decoder *decoder, size_t index, const uint8_t *data, size_t size)
{
    struct stage *stage = &decoder->stages[index];
    struct coding_step step = {.input = data, .input_size = size};
    int state = CODING_GOES_ON;
    do {
        size_t before = step.input_size;
        step.output = stage->output;
        step.output_size = PIECE_SIZE;
        state = stage->coding->decode(stage->state, &step);
        if (state < 0)
            return state == -EBADMSG ? raise_invalid(stage, step.problem) : state;
        size_t produced = PIECE_SIZE - step.output_size;
        int r = produced > 0 ? pass_on(decoder, index, produced) : 0;
        if (r < 0)
            return r;
        if (state == CODING_GOES_ON && produced == 0 && before > 0 && step.input_size == before)
            return raise_invalid(stage, NULL);
    } while (state == CODING_GOES_ON && (step.input_size > 0 || step.output_size == 0));
    stage->progress = state == CODING_ENDS ? STAGE_BETWEEN : STAGE_INSIDE;
    return (int)step.input_size;
}

/* Decides what the next byte is, if no stream goes on with it. */
static int begin_stream(struct stage *stage, uint8_t byte)
{
    bool is_further = stage->progress != STAGE_EMPTY;
    if (is_further && byte == 0) {
        stage->progress = STAGE_PADDING;
        return 0;
    }
    if (stage->progress == STAGE_PADDING || !stage->coding->begins(byte, is_further))
        return raise_invalid(stage, is_further ? "data after the end of the stream" : NULL);
    if (is_further && stage->coding->restart)
        stage->coding->restart(stage->state);
    stage->progress = STAGE_INSIDE;
    return 0;
}

static size_t skip_zeros(const uint8_t *data, size_t size)
{
    size_t count = 0;
    while (count < size && data[count] == 0)
        count++;
    return count;
}

static int write_stage(struct decoder *decoder, size_t index, const uint8_t *data, size_t size)
{
    struct stage *stage = &decoder->stages[index];
    size_t left = size;
    while (left > 0) {
        const uint8_t *next = data + (size - left);
        int r = stage->progress == STAGE_INSIDE ? 0 : begin_stream(stage, *next);
        if (r < 0)
            return r;
        if (stage->progress == STAGE_PADDING) {
            left -= skip_zeros(next, left);
            continue;
        }
        r = decode_stream(decoder, index, next, left);
        if (r < 0)
            return r;
        left = (size_t)r;
    }
    return 0;
}

/* ------------------------------------------------------------- the decoder */

int decoder_write(struct decoder *decoder, const void *data, size_t size, decoder_sink *sink,
                  void *arg)
{
    if (!decoder)
        return size > 0 ? sink(data, size, arg) : 0;
    const uint8_t *next = data;
    decoder->sink = sink;
    decoder->sink_arg = arg;
    while (size > 0 && decoder->failure == 0) {
        size_t room = PIECE_SIZE - (size_t)(decoder->received % PIECE_SIZE);
        size_t piece = size < room ? size : room;
        decoder->received += piece;
        int r = write_stage(decoder, 0, next, piece);
        decoder->failure = r < 0 ? r : 0;
        next += piece;
        size -= piece;
    }
    return decoder->failure;
}

int decoder_finish(struct decoder *decoder)
{
    if (!decoder || decoder->failure < 0)
        return decoder ? decoder->failure : 0;
    for (size_t i = 0; i < decoder->count; i++)
        if (decoder->stages[i].progress == STAGE_INSIDE)
            return af_raise(AF_INCOMPLETE_READ,
                            "Error while processing content unencoding: %s: unexpected end of data",
                            decoder->stages[i].coding->name);
    return check_whole(decoder);
}
