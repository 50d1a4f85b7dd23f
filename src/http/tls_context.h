/* Changes to the TLS contexts that libcurl makes. */
#ifndef HTTP_TLS_CONTEXT_H
#define HTTP_TLS_CONTEXT_H

#include <curl/curl.h>
#include <stdbool.h>

struct ssl_ctx_st; /* OpenSSL's SSL_CTX */

/* True if libcurl's TLS contexts are those of the OpenSSL that we are linked with. */
bool tls_context_is_shared(const curl_version_info_data *curl);

/* Makes the end of a connection without a close_notify an error of reading, CURLE_RECV_ERROR.
 * libcurl 7.88 takes it for the end of a body that has no length, and so would an attacker's. */
void tls_context_report_early_end(struct ssl_ctx_st *context);

/* Has a handle do so where it does not verify certificates. Returns libcurl's code for an option
 * that it refuses. */
CURLcode tls_context_apply(CURL *curl);

#endif
