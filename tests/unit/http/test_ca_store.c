/* The CA certificates that servers are verified by: what is accepted, what is refused, and that
 * they are read once. */
#include <criterion/criterion.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <afetch/error.h>

#include "certificate.h"
#include "failing_allocation.h"
#include "http/ca_store.h"
#include "tls_server.h"

TestSuite(ca_store, .timeout = 60);

static const char *const variables[] = {"CURL_CA_BUNDLE", "SSL_CERT_FILE", "SSL_CERT_DIR"};

/* An authority, a file that has its certificate, and a server that it vouches for. */
struct world {
    struct certificate authority;
    struct certificate stranger; /* an authority too, which is not in the file */
    struct certificate server_certificate;
    struct tls_server server;
    char file[64];
};

static void world_open(struct world *world, const struct certificate_request *server)
{
    for (size_t i = 0; i < sizeof variables / sizeof variables[0]; i++)
        unsetenv(variables[i]);
    cr_assert_eq(curl_global_init(CURL_GLOBAL_DEFAULT), CURLE_OK);
    *world = (struct world){
        .authority = certificate_new(&(struct certificate_request){.name = "authority"}),
        .stranger = certificate_new(&(struct certificate_request){.name = "stranger"}),
        .file = "/tmp/afetch-ca-XXXXXX"};
    struct certificate_request request = {.name = "server", .alternative = "IP:127.0.0.1"};
    if (server)
        request = *server;
    if (!request.issuer)
        request.issuer = &world->authority;
    world->server_certificate = certificate_new(&request);
    tls_server_start(&world->server, &world->server_certificate, NULL);
    world->server.closes = true;
    certificates_write(world->file, (const struct certificate *[]){&world->authority}, 1);
}

static void world_close(struct world *world)
{
    tls_server_stop(&world->server);
    certificate_free(&world->server_certificate);
    certificate_free(&world->stranger);
    certificate_free(&world->authority);
    unlink(world->file);
}

static size_t ignore_body(char *data, size_t size, size_t count, void *arg)
{
    (void)data, (void)arg;
    return size * count;
}

/* A handle with a request to the server that is verified by the store. */
static CURL *prepare(struct ca_store *store, const struct world *world)
{
    CURL *curl = curl_easy_init();
    cr_assert(curl);
    cr_assert_eq(curl_easy_setopt(curl, CURLOPT_URL, world->server.url), CURLE_OK);
    cr_assert_eq(curl_easy_setopt(curl, CURLOPT_PROXY, ""), CURLE_OK);
    cr_assert_eq(curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, ignore_body), CURLE_OK);
    cr_assert_eq(ca_store_apply(store, curl), CURLE_OK);
    return curl;
}

static CURLcode fetch(struct ca_store *store, const struct world *world)
{
    CURL *curl = prepare(store, world);
    CURLcode code = curl_easy_perform(curl);
    curl_easy_cleanup(curl);
    return code;
}

static struct ca_store *open_file(const char *file)
{
    struct ca_store *store;
    cr_assert_eq(ca_store_new(file, &store), 0);
    return store;
}

/* The store whose default file, which no option names, is FILE. */
static struct ca_store *open_default(const char *file)
{
    struct ca_store *store;
    struct ca_locations locations = {.file.path = strdup(file)};
    cr_assert_eq(ca_store_open(&locations, &store), 0);
    return store;
}

static void expect_fetch(const struct certificate_request *server, CURLcode code)
{
    struct world world;
    world_open(&world, server);
    struct ca_store *store = open_file(world.file);
    for (int i = 0; i < 3; i++)
        cr_expect_eq(fetch(store, &world), code);
    ca_store_free(store);
    world_close(&world);
}

/* ------------------------------------------------------------- verification */

Test(ca_store, libcurl_is_given_the_certificates_themselves)
{
    struct world world;
    world_open(&world, NULL);
    struct ca_store *store = open_file(world.file);
    cr_expect(store->is_shared, "%s is not the OpenSSL linked here",
              curl_version_info(CURLVERSION_NOW)->ssl_version);
    ca_store_free(store);
    world_close(&world);
}

