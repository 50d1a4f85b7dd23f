#include "http/ca_store.h"

#include <errno.h>
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509_vfy.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <afetch/error.h>

#include "http/easy_state.h"
#include "http/tls_context.h"

/* libcurl is given this instead of a directory. Below libcurl 8.3 one that was built with a
 * fallback would add OpenSSL's default certificates to the store where it is given none. */
static const char NO_DIRECTORY[] = "/dev/null";

/* A certificate by which nothing can be verified. Its public key is the SHA-256 of "afetch: a key
 * that nobody has", to which nobody can know the private key; it expired in 1950, and its signature
 * is all zeros. */
static const char PLACEHOLDER[] =
    "-----BEGIN CERTIFICATE-----\n"
    "MIHqMIGdoAMCAQICAQEwBQYDK2VwMB8xHTAbBgNVBAMMFGFmZXRjaCB0cnVzdHMg\n"
    "bm9ib2R5MB4XDTUwMDEwMTAwMDAwMFoXDTUwMDEwMTAwMDAwMVowHzEdMBsGA1UE\n"
    "AwwUYWZldGNoIHRydXN0cyBub2JvZHkwKjAFBgMrZXADIQAcJ1dxsAVhv4/Zjyoj\n"
    "JS2XixF40/yuO6qedP+BV1YOOjAFBgMrZXADQQAAAAAAAAAAAAAAAAAAAAAAAAAA\n"
    "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\n"
    "-----END CERTIFICATE-----\n";

/* ----------------------------------------------------------------- reading */

static bool lacks_memory(unsigned long error)
{
    return ERR_GET_REASON(error) == ERR_R_MALLOC_FAILURE;
}

static bool is_directory(const char *path)
{
    struct stat status;
    return path && stat(path, &status) == 0 && S_ISDIR(status.st_mode);
}

/* The meaning of what OpenSSL noted as it failed to read PATH. */
static const char *describe_failure(const char *path)
{
    unsigned long first = ERR_peek_error(), last = ERR_peek_last_error();
    if (is_directory(path)) /* OpenSSL finds no certificate in it */
        return strerror(EISDIR);
    if (ERR_GET_LIB(first) == ERR_LIB_SYS)
        return strerror(ERR_GET_REASON(first));
    bool is_empty =
        (ERR_GET_LIB(last) == ERR_LIB_X509 &&
         ERR_GET_REASON(last) == X509_R_NO_CERTIFICATE_OR_CRL_FOUND) ||
        (ERR_GET_LIB(last) == ERR_LIB_PEM && ERR_GET_REASON(last) == PEM_R_NO_START_LINE);
    if (is_empty)
        return "no certificate in it";
    const char *reason = ERR_reason_error_string(first);
    return reason ? reason : "not a file of certificates";
}

static int note_failure(struct ca_store *store)
{
    const struct ca_location *file = &store->locations.file;
    if (lacks_memory(ERR_peek_last_error()))
        return -ENOMEM;
    if (asprintf(&store->error, "%s %s: %s", file->origin ? file->origin : "CA bundle",
                 file->path ? file->path : "(default)", describe_failure(file->path)) < 0) {
        store->error = NULL;
        return -ENOMEM;
    }
    return -EINVAL;
}

/* A libcurl without defaults leaves it to OpenSSL where they are. */
static bool load(X509_STORE *certificates, const struct ca_locations *locations)
{
    const char *file = locations->file.path, *directory = locations->directory.path;
    if (!file && !directory)
        return X509_STORE_set_default_paths(certificates) == 1;
    return X509_STORE_load_locations(certificates, file, directory) == 1;
}

/* Reads the certificates, unless that was done. -ENOMEM; -EINVAL: store->error says why. */
static int read_certificates(struct ca_store *store)
{
    if (store->certificates)
        return 0;
    if (store->error)
        return -EINVAL;
    X509_STORE *certificates = X509_STORE_new();
    if (!certificates)
        return -ENOMEM;
    ERR_clear_error();
    /* libcurl's own: a certificate of the store is trusted though it be no root, and comes before
     * those that a server sends. */
    X509_STORE_set_flags(certificates, X509_V_FLAG_PARTIAL_CHAIN | X509_V_FLAG_TRUSTED_FIRST);
    int r = load(certificates, &store->locations) ? 0 : note_failure(store);
    ERR_clear_error();
    if (r < 0)
        X509_STORE_free(certificates);
    else
        store->certificates = certificates;
    return r;
}

/* -------------------------------------------------------------------- life */

/* From libcurl 8.17 on a handle without a file of certificates gets the default one, and parses it
 * for each connection; given a blob, it does not. By then the store takes the place of all that it
 * has read. Below 8.3 it came before that, so that the blob was added to it. */
static struct curl_blob choose_placeholder(const curl_version_info_data *curl)
{
    if (curl->version_num < 0x081100)
        return (struct curl_blob){0};
    return (struct curl_blob){(void *)PLACEHOLDER, sizeof PLACEHOLDER - 1, CURL_BLOB_NOCOPY};
}

