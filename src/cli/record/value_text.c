#include "cli/record/value_text.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/decimal.h"
#include "base/utf8.h"
#include "cli/text/redact.h"

char *scalar_write(char *to, struct value value)
{
    switch (value.type) {
    case VALUE_BOOLEAN:
        return stpcpy(to, value.boolean ? "true" : "false");
    case VALUE_INTEGER:
        return decimal_write(to, value.integer);
    case VALUE_MICROSECONDS:
        return decimal_write_seconds(to, value.integer);
    case VALUE_TIMESTAMP:
        return decimal_write_timestamp(to, value.integer);
    default:
        return to;
    }
}

int scalar_append(struct buffer *buffer, struct value value)
{
    int r = buffer_reserve(buffer, DECIMAL_LONGEST);
    if (r < 0)
        return r;
    char *end = scalar_write(buffer->data + buffer->length, value);
    buffer->length = (size_t)(end - buffer->data);
    return 0;
}

/* Appends TEXT without the passwords that REDACT finds. */
static int append_redacted(struct buffer *buffer, const char *text,
                           int (*redact)(const char *text, char **ret_text), text_writer *write)
{
    char *copy;
    int r = redact(text, &copy);
    if (r <= 0)
        return r < 0 ? r : write(buffer, text, strlen(text));
    r = write(buffer, copy, strlen(copy));
    free(copy);
    return r;
}

int url_append(struct buffer *buffer, const char *url, text_writer *write)
{
    return append_redacted(buffer, url, url_without_password, write);
}

int header_append(struct buffer *buffer, const af_header *header, text_writer *write)
{
    if (strcmp(header->name, "location") == 0 || strcmp(header->name, "content-location") == 0)
        return url_append(buffer, header->value, write);
    if (strcmp(header->name, "link") == 0 || strcmp(header->name, "refresh") == 0)
        return append_redacted(buffer, header->value, text_without_passwords, write);
    return write(buffer, header->value, strlen(header->value));
}

bool body_is_text(const af_response *response)
{
    return utf8_valid(response->body, response->body_size);
}
