/* Notes from libcurl's debug output on a request that must not be sent twice. */
#include <criterion/criterion.h>
#include <string.h>

#include "http/libcurl_notes.h"

/* Reads messages until NULL, the last of them at MOMENT. */
static bool is_unprocessed_at(const char *const *messages, struct libcurl_moment moment)
{
    static const struct libcurl_moment before = {.error_text = ""};
    struct libcurl_notes notes = {0};
    for (; *messages; messages++)
        libcurl_read_note(&notes, *messages, strlen(*messages), messages[1] ? &before : &moment);
    return notes.is_unprocessed;
}

static bool is_unprocessed(const char *const *messages, const char *error_text)
{
    return is_unprocessed_at(messages, (struct libcurl_moment){.error_text = error_text});
}

#define MESSAGES(...) ((const char *const[]){__VA_ARGS__, NULL})

static const char stream_3[] = "Using Stream ID: 3 (easy handle 0x1)\n";
static const char died[] = "Connection died, retrying a fresh connect (retry count: 1)\n";

Test(libcurl_notes, a_refused_stream_was_not_processed)
{
    static const char refused[] = "REFUSED_STREAM, retrying a fresh connect\n";
    cr_expect(is_unprocessed(MESSAGES(stream_3, refused, died), ""));
    cr_expect(is_unprocessed(
        MESSAGES("HTTP/2 stream 1 refused by server, try again on a new connection\n"), ""));
}

Test(libcurl_notes, a_request_that_must_go_by_http_1_was_not_processed)
{
    cr_expect(is_unprocessed(MESSAGES("Downgrades to HTTP/1.1\n"), ""));
}

Test(libcurl_notes, a_repeat_over_http_2_without_an_error_was_not_processed)
{
    cr_expect(is_unprocessed(MESSAGES(stream_3, died), ""));
    cr_expect(is_unprocessed(
        MESSAGES("[HTTP/2] [3] OPENED stream for https://example.com/\n", died), ""));
}

Test(libcurl_notes, a_last_repeat_over_http_2_without_an_error_was_not_processed)
{
    static const char last[] = "Connection died, tried 5 times before giving up";
    cr_expect(is_unprocessed(MESSAGES(stream_3, last), last));
    cr_expect_not(
        is_unprocessed(MESSAGES(stream_3, last), "Recv failure: Connection reset by peer"));
}

Test(libcurl_notes, a_repeat_after_a_broken_connection_may_have_been_processed)
{
    cr_expect_not(
        is_unprocessed(MESSAGES(stream_3, died), "Recv failure: Connection reset by peer"));
}

Test(libcurl_notes, a_repeat_after_a_broken_connection_counts_though_the_error_buffer_is_taken)
{
    cr_expect_not(
        is_unprocessed(MESSAGES(stream_3, "Failed receiving HTTP2 data: 56(...)\n", died), ""));
    cr_expect_not(is_unprocessed(MESSAGES(stream_3, "Send failure: Broken pipe\n", died), ""));
}

Test(libcurl_notes, a_repeat_of_a_request_with_a_response_was_processed)
{
    static const char refused[] =
        "HTTP/2 stream 3 refused by server, try again on a new connection";
    struct libcurl_moment moment = {.error_text = "", .has_response = true};
    cr_expect_not(is_unprocessed_at(MESSAGES(stream_3, died), moment));
    cr_expect_not(is_unprocessed_at(MESSAGES(stream_3, refused), moment));
}

Test(libcurl_notes, a_silent_repeat_after_a_read_without_an_error_may_have_been_processed)
{
    struct libcurl_moment moment = {.error_text = "", .has_read = true};
    cr_expect_eq(is_unprocessed_at(MESSAGES(stream_3, died), moment), !libcurl_repeats_silently());
}

Test(libcurl_notes, what_an_earlier_refusal_leaves_behind_is_no_refusal)
{
    static const char refused[] = "REFUSED_STREAM, retrying a fresh connect\n";
    cr_expect_not(
        is_unprocessed(MESSAGES(stream_3, refused, died), "Recv failure: Connection reset"));
}

