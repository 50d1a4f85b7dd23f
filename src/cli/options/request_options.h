/* Options of every request: headers, a body, cookies, a certificate, as curl takes them. No message
 * shows a value that may be secret. */
#ifndef CLI_OPTIONS_REQUEST_OPTIONS_H
#define CLI_OPTIONS_REQUEST_OPTIONS_H

#include "cli/options/options.h"

/* The interpretation of the argument of -d and its variants. */
enum data_kind {
    DATA_TEXT,   /* @FILE, without its line ends */
    DATA_BINARY, /* @FILE as it is */
    DATA_RAW,    /* no special meaning for '@' */
};

enum { DATA_MAXIMUM = 1 << 30 };

/* Errors of all: -EINVAL with a text that says what is wrong with the value, -ENOMEM. "-" as the
 * name of a file is standard input. */

/* Appends the value of -d, after a '&' if the buffer has data. The buffer's data is not NULL then,
 * even if it is empty. */
int data_append(struct buffer *data, const char *value, enum data_kind kind);

/* Checks and appends a header line, or those of @FILE. The list owns them. */
int headers_append(struct string_list *lines, const char *value);

/* Appends a cookie, "NAME=VALUE", to TEXT. A value without '=' is the name of a file. */
int cookie_append(struct buffer *text, struct string_list *files, const char *value);

/* Splits FILE[:PASSWORD]; a colon in the name is escaped by a backslash. The caller frees
 * *ret_file. The password, or NULL, is in its memory. */
int certificate_parse(const char *value, char **ret_file, const char **ret_password);

/* Reserves standard input for one reader. Errors: -EINVAL with a text if it is reserved. */
int standard_input_take(struct options *options);

#endif
