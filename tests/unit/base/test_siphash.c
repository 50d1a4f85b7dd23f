/* Compares with OpenSSL's. */
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <endian.h>
#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <string.h>

#include "base/siphash.h"

/* Hashes with the key 0x00, 0x01, … 0x0f. */
static void hash_with_openssl(const unsigned char *data, size_t size, unsigned char ret_hash[16])
{
    unsigned char key[16];
    for (size_t i = 0; i < sizeof key; i++)
        key[i] = (unsigned char)i;
    EVP_MAC *mac = EVP_MAC_fetch(NULL, "SIPHASH", NULL);
    EVP_MAC_CTX *context = EVP_MAC_CTX_new(mac);
    size_t length = 0, wanted = 16;
    OSSL_PARAM parameters[] = {OSSL_PARAM_construct_size_t(OSSL_MAC_PARAM_SIZE, &wanted),
                               OSSL_PARAM_construct_end()};
    cr_assert(EVP_MAC_init(context, key, sizeof key, parameters) == 1);
    cr_assert(EVP_MAC_update(context, data, size) == 1);
    cr_assert(EVP_MAC_final(context, ret_hash, &length, 16) == 1);
    EVP_MAC_CTX_free(context);
    EVP_MAC_free(mac);
}

Test(siphash, it_is_the_hash_that_openssl_computes_for_data_of_any_size)
{
    static const struct siphash key = {{0x0706050403020100, 0x0f0e0d0c0b0a0908}};
    unsigned char data[80], expected[16];
    for (size_t size = 0; size < sizeof data; size++) {
        data[size] = (unsigned char)(size * 37);
        hash_with_openssl(data, size, expected);
        struct siphash hash = siphash(key, data, size);
        hash = (struct siphash){{htole64(hash.halves[0]), htole64(hash.halves[1])}};
        cr_expect(zero(int, memcmp(&hash, expected, 16)), "%zu", size);
    }
}

Test(siphash, another_key_gives_another_hash)
{
    struct siphash one = siphash((struct siphash){{1, 2}}, "data", 4);
    struct siphash other = siphash((struct siphash){{1, 3}}, "data", 4);
    cr_expect(ne(u64, one.halves[0], other.halves[0]));
    cr_expect(ne(u64, one.halves[1], other.halves[1]));
}
