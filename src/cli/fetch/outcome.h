/* The outcome of a fetch: success, or the error with its text. */
#ifndef CLI_FETCH_OUTCOME_H
#define CLI_FETCH_OUTCOME_H

#include <stddef.h>

#include "cli/fetch/effective_request.h"
#include "cli/options/options.h"
#include "cli/record/record.h"

/* All that an outcome depends on, besides the record. */
struct outcome_input {
    const struct options *options;
    const char *list_name; /* of the entry, and its line; 0 for an operand */
    size_t line;
    const char *entry_error; /* why the entry is not valid, or NULL */
    const struct effective_request *request;
    int result;               /* of the attempts: 0 or a negative code */
    int file_error;           /* of the file of the body: a negated errno, or 0 */
    const char *cancelled_by; /* why the run cancels fetches; NULL: it has just ended */
};

struct outcome_text {
    char text[400];
};

/* Sets outcome, errormsg and exitcode of RECORD, whose other members are set. errormsg may be in
 * *TEXT, or in the response. */
void outcome_judge(const struct outcome_input *input, struct outcome_text *text,
                   struct record *record);

#endif
