/* The headers and trailers of a response: kept line by line as they come, and parsed once. libcurl
 * has them too, but needs time with the square of their number to give them, and a server may send
 * any number. */
#ifndef HTTP_HEADERS_H
#define HTTP_HEADERS_H

#include <afetch/http.h>

#include "base/buffer.h"

struct header_lines {
    struct buffer text;
    bool has_trailers;
    size_t header_size; /* bytes of the text before the trailers, where there are any */
};

/* Keeps up to MAXIMUM bytes. */
void headers_init(struct header_lines *lines, size_t maximum);
void headers_free(struct header_lines *lines);

/* Adds a line that libcurl gives, whether a header, the status before them or the empty line
 * behind them. A status begins a new response, of which only the last is kept. -ENOMEM, -EMSGSIZE.
 */
int headers_add_line(struct header_lines *lines, const char *line, size_t size);

/* Adds a line that came behind the body. -ENOMEM, -EMSGSIZE. */
int headers_add_trailer(struct header_lines *lines, const char *line, size_t size);

struct parsed_headers {
    af_header *list; /* the headers and behind them the trailers; the caller frees it */
    size_t header_count;
    size_t trailer_count;
};

/* Parses the lines in place: names become lower case, and the strings of the list live in LINES.
 * The list is there even where it is empty. -ENOMEM. */
int headers_parse(struct header_lines *lines, struct parsed_headers *ret_list);

#endif
