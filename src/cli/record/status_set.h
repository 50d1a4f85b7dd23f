/* Sets of HTTP statuses, as --accept and --retry-on name them. */
#ifndef CLI_RECORD_STATUS_SET_H
#define CLI_RECORD_STATUS_SET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The default of --accept. */
#define STATUS_SET_DEFAULT "200-399"

enum { STATUS_LIMIT = 1000 };

struct status_set {
    bool given;
    uint64_t bits[(STATUS_LIMIT + 63) / 64];
};

/* Adds a status (404), a class (5xx) or a range (200-399). Returns false if WORD is none of these.
 */
bool status_set_add(struct status_set *set, const char *word, size_t length);

/* Parses LIST, such words separated by commas. Errors: -EINVAL with a text that names the word. */
int status_set_parse(const char *list, struct status_set *ret_set);

/* Removes the statuses of OTHER. */
void status_set_remove(struct status_set *set, const struct status_set *other);

bool status_set_has(const struct status_set *set, long status);

#endif