/* Reading all of a system's bundle takes longer than a whole run without TLS. */
static int check_first_certificate(struct ca_store *store)
{
    ERR_clear_error();
    BIO *file = BIO_new_file(store->locations.file.path, "r");
    X509 *certificate = file ? PEM_read_bio_X509_AUX(file, NULL, NULL, NULL) : NULL;
    int r = certificate ? 0 : note_failure(store);
    ERR_clear_error();
    X509_free(certificate);
    BIO_free(file);
    return r;
}

/* Refuses a named location that is of no use before the first request. */
static int check(struct ca_store *store)
{
    const struct ca_location *file = &store->locations.file;
    int r = ca_locations_check_directory(&store->locations);
    if (r >= 0 && file->origin)
        r = file->is_asked_for ? read_certificates(store) : check_first_certificate(store);
    return store->error ? af_raise(r, "%s", store->error) : r;
}

int ca_store_open(struct ca_locations *locations, struct ca_store **ret_store)
{
    const curl_version_info_data *curl = curl_version_info(CURLVERSION_NOW);
    struct ca_store *store = calloc(1, sizeof *store);
    if (!store) {
        ca_locations_free(locations);
        return -ENOMEM;
    }
    store->locations = *locations;
    store->is_shared = tls_context_is_shared(curl);
    store->placeholder = choose_placeholder(curl);
    int r = check(store);
    if (r < 0) {
        ca_store_free(store);
        return r;
    }
    *ret_store = store;
    return 0;
}

int ca_store_new(const char *ca_file, struct ca_store **ret_store)
{
    struct ca_locations locations;
    int r = ca_locations_find(ca_file, &locations);
    return r < 0 ? r : ca_store_open(&locations, ret_store);
}

void ca_store_free(struct ca_store *store)
{
    if (!store)
        return;
    X509_STORE_free(store->certificates);
    ca_locations_free(&store->locations);
    free(store->error);
    free(store);
}

const char *ca_store_error(const struct ca_store *store, CURLcode result)
{
    return store && result == CURLE_SSL_CACERT_BADFILE ? store->error : NULL;
}

/* ---------------------------------------------------------------- applying */

/* libcurl's callback, for each connection to a server or an HTTPS proxy. */
static CURLcode use_certificates(CURL *curl, void *context, void *arg)
{
    struct ca_store *store = arg;
    easy_note_handshake(curl);
    int r = read_certificates(store);
    if (r < 0)
        return r == -ENOMEM ? CURLE_OUT_OF_MEMORY : CURLE_SSL_CACERT_BADFILE;
    SSL_CTX_set1_cert_store(context, store->certificates);
    tls_context_report_early_end(context);
    return CURLE_OK;
}

static bool is_refused(CURLcode code)
{
    return code == CURLE_NOT_BUILT_IN || code == CURLE_UNKNOWN_OPTION;
}

/* Sets an option of servers and its like of proxies, which a libcurl may be built without. */
static CURLcode set_both(CURL *curl, CURLoption option, CURLoption proxy_option, const void *value)
{
    CURLcode code = curl_easy_setopt(curl, option, value);
    if (code == CURLE_OK || is_refused(code))
        code = curl_easy_setopt(curl, proxy_option, value);
    return is_refused(code) ? CURLE_OK : code;
}

static CURLcode set_locations(CURL *curl, const char *file, const char *directory)
{
    CURLcode code = set_both(curl, CURLOPT_CAINFO, CURLOPT_PROXY_CAINFO, file);
    if (code == CURLE_OK)
        code = set_both(curl, CURLOPT_CAPATH, CURLOPT_PROXY_CAPATH, directory);
    return code;
}

/* Gives libcurl the certificates themselves. Refused where its TLS library has no such thing. */
static CURLcode apply_certificates(struct ca_store *store, CURL *curl)
{
    CURLcode code = curl_easy_setopt(curl, CURLOPT_SSL_CTX_FUNCTION, use_certificates);
    if (code == CURLE_OK)
        code = curl_easy_setopt(curl, CURLOPT_SSL_CTX_DATA, store);
    if (code == CURLE_OK)
        code = set_locations(curl, NULL, NO_DIRECTORY);
    if (code == CURLE_OK && store->placeholder.data)
        code = set_both(curl, CURLOPT_CAINFO_BLOB, CURLOPT_PROXY_CAINFO_BLOB, &store->placeholder);
    return code;
}

/* Names the locations, and leaves the reading to libcurl. */
static CURLcode apply_locations(const struct ca_store *store, CURL *curl)
{
    const struct ca_locations *locations = &store->locations;
    if (!locations->file.origin && !locations->directory.origin)
        return CURLE_OK;
    return set_locations(curl, locations->file.path, locations->directory.path);
}

CURLcode ca_store_apply(struct ca_store *store, CURL *curl)
{
    CURLcode code = store->is_shared ? apply_certificates(store, curl) : CURLE_NOT_BUILT_IN;
    return is_refused(code) ? apply_locations(store, curl) : code;
}
