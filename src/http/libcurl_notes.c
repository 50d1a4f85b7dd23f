#include "http/libcurl_notes.h"

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

/* In 7.88 alone a request above the last stream of a GOAWAY may end with an error. */
static bool is_above_last_stream(const struct libcurl_notes *notes, const char *message)
{
    return strstr(message, "GOAWAY, error=") && strstr(message, "last_stream=") &&
           notes->stream > number_after(message, "last_stream=");
}

/* libcurl repeats the request, or gives up, and no connection broke: the error buffer has nothing
 * but what is said just now. Over HTTP/1.1 that is said of a server, too, that read the request and
 * ended the connection. */
static bool is_clean_repeat(const char *message, const char *error_text)
{
    static const char gives_up[] = "Connection died, tried";
    if (strstr(message, "Connection died, retrying"))
        return !*error_text;
    return strstr(message, gives_up) && strncmp(error_text, gives_up, strlen(gives_up)) == 0;
}

void libcurl_read_note(struct libcurl_notes *notes, const char *message, size_t size,
                       const char *error_text)
{
    static const char *const refused[] = {
        "REFUSED_STREAM, retrying a fresh connect",         /* on a new connection */
        "refused by server, try again on a new connection", /* 8.19 and later */
        "Downgrades to HTTP/1.1",                           /* HTTP_1_1_REQUIRED */
    };
    char text[MESSAGE_SIZE];
    snprintf(text, sizeof text, "%.*s", (int)(size < sizeof text ? size : sizeof text - 1),
             message);
    for (size_t i = 0; i < sizeof refused / sizeof refused[0]; i++)
        notes->is_unprocessed |= strstr(text, refused[i]) != NULL;
    notes->is_http2 |= strstr(text, "Using Stream ID: ") || strstr(text, "OPENED stream");
    notes->is_unprocessed |= notes->is_http2 && is_clean_repeat(text, error_text);
    notes->is_unprocessed |= is_above_last_stream(notes, text);
    unsigned long stream = number_after(text, "Using Stream ID: ");
    if (stream > 0)
        notes->stream = stream;
}

bool libcurl_says_connections_died(const char *error_text)
{
    return strstr(error_text, "Connection died, tried") != NULL;
}
