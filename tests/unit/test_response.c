/* The kinds of errors that libcurl's codes are. */
#include <criterion/criterion.h>

#include "http/response.h"

Test(response, an_http2_stream_that_ends_early_is_a_reset_as_a_connection_is)
{
    const af_response response = {.status = 200, .url = "https://example.com/"};
    cr_expect_eq(response_error(CURLE_HTTP2_STREAM, &response), AF_HTTP_RESET);
    cr_expect_eq(response_error(CURLE_PARTIAL_FILE, &response), AF_HTTP_RESET);
    cr_expect_eq(response_error(CURLE_RECV_ERROR, &response), AF_HTTP_RESET);
}

Test(response, a_broken_http2_connection_is_a_protocol_error)
{
    const af_response response = {.status = 0, .url = "https://example.com/"};
    cr_expect_eq(response_error(CURLE_HTTP2, &response), AF_HTTP_PROTOCOL);
}
