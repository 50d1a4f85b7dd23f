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
    bool is_broken;       /* the connection broke, of which the error buffer need not tell */
    unsigned long stream; /* 0: not said */
    bool has_goaway;      /* the last message told of one, for the whole connection */
    unsigned long last;   /* the last stream that it includes */
};

/* The state of a transfer at the time of a message of libcurl. */
struct libcurl_moment {
    const char *error_text; /* the error buffer: empty as long as nothing broke */
    bool has_response;      /* the beginning of one, though libcurl may not hand it on */
    bool has_read;          /* libcurl read from the connection just now, without an error */
};

/* Reads a message of the debug output (CURLINFO_TEXT). True if it belongs to some other work than
 * the reading before it. */
bool libcurl_read_note(struct libcurl_notes *notes, const char *message, size_t size,
                       const struct libcurl_moment *moment);

/* A frame of HTTP/2 that libcurl received, or what followed from it, in its trace. */
enum libcurl_frame {
    LIBCURL_FRAME_NONE,   /* the message is about something else */
    LIBCURL_FRAME_END,    /* the end of a stream */
    LIBCURL_FRAME_RESET,  /* RST_STREAM */
    LIBCURL_FRAME_OTHER,  /* any other frame */
    LIBCURL_FRAME_CLOSED, /* none: the frame before has closed the stream, without an error */
};

/* Has libcurl trace frames in the debug output, from 8.3 on; for the whole program, and not while
 * other threads use libcurl. */
void libcurl_trace_frames(void);

/* Reads a message of the trace, and which stream it is about. */
enum libcurl_frame libcurl_read_frame(const char *message, size_t size, unsigned long *ret_stream);

/* True if this libcurl repeats a request with the same words whether its stream was refused or
 * ended without a response: has_read alone tells these apart. */
bool libcurl_repeats_silently(void);

/* True if the text of an error says that each connection which was used again had ended. */
bool libcurl_says_connections_died(const char *error_text);

#endif
