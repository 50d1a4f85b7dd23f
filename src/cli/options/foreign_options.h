/* Options of curl, wget, aria2 and xargs that have another name here, or none: what to use instead.
 */
#ifndef CLI_OPTIONS_FOREIGN_OPTIONS_H
#define CLI_OPTIONS_FOREIGN_OPTIONS_H

#include <stddef.h>

/* Returns advice on the option NAME, without dashes, of another program: what to use instead. NULL
 * if no known program has it.
 * Ownership: static. */
const char *foreign_option_advice(const char *name, size_t length);

#endif
