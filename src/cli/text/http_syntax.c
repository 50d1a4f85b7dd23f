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
        return "not a header: use \"Name: value\", \"Name:\" to remove it, or \"Name;\" to send it "
               "empty";
    if (!http_is_token(line, length))
        return "invalid header name: use letters, digits and hyphens";
    if (!http_is_value(line))
        return "a header must not contain control characters";
    return NULL;
}

bool http_is_port(const char *text)
{
    size_t digits = strspn(text, "0123456789");
    return digits <= strlen("65535") && strchr("/?#", text[digits]);
}
