#include "certificate.h"

#include <criterion/criterion.h>
#include <openssl/ec.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <stdlib.h>
#include <unistd.h>

enum { DAY = 24 * 60 * 60 };

static void add_extension(X509 *x509, X509 *issuer, int nid, const char *value)
{
    X509V3_CTX context;
    X509V3_set_ctx(&context, issuer, x509, NULL, NULL, 0);
    X509_EXTENSION *extension = X509V3_EXT_conf_nid(NULL, &context, nid, value);
    cr_assert(extension);
    cr_assert(X509_add_ext(x509, extension, -1));
    X509_EXTENSION_free(extension);
}

static void add_extensions(X509 *x509, X509 *issuer, const char *alternative)
{
    if (alternative)
        add_extension(x509, issuer, NID_subject_alt_name, alternative);
    else
        add_extension(x509, issuer, NID_basic_constraints, "critical,CA:TRUE");
}

static void set_names(X509 *x509, X509 *issuer, const char *name)
{
    X509_NAME *subject = X509_get_subject_name(x509);
    cr_assert(X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_ASC, (const unsigned char *)name,
                                         -1, -1, 0));
    cr_assert(X509_set_issuer_name(x509, X509_get_subject_name(issuer)));
}

struct certificate certificate_new(const struct certificate_request *request)
{
    static long serial;
    struct certificate made = {EVP_EC_gen("P-256"), X509_new()};
    cr_assert(made.key && made.x509);
    const struct certificate *issuer = request->issuer ? request->issuer : &made;
    long expires = request->expires ? request->expires : DAY;
    cr_assert(X509_set_version(made.x509, X509_VERSION_3));
    cr_assert(ASN1_INTEGER_set(X509_get_serialNumber(made.x509), ++serial));
    cr_assert(X509_gmtime_adj(X509_getm_notBefore(made.x509), -2 * DAY));
    cr_assert(X509_gmtime_adj(X509_getm_notAfter(made.x509), expires));
    cr_assert(X509_set_pubkey(made.x509, made.key));
    set_names(made.x509, issuer->x509, request->name);
    add_extensions(made.x509, issuer->x509, request->alternative);
    cr_assert(X509_sign(made.x509, issuer->key, EVP_sha256()));
    return made;
}

void certificate_free(struct certificate *certificate)
{
    EVP_PKEY_free(certificate->key);
    X509_free(certificate->x509);
}

void certificates_write(char *path, const struct certificate *const *certificates, size_t count)
{
    int fd = mkstemp(path);
    FILE *file = fd < 0 ? NULL : fdopen(fd, "w");
    cr_assert(file);
    for (size_t i = 0; i < count; i++)
        cr_assert(PEM_write_X509(file, certificates[i]->x509));
    cr_assert_eq(fclose(file), 0);
}

char *certificate_pem(const struct certificate *certificate)
{
    BIO *bio = BIO_new(BIO_s_mem());
    char *text = NULL;
    cr_assert(bio && PEM_write_bio_X509(bio, certificate->x509));
    long size = BIO_get_mem_data(bio, &text);
    char *pem = strndup(text, (size_t)size);
    cr_assert(pem);
    BIO_free(bio);
    return pem;
}
