/* The meanings of libcurl's texts, as each version writes them. */
#include <criterion/criterion.h>

#include "http/libcurl_text.h"

Test(libcurl_text, each_version_is_understood)
{
    static const struct {
        const char *version, *text;
        enum libcurl_meaning meaning;
    } cases[] = {
        {"7.88", "Illegal or missing hexadecimal sequence in chunked-encoding",
         LIBCURL_MEANS_CHUNK},
        {"7.88", "Malformed encoding found in chunked-encoding", LIBCURL_MEANS_CHUNK},
        {"7.88", "Too long hexadecimal number in chunked-encoding", LIBCURL_MEANS_CHUNK},
        {"8.14, 8.21", "chunk hex-length char not a hex digit: 0x5a", LIBCURL_MEANS_CHUNK},
        {"8.14, 8.21", "chunk hex-length longer than 16", LIBCURL_MEANS_CHUNK},
        {"8.14, 8.21", "invalid chunk size: 'FFFFFFFFFFFFFFFF'", LIBCURL_MEANS_CHUNK},
        {"7.88, 8.14, 8.21", "Out of memory in chunked-encoding", LIBCURL_MEANS_HEADERS},
        {"7.88, 8.14, 8.21", "Too large response headers: 307652 > 307200", LIBCURL_MEANS_HEADERS},
        {"8.14, 8.21", "Too many response headers, 5000 is max", LIBCURL_MEANS_HEADERS},
        {"7.88, 8.14", "Could not resolve host: a.invalid", LIBCURL_MEANS_UNRESOLVED},
        {"8.21", "Could not resolve: a.invalid:80", LIBCURL_MEANS_UNRESOLVED},
        {"7.88", "Failed to resolve host 'a.invalid' with timeout after 10 ms",
         LIBCURL_MEANS_UNRESOLVED},
        {"7.88, 8.14, 8.21", "Failed to resolve \"a.invalid\" for SOCKS5 connect.",
         LIBCURL_MEANS_UNRESOLVED},
        {"7.88", "Connection timeout after 100 ms", LIBCURL_MEANS_TIMEOUT},
        {"7.88", "Connection timed out after 100 milliseconds", LIBCURL_MEANS_TIMEOUT},
        {"7.88, 8.14, 8.21", "Operation timed out after 100 milliseconds with 0 bytes received",
         LIBCURL_MEANS_TIMEOUT},
        {"7.88, 8.14, 8.21", "Empty reply from server", LIBCURL_MEANS_CODE},
        {"7.88", "Recv failure: Connection reset by peer", LIBCURL_MEANS_CODE},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        cr_expect_eq(libcurl_text_meaning(cases[i].text), cases[i].meaning, "%s: %s",
                     cases[i].version, cases[i].text);
    cr_expect_eq(libcurl_text_meaning(NULL), LIBCURL_MEANS_CODE);
}

Test(libcurl_text, words_within_a_text_mean_nothing)
{
    static const char *const texts[] = {
        "Protocol \"Operation too slow\" not supported or disabled in libcurl",
        "x: Too large response headers: 1 > 0",
        "",
        " in chunked-encodin",
    };
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
        cr_expect_eq(libcurl_text_meaning(texts[i]), LIBCURL_MEANS_CODE, "%s", texts[i]);
}

Test(libcurl_text, a_text_of_another_error_does_not_suit)
{
    static const char reset[] = "Recv failure: Connection reset by peer";
    cr_expect_not(libcurl_text_suits(CURLE_COULDNT_RESOLVE_HOST, reset));
    cr_expect_not(libcurl_text_suits(CURLE_OPERATION_TIMEDOUT, reset));
    cr_expect(libcurl_text_suits(CURLE_RECV_ERROR, reset));
    cr_expect(libcurl_text_suits(CURLE_COULDNT_RESOLVE_HOST, "Could not resolve host: a.invalid"));
    cr_expect(libcurl_text_suits(CURLE_OPERATION_TIMEDOUT, "SSL connection timeout"));
}
