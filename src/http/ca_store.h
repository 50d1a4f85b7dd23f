/* The CA certificates of a client: read once, and used by all of its connections, whatever the
 * number of multi handles. libcurl by itself parses them for every connection, or for every multi
 * handle, which takes longer than the rest of the handshake. */
#ifndef HTTP_CA_STORE_H
#define HTTP_CA_STORE_H

#include <curl/curl.h>
#include <stdbool.h>

#include "http/ca_locations.h"

struct x509_store_st; /* OpenSSL's X509_STORE */

struct ca_store {
    struct ca_locations locations;
    bool is_shared;                     /* libcurl can be given the certificates themselves */
    struct curl_blob placeholder;       /* for CURLOPT_CAINFO_BLOB; data is NULL: not set */
    struct x509_store_st *certificates; /* NULL: not read yet */
    char *error;                        /* why they cannot be read; NULL: they can */
};

/* Makes the store of the locations of ca_locations_find(). CA_FILE is read now. A file
 * that the environment names is read at the first TLS handshake, since runs without TLS do not need
 * it, and now checked to begin with a certificate; libcurl's default file is read then, unchecked.
 * -ENOMEM; -EINVAL with a text where what was named cannot be read or is no file of certificates.
 */
int ca_store_new(const char *ca_file, struct ca_store **ret_store);

/* The same for LOCATIONS, which are the store's from then on, on failure too. */
int ca_store_open(struct ca_locations *locations, struct ca_store **ret_store);
void ca_store_free(struct ca_store *store);

/* Has a handle verify servers and HTTPS proxies by the store. It is borrowed, and must live as long
 * as the handle and be used in its thread. A handshake for which the certificates cannot be read
 * ends with CURLE_SSL_CACERT_BADFILE. Returns libcurl's code for an option that it refuses. */
CURLcode ca_store_apply(struct ca_store *store, CURL *curl);

/* Returns the text for a transfer that ended with RESULT where libcurl's says too little: where the
 * certificates could not be read, it names the file. Otherwise NULL. The store may be NULL.
 * Ownership: the text is the store's. */
const char *ca_store_error(const struct ca_store *store, CURLcode result);

#endif
