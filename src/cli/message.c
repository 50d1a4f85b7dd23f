#include "cli/message.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "cli/escape.h"
#include "cli/status_line.h"

void message(const char *format, ...)
{
    char *text = NULL;
    va_list arguments;
    va_start(arguments, format);
    int length = vasprintf(&text, format, arguments);
    va_end(arguments);
    if (length < 0)
        return;
    struct buffer line;
    buffer_init(&line, 64 * 1024);
    if (buffer_append_string(&line, "afetch: ") == 0 &&
        text_write_escaped(&line, text, (size_t)length) == 0 &&
        buffer_append_char(&line, '\n') == 0)
        stderr_write(line.data, line.length);
    buffer_free(&line);
    free(text);
}
