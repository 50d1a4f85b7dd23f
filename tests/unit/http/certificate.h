/* Certificates that a test makes for its server. A failure ends the test. */
#ifndef TESTS_CERTIFICATE_H
#define TESTS_CERTIFICATE_H

#include <openssl/x509.h>

struct certificate {
    EVP_PKEY *key;
    X509 *x509;
};

struct certificate_request {
    const char *name;                 /* the common name */
    const char *alternative;          /* as in openssl.cnf, "IP:127.0.0.1"; NULL: an authority */
    const struct certificate *issuer; /* NULL: signed with its own key */
    long expires;                     /* seconds from now; 0: a day */
};

/* The caller frees it. */
struct certificate certificate_new(const struct certificate_request *request);
void certificate_free(struct certificate *certificate);

/* Writes certificates in PEM to a new file, whose name takes the place of PATH's XXXXXX. */
void certificates_write(char *path, const struct certificate *const *certificates, size_t count);

/* One of them in PEM; the caller frees it. */
char *certificate_pem(const struct certificate *certificate);

#endif