Test(ca_store, a_server_that_the_authority_vouches_for_is_accepted)
{
    expect_fetch(NULL, CURLE_OK);
}

Test(ca_store, a_server_of_another_authority_is_refused)
{
    struct certificate other = certificate_new(&(struct certificate_request){.name = "other"});
    expect_fetch(&(struct certificate_request){.name = "server",
                                               .alternative = "IP:127.0.0.1",
                                               .issuer = &other},
                 CURLE_PEER_FAILED_VERIFICATION);
    certificate_free(&other);
}

Test(ca_store, an_authority_of_the_same_name_and_another_key_is_refused)
{
    struct certificate other = certificate_new(&(struct certificate_request){.name = "authority"});
    struct world world;
    world_open(&world, &(struct certificate_request){
                           .name = "server", .alternative = "IP:127.0.0.1", .issuer = &other});
    struct ca_store *store = open_file(world.file);
    /* Older ones do not say that it was the certificate. */
    CURLcode code = fetch(store, &world);
    cr_expect(code == CURLE_PEER_FAILED_VERIFICATION || code == CURLE_SSL_CONNECT_ERROR, "%d",
              (int)code);
    ca_store_free(store);
    world_close(&world);
    certificate_free(&other);
}

Test(ca_store, an_expired_certificate_is_refused)
{
    expect_fetch(&(struct certificate_request){.name = "server",
                                               .alternative = "IP:127.0.0.1",
                                               .expires = -3600},
                 CURLE_PEER_FAILED_VERIFICATION);
}

Test(ca_store, a_certificate_of_another_name_is_refused)
{
    expect_fetch(
        &(struct certificate_request){.name = "server", .alternative = "DNS:other.invalid"},
        CURLE_PEER_FAILED_VERIFICATION);
}

Test(ca_store, an_authority_in_the_file_is_trusted_though_it_is_no_root)
{
    struct certificate root = certificate_new(&(struct certificate_request){.name = "root"});
    struct certificate middle =
        certificate_new(&(struct certificate_request){.name = "middle", .issuer = &root});
    struct world world;
    world_open(&world, &(struct certificate_request){
                           .name = "server", .alternative = "IP:127.0.0.1", .issuer = &middle});
    char file[] = "/tmp/afetch-ca-XXXXXX";
    certificates_write(file, (const struct certificate *[]){&middle}, 1);
    struct ca_store *store = open_file(file);
    cr_expect_eq(fetch(store, &world), CURLE_OK);
    ca_store_free(store);
    unlink(file);
    world_close(&world);
    certificate_free(&middle);
    certificate_free(&root);
}

Test(ca_store, it_verifies_by_the_files_names_where_libcurl_cannot_be_given_the_certificates)
{
    struct world world;
    world_open(&world, NULL);
    char file[] = "/tmp/afetch-ca-XXXXXX";
    certificates_write(file, (const struct certificate *[]){&world.stranger}, 1);
    struct ca_store *store = open_file(world.file), *wrong = open_file(file);
    store->is_shared = wrong->is_shared = false;
    cr_expect_eq(fetch(store, &world), CURLE_OK);
    cr_expect_eq(fetch(wrong, &world), CURLE_PEER_FAILED_VERIFICATION);
    ca_store_free(store);
    ca_store_free(wrong);
    unlink(file);
    world_close(&world);
}

/* -------------------------------------------------------------- placeholder */

Test(ca_store, only_a_libcurl_that_forgets_the_placeholder_is_given_one)
{
    struct world world;
    world_open(&world, NULL);
    struct ca_store *store = open_file(world.file);
    bool forgets = curl_version_info(CURLVERSION_NOW)->version_num >= 0x081100;
    cr_expect_eq(store->placeholder.data != NULL, forgets);
    ca_store_free(store);
    world_close(&world);
}

