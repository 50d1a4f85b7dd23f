/* The cases: the files tests/cli/cases/?*.json, each an array of objects. The members of a case are
 * in the table of cases.c; what else it has is an error. */
#ifndef CLI_TESTS_CASES_H
#define CLI_TESTS_CASES_H

#include <cjson/cJSON.h>
#include <stddef.h>

/* Which case: the file's name and the place in it. */
struct case_place {
    char file[256];
    int index;
};

/* The directory of the project's source. */
const char *source_directory(void);

/* All cases, or those whose file and name have the word of the environment variable AFETCH_CASES in
 * them. The array is Criterion's. Ends the program where a file cannot be read. */
struct case_place *cases_find(size_t *ret_count);

/* The case itself, to be deleted. Ends the test where it is no good. */
cJSON *case_load(const struct case_place *place);

#endif
