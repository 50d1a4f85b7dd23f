/* Reads libcurl's debug output, which alone tells whether a server processed a request. Its texts
 * change from version to version. */
#ifndef HTTP_LIBCURL_NOTES_H
#define HTTP_LIBCURL_NOTES_H

#include <stdbool.h>
#include <stddef.h>

/* The debug output of a transfer since its request was last sent. All zero at first. */
struct libcurl_notes {
    bool is_unprocessed; /* the server did not process the request (RFC 9113, 8.7) */
    bool is_http2;
    unsigned long stream; /* 0: not said */
};

/* Reads a message of the debug output (CURLINFO_TEXT). ERROR_TEXT is the error buffer at that
 * moment: it is empty where libcurl repeats a request for another reason than a broken connection.
 */
void libcurl_read_note(struct libcurl_notes *notes, const char *message, size_t size,
                       const char *error_text);

/* True if the text of an error says that each connection which was used again had ended. */
bool libcurl_says_connections_died(const char *error_text);

#endif