Test(ca_store, the_placeholder_itself_vouches_for_nothing)
{
    struct world world;
    world_open(&world, &(struct certificate_request){
                           .name = "server", .alternative = "IP:127.0.0.1", .issuer = NULL});
    struct ca_store *store = open_file(world.file);
    char *pem = certificate_pem(&world.authority);
    char file[] = "/tmp/afetch-ca-XXXXXX";
    certificates_write(file, (const struct certificate *[]){&world.stranger}, 1);
    struct ca_store *strict = open_file(file);
    /* Below 8.17 there is none to be replaced. */
    if (strict->placeholder.data)
        strict->placeholder = (struct curl_blob){pem, strlen(pem), CURL_BLOB_COPY};
    cr_expect_eq(fetch(store, &world), CURLE_OK);
    for (int i = 0; i < 3; i++)
        cr_expect_eq(fetch(strict, &world), CURLE_PEER_FAILED_VERIFICATION);
    ca_store_free(store);
    ca_store_free(strict);
    free(pem);
    unlink(file);
    world_close(&world);
}

/* ---------------------------------------------------------------- read once */

/* Runs COUNT transfers at once in a multi handle, and expects that all end with CODE. */
static void fetch_many(struct ca_store *store, const struct world *world, size_t count,
                       CURLcode code)
{
    CURLM *multi = curl_multi_init();
    CURL *handles[16];
    cr_assert(multi && count <= sizeof handles / sizeof handles[0]);
    for (size_t i = 0; i < count; i++) {
        handles[i] = prepare(store, world);
        cr_assert_eq(curl_multi_add_handle(multi, handles[i]), CURLM_OK);
    }
    int running = 1, left;
    while (running) {
        cr_assert_eq(curl_multi_perform(multi, &running), CURLM_OK);
        if (running)
            cr_assert_eq(curl_multi_poll(multi, NULL, 0, 1000, NULL), CURLM_OK);
    }
    size_t ended = 0;
    for (CURLMsg *message; (message = curl_multi_info_read(multi, &left)); ended++)
        cr_expect_eq(message->data.result, code, "%d", (int)message->data.result);
    cr_expect_eq(ended, count);
    for (size_t i = 0; i < count; i++) {
        curl_multi_remove_handle(multi, handles[i]);
        curl_easy_cleanup(handles[i]);
    }
    curl_multi_cleanup(multi);
}

Test(ca_store, a_file_is_read_once_for_all_handles_of_all_multis)
{
    struct world world;
    world_open(&world, NULL);
    struct ca_store *store = open_file(world.file);
    cr_assert_eq(truncate(world.file, 0), 0);
    for (int i = 0; i < 3; i++)
        fetch_many(store, &world, 8, CURLE_OK);
    cr_expect_eq(world.server.handshakes, 24);
    ca_store_free(store);
    world_close(&world);
}

Test(ca_store, all_handles_of_all_multis_refuse_another_authority)
{
    struct world world;
    world_open(&world, NULL);
    char file[] = "/tmp/afetch-ca-XXXXXX";
    certificates_write(file, (const struct certificate *[]){&world.stranger}, 1);
    struct ca_store *store = open_file(file);
    for (int i = 0; i < 3; i++)
        fetch_many(store, &world, 8, CURLE_PEER_FAILED_VERIFICATION);
    ca_store_free(store);
    unlink(file);
    world_close(&world);
}

Test(ca_store, libcurls_default_file_is_read_at_the_first_handshake_and_then_no_more)
{
    struct world world;
    world_open(&world, NULL);
    char later[80];
    snprintf(later, sizeof later, "%s-later", world.file);
    struct ca_store *store = open_default(later);
    cr_assert_eq(rename(world.file, later), 0);
    cr_expect_eq(fetch(store, &world), CURLE_OK);
    cr_assert_eq(unlink(later), 0);
    for (int i = 0; i < 3; i++)
        fetch_many(store, &world, 4, CURLE_OK);
    ca_store_free(store);
    world_close(&world);
}

Test(ca_store, a_connection_is_used_again_by_another_handle_with_the_same_store)
{
    struct world world;
    world_open(&world, NULL);
    world.server.closes = false;
    struct ca_store *store = open_file(world.file);
    CURLSH *share = curl_share_init();
    cr_assert_eq(curl_share_setopt(share, CURLSHOPT_SHARE, CURL_LOCK_DATA_CONNECT), CURLSHE_OK);
    for (int i = 0; i < 3; i++) {
        CURL *curl = prepare(store, &world);
        cr_assert_eq(curl_easy_setopt(curl, CURLOPT_SHARE, share), CURLE_OK);
        cr_expect_eq(curl_easy_perform(curl), CURLE_OK);
        curl_easy_cleanup(curl);
    }
    cr_expect_eq(world.server.handshakes, 1);
    curl_share_cleanup(share);
    ca_store_free(store);
    world_close(&world);
}

