#include "http/libcurl_notes.h"

#include <curl/curl.h>
#include <stdio.h>
#include <string.h>

enum { MESSAGE_SIZE = 256 };

/* The number after WORDS; 0 where they are not there. */
static unsigned long number_after(const char *message, const char *words)
{
    const char *found = strstr(message, words);
    unsigned long number = 0;
    if (found)
        sscanf(found + strlen(words), "%lu", &number);
    return number;
}

/* libcurl may close a session with streams above the last one of a GOAWAY as if they had ended. */
static void read_goaway(struct libcurl_notes *notes, const char *message)
{
    notes->has_goaway = strstr(message, "eived GOAWAY, error=") && strstr(message, "last_stream=");
    if (!notes->has_goaway)
        return;
    notes->last = number_after(message, "last_stream=");
    notes->is_unprocessed |= notes->stream > notes->last;
}

static void read_stream(struct libcurl_notes *notes, const char *message)
{
    unsigned long stream = number_after(message, "Using Stream ID: ");
    if (strstr(message, "OPENED stream"))
        stream = number_after(message, "[HTTP/2] [");
    notes->is_http2 |= stream > 0;
    if (stream > 0)
        notes->stream = stream;
}

/* libcurl repeats the request, or gives up. */
static bool is_repeat(const char *message)
{
    return strstr(message, "Connection died, retrying") ||
           strstr(message, "Connection died, tried");
}

/* A repeat is for a refused stream where nothing broke and nothing came. Over HTTP/1.1 it is for a
 * server, too, that read the request and ended the connection. libcurl's own "REFUSED_STREAM" says
 * no more: it may be about the sending before. */
static bool is_clean(const struct libcurl_notes *notes, const struct libcurl_moment *moment)
{
    static const char gives_up[] = "Connection died, tried";
    const char *error_text = moment->error_text;
    bool has_error = *error_text && strncmp(error_text, gives_up, strlen(gives_up)) != 0;
    bool has_ended = moment->has_read && libcurl_repeats_silently();
    bool is_included = notes->stream <= notes->last; /* in a GOAWAY */
    return notes->is_http2 && !notes->is_broken && !has_error && !moment->has_response &&
           !has_ended && !is_included;
}

static bool contains_any(const char *text, const char *const *words, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (strstr(text, words[i]))
            return true;
    return false;
}

bool libcurl_read_note(struct libcurl_notes *notes, const char *message, size_t size,
                       const struct libcurl_moment *moment)
{
    static const char *const refused[] = {
        "refused by server, try again on a new connection", /* 8.19 and later */
        "Downgrades to HTTP/1.1",                           /* HTTP_1_1_REQUIRED */
    };
    static const char *const broken[] = {"Failed receiving HTTP2 data",
                                         "Send failure: ", "SSL_write"};
    char text[MESSAGE_SIZE];
    snprintf(text, sizeof text, "%.*s", (int)(size < sizeof text ? size : sizeof text - 1),
             message);
    notes->is_broken |= contains_any(text, broken, sizeof broken / sizeof broken[0]);
    read_stream(notes, text);
    read_goaway(notes, text);
    if (contains_any(text, refused, sizeof refused / sizeof refused[0]))
        notes->is_unprocessed |= !moment->has_response;
    if (is_repeat(text))
        notes->is_unprocessed |= is_clean(notes, moment);
    return !is_repeat(text) && !strstr(text, "REFUSED_STREAM, retrying");
}

/* Not in every libcurl that the program may run with. */
CURLcode curl_global_trace(const char *config) __attribute__((weak));

void libcurl_trace_frames(void)
{
    if (curl_global_trace)
        curl_global_trace("http/2");
}

enum libcurl_frame libcurl_read_frame(const char *message, size_t size, unsigned long *ret_stream)
{
    static const char start[] = "[HTTP/2] [";
    char text[MESSAGE_SIZE];
    int end = 0;
    if (size < strlen(start) || memcmp(message, start, strlen(start)) != 0)
        return LIBCURL_FRAME_NONE;
    snprintf(text, sizeof text, "%.*s", (int)(size < sizeof text ? size : sizeof text - 1),
             message);
    if (sscanf(text + strlen(start), "%lu] %n", ret_stream, &end) != 1 || end == 0)
        return LIBCURL_FRAME_NONE;
    const char *what = text + strlen(start) + end;
    if (strncmp(what, "CLOSED", strlen("CLOSED")) == 0)
        return LIBCURL_FRAME_CLOSED;
    if (strncmp(what, "<- FRAME[", strlen("<- FRAME[")) != 0)
        return LIBCURL_FRAME_NONE;
    if (strstr(what, "[RST_STREAM,"))
        return LIBCURL_FRAME_RESET;
    return strstr(what, " eos=1") ? LIBCURL_FRAME_END : LIBCURL_FRAME_OTHER;
}

bool libcurl_repeats_silently(void)
{
    return curl_version_info(CURLVERSION_NOW)->version_num < 0x080000;
}

bool libcurl_says_connections_died(const char *error_text)
{
    return strstr(error_text, "Connection died, tried") != NULL;
}
