/* The syntax of methods, header lines, which otherwise could inject a line into a request, and
 * ports. */
#ifndef CLI_TEXT_HTTP_SYNTAX_H
#define CLI_TEXT_HTTP_SYNTAX_H

#include <stdbool.h>
#include <stddef.h>

/* True for a method or the name of a header: a token of RFC 9110. */
bool http_is_token(const char *text, size_t length);

/* True for the value of a header: no control characters. */
bool http_is_value(const char *text);

/* The error in a header line of curl's -H, "Name: value", "Name:" or "Name;", or NULL. Static; does
 * not show the header. */
const char *http_header_error(const char *line);

/* True if TEXT begins with a port, of up to five digits or empty, before a path, a query, a
 * fragment or the end. */
bool http_is_port(const char *text);

#endif
