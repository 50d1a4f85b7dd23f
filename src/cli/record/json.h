/* JSON that other formats and the formatter need. */
#ifndef CLI_RECORD_JSON_H
#define CLI_RECORD_JSON_H

#include "cli/record/formatter_type.h"
#include "cli/record/value_text.h"

/* Makes the keys of the fields. The caller frees them. Errors: -ENOMEM. */
int json_make_keys(const struct fields *fields, struct json_key **ret_keys);

/* Appends headers as a JSON object, by WRITE. Errors: -ENOMEM, -EMSGSIZE, those of WRITE. */
int json_embed_headers(struct buffer *buffer, struct headers headers, text_writer *write);

#endif
