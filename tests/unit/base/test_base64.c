#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/base64.h"

static struct buffer buffer;

static void setup(void)
{
    buffer_init(&buffer, 1 << 20);
}

static void teardown(void)
{
    buffer_free(&buffer);
}

TestSuite(base64, .init = setup, .fini = teardown);

Test(base64, base64_is_encoded_as_in_rfc_4648)
{
    static const char *const texts[] = {"",         "Zg==",     "Zm8=",    "Zm9v",
                                        "Zm9vYg==", "Zm9vYmE=", "Zm9vYmFy"};
    for (size_t i = 0; i < 7; i++) {
        buffer.length = 0;
        cr_assert(zero(int, base64_append(&buffer, "foobar", i)));
        cr_assert(zero(int, buffer_append_char(&buffer, '\0')));
        cr_expect_str_eq(buffer.data, texts[i]);
    }
}

static int decode(const char *text)
{
    buffer.length = 0;
    return base64_decode(&buffer, text, strlen(text));
}

Test(base64, decoding_reverses_encoding)
{
    unsigned char bytes[256];
    for (size_t i = 0; i < sizeof bytes; i++)
        bytes[i] = (unsigned char)(i * 7);
    for (size_t size = 0; size <= sizeof bytes; size++) {
        buffer.length = 0;
        cr_assert(zero(int, base64_append(&buffer, bytes, size)));
        cr_assert(zero(int, buffer_append_char(&buffer, '\0')));
        char *text = strdup(buffer.data);
        cr_assert(zero(int, decode(text)));
        free(text);
        cr_assert(eq(sz, buffer.length, size));
        cr_assert(size == 0 || memcmp(buffer.data, bytes, size) == 0);
    }
}

Test(base64, invalid_base64_is_rejected)
{
    static const char *const wrong[] = {"A",
                                        "AA",
                                        "AAA",
                                        "A===",
                                        "====",
                                        "AB==",
                                        "AAB=",
                                        "AA=A",
                                        "AA A",
                                        "AAAA\n",
                                        "-_-_",
                                        "AA==AAAA",
                                        "AAA!",
                                        "=AAA",
                                        "AAAA=",
                                        "AAAAAAA!",
                                        "\xff\xff\xff\xff"};
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        cr_expect(eq(int, decode(wrong[i]), -EINVAL), "%s", wrong[i]);
        cr_expect(zero(sz, buffer.length));
    }
}
