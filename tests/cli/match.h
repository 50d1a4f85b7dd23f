/* Compares values with the expectations of a case. */
#ifndef CLI_TESTS_MATCH_H
#define CLI_TESTS_MATCH_H

#include <cjson/cJSON.h>

#include "world.h"

/* True if a POSIX extended regular expression is found in TEXT; '^' and '$' mean the ends of TEXT.
 */
bool match_pattern(const char *pattern, const char *text);

/* Expected is a value, which must be equal; an object of which all members must be there and match;
 * or one of {"matches": pattern}, {"between": [a, b]}, {"present": true or false}, {"any_of":
 * [...]}. In strings the names of the world are expanded. ACTUAL is NULL where there is nothing. On
 * false *why says what is wrong where. */
bool match_value(const struct world *world, const cJSON *expected, const cJSON *actual,
                 struct text *why);

#endif
