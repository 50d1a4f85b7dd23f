/* Sets of HTTP statuses, as --accept and --retry-on name them. */
#ifndef CLI_RECORD_STATUS_SET_H
#define CLI_RECORD_STATUS_SET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What --accept is where it is not given. */
#define STATUS_SET_DEFAULT "200-399"

enum { STATUS_LIMIT = 1000 };

struct status_set {
    bool given;
    uint64_t bits[(STATUS_LIMIT + 63) / 64];
};

/* Adds what WORD names: a status (404), a hundred of them (5xx), or all from one to another
 * (200-399). False where it is none of these; nothing is changed then. */
bool status_set_add(struct status_set *set, const char *word, size_t length);

/* Reads LIST, such words with commas between them. -EINVAL with a text that names the word; the set
 * is untouched then. */
int status_set_parse(const char *list, struct status_set *ret_set);

/* Takes out of the set what OTHER has. */
void status_set_remove(struct status_set *set, const struct status_set *other);

bool status_set_has(const struct status_set *set, long status);

#endif
