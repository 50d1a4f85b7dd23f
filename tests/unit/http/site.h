/* Hosts for tests of redirects: a server on the loop that answers for every name, by a table, and
 * notes what it was sent; and a client that is told to connect to it whatever the name. */
#ifndef TESTS_SITE_H
#define TESTS_SITE_H

#include <stdbool.h>

#include <afetch/http.h>
#include <afetch/run.h>
#include <afetch/stream.h>

enum { SITE_REQUESTS = 64, SITE_REQUEST_SIZE = 1024 };

struct page {
    const char *url;    /* the Host and the path, as "a.test/x" */
    const char *answer; /* word for word; "": the connection is closed; NULL: it hangs */
};

struct site {
    const struct page *pages; /* ends with a page without a URL; others are 200 with "hi" */
    af_client_options options;
    bool closes;         /* the connection, after each answer */
    double answer_delay; /* seconds before each answer */

    char requests[SITE_REQUESTS][SITE_REQUEST_SIZE]; /* head and content, of the first ones */
    size_t request_count;
    size_t connection_count;
    af_server *server;
    af_client *client;
};

/* The client's connect_to is set. A failure ends the test. */
void site_open(struct site *site);
void site_close(struct site *site);

/* Fetches with redirects; what is asked for without a URL is http://a.test/. The future, which is
 * the caller's, is in *ret_future. */
const af_response *site_fetch(struct site *site, af_request request, af_future **ret_future);

/* The same where only the requests matter: it forgets those before. Returns the error. */
enum af_http_error site_visit(struct site *site, af_request request);

/* Checks that request NUMBER has LINE in it, or where that begins with '!', that it does not. */
void site_expect_line(const struct site *site, size_t number, const char *line);

/* Runs a test's coroutine with a site, zeroed. */
void site_run(int (*test)(struct site *site));

#define SITE_TEST(suite, name)          \
    static int name(struct site *site); \
    Test(suite, name)                   \
    {                                   \
        site_run(name);                 \
    }                                   \
    static int name(struct site *site)

#endif
