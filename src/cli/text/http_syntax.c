#include "cli/text/http_syntax.h"

#include <string.h>

bool http_is_token(const char *text, size_t length)
{
    for (size_t i = 0; i < length; i++) {
        char c = text[i], letter = (char)(c | 0x20);
        bool alphanumeric = (letter >= 'a' && letter <= 'z') || (c >= '0' && c <= '9');
        if (!alphanumeric && (c == '\0' || !strchr("!#$%&'*+-.^_`|~", c)))
            return false;
    }
    return length > 0;
}

bool http_is_value(const char *text)
{
    for (; *text; text++)
        if (((unsigned char)*text < ' ' && *text != '\t') || *text == 0x7F)
            return false;
    return true;
}

const char *http_header_error(const char *line)
{
    size_t length = strcspn(line, ":;");
    if (!line[length])
        return "no header: \"Name: value\", or \"Name:\" to send none, or \"Name;\" for an empty "
               "one";
    if (!http_is_token(line, length))
        return "the name of a header is made of letters, digits and hyphens";
    if (!http_is_value(line))
        return "a header has no control characters";
    return NULL;
}

bool http_is_port(const char *text)
{
    size_t digits = strspn(text, "0123456789");
    return digits <= strlen("65535") && strchr("/?#", text[digits]);
}
