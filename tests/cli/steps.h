/* The actions of a case while the program runs. */
#ifndef CLI_TESTS_STEPS_H
#define CLI_TESTS_STEPS_H

#include <cjson/cJSON.h>

#include "program.h"
#include "world.h"

/* The number of a signal by its name without SIG; ends the test where it is none we send. */
int signal_number(const char *name);

/* The longest that anything may take. */
double patience(void);

/* Takes the steps of a case in their order, each an object of one member:
 *   {"await_lines": n}        until stdout has so many lines
 *   {"await_stdout": pattern}, {"await_stderr": pattern}
 *   {"await_active": n}       until the origin answers so many requests at once
 *   {"await_requests": n}     until it has had so many
 *   {"await_http2_requests": n}   the same of the HTTP/2 server
 *   {"expect_lines": n}       stdout has so many now
 *   {"write": content}        to stdin
 *   {"close": "stdin" | "stdout"}
 *   {"pause": "stdout"}, {"resume": "stdout"}   stops reading it for a while
 *   {"signal": name}
 *   {"columns": n}            makes the terminals so wide
 *   {"sleep": seconds}
 *   {"make": name}            an empty file
 */
void steps_take(const cJSON *steps, const struct world *world, struct program *program);

/* True if one of the steps writes to stdin or closes it; until then it stays open. */
bool steps_use_stdin(const cJSON *steps);
/* True if one of the steps closes stdout. */
bool steps_close_stdout(const cJSON *steps);

#endif
