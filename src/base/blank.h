/* Blanks: what surrounds values in lists, config files and header lines. */
#ifndef BASE_BLANK_H
#define BASE_BLANK_H

#include <stdbool.h>

/* Unlike isspace(), it does not depend on the locale, and \v and \f are none. */
static inline bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static inline const char *skip_blanks(const char *at, const char *end)
{
    while (at < end && is_blank(*at))
        at++;
    return at;
}

#endif
