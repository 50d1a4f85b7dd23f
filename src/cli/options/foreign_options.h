/* Options of curl, wget, aria2 and xargs that have another name here, or none: what to type
 * instead. */
#ifndef CLI_OPTIONS_FOREIGN_OPTIONS_H
#define CLI_OPTIONS_FOREIGN_OPTIONS_H

#include <stddef.h>

/* What stands here for an option NAME, which is without its dashes, a letter or longer; static, or
 * NULL where nobody has the habit. */
const char *habit_advice(const char *name, size_t length);

#endif
