/* Bodies that end with their connection, and connections that somebody else may have ended. */
#include <criterion/criterion.h>
#include <unistd.h>

#include "http/ca_store.h"
#include "http/tls_context.h"
#include "tls_server.h"

TestSuite(tls_context, .timeout = 60);

struct world {
    struct certificate certificate;
    struct tls_server server;
    char file[64];
    struct ca_store *store;
};

static void world_open(struct world *world)
{
    cr_assert_eq(curl_global_init(CURL_GLOBAL_DEFAULT), CURLE_OK);
    *world = (struct world){.file = "/tmp/afetch-tls-XXXXXX"};
    world->certificate = certificate_new(
        &(struct certificate_request){.name = "server", .alternative = "IP:127.0.0.1"});
    certificates_write(world->file, (const struct certificate *[]){&world->certificate}, 1);
    cr_assert_eq(ca_store_new(world->file, &world->store), 0);
    tls_server_start(&world->server, &world->certificate, NULL);
    world->server.closes = true;
}

static void world_close(struct world *world)
{
    tls_server_stop(&world->server);
    ca_store_free(world->store);
    certificate_free(&world->certificate);
    unlink(world->file);
}

static size_t ignore_body(char *data, size_t size, size_t count, void *arg)
{
    (void)data, (void)arg;
    return size * count;
}

static CURLcode fetch(struct world *world, bool verifies)
{
    CURL *curl = curl_easy_init();
    cr_assert(curl);
    cr_assert_eq(curl_easy_setopt(curl, CURLOPT_URL, world->server.url), CURLE_OK);
    cr_assert_eq(curl_easy_setopt(curl, CURLOPT_PROXY, ""), CURLE_OK);
    cr_assert_eq(curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, ignore_body), CURLE_OK);
    curl_easy_setopt(curl, CURLOPT_SSL_VERIFYPEER, (long)verifies);
    CURLcode code = verifies ? ca_store_apply(world->store, curl) : tls_context_apply(curl);
    cr_assert_eq(code, CURLE_OK);
    code = curl_easy_perform(curl);
    curl_easy_cleanup(curl);
    return code;
}

/* Fetches with and without certificates verified. */
static void expect(bool is_unsized, bool is_cut, CURLcode code)
{
    struct world world;
    world_open(&world);
    world.server.is_unsized = is_unsized;
    world.server.is_cut = is_cut;
    for (int verifies = 0; verifies <= 1; verifies++)
        cr_expect_eq(fetch(&world, verifies), code);
    world_close(&world);
}

Test(tls_context, a_body_without_a_length_ends_with_a_close_notify)
{
    expect(true, false, CURLE_OK);
}

Test(tls_context, a_body_without_a_length_is_not_whole_without_a_close_notify)
{
    expect(true, true, CURLE_RECV_ERROR);
}

Test(tls_context, a_body_of_its_length_is_whole_whatever_ends_the_connection)
{
    expect(false, true, CURLE_OK);
    expect(false, false, CURLE_OK);
}

Test(tls_context, it_is_shared_where_name_and_version_are_ours_alone)
{
    static const char *const others[] = {"GnuTLS/3.7.9", "OpenSSL/1.0.2", "OpenSSL/", "", NULL};
    cr_expect(tls_context_is_shared(curl_version_info(CURLVERSION_NOW)));
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++)
        cr_expect_not(tls_context_is_shared(&(curl_version_info_data){.ssl_version = others[i]}));
}
