/* A program that helps a test: it says on stdout that it is ready, and ends with its stdin. */
#ifndef CLI_TESTS_HELPER_H
#define CLI_TESTS_HELPER_H

#include <sys/types.h>

struct helper {
    pid_t pid; /* 0 for none */
    int input; /* closing it ends the helper */
};

/* Starts ARGUMENTS, NULL-terminated, the first being the path, and waits until it has said a line,
 * which it puts into LINE. Ends the test where it does not come to that. */
void helper_start(struct helper *helper, char *const arguments[], char *line, int size);

/* Waits until it has ended. Stopping what was not started is fine. */
void helper_stop(struct helper *helper);

#endif
