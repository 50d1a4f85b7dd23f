#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <stdlib.h>

#include "http/cookie_line.h"

/* The lines that are taken out of up to four, and the number that stays. */
static void expect(const char *const *lines, const char *cookies, size_t left)
{
    struct curl_slist *headers = NULL;
    char *taken;
    for (; *lines; lines++)
        headers = curl_slist_append(headers, *lines);
    cr_assert(zero(int, cookie_line_take(&headers, &taken)));
    if (cookies)
        cr_expect_str_eq(taken, cookies);
    else
        cr_expect_null(taken);
    size_t count = 0;
    for (const struct curl_slist *line = headers; line; line = line->next)
        count++;
    cr_expect(eq(sz, count, left));
    curl_slist_free_all(headers);
    free(taken);
}

#define EXPECT(cookies, left, ...) expect((const char *const[]){__VA_ARGS__, NULL}, cookies, left)

Test(cookie_line, cookies_of_all_lines_are_joined_in_their_order)
{
    EXPECT("a=1", 0, "Cookie: a=1");
    EXPECT("a=1; b=2; c=3", 2, "X: 1", "Cookie: a=1; b=2", "Y: 2", "cookie:c=3");
}

Test(cookie_line, other_lines_stay)
{
    expect((const char *const[]){NULL}, NULL, 0);
    EXPECT(NULL, 2, "Cookies: a=1", "Set-Cookie: a=1");
}

Test(cookie_line, lines_that_send_no_cookie_or_an_empty_one_stay)
{
    EXPECT(NULL, 3, "Cookie:", "Cookie: ", "Cookie;");
    EXPECT("a=1", 1, "Cookie;", "Cookie: a=1");
}
