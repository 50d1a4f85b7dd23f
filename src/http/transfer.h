/* A transfer: the future of one request, which libcurl makes. A redirect is followed by another
 * transfer. */
#ifndef HTTP_TRANSFER_H
#define HTTP_TRANSFER_H

#include <curl/curl.h>

#include <afetch/http.h>

#include "async/future.h"
#include "async/resolver.h"
#include "base/buffer.h"
#include "http/headers.h"
#include "http/libcurl_notes.h"
#include "http/origin.h"

struct decoder;
struct easy;
struct pump;

/* An error that libcurl does not report, or has no words for. */
struct failure {
    enum af_http_error error; /* AF_HTTP_OK: none */
    enum af_http_limit limit;
    CURLcode code;    /* libcurl's for such an error */
    const char *text; /* borrowed */
};

#define OUT_OF_MEMORY \
    ((struct failure){AF_HTTP_OTHER, AF_HTTP_LIMIT_NONE, CURLE_OUT_OF_MEMORY, "out of memory"})

#define BODY_TOO_LARGE                                                                \
    ((struct failure){AF_HTTP_TOO_LARGE, AF_HTTP_LIMIT_BODY, CURLE_FILESIZE_EXCEEDED, \
                      "the body is larger than allowed"})

/* The totals of the requests before, of a chain of redirects. */
struct redirect_totals {
    long redirects;
    long connects;
    int64_t size_header;
    int64_t size_request;
    int64_t time_namelookup;
    int64_t time_connect;
    int64_t time_appconnect;
    int64_t time_pretransfer;
    int64_t time_starttransfer;
    int64_t time_total;
};

struct transfer {
    af_future future;
    struct list link;  /* in the client's queue, or among those under way */
    af_client *client; /* NULL once done */
    struct easy *easy; /* NULL before it was begun and once done */
    struct pump *pump;
    size_t pump_index;
    struct origin *origin; /* NULL where the URL has none, and once done */
    uint64_t answers;      /* of the origin, as it was begun */
    double began;          /* on the loop's clock */
    double given;          /* when libcurl got it */
    double looked_up;      /* seconds that the lookup of its name took */

    af_request request;                 /* its strings are in text; it has no headers */
    struct curl_slist *request_headers; /* where it has its own; NULL: none */
    bool has_own_headers;               /* false: the settings' */
    char *cookies;                      /* of its own headers; NULL: the settings' */
    bool is_foreign;                    /* gets no credentials: a redirect led to another origin */
    bool lost_content;                  /* a redirect on the way here made a GET of it */
    bool is_idempotent;
    char *referer;          /* of a redirect, with auto_referer */
    struct transfer *first; /* that began a chain of redirects; NULL: this one */
    struct redirect_totals before;

    struct resolver_lookup *lookup; /* NULL: none is under way */
    struct addresses *addresses;    /* NULL: libcurl finds them */
    struct curl_slist *resolve;     /* for CURLOPT_RESOLVE; NULL: libcurl has what it needs */

    bool starting;   /* counted by the client among those that have no connection yet */
    bool connecting; /* since the request was last sent */
    bool sent;
    bool unanswered;            /* the request was sent, and nothing has come */
    int sendings;               /* libcurl's: it may repeat a request by itself */
    int local_port;             /* of the connection on which it was last sent */
    struct libcurl_notes notes; /* of a request that must not be sent twice, since it was sent */
    uint64_t read_turn;         /* of the pump, when libcurl last read without an error */
    bool answered;     /* the headers of the final response are in: what follows are trailers */
    bool has_location; /* one of its headers */
    bool redirects;    /* the response is a redirect to be followed: its body is not kept */
    int64_t length;    /* Content-Length; -1: none */
    char *redirect;    /* the URL to which it redirects, or why that is not followed */

    struct timer timer;   /* of the lookup, the connection and then idle_timeout */
    double moved;         /* when a byte last moved, as far as it is known */
    uint64_t bytes_acked; /* of the connection, when silence was last looked into */
    int64_t uploaded;     /* bytes of the request's body that libcurl has sent */
    int64_t upload_seen;  /* of these, when silence was last looked into */
    uint64_t upload_end;  /* where these end among the connection's bytes */

    uint64_t passed_over; /* bytes of a redirect's body */
    bool is_enough;       /* of them: libcurl was told to stop */
    bool is_chunked;
    bool has_end;            /* the end of its HTTP/2 stream came; known of few */
    bool is_cut;             /* its HTTP/2 stream was reset in the place of an end */
    char *codings;           /* of Content-Encoding, until the body begins; NULL: none */
    struct decoder *decoder; /* NULL: the body is not coded */
    uint64_t received;       /* bytes of the body, decoded */
    size_t header_size;      /* of all its responses, trailers included */
    unsigned restarts;       /* by us, of a request that got no response */
    unsigned stalls;         /* the last of them, while the origin answered none */
    unsigned violations;     /* of HTTP/2's rules by the server, on its connections */
    struct failure failure;
    char *failure_text; /* where it is no literal */
    struct buffer body;
    struct header_lines header_lines;
    af_header *headers; /* their strings are in the lines */
    char *strings;      /* of the response, where they are too long for the room */
    char string_room[192];
    af_response response;
    char text[];
};

/* A pending transfer of CLIENT, whose request is copied but for its headers; its timer is not ready
 * yet (time_limits_init()). -ENOMEM. */
int transfer_new(af_client *client, af_loop *loop, const af_request *request, int64_t max_body,
                 struct transfer **ret_transfer);

/* True if FUTURE is a transfer. */
bool future_is_transfer(const af_future *future);

/* Notes a failure that was raised as R, with its text. */
void transfer_note_failure(struct transfer *transfer, struct failure failure, int r);

/* Makes it ready to be given to libcurl once more: nothing of a response has come. */
void transfer_reset(struct transfer *transfer);

#endif
