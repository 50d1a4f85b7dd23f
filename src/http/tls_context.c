#include "http/tls_context.h"

#include <openssl/ssl.h>
#include <string.h>

#include "http/easy_state.h"

/* Checks name and version: "OpenSSL/3.0.17", with more behind a blank or not. */
bool tls_context_is_shared(const curl_version_info_data *curl)
{
    static const char name[] = "OpenSSL";
    const size_t name_length = sizeof name - 1;
    const char *theirs = curl->ssl_version ? curl->ssl_version : "";
    const char *ours = OpenSSL_version(OPENSSL_VERSION);
    size_t length = strcspn(theirs, " ");
    return length > name_length && strlen(ours) > length &&
           strncmp(theirs, name, name_length) == 0 && strncmp(ours, name, name_length) == 0 &&
           strncmp(theirs + name_length + 1, ours + name_length + 1, length - name_length - 1) ==
               0 &&
           ours[length] == ' ';
}

/* After a close_notify OpenSSL reads no more, so that what ends here ends without. */
static long fail_at_end(BIO *bio, int operation, const char *data, size_t size, int argument,
                        long number, int result, size_t *processed)
{
    (void)bio, (void)data, (void)size, (void)argument, (void)number, (void)processed;
    bool is_read = operation == (BIO_CB_READ | BIO_CB_RETURN);
    return is_read && result == 0 ? -1 : result;
}

/* The first moment at which a connection has its BIO. */
static void on_info(const SSL *ssl, int where, int result)
{
    (void)result;
    if (where & SSL_CB_HANDSHAKE_DONE)
        BIO_set_callback_ex(SSL_get_rbio(ssl), fail_at_end);
}

void tls_context_report_early_end(SSL_CTX *context)
{
    SSL_CTX_set_info_callback(context, on_info);
}

static CURLcode on_context(CURL *curl, void *context, void *arg)
{
    (void)arg;
    easy_note_handshake(curl);
    tls_context_report_early_end(context);
    return CURLE_OK;
}

CURLcode tls_context_apply(CURL *curl)
{
    if (!tls_context_is_shared(curl_version_info(CURLVERSION_NOW)))
        return CURLE_OK;
    CURLcode code = curl_easy_setopt(curl, CURLOPT_SSL_CTX_FUNCTION, on_context);
    return code == CURLE_NOT_BUILT_IN || code == CURLE_UNKNOWN_OPTION ? CURLE_OK : code;
}
