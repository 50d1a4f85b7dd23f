/* The content codings: what the decoder needs of each of them. */
#ifndef HTTP_DECODER_CODING_H
#define HTTP_DECODER_CODING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Input and room for output: a step moves the pointers and reduces the sizes. */
struct coding_step {
    const uint8_t *input;
    size_t input_size;
    uint8_t *output;
    size_t output_size;
    const char *problem; /* of invalid data, in words: static, or NULL if nothing more is known */
};

enum {
    CODING_GOES_ON = 0, /* needs more input or more room for output */
    CODING_ENDS = 1,    /* the stream is complete, and all of it is in the output */
};

struct coding {
    const char *name;

    /* Allocates the state of one stream. -ENOMEM. */
    int (*open)(void **ret_state);
    void (*close)(void *state);

    /* True if a stream may begin with BYTE: the body's first, or, if IS_FURTHER, one that follows a
     * complete stream. Bytes behind the end that begin no stream are an error. */
    bool (*begins)(uint8_t byte, bool is_further);

    /* Prepares the state for a further stream. NULL if nothing has to be done. */
    void (*restart)(void *state);

    /* Decodes as much as input and room allow. Returns one of the above; -EBADMSG, without a text
     * but with STEP's problem, if the data is not valid; -ENOMEM. */
    int (*decode)(void *state, struct coding_step *step);
};

extern const struct coding coding_gzip;
extern const struct coding coding_deflate;
extern const struct coding coding_brotli;
extern const struct coding coding_zstd;

#endif