Test(ca_store, a_tls_session_is_resumed_by_another_handle_with_the_same_store)
{
    struct world world;
    world_open(&world, NULL);
    struct ca_store *store = open_file(world.file);
    CURLSH *share = curl_share_init();
    cr_assert_eq(curl_share_setopt(share, CURLSHOPT_SHARE, CURL_LOCK_DATA_SSL_SESSION), CURLSHE_OK);
    for (int i = 0; i < 3; i++) {
        CURL *curl = prepare(store, &world);
        cr_assert_eq(curl_easy_setopt(curl, CURLOPT_SHARE, share), CURLE_OK);
        cr_expect_eq(curl_easy_perform(curl), CURLE_OK);
        curl_easy_cleanup(curl);
    }
    cr_expect_eq(world.server.handshakes, 3);
    cr_expect_eq(world.server.resumed, 2);
    curl_share_cleanup(share);
    ca_store_free(store);
    world_close(&world);
}

/* ------------------------------------------------------- what cannot be read */

static void expect_error(const char *file, const char *why)
{
    struct ca_store *store = NULL;
    char text[256];
    snprintf(text, sizeof text, "CA file %s: %s", file, why);
    int r = ca_store_new(file, &store);
    cr_expect_eq(r, -EINVAL);
    cr_expect_str_eq(af_error_text(af_raised(r)), text);
    cr_expect_null(store);
}

static void write_file(char *path, const char *content)
{
    int fd = mkstemp(path);
    cr_assert_geq(fd, 0);
    cr_assert_eq(write(fd, content, strlen(content)), (ssize_t)strlen(content));
    close(fd);
}

Test(ca_store, a_named_file_that_cannot_be_read_is_an_error_at_once)
{
    expect_error("/nowhere/ca.pem", "No such file or directory");
    expect_error("/tmp", "Is a directory");
}

Test(ca_store, a_file_of_the_environment_is_checked_at_once_and_read_at_the_first_handshake)
{
    struct world world;
    world_open(&world, NULL);
    char *pem = certificate_pem(&world.authority);
    char file[] = "/tmp/afetch-ca-XXXXXX", empty[] = "/tmp/afetch-ca-XXXXXX";
    write_file(file, pem);
    write_file(empty, "nothing\n");
    unsetenv("CURL_CA_BUNDLE");
    unsetenv("SSL_CERT_DIR");
    const char *const refused[] = {"/nowhere/ca.pem", "/tmp", empty};
    struct ca_store *store = NULL;
    for (size_t i = 0; i < sizeof refused / sizeof refused[0]; i++) {
        setenv("SSL_CERT_FILE", refused[i], 1);
        int r = ca_store_new(NULL, &store);
        cr_expect_eq(r, -EINVAL, "%s", refused[i]);
        cr_expect(strstr(af_error_text(af_raised(r)), refused[i]));
    }
    setenv("SSL_CERT_FILE", file, 1);
    cr_assert_eq(ca_store_new(NULL, &store), 0);
    cr_expect_null(store->certificates);
    fetch_many(store, &world, 4, CURLE_OK);
    cr_expect_not_null(store->certificates);
    ca_store_free(store);
    unlink(file);
    unlink(empty);
    free(pem);
    world_close(&world);
}

Test(ca_store, a_named_file_without_a_certificate_is_an_error_at_once)
{
    static const char *const contents[] = {"", "nothing\n", "\x30\x82\x01\x0a"};
    for (size_t i = 0; i < sizeof contents / sizeof contents[0]; i++) {
        char file[] = "/tmp/afetch-ca-XXXXXX";
        write_file(file, contents[i]);
        expect_error(file, "no certificate in it");
        unlink(file);
    }
}

