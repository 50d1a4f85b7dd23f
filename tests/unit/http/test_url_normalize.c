/* Two URLs are the same where the same would be asked for. */
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <errno.h>
#include <stdlib.h>

#include <afetch/http.h>

Test(url_normalize, equal_requests_have_equal_urls)
{
    static const char *const pairs[][2] = {
        {"example.com", "http://example.com/"},
        {"HTTP://Example.COM:80", "http://example.com/"},
        {"https://example.com:443/a/./b/../c#part", "https://example.com/a/c"},
        {"http://example.com:8080/A%2fb?q=#x", "http://example.com:8080/A%2fb?q="},
        {"http://[2001:DB8::1]:80/", "http://[2001:db8::1]/"},
        {"ftp.example.com", "http://ftp.example.com/"},
        {"http://User:Pass@Example.com/", "http://User:Pass@example.com/"},
    };
    for (size_t i = 0; i < sizeof pairs / sizeof pairs[0]; i++) {
        char *url = NULL;
        cr_assert(zero(int, af_url_normalize(pairs[i][0], &url)), "%s", pairs[i][0]);
        cr_expect_str_eq(url, pairs[i][1]);
        free(url);
    }
    static const char *const wrong[] = {"", "http://", "http://a b/", "://x"};
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        char *url = NULL;
        cr_expect(eq(int, af_url_normalize(wrong[i], &url), -EINVAL), "%s", wrong[i]);
        cr_expect_null(url);
    }
}
