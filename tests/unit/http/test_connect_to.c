/* The hosts that --connect-to connects to. */
#include <criterion/criterion.h>

#include "http/connect_to.h"

TestSuite(connect_to, .timeout = 30);

static void expect_target(const char *const *entries, const char *host, const char *target)
{
    struct curl_slist *list = NULL;
    char found[ORIGIN_SIZE] = "none";
    for (; *entries; entries++)
        list = curl_slist_append(list, *entries);
    cr_expect_eq(connect_to_find(list, host, found), target != NULL, "%s", host);
    cr_expect_str_eq(found, target ? target : "none", "%s: %s", host, found);
    curl_slist_free_all(list);
}

Test(connect_to, is_for_a_host_and_port)
{
    static const char *const entries[] = {"a.test:80:b.test:8080", NULL};
    expect_target(entries, "a.test:80", "b.test:8080");
    expect_target(entries, "a.test:443", NULL);
    expect_target(entries, "a.test:8", NULL);
    expect_target(entries, "a.tes:80", NULL);
    expect_target(entries, "aa.test:80", NULL);
    expect_target(entries, "a.test.:80", NULL);
}

Test(connect_to, takes_any_host_or_port_where_an_entry_names_none)
{
    static const char *const any_host[] = {":80:b.test:8080", NULL};
    static const char *const any_port[] = {"A.test::b.test:8080", NULL};
    static const char *const any[] = {"::b.test:8080", NULL};
    expect_target(any_host, "a.test:80", "b.test:8080");
    expect_target(any_host, "a.test:81", NULL);
    expect_target(any_port, "a.test:81", "b.test:8080");
    expect_target(any_port, "c.test:81", NULL);
    expect_target(any, "c.test:81", "b.test:8080");
}

Test(connect_to, keeps_the_host_or_port_where_an_entry_gives_none)
{
    static const char *const host[] = {"a.test:80:b.test:", "c.test:80:b.test", NULL};
    static const char *const port[] = {"a.test:80::8080", NULL};
    expect_target(host, "a.test:80", "b.test:80");
    expect_target(host, "c.test:80", "b.test:80");
    expect_target(port, "a.test:80", "a.test:8080");
}

Test(connect_to, is_of_the_first_entry_that_gives_any)
{
    static const char *const entries[] = {"b.test:80:x.test:1", "a.test:80::", "a.test:80:c.test:2",
                                          "::d.test:3", NULL};
    expect_target(entries, "a.test:80", "c.test:2");
    expect_target(entries, "e.test:80", "d.test:3");
}

Test(connect_to, knows_ipv6_addresses)
{
    static const char *const entries[] = {"[::1]:80:[2001:db8::1]:81", "a.test:80:[::2]", NULL};
    expect_target(entries, "[::1]:80", "[2001:db8::1]:81");
    expect_target(entries, "[::1]:81", NULL);
    expect_target(entries, "a.test:80", "[::2]:80");
}

Test(connect_to, survives_entries_that_libcurl_refuses)
{
    static const char *const entries[] = {
        "", "a.test", "a.test:", "a.test:80", "a.test:x:b:1", NULL};
    expect_target(entries, "a.test:80", NULL);
    cr_expect_not(connect_to_find(NULL, "a.test:80", (char[ORIGIN_SIZE]){0}));
}
