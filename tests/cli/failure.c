#include "failure.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

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
    /* Criterion hangs on what is too long. */
    struct text text = {0};
    text_show(&text, reason, strlen(reason));
    text_string(&text, "\n");
    if (describe_more)
        describe_more(&text);
    cr_fatal("%s", text_get(&text));
    abort();
}
