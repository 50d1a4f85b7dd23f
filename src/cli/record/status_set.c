#include "cli/record/status_set.h"

#include <errno.h>
#include <string.h>

#include <afetch/error.h>

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* The status of three digits, or 0. */
static unsigned read_status(const char *word)
{
    if (word[0] < '1' || word[0] > '9' || !is_digit(word[1]) || !is_digit(word[2]))
        return 0;
    return (unsigned)(word[0] - '0') * 100 + (unsigned)(word[1] - '0') * 10 +
           (unsigned)(word[2] - '0');
}

/* The first and the last status of a word. */
static bool read_range(const char *word, size_t length, unsigned *ret_first, unsigned *ret_last)
{
    if (length == 3 && strncasecmp(word + 1, "xx", 2) == 0 && word[0] >= '1' && word[0] <= '9') {
        *ret_first = (unsigned)(word[0] - '0') * 100;
        *ret_last = *ret_first + 99;
        return true;
    }
    if (length != 3 && (length != 7 || word[3] != '-'))
        return false;
    *ret_first = read_status(word);
    *ret_last = length == 7 ? read_status(word + 4) : *ret_first;
    return *ret_first > 0 && *ret_last >= *ret_first;
}

bool status_set_add(struct status_set *set, const char *word, size_t length)
{
    unsigned first, last;
    if (!read_range(word, length, &first, &last))
        return false;
    for (unsigned status = first; status <= last; status++)
        set->bits[status / 64] |= 1ULL << status % 64;
    return true;
}

int status_set_parse(const char *list, struct status_set *ret_set)
{
    struct status_set set = {.given = true};
    for (;; list++) {
        size_t length = strcspn(list, ",");
        if (!status_set_add(&set, list, length))
            return af_raise(-EINVAL, "'%.*s' is not a status or range (404, 2xx, 200-399)",
                            (int)length, list);
        list += length;
        if (!*list)
            break;
    }
    *ret_set = set;
    return 0;
}

void status_set_remove(struct status_set *set, const struct status_set *other)
{
    for (size_t i = 0; i < sizeof set->bits / sizeof set->bits[0]; i++)
        set->bits[i] &= ~other->bits[i];
}

bool status_set_has(const struct status_set *set, long status)
{
    return status > 0 && status < STATUS_LIMIT && set->bits[status / 64] >> status % 64 & 1;
}
