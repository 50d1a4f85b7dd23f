/* The width of text on a terminal, where a character may take two columns, or none. */
#ifndef CLI_TEXT_COLUMNS_H
#define CLI_TEXT_COLUMNS_H

#include <stddef.h>

/* The bytes at the start of TEXT, which has no control characters, that fit in MAXIMUM columns:
 * whole characters, with the marks that combine with the last one. *RET_COLUMNS is their width. The
 * widths are those of the locale; a character that it does not know has one column. */
size_t columns_fit(const char *text, size_t length, size_t maximum, size_t *ret_columns);

#endif
