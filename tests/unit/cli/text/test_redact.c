#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <stdlib.h>

#include "cli/text/redact.h"

Test(redact, a_password_is_replaced_and_nothing_else)
{
    static const struct {
        const char *url, *shown;
    } cases[] = {
        {"http://user:secret@host/path", "http://user:***@host/path"},
        {"user:secret@host", "user:***@host"},
        {"//user:secret@host", "//user:***@host"},
        {"http:/user:secret@host", "http:/user:***@host"},
        {"http:///user:secret@host", "http:///user:***@host"},
        {"http://user:@host", "http://user:***@host"},
        {"http://:secret@host", "http://:***@host"},
        {"http://user:se@cr:et@host?a@b", "http://user:***@host?a@b"},
        {"https://u:p@[::1]:8080/", "https://u:***@[::1]:8080/"},
        {"http://user:se/cr?et#@host/", "http://user:***@host/"},
        {"http://user:12/cr@host/", NULL},
        {"http://user:123456/7@host/", "http://user:***@host/"},
        {"http://host:/a@b", NULL},
        {"\"http://user:secret@host/\"", "\"http:***@host/\""},
        {"http://[::1]/a:b@c", NULL},
        {"http://host/", NULL},
        {"http://user@host/", NULL},
        {"http://host:80/user:secret@x", NULL},
        {"http://host:80?user:secret@x", NULL},
        {"http://host:80#user:secret@x", NULL},
        {"host:80/@", NULL},
        {"", NULL},
        {"@", NULL},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char *shown = NULL;
        int r = url_without_password(cases[i].url, &shown);
        cr_expect(eq(int, r, cases[i].shown != NULL), "%s", cases[i].url);
        if (cases[i].shown)
            cr_expect_str_eq(shown, cases[i].shown);
        free(shown);
    }
}
