/* Notes from libcurl's debug output on a request that must not be sent twice. */
#include <criterion/criterion.h>
#include <string.h>

#include "http/libcurl_notes.h"

/* Reads messages until NULL; ERROR_TEXT is there before the last. */
static bool is_unprocessed(const char *const *messages, const char *error_text)
{
    struct libcurl_notes notes = {0};
    for (; *messages; messages++)
        libcurl_read_note(&notes, *messages, strlen(*messages), messages[1] ? "" : error_text);
    return notes.is_unprocessed;
}

#define MESSAGES(...) ((const char *const[]){__VA_ARGS__, NULL})

static const char died[] = "Connection died, retrying a fresh connect (retry count: 1)\n";

Test(libcurl_notes, a_refused_stream_was_not_processed)
{
    cr_expect(is_unprocessed(MESSAGES("REFUSED_STREAM, retrying a fresh connect\n"), ""));
    cr_expect(is_unprocessed(
        MESSAGES("HTTP/2 stream 1 refused by server, try again on a new connection\n"), ""));
}

Test(libcurl_notes, a_request_that_must_go_by_http_1_was_not_processed)
{
    cr_expect(is_unprocessed(MESSAGES("Downgrades to HTTP/1.1\n"), ""));
}

Test(libcurl_notes, a_repeat_over_http_2_without_an_error_was_not_processed)
{
    cr_expect(is_unprocessed(MESSAGES("Using Stream ID: 3 (easy handle 0x1)\n", died), ""));
    cr_expect(is_unprocessed(
        MESSAGES("[HTTP/2] [3] OPENED stream for https://example.com/\n", died), ""));
}

Test(libcurl_notes, a_last_repeat_over_http_2_without_an_error_was_not_processed)
{
    static const char stream[] = "Using Stream ID: 3 (easy handle 0x1)\n";
    static const char last[] = "Connection died, tried 5 times before giving up";
    cr_expect(is_unprocessed(MESSAGES(stream, last), last));
    cr_expect_not(is_unprocessed(MESSAGES(stream, last), "Recv failure: Connection reset by peer"));
}

Test(libcurl_notes, a_repeat_after_a_broken_connection_may_have_been_processed)
{
    cr_expect_not(is_unprocessed(MESSAGES("Using Stream ID: 3 (easy handle 0x1)\n", died),
                                 "Recv failure: Connection reset by peer"));
}

Test(libcurl_notes, a_repeat_over_http_1_may_have_been_processed)
{
    cr_expect_not(is_unprocessed(MESSAGES(died), ""));
}

Test(libcurl_notes, a_stream_above_the_last_of_a_goaway_was_not_processed)
{
    static const char stream[] = "Using Stream ID: 5 (easy handle 0x1)\n";
    cr_expect(is_unprocessed(MESSAGES(stream, "recveived GOAWAY, error=0, last_stream=3\n"), ""));
    cr_expect(is_unprocessed(MESSAGES(stream, "received GOAWAY, error=0, last_stream=3\n"), ""));
    cr_expect_not(
        is_unprocessed(MESSAGES(stream, "received GOAWAY, error=0, last_stream=5\n"), ""));
    cr_expect_not(is_unprocessed(MESSAGES("received GOAWAY, error=0, last_stream=3\n"), ""));
}

Test(libcurl_notes, a_long_message_is_read_to_its_limit)
{
    static char message[10000];
    memset(message, 'x', sizeof message);
    struct libcurl_notes notes = {0};
    libcurl_read_note(&notes, message, sizeof message, "");
    cr_expect_not(notes.is_unprocessed);
}
