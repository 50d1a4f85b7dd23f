/* The headers of a response: kept line by line as they come, and taken apart once. libcurl has them
 * too, but needs a time with the square of their number to give them, and a server may send any
 * number. */
#ifndef HTTP_HEADERS_H
#define HTTP_HEADERS_H

#include <afetch/http.h>

#include "base/buffer.h"

/* Takes a line that libcurl gives, whether a header, the status before them or the empty line
 * behind them. A status begins a new response, of which only the last is kept. -ENOMEM. */
int headers_add_line(struct buffer *lines, const char *line, size_t size);

/* Takes the lines apart in their place: names get lower case, and the strings of *ret_list live in
 * LINES. The caller frees the list, which is there even where it is empty. -ENOMEM. */
int headers_parse(struct buffer *lines, af_header **ret_list, size_t *ret_count);

#endif