Test(ca_store, a_named_file_with_a_broken_certificate_is_an_error_at_once)
{
    struct world world;
    world_open(&world, NULL);
    char *pem = certificate_pem(&world.authority), text[4096];
    snprintf(text, sizeof text, "%s-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n",
             pem);
    char file[] = "/tmp/afetch-ca-XXXXXX";
    write_file(file, text);
    struct ca_store *store;
    int r = ca_store_new(file, &store);
    cr_expect_eq(r, -EINVAL);
    cr_expect(strstr(af_error_text(af_raised(r)), file));
    unlink(file);
    free(pem);
    world_close(&world);
}

Test(ca_store, a_default_file_that_cannot_be_read_fails_each_handshake_and_is_named)
{
    struct world world;
    world_open(&world, NULL);
    struct ca_store *store = open_default("/nowhere/ca.pem");
    fetch_many(store, &world, 4, CURLE_SSL_CACERT_BADFILE);
    cr_expect_null(ca_store_error(store, CURLE_COULDNT_CONNECT));
    cr_expect_str_eq(ca_store_error(store, CURLE_SSL_CACERT_BADFILE),
                     "CA bundle /nowhere/ca.pem: No such file or directory");
    ca_store_free(store);
    world_close(&world);
}

Test(ca_store, without_memory_it_is_not_made_and_leaves_nothing)
{
    struct world world;
    world_open(&world, NULL);
    size_t number = 1;
    for (bool failed = true; failed; number++) {
        long live = live_allocations();
        struct ca_store *store = NULL;
        fail_allocation(number, false);
        int r = ca_store_new(world.file, &store);
        failed = stop_failing();
        cr_expect_eq(r, failed ? -ENOMEM : 0);
        ca_store_free(store);
        cr_expect_eq(live_allocations(), live);
    }
    cr_expect_gt(number, 2);
    world_close(&world);
}

/* ---------------------------------------------------------------- locations */

static void expect_locations(const char *ca_file, const char *file, const char *file_origin,
                             const char *directory, const char *directory_origin)
{
    struct ca_locations locations;
    cr_assert_eq(ca_locations_find(ca_file, &locations), 0);
    const char *const found[] = {locations.file.path, locations.file.origin,
                                 locations.directory.path, locations.directory.origin};
    const char *const expected[] = {file, file_origin, directory, directory_origin};
    for (size_t i = 0; i < 4; i++)
        cr_expect_str_eq(found[i] ? found[i] : "(none)", expected[i] ? expected[i] : "(none)");
    ca_locations_free(&locations);
}

Test(ca_store, the_locations_are_the_options_or_the_environments_or_libcurls)
{
    const curl_version_info_data *curl = curl_version_info(CURLVERSION_NOW);
    for (size_t i = 0; i < sizeof variables / sizeof variables[0]; i++)
        setenv(variables[i], "", 1);
    expect_locations(NULL, curl->cainfo, NULL, curl->capath, NULL);
    setenv("SSL_CERT_FILE", "/file", 1);
    expect_locations(NULL, "/file", "SSL_CERT_FILE", curl->capath, NULL);
    setenv("SSL_CERT_DIR", "/directory", 1);
    expect_locations(NULL, "/file", "SSL_CERT_FILE", "/directory", "SSL_CERT_DIR");
    setenv("CURL_CA_BUNDLE", "/bundle", 1);
    expect_locations(NULL, "/bundle", "CURL_CA_BUNDLE", NULL, NULL);
    expect_locations("/option", "/option", "CA file", NULL, NULL);
}

Test(ca_store, a_named_directory_that_cannot_be_opened_is_an_error_at_once)
{
    static const struct {
        const char *value;
        int result;
    } cases[] = {{"/nowhere", -EINVAL},
                 {"/dev/null", -EINVAL},
                 {"/nowhere:/dev/null", -EINVAL},
                 {"/nowhere:/tmp", 0},
                 {"/tmp", 0}};
    unsetenv("CURL_CA_BUNDLE");
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct ca_locations locations;
        setenv("SSL_CERT_DIR", cases[i].value, 1);
        cr_assert_eq(ca_locations_find(NULL, &locations), 0);
        cr_expect_eq(ca_locations_check_directory(&locations), cases[i].result, "%s",
                     cases[i].value);
        ca_locations_free(&locations);
    }
}
