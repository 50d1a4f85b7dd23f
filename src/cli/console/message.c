#include "cli/console/message.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "cli/console/status_line.h"
#include "cli/text/escape.h"

/* Bytes of a message; the rest is cut. */
static const size_t LONGEST = 8000;

void message(const char *format, ...)
{
    char *text = NULL;
    va_list arguments;
    va_start(arguments, format);
    int length = vasprintf(&text, format, arguments);
    va_end(arguments);
    if (length < 0)
        return;
    bool whole = (size_t)length <= LONGEST;
    struct buffer line;
    buffer_init(&line, SIZE_MAX);
    if (buffer_append_string(&line, "afetch: ") == 0 &&
        text_write_escaped(&line, text, whole ? (size_t)length : LONGEST) == 0 &&
        buffer_append_string(&line, whole ? "" : "...") == 0 &&
        buffer_append_char(&line, '\n') == 0)
        stderr_write(line.data, line.length);
    buffer_free(&line);
    free(text);
}
