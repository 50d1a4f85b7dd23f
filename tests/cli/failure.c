#include "failure.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "text.h"

static void (*describe_more)(struct text *text);

void fail_with(void (*describe)(struct text *text))
{
    describe_more = describe;
}

void fail(const char *format, ...)
{
    char *reason;
    va_list arguments;
    va_start(arguments, format);
    if (vasprintf(&reason, format, arguments) < 0)
        abort();
    va_end(arguments);
    struct text text = {0};
    if (describe_more)
        describe_more(&text);
    cr_fatal("%s\n%s", reason, text_get(&text));
    abort();
}
