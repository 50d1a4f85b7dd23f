#include "coded_body.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>

#include "decoding.h"

char text[50000];
struct buffer coded;

void coded_body_init(void)
{
    make_text(text, sizeof text);
    buffer_init(&coded, SIZE_MAX);
}

void coded_body_free(void)
{
    buffer_free(&coded);
}

void append(const char *bytes, size_t size)
{
    cr_assert(zero(int, buffer_append(&coded, bytes, size)));
}
