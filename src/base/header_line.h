/* Header lines as curl's -H has them: "Name: value", "Name:" or "Name;". */
#ifndef BASE_HEADER_LINE_H
#define BASE_HEADER_LINE_H

#include <stdbool.h>

/* True if both have the same name. A name alone is a line here as well. */
bool header_line_same_name(const char *line, const char *other);

/* True if one of LINES, NULL-terminated or NULL, has the name of LINE. */
bool header_lines_have(const char *const *lines, const char *line);

#endif
