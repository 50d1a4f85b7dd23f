/* The description of a request in JSON, as httpbin returns it. */
#ifndef SUPPORT_DESCRIBE_H
#define SUPPORT_DESCRIBE_H

#include "exchange.h"

/* Appends an object with these members, as "args headers url", and ends the line. */
void describe(struct text *text, struct exchange *exchange, const char *members);

#endif
