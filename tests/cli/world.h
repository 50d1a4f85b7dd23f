/* The environment of the program in a case: a directory of its own, a server of its own, two
 * addresses where nothing answers, and an nginx where it is asked for. */
#ifndef CLI_TESTS_WORLD_H
#define CLI_TESTS_WORLD_H

#include <cjson/cJSON.h>
#include <stdbool.h>

#include "helper.h"
#include "text.h"

/* The ports of tests/cli/nginx. */
struct nginx {
    struct helper helper;
    unsigned http; /* files, some of them behind a password */
    unsigned https;
    unsigned client;       /* the same, for who has a certificate */
    unsigned proxy;        /* for who has a password */
    unsigned secure_proxy; /* the same, by TLS */
};

/* tests/http2. */
struct http2_server {
    struct helper helper;
    unsigned port;
    unsigned counters_port;
};

struct world {
    char directory[64];
    struct helper origin;
    char origin_url[32];
    unsigned origin_port;
    int closed_socket; /* its port is taken, and refuses connections */
    unsigned closed_port;
    struct nginx nginx;
    struct http2_server http2;
    pid_t load[16];      /* processes that keep the machine busy */
    int full_sockets[4]; /* the first listens, and has as many waiting as it lets wait */
    unsigned full_port;
};

void world_open(struct world *world);
void world_close(struct world *world);

/* Starts it, with its files in the world's directory, below nginx. False where this machine has
 * none. */
bool world_start_nginx(struct world *world);

/* Starts the HTTP/2 server with an array of its options. Its certificate is http2.pem in the
 * world's directory. */
void world_start_http2(struct world *world, const cJSON *options);

/* Starts COUNT processes, at most 16, that work without end until the world closes. */
void world_start_load(struct world *world, int count);

/* Appends STRING with {origin}, {port}, {closed}, {full}, {directory}, of nginx {http},
 * {http_port}, {https}, {https_port}, {client}, {proxy} and {secure_proxy}, and of the HTTP/2
 * server {http2} and {http2_port} replaced. */
void world_expand(const struct world *world, const char *string, struct text *to);

/* The same for what a case has as a content: a string, {"bytes": [...]}, {"repeat": content,
 * "times": N}, in which {n} counts from 0, or an array of these, one after another. */
void world_expand_content(const struct world *world, const cJSON *content, struct text *to);

/* Makes the files of a case; a name that ends in a slash is a directory, {"zeros": N} a file of so
 * many bytes, which takes no room, {"zeros": N, "after": content} one that begins with something,
 * and {"link": target} a symbolic link. */
void world_create_files(const struct world *world, const cJSON *files);

/* One of the origin's counters: "requests", "active", "peak", "connections". */
double world_statistic(const struct world *world, const char *name);

/* One of the HTTP/2 server's, see tests/http2/counters.h; 0 where it has not counted any. */
double world_http2_counter(const struct world *world, const char *name);

/* The path of what stands beside the tests' own executable, in a static buffer. */
const char *world_sibling(const char *name);

#endif
