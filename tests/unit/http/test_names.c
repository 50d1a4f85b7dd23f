/* The names that libcurl is told to forget. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "http/names.h"

TestSuite(names, .timeout = 30);

enum { PUMPS = 2, REMEMBERED = 4096 };

static af_client client;

static void open_client(void)
{
    client = (af_client){.pump_limit = PUMPS};
    client.stale = calloc(PUMPS, sizeof *client.stale);
    origins_init(&client.origins, PUMPS, names_forget, &client);
}

static void close_client(void)
{
    for (size_t i = 0; i < PUMPS; i++)
        curl_slist_free_all(client.stale[i]);
    free(client.stale);
    client.stale = NULL;
    origins_free(&client.origins);
}

/* Takes the origin of a URL and gives it back, with addresses that libcurl has. */
static size_t use(const char *url)
{
    struct origin *origin;
    cr_assert_eq(origins_take(&client.origins, url, &origin), 0);
    if (!origin->given)
        cr_assert_eq(addresses_new("192.0.2.1", &origin->given), 0);
    size_t pump = origin->pump;
    origins_give_back(&client.origins, origin);
    return pump;
}

/* Has COUNT origins more. */
static void use_others(size_t from, size_t count)
{
    for (size_t i = from; i < from + count; i++) {
        char url[64];
        snprintf(url, sizeof url, "http://other-%zu.test/", i);
        use(url);
    }
}

static size_t count_stale(size_t pump, const char *entry)
{
    size_t count = 0;
    for (const struct curl_slist *stale = client.stale[pump]; stale; stale = stale->next)
        count += !entry || strcmp(stale->data, entry) == 0;
    return count;
}

Test(names, are_forgotten_in_the_pump_of_their_origin)
{
    open_client();
    size_t pump = use("http://one.test/");
    use_others(0, REMEMBERED);
    cr_expect_eq(count_stale(pump, "-one.test:80"), 1);
    cr_expect_eq(count_stale(1 - pump, NULL), 0);
    close_client();
}

Test(names, of_a_host_that_others_connect_to_as_well_are_kept)
{
    static const struct {
        const char *connected;
        size_t stale;
    } cases[] = {{"proxy.test:80", 0}, {"one.test.proxy.test:80", 0}, {"one.test:8080", 1}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct origin *origin;
        open_client();
        cr_assert_eq(origins_take(&client.origins, "http://one.test/", &origin), 0);
        origin->connected = strdup(cases[i].connected);
        origins_give_back(&client.origins, origin);
        size_t pump = use("http://one.test/");
        use_others(0, REMEMBERED);
        cr_expect_eq(count_stale(pump, NULL), cases[i].stale, "%s", cases[i].connected);
        close_client();
    }
}

/* libcurl's cache knows a host and a port, but no scheme. */
Test(names, are_kept_for_the_other_scheme_of_their_host_and_port)
{
    open_client();
    size_t pump = use("http://one.test:443/");
    use("http://another.test/");
    cr_assert_eq(use("https://one.test:443/"), pump);
    use_others(0, REMEMBERED - 1);
    cr_expect_eq(count_stale(pump, "-one.test:443"), 0, "the other scheme needs it");
    use_others(REMEMBERED, 2);
    cr_expect_eq(count_stale(pump, "-one.test:443"), 1);
    close_client();
}

Test(names, of_another_pump_do_not_matter)
{
    open_client();
    size_t pump = use("http://one.test:443/");
    cr_assert_neq(use("https://one.test:443/"), pump);
    use_others(0, REMEMBERED - 1);
    cr_expect_eq(count_stale(pump, "-one.test:443"), 1);
    close_client();
}
