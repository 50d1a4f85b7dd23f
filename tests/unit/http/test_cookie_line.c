#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "http/cookie_line.h"

/* The cookies that are taken out of LINES, and the lines that stay. */
static void expect(const char *const *lines, bool keeps_cookies, const char *cookies,
                   const char *left)
{
    struct curl_slist *headers = NULL;
    char *taken;
    for (; *lines; lines++)
        headers = curl_slist_append(headers, *lines);
    cr_assert(zero(int, cookie_line_take(&headers, keeps_cookies, &taken)));
    if (cookies)
        cr_expect_str_eq(taken, cookies);
    else
        cr_expect_null(taken);
    char text[256] = "";
    for (const struct curl_slist *line = headers; line; line = line->next)
        snprintf(text + strlen(text), sizeof text - strlen(text), "%s|", line->data);
    cr_expect_str_eq(text, left);
    curl_slist_free_all(headers);
    free(taken);
}

#define EXPECT(cookies, left, ...) \
    expect((const char *const[]){__VA_ARGS__, NULL}, false, cookies, left)
#define EXPECT_BESIDE_KEPT(cookies, left, ...) \
    expect((const char *const[]){__VA_ARGS__, NULL}, true, cookies, left)

Test(cookie_line, cookies_of_all_lines_are_joined_in_their_order)
{
    EXPECT("a=1", "", "Cookie: a=1");
    EXPECT("a=1; b=2; c=3", "X: 1|Y: 2|", "X: 1", "Cookie: a=1; b=2", "Y: 2", "cookie:c=3");
}

Test(cookie_line, other_lines_stay)
{
    expect((const char *const[]){NULL}, false, NULL, "");
    EXPECT(NULL, "Cookies: a=1|Set-Cookie: a=1|", "Cookies: a=1", "Set-Cookie: a=1");
}

Test(cookie_line, lines_that_send_no_cookie_or_an_empty_one_stay_alone)
{
    EXPECT(NULL, "Cookie:|Cookie: |Cookie;|", "Cookie:", "Cookie: ", "Cookie;");
    EXPECT("a=1", "X: 1|", "Cookie;", "Cookie: a=1", "X: 1", "Cookie:");
}

Test(cookie_line, beside_cookies_that_are_kept_no_line_is_empty)
{
    EXPECT_BESIDE_KEPT(NULL, "Cookie:|X;|cookie:|", "Cookie;", "X;", "cookie;");
    EXPECT_BESIDE_KEPT("a=1", "X;|", "Cookie;", "Cookie: a=1", "X;");
}
