/* Reads the program's output back, as strictly as a reader may. */
#ifndef CLI_TESTS_RECORDS_H
#define CLI_TESTS_RECORDS_H

#include <cjson/cJSON.h>

#include "text.h"

enum format { FORMAT_TEXT, FORMAT_JSON, FORMAT_JSONL, FORMAT_CSV };

/* Checks any output of the format: UTF-8, and no control characters but those that belong
 * to it. An escape may be there where COLORED. Ends the test where it does not hold. */
void output_check(enum format format, bool colored, const struct text *output);

/* The records of an output, as an array of objects that the caller deletes; NULL for text. Ends the
 * test where the output is not of the format. The cells of CSV become the values that they stand
 * for. */
cJSON *records_parse(enum format format, const struct text *output);

struct records_promise {
    bool complete; /* the fields are all those of the contract */
    bool ordered;  /* as the input */
    bool sparse;   /* some of the input is passed over */
    bool whole;    /* nobody stopped reading: what was started has its record */
};

/* Checks any records: their fields agree with one another, and no index is missing or there
 * twice. */
void records_check(const cJSON *records, const struct records_promise *promise);

#endif
