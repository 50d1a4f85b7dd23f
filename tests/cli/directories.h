/* The contents of the directories that a case checks afterwards. */
#ifndef CLI_TESTS_DIRECTORIES_H
#define CLI_TESTS_DIRECTORIES_H

#include <cjson/cJSON.h>

#include "world.h"

/* Each directory, by its name, must have just the files that are given, each of them a content, or
 * {"size": N}, or {"matches": pattern}. Ends the test where one has not. */
void directories_check(const struct world *world, const cJSON *directories);

#endif
