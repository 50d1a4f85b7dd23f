/* What HTTP lets stand in a request. What it does not would end a line and begin another. */
#ifndef CLI_TEXT_HTTP_SYNTAX_H
#define CLI_TEXT_HTTP_SYNTAX_H

#include <stdbool.h>
#include <stddef.h>

/* Whether it can be a method or the name of a header: a token of RFC 9110. */
bool http_is_token(const char *text, size_t length);

/* Whether it can be the value of a header: no control characters. */
bool http_is_value(const char *text);

/* What is wrong with a header as curl's -H takes it, "Name: value", "Name:" or "Name;"; NULL where
 * all is well. Static, and says nothing of the header. */
const char *http_header_error(const char *line);

/* Whether one of the header lines, NULL-terminated or NULL, is of this name. */
bool http_names_header(const char *const *lines, const char *name);

#endif
