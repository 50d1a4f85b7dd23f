/* What surrounds the program in a case: a directory of its own, a server of its own, and two
 * addresses where nothing answers. */
#ifndef CLI_TESTS_WORLD_H
#define CLI_TESTS_WORLD_H

#include <cjson/cJSON.h>
#include <sys/types.h>

#include "text.h"

struct world {
    char directory[64];
    pid_t origin;
    int origin_stdin;
    char origin_url[32];
    unsigned origin_port;
    int closed_socket; /* its port is taken, and refuses connections */
    unsigned closed_port;
    int full_sockets[4]; /* the first listens, and has as many waiting as it lets wait */
    unsigned full_port;
};

void world_open(struct world *world);
void world_close(struct world *world);

/* Appends STRING with {origin}, {port}, {closed}, {full} and {directory} replaced. */
void world_expand(const struct world *world, const char *string, struct text *to);

/* The same for what a case has as a content: a string, {"bytes": [...]}, {"repeat": content,
 * "times": N}, in which {n} counts from 0, or an array of these, one after another. */
void world_expand_content(const struct world *world, const cJSON *content, struct text *to);

/* Makes the files of a case; a name that ends in a slash is a directory, {"zeros": N} a file of
 * so many, which takes no room, and {"link": target} a symbolic link. */
void world_create_files(const struct world *world, const cJSON *files);

/* One of the origin's counters: "requests", "active", "peak", "connections". */
double world_statistic(const struct world *world, const char *name);

/* The path of what stands beside the tests' own executable, in a static buffer. */
const char *world_sibling(const char *name);

#endif
