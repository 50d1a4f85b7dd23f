/* The addresses that --resolve gives. */
#include <criterion/criterion.h>
#include <errno.h>
#include <stdio.h>

#include "failing_allocation.h"
#include "http/resolve_list.h"

TestSuite(resolve_list, .timeout = 30);

static void expect_addresses(const struct resolve_list *list, const char *host, const char *text)
{
    const struct addresses *found = resolve_list_find(list, host);
    cr_assert_eq(found != NULL, text != NULL, "%s", host);
    if (text)
        cr_expect_str_eq(found->text, text, "%s: %s", host, found->text);
}

Test(resolve_list, finds_the_entry_of_a_host_and_port)
{
    static const char *const texts[] = {
        "b.test:80:192.0.2.1",
        "a.test:443:192.0.2.2,[2001:db8::1]",
        "+C.test:80:192.0.2.3",
        "a.test:80:2001:db8::2",
        "[::1]:80:192.0.2.4",
        "nothing",
        "a.test:80",
        NULL,
    };
    struct resolve_list list = {0};
    cr_assert_eq(resolve_list_init(&list, texts), 0);
    cr_expect_not(list.has_wildcard);
    expect_addresses(&list, "b.test:80", "192.0.2.1");
    expect_addresses(&list, "a.test:443", "192.0.2.2,[2001:db8::1]");
    expect_addresses(&list, "c.test:80", "192.0.2.3");
    expect_addresses(&list, "a.test:80", "2001:db8::2");
    expect_addresses(&list, "[::1]:80", "192.0.2.4");
    expect_addresses(&list, "a.test:8", NULL);
    expect_addresses(&list, "a.test:8080", NULL);
    expect_addresses(&list, "a.tes:80", NULL);
    resolve_list_free(&list);
}

Test(resolve_list, takes_the_last_entry_of_a_host)
{
    static const char *const texts[] = {"a.test:80:192.0.2.1", "b.test:80:192.0.2.9",
                                        "A.test:80:192.0.2.2", "a.TEST:80:192.0.2.3", NULL};
    struct resolve_list list = {0};
    cr_assert_eq(resolve_list_init(&list, texts), 0);
    cr_expect_eq(list.count, 2);
    expect_addresses(&list, "a.test:80", "192.0.2.3");
    expect_addresses(&list, "b.test:80", "192.0.2.9");
    resolve_list_free(&list);
}

Test(resolve_list, knows_that_an_entry_is_for_all_hosts)
{
    static const char *const texts[] = {"a.test:80:192.0.2.1", "*:80:192.0.2.2", NULL};
    struct resolve_list list = {0}, none = {0};
    cr_assert_eq(resolve_list_init(&list, texts), 0);
    cr_expect(list.has_wildcard);
    cr_assert_eq(resolve_list_init(&none, NULL), 0);
    expect_addresses(&none, "a.test:80", NULL);
    resolve_list_free(&list);
    resolve_list_free(&none);
}

Test(resolve_list, survives_want_of_memory)
{
    static const char *const texts[] = {"a.test:80:192.0.2.1", "a.test:80:192.0.2.2", NULL};
    bool failed = true;
    for (size_t number = 1; failed; number++) {
        long live = live_allocations();
        struct resolve_list list = {0};
        fail_allocation(number, false);
        int r = resolve_list_init(&list, texts);
        failed = stop_failing();
        cr_expect_eq(r, failed ? -ENOMEM : 0);
        resolve_list_free(&list);
        cr_expect_eq(live_allocations(), live, "allocation %zu", number);
    }
}
