/* The report of a failed case: its name, its command line, and all that the program said. */
#ifndef CLI_TESTS_FAILURE_H
#define CLI_TESTS_FAILURE_H

/* Ends the test. */
_Noreturn void fail(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* Tells fail() what to add. The function may be called at any time; NULL: nothing. */
struct text;
void fail_with(void (*describe)(struct text *text));

#endif
