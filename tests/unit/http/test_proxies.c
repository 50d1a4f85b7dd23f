/* The proxy whose name a request needs. */
#include <criterion/criterion.h>
#include <curl/curl.h>
#include <errno.h>
#include <stdlib.h>

#include "http/proxies.h"

static void clear_environment(void)
{
    static const char *const names[] = {"http_proxy", "https_proxy", "all_proxy", "no_proxy",
                                        "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        unsetenv(names[i]);
}

TestSuite(proxies, .timeout = 30, .init = clear_environment);

/* PROXY is "proxy.test:3128", or NULL. */
static void expect_proxy(const char *option, const char *origin, const char *host)
{
    struct proxies proxies;
    const struct proxy *proxy;
    cr_assert_eq(proxies_init(&proxies, option), 0);
    cr_assert_eq(proxies_find(&proxies, origin, &proxy), 0);
    cr_assert_eq(proxy != NULL, host != NULL, "%s", origin);
    if (host)
        cr_expect_str_eq(proxy->host, host, "%s", origin);
}

Test(proxies, are_none_by_default)
{
    struct proxies proxies;
    cr_assert_eq(proxies_init(&proxies, NULL), 0);
    cr_expect_not(proxies_exist(&proxies));
    expect_proxy(NULL, "http://a.test:80", NULL);
}

Test(proxies, of_the_option_are_for_both_schemes)
{
    setenv("http_proxy", "http://other.test", 1);
    expect_proxy("http://proxy.test:3128", "http://a.test:80", "proxy.test:3128");
    expect_proxy("http://proxy.test:3128", "https://a.test:443", "proxy.test:3128");
    expect_proxy("", "http://a.test:80", NULL);
}

Test(proxies, of_a_variable_are_for_its_scheme)
{
    setenv("HTTP_PROXY", "http://never.test:1", 1);
    setenv("https_proxy", "http://proxy.test:3128", 1);
    expect_proxy(NULL, "http://a.test:80", NULL);
    expect_proxy(NULL, "https://a.test:443", "proxy.test:3128");
    setenv("http_proxy", "", 1);
    setenv("ALL_PROXY", "http://all.test:3128", 1);
    expect_proxy(NULL, "http://a.test:80", "all.test:3128");
    expect_proxy(NULL, "https://a.test:443", "proxy.test:3128");
}

/* From 8.21 on libcurl takes the schemes' own ports. */
Test(proxies, have_the_ports_that_libcurl_gives_them)
{
    bool is_recent = curl_version_info(CURLVERSION_NOW)->version_num >= 0x081500;
    const char *http = is_recent ? "proxy.test:80" : "proxy.test:1080";
    expect_proxy("Proxy.test", "http://a.test:80", http);
    expect_proxy("http://name:word@proxy.test", "http://a.test:80", http);
    expect_proxy("https://proxy.test", "http://a.test:80", "proxy.test:443");
    expect_proxy("socks5h://proxy.test", "http://a.test:80", "proxy.test:1080");
    expect_proxy("http://[::1]:80", "http://a.test:80", "[::1]:80");
    expect_proxy("http://a:80", "http://a.test:80", "a:80");
}

Test(proxies, are_not_used_for_hosts_of_no_proxy)
{
    static const struct {
        const char *no_proxy;
        const char *origin;
        bool is_exempt;
    } cases[] = {
        {"a.test", "http://a.test:80", true},
        {"a.test", "https://x.a.test:8443", true},
        {".a.test", "http://x.a.test:80", true},
        {"a.test", "http://ba.test:80", false},
        {"b.test,A.test", "http://a.test:80", true},
        {"*", "http://a.test:80", true},
        {"10.0.0.0/8", "http://10.1.2.3:80", true},
        {"10.0.0.0/8", "http://11.1.2.3:80", false},
        {"127.0.0.1", "http://localhost:80", false},
        {"localhost", "http://localhost:80", true},
        {"2001:db8::1", "http://[2001:db8::1]:80", true},
        {"2001:db8::2", "http://[2001:db8::1]:80", false},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        setenv("no_proxy", cases[i].no_proxy, 1);
        expect_proxy("http://proxy.test:3128", cases[i].origin,
                     cases[i].is_exempt ? NULL : "proxy.test:3128");
    }
}

Test(proxies, of_socks_with_a_name_may_need_another_name_too)
{
    static const struct {
        const char *option;
        bool needs_two;
    } cases[] = {
        {"socks5://proxy.test", true},   {"socks4://proxy.test", true},
        {"socks5h://proxy.test", false}, {"socks4a://proxy.test", false},
        {"socks5://127.0.0.1", false},   {"http://proxy.test", false},
        {"socks.test", false},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct proxies proxies;
        cr_assert_eq(proxies_init(&proxies, cases[i].option), 0);
        cr_expect_eq(proxies_need_two_names(&proxies), cases[i].needs_two, "%s", cases[i].option);
    }
}

Test(proxies, are_checked)
{
    struct proxies proxies;
    cr_expect_eq(proxies_init(&proxies, "ftp://proxy.test"), -EINVAL);
    setenv("all_proxy", "http://[::1", 1);
    cr_expect_eq(proxies_init(&proxies, NULL), -EINVAL);
}
