/* What the command line adds to every request: headers, a body, cookies, credentials, as curl takes
 * them. Values that may be secret are in no message. */
#ifndef CLI_OPTIONS_REQUEST_OPTIONS_H
#define CLI_OPTIONS_REQUEST_OPTIONS_H

#include "cli/options/options.h"

/* What -d and its relatives do with their argument. */
enum data_kind {
    DATA_TEXT,   /* @FILE, without its line ends */
    DATA_BINARY, /* @FILE as it is */
    DATA_RAW,    /* an '@' means nothing */
};

enum { DATA_MAXIMUM = 1 << 30 };

/* All return 0, or -EINVAL with a text that says what is wrong with the value (af_raise), -ENOMEM.
 * A file may be "-", standard input. */

/* Appends what -d has, behind a '&' where there is something already. The buffer's data is not NULL
 * from then on, even where it is empty. */
int data_append(struct buffer *data, const char *value, enum data_kind kind);

/* Appends the header line, or those of @FILE, all checked; LINES takes them. */
int headers_append(struct string_list *lines, const char *value);

/* A cookie, "NAME=VALUE", is appended to TEXT; what has no '=' is the name of a file. */
int cookie_append(struct buffer *text, struct string_list *files, const char *value);

/* Takes FILE[:PASSWORD] apart; a colon in the name has a backslash before it. The caller frees
 * *ret_file, in which the password, NULL where there is none, lives too. */
int certificate_parse(const char *value, char **ret_file, const char **ret_password);

/* What these options say of one another, once all are read: the cookies become a header. */
int parts_settle(struct options *options);

/* Standard input is for one reader. -EINVAL where it has been taken, with a text. */
int standard_input_take(struct options *options);

#endif
