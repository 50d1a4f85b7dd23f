#include "certificate.h"

#include <openssl/ec.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <stdbool.h>
#include <stdio.h>

#include "server.h"

enum { DAY = 24 * 60 * 60 };

static const char NAMES[] = "IP:127.0.0.1,DNS:localhost,DNS:*.h2.test";

static void check(bool holds)
{
    if (!holds)
        die("cannot make a certificate");
}

static void set_names(X509 *x509)
{
    X509_NAME *subject = X509_get_subject_name(x509);
    X509V3_CTX context;
    X509V3_set_ctx(&context, x509, x509, NULL, NULL, 0);
    X509_EXTENSION *names = X509V3_EXT_conf_nid(NULL, &context, NID_subject_alt_name, NAMES);
    check(X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_ASC,
                                     (const unsigned char *)"HTTP/2 test server", -1, -1, 0));
    check(X509_set_issuer_name(x509, subject) && names && X509_add_ext(x509, names, -1));
    X509_EXTENSION_free(names);
}

static void write_certificate(X509 *x509, const char *path)
{
    FILE *file = fopen(path, "we");
    check(file && PEM_write_X509(file, x509) && fclose(file) == 0);
}

void certificate_make(SSL_CTX *context, const char *path)
{
    EVP_PKEY *key = EVP_EC_gen("P-256");
    X509 *x509 = X509_new();
    check(key && x509 && X509_set_version(x509, X509_VERSION_3));
    /* The time makes it another than that of an earlier server. */
    check(ASN1_INTEGER_set(X509_get_serialNumber(x509), (long)ev_time()));
    check(X509_gmtime_adj(X509_getm_notBefore(x509), -DAY) != NULL);
    check(X509_gmtime_adj(X509_getm_notAfter(x509), 2 * DAY) != NULL);
    check(X509_set_pubkey(x509, key));
    set_names(x509);
    check(X509_sign(x509, key, EVP_sha256()));
    check(SSL_CTX_use_certificate(context, x509) && SSL_CTX_use_PrivateKey(context, key));
    if (path)
        write_certificate(x509, path);
    X509_free(x509);
    EVP_PKEY_free(key);
}
