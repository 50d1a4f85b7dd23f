/* The body that a test of the decoder makes, and text to make it of. */
#ifndef TESTS_CODED_BODY_H
#define TESTS_CODED_BODY_H

#include "base/buffer.h"

extern char text[50000]; /* that compresses; the same in every run */
extern struct buffer coded;

/* For TestSuite(.init, .fini). */
void coded_body_init(void);
void coded_body_free(void);

/* Appends bytes as they are to CODED. */
void append(const char *bytes, size_t size);

#endif
