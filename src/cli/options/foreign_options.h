/* Options of curl, wget, aria2 and xargs that have another name here, or none: what to use instead.
 */
#ifndef CLI_OPTIONS_FOREIGN_OPTIONS_H
#define CLI_OPTIONS_FOREIGN_OPTIONS_H

#include <stddef.h>

/* What to use instead of the option NAME, which has no dashes; static, or NULL if no known program
 * has it. */
const char *foreign_option_advice(const char *name, size_t length);

#endif
