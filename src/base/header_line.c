#include "base/header_line.h"

#include <string.h>

bool header_line_same_name(const char *line, const char *other)
{
    size_t length = strcspn(line, ":;");
    return strcspn(other, ":;") == length && strncasecmp(line, other, length) == 0;
}

bool header_lines_have(const char *const *lines, const char *line)
{
    for (; lines && *lines; lines++)
        if (header_line_same_name(*lines, line))
            return true;
    return false;
}
