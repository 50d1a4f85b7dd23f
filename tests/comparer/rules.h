/* The rules of docs/rules.md, and which of them an event of a trace touches. */
#ifndef COMPARER_RULES_H
#define COMPARER_RULES_H

/* Reads the rules' words from a file. 0 or -1. */
int rules_read(const char *path);

/* Prints the rules, number and words, that an event touches; EVENT is its text from the kind on.
 * Returns how many. */
int rules_print(const char *event);

#endif