Test(libcurl_notes, a_repeat_is_about_the_read_before_it_and_other_messages_are_not)
{
    static const struct libcurl_moment moment = {.error_text = ""};
    static const char uploaded[] = "We are completely uploaded and fine\n";
    static const char refused[] = "REFUSED_STREAM, retrying a fresh connect\n";
    struct libcurl_notes notes = {0};
    cr_expect(libcurl_read_note(&notes, uploaded, strlen(uploaded), &moment));
    cr_expect_not(libcurl_read_note(&notes, refused, strlen(refused), &moment));
    cr_expect_not(libcurl_read_note(&notes, died, strlen(died), &moment));
}

Test(libcurl_notes, a_goaway_tells_of_all_streams_of_its_connection)
{
    static const struct libcurl_moment moment = {.error_text = ""};
    static const char goaway[] = "received GOAWAY, error=0, last_stream=7\n";
    struct libcurl_notes notes = {0};
    libcurl_read_note(&notes, goaway, strlen(goaway), &moment);
    cr_expect(notes.has_goaway);
    cr_expect_eq(notes.last, 7);
    libcurl_read_note(&notes, stream_3, strlen(stream_3), &moment);
    cr_expect_not(notes.has_goaway);
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
    static const char opened[] = "[HTTP/2] [5] OPENED stream for https://example.com/\n";
    cr_expect(is_unprocessed(MESSAGES(opened, "received GOAWAY, error=0, last_stream=3\n"), ""));
}

Test(libcurl_notes, a_long_message_is_read_to_its_limit)
{
    static char message[10000];
    memset(message, 'x', sizeof message);
    struct libcurl_notes notes = {0};
    libcurl_read_note(&notes, message, sizeof message, &(struct libcurl_moment){.error_text = ""});
    cr_expect_not(notes.is_unprocessed);
}

static enum libcurl_frame read_frame(const char *message, unsigned long *stream)
{
    *stream = 0;
    return libcurl_read_frame(message, strlen(message), stream);
}

Test(libcurl_notes, frames_in_the_trace_are_told_apart)
{
    unsigned long stream;
    cr_expect_eq(read_frame("[HTTP/2] [3] <- FRAME[DATA, len=5, eos=1, padlen=0]\n", &stream),
                 LIBCURL_FRAME_END);
    cr_expect_eq(stream, 3);
    cr_expect_eq(read_frame("[HTTP/2] [5] <- FRAME[DATA, len=5, eos=0, padlen=0]\n", &stream),
                 LIBCURL_FRAME_OTHER);
    cr_expect_eq(
        read_frame("[HTTP/2] [7] <- FRAME[RST_STREAM, len=4, flags=0, error=0]\n", &stream),
        LIBCURL_FRAME_RESET);
    cr_expect_eq(stream, 7);
    cr_expect_eq(read_frame("[HTTP/2] [7] CLOSED\n", &stream), LIBCURL_FRAME_CLOSED);
}

Test(libcurl_notes, what_libcurl_sends_and_other_messages_are_no_frames)
{
    unsigned long stream;
    cr_expect_eq(
        read_frame("[HTTP/2] [7] -> FRAME[RST_STREAM, len=4, flags=0, error=5]\n", &stream),
        LIBCURL_FRAME_NONE);
    cr_expect_eq(read_frame("[HTTP/2] [7] OPENED stream for https://a/\n", &stream),
                 LIBCURL_FRAME_NONE);
    cr_expect_eq(read_frame("[HTTP/2] [", &stream), LIBCURL_FRAME_NONE);
    cr_expect_eq(read_frame("Connection died", &stream), LIBCURL_FRAME_NONE);
    cr_expect_eq(read_frame("", &stream), LIBCURL_FRAME_NONE);
}

Test(libcurl_notes, a_goaway_that_libcurl_sends_tells_nothing)
{
    static const char sent[] = "[HTTP/2] [0] -> FRAME[GOAWAY, error=1, reason='', last_stream=0]\n";
    cr_expect_not(is_unprocessed(MESSAGES(stream_3, sent), ""));
}
