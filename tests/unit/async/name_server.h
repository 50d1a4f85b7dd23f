/* A DNS server on the loop of the test, at a free port of 127.0.0.1, over UDP and TCP. It ends with
 * the test. */
#ifndef TESTS_NAME_SERVER_H
#define TESTS_NAME_SERVER_H

#include <stdbool.h>
#include <stddef.h>

#include <afetch/loop.h>

/* A name that begins with '*' stands for all names that end with the rest. */
struct zone_entry {
    const char *name;
    const char *addresses[3];      /* of either family */
    size_t copies;                 /* so many of the first instead */
    int code;                      /* the response code: 2 is SERVFAIL, 3 NXDOMAIN */
    unsigned lost;                 /* so many questions are lost first */
    bool mute;                     /* never answers */
    bool held;                     /* answers once released */
    const struct zone_entry *ipv6; /* in the place of this one for AAAA; its name does not matter */
};

/* The zone ends with a name of NULL. Other names do not exist. */
void open_name_server(af_loop *loop, const struct zone_entry *zone);
void close_name_server(void);

/* Changes the answers from now on. */
void set_zone(const struct zone_entry *zone);

/* As c-ares takes it: "127.0.0.1:5353". */
const char *name_server_address(void);

/* Counts the questions for NAME (without a dot at the end), or in all if it is NULL; the latter
 * over TCP too. */
unsigned count_questions(const char *name);
unsigned count_tcp_questions(void);

/* From how many ports they came. */
unsigned count_ports(void);

/* Answers what was held, and from now on all. */
void release_answers(void);

#endif
