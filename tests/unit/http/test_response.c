/* The kinds of errors that libcurl's codes are. */
#include <criterion/criterion.h>

#include "http/response.h"

static const char URL[] = "https://example.com/";

/* The kind of CODE with TEXT, of a response that began. */
static enum af_http_error error_of(CURLcode code, const char *text)
{
    const af_response response = {
        .status = 200, .url = URL, .size_request = 80, .size_download = 5, .error_text = text};
    return response_error(code, &response);
}

Test(response, an_http2_stream_that_ends_early_is_a_reset_as_a_connection_is)
{
    cr_expect_eq(error_of(CURLE_HTTP2_STREAM, NULL), AF_HTTP_RESET);
    cr_expect_eq(error_of(CURLE_PARTIAL_FILE, NULL), AF_HTTP_RESET);
    cr_expect_eq(error_of(CURLE_RECV_ERROR, NULL), AF_HTTP_RESET);
}

Test(response, a_broken_http2_connection_is_a_protocol_error)
{
    const af_response response = {
        .url = URL, .error_text = "nghttp2 shuts down connection with error 1: PROTOCOL_ERROR"};
    cr_expect_eq(response_error(CURLE_HTTP2, &response), AF_HTTP_PROTOCOL);
}

Test(response, an_http2_connection_that_ends_is_a_reset)
{
    const af_response response = {.url = URL};
    cr_expect_eq(response_error(CURLE_HTTP2, &response), AF_HTTP_RESET);
}

Test(response, a_chunked_coding_that_is_none_is_a_protocol_error)
{
    cr_expect_eq(
        error_of(CURLE_RECV_ERROR, "Illegal or missing hexadecimal sequence in chunked-encoding"),
        AF_HTTP_PROTOCOL);
    cr_expect_eq(error_of(CURLE_RECV_ERROR, "chunk hex-length longer than 16"), AF_HTTP_PROTOCOL);
}

Test(response, headers_over_the_limits_of_libcurl_are_too_large)
{
    const CURLcode too_large = 100;
    cr_expect_eq(error_of(CURLE_RECV_ERROR, "Too large response headers: 307652 > 307200"),
                 AF_HTTP_TOO_LARGE);
    cr_expect_eq(error_of(CURLE_RECV_ERROR, "Out of memory in chunked-encoding"),
                 AF_HTTP_TOO_LARGE);
    cr_expect_eq(error_of(too_large, "Too many response headers, 5000 is max"), AF_HTTP_TOO_LARGE);
    const af_response unsent = {.url = URL};
    cr_expect_eq(response_error(too_large, &unsent), AF_HTTP_OTHER);
}

Test(response, memory_that_is_out_before_or_behind_the_headers_is_no_matter_of_size)
{
    const af_response unsent = {.url = URL};
    cr_expect_eq(response_error(CURLE_OUT_OF_MEMORY, &unsent), AF_HTTP_OTHER);
    cr_expect_eq(error_of(CURLE_OUT_OF_MEMORY, NULL), AF_HTTP_OTHER);
}

Test(response, nothing_of_the_network_is_an_error_of_files)
{
    for (int code = 0; code < CURL_LAST; code++)
        cr_expect_neq(error_of((CURLcode)code, NULL), AF_HTTP_IO, "%d", code);
}

Test(response, an_unsupported_protocol_is_that_of_the_url_or_of_the_response)
{
    const af_response ftp = {.url = "ftp://example.com/"};
    const af_response answer = {.url = URL, .error_text = "Received HTTP/0.9 when not allowed"};
    cr_expect_eq(response_error(CURLE_UNSUPPORTED_PROTOCOL, &ftp), AF_HTTP_URL);
    cr_expect_eq(response_error(CURLE_UNSUPPORTED_PROTOCOL, &answer), AF_HTTP_PROTOCOL);
}

Test(response, an_unusable_key_is_a_tls_error)
{
    const af_response response = {0};
    cr_expect_eq(response_error(CURLE_BAD_FUNCTION_ARGUMENT, &response), AF_HTTP_TLS);
}

Test(response, an_invalid_header_is_a_protocol_error)
{
    const af_response response = {.status = 200, .size_header = 20};
    cr_expect_eq(response_error(CURLE_BAD_FUNCTION_ARGUMENT, &response), AF_HTTP_PROTOCOL);
}
