/* An HTTP client on the loop: every request is a future. Made of libcurl, which does all of HTTP
 * and TLS. Only http and https are spoken, in redirects too. */
#ifndef AFETCH_HTTP_H
#define AFETCH_HTTP_H

#include <stdint.h>

#include <afetch/future.h>

AF_BEGIN_DECLARATIONS

typedef struct af_client af_client;

/* What holds for every request of a client. Zero is the default everywhere; strings and lists are
 * copied. Times are seconds, 0 for no limit. */
typedef struct af_client_options {
    size_t concurrency; /* how many requests at once to be ready for, at most; 0: 100, or more */
    size_t descriptors; /* that the caller needs besides, and more than a few; where concurrency is
                           given, idle connections are kept as far as both leave descriptors */

    const char *user_agent;     /* NULL: "afetch/VERSION"; "": none */
    const char *referer;        /* NULL: none */
    const char *const *headers; /* "Name: value" lines, as curl's -H takes them; NULL-terminated */
    bool decompress;            /* ask for packed bodies, and unpack them */
    int http_version;           /* 11: HTTP/1.1 alone; 20, 0: HTTP/2 where TLS agrees on it */
    bool follow_redirects;      /* see af_client_follow() */
    long max_redirects;         /* -1: no limit */
    bool auto_referer;          /* after a redirect, send the URL that it came from */

    /* Credentials: for the host of the request's URL, and for no other that a redirect names. */
    const char *user; /* "NAME:PASSWORD" */
    const char *bearer_token;
    bool netrc;             /* look for the host's in the netrc file */
    const char *netrc_file; /* NULL: ~/.netrc */
<<<<<<< HEAD
    /* Where it is not NULL, cookies are kept from request to request, and those of these files are
     * there at the beginning; "" is no file. NULL-terminated. */
=======
    /* If not NULL, the client keeps cookies from one request to the next, and starts with those of
     * these files; "" is no file. NULL-terminated. */
>>>>>>> bccce30 (include: name the condition in every Suspends line)
    const char *const *cookie_files;

    const char *proxy; /* a URL; NULL: the environment's, as for curl; "": none */
    const char *proxy_user;

    double attempt_timeout; /* one request, from its start to the last byte */
    double connect_timeout; /* until a connection stands, handshakes included; 0: curl's 300 s */
    double idle_timeout;    /* with no byte moving up or down once the request is sent */
    int64_t max_body;       /* bytes; a larger body is AF_HTTP_TOO_LARGE. 0: only the client's own
                               limit on decompression holds; negative: not even that */

    int ip_version;          /* 4 or 6; 0: either */
    bool insecure;           /* accept any certificate, the proxy's too */
    const char *ca_file;     /* what both are proved by; NULL: the system's */
    const char *certificate; /* shown to servers that ask for ours; a PEM file */
    const char *certificate_password;
    const char *key;               /* NULL: it is in the certificate's file */
    const char *const *connect_to; /* HOST1:PORT1:HOST2:PORT2, NULL-terminated */
    const char *const *resolve;    /* [+]HOST:PORT:ADDRESS, NULL-terminated */
} af_client_options;

/* Receives the body as it comes. Runs on the main stack and must not suspend or touch the client; a
 * negative code ends the transfer as AF_HTTP_IO. */
typedef int af_body_callback(const void *data, size_t size, void *arg);

enum af_body {
    AF_BODY_DISCARD,  /* counted, not kept */
    AF_BODY_MEMORY,   /* kept in the response, up to max_body; on_body is told of it too, if any */
    AF_BODY_CALLBACK, /* given to on_body */
};

/* Something that happens to a request before it ends. */
enum af_request_event {
    AF_REQUEST_CONNECTING, /* a connection is begun; more than one where addresses are tried */
    AF_REQUEST_SENDING,    /* a connection stands, and the request goes out on it */
    AF_REQUEST_ANSWERED,   /* the first line of an answer has come, which may be a redirect */
};

typedef struct af_request_news {
    enum af_request_event event;
    const char *remote_ip; /* NULL in an answer */
    long remote_port;
    bool reused; /* in sending: the connection was there before */
    long status; /* of an answer */
} af_request_news;

/* Hears the news of a request as they happen. The terms are those of af_body_callback. */
typedef void af_request_listener(const af_request_news *news, void *arg);

/* One request. Copied where it must outlive the call. */
typedef struct af_request {
    const char *url; /* without a scheme: http */
    enum af_body body;
    af_body_callback *on_body;
    void *on_body_arg;
    bool keep_headers;             /* the response has its headers and trailers */
    af_request_listener *listener; /* NULL: nobody */
    void *listener_arg;

    /* NULL: POST with a content, GET without. After a redirect it changes as RFC 9110 has it: to
     * GET after 303, and after 301 and 302 where it was POST. */
    const char *method;
    bool keep_method; /* the method stays after redirects, as with curl -X; the content does not */
    /* Lines like those of the options; those of a name take the place of the options' of that name.
     * NULL: the options' alone. */
    const char *const *headers;
    /* NULL: none. Borrowed until the future, and those that follow it, are done; not sent with
     * HEAD.
     */
    const void *content;
    size_t content_size;
} af_request;

/* Why a transfer brought no whole response. */
enum af_http_error {
    AF_HTTP_OK,
    AF_HTTP_URL,       /* no URL, or not one of http or https */
    AF_HTTP_RESOLVE,   /* the name has no address */
    AF_HTTP_CONNECT,   /* no connection */
    AF_HTTP_TLS,       /* no secure one */
    AF_HTTP_TIMEOUT,   /* connecting, idle, or the whole attempt */
    AF_HTTP_RESET,     /* the connection ended too early */
    AF_HTTP_PROTOCOL,  /* what came is not HTTP */
    AF_HTTP_REDIRECT,  /* too many, or to where we do not go */
    AF_HTTP_TOO_LARGE, /* the body is over max_body */
    AF_HTTP_IO,        /* the body callback failed */
    AF_HTTP_CANCELLED,
    AF_HTTP_OTHER,
};

/* The limit that ended a transfer. */
enum af_http_limit {
    AF_HTTP_LIMIT_NONE,
    AF_HTTP_LIMIT_CONNECT,       /* connect_timeout, or libcurl's or the system's own */
    AF_HTTP_LIMIT_IDLE,          /* idle_timeout */
    AF_HTTP_LIMIT_ATTEMPT,       /* attempt_timeout */
    AF_HTTP_LIMIT_BODY,          /* max_body */
    AF_HTTP_LIMIT_HEADERS,       /* the client's own, on bytes of headers */
    AF_HTTP_LIMIT_DECOMPRESSION, /* the client's own, on what a compressed body expands to */
};

typedef struct af_header {
    const char *name; /* in lower case */
    const char *value;
} af_header;

/* What is known of a transfer. Strings are NULL and numbers 0 where nothing is known; nothing in it
 * is trusted: servers may send any byte but NUL. Times are microseconds from the transfer's start,
 * and mean what curl's -w variables of the same name mean. */
typedef struct af_response {
    enum af_http_error error;
    enum af_http_limit limit; /* of an AF_HTTP_TIMEOUT or AF_HTTP_TOO_LARGE */
    int curl_code;
    const char *error_text; /* NULL where there is no error */

    const char *method;
    const char *url; /* after redirects */
    const char *scheme;
    int http_version; /* 10, 11, 20, 30 */
    long status;
    const char *content_type;
    const char *redirect_url; /* where it would have led, had it been followed */
    int64_t retry_after;      /* seconds that the server asks to wait, in either form */

    long redirects; /* that were followed before; all sizes of headers and requests, and all times,
                       include theirs */
    long connects;  /* new connections made for it; 0 where one was reused */
    const char *remote_ip;
    long remote_port;
    const char *local_ip;
    long local_port;

    int64_t size_download; /* bytes of the body, as transferred */
    int64_t size_header;
    int64_t size_request;
    int64_t size_upload;
    int64_t speed_download; /* bytes a second */

    int64_t time_namelookup;
    int64_t time_connect;
    int64_t time_appconnect;
    int64_t time_pretransfer;
    int64_t time_starttransfer;
    int64_t time_redirect;
    int64_t time_total;

    int64_t started_at; /* microseconds since 1970, UTC */
    double start;       /* on the loop's clock; after redirects, that of the first request */
    double end;

    const af_header *headers; /* in the order they came, of the last response */
    size_t header_count;
    const af_header *trailers; /* behind its body; NULL where headers is */
    size_t trailer_count;
    const char *body; /* also NUL-terminated */
    size_t body_size;
} af_response;

/* A client on the running loop; options may be NULL. -ENOMEM; AF_RUNTIME_ERROR where no loop is
 * running; -ENOTSUP on a loop with its own poll; -EINVAL with a text where libcurl refuses an
 * option. The caller owns the client. Does not suspend. */
int af_client_new(const af_client_options *options, af_client **ret_client);

/* Closes all connections; requests under way are cancelled. NULL is fine. Free it before its loop
 * is closed. Futures of its requests may outlive it. */
void af_client_free(af_client *client);

/* Begins a request. The future's result is a const af_response *, which lives as long as the
 * future: a status of 404 is a response, and so is a connection that failed, with error set. The
 * future itself fails only where there is nothing to say: -ENOMEM, which may also be returned at
 * once, as -EINVAL is for a URL of more than 8,000,000 bytes. A redirect is not followed by itself:
 * see af_client_follow() and af_client_fetch(). Cancelling it removes the transfer at once, at any
 * stage. The caller owns the future. Does not suspend. */
int af_client_request(af_client *client, const af_request *request, af_future **ret_future);

/* The URL that the response of a request which is done redirects to, where its client follows
 * redirects; NULL where it is no redirect, or one that cannot be followed, which is an error of the
 * response: AF_HTTP_REDIRECT. Borrowed from the future. */
const char *af_request_redirect(const af_future *future);

<<<<<<< HEAD
/* Begins the request that a redirect leads to: PREVIOUS is one that has af_request_redirect(). What
 * is asked, and with which credentials, is decided as by libcurl: those that were given for the
 * first request go to its scheme, host and port alone. Otherwise as af_client_request(). */
=======
/* Starts the request that a redirect leads to. PREVIOUS is a request for which
 * af_request_redirect() is not NULL. Method, content and credentials follow libcurl's rules:
 * credentials given for the first request are sent only to the same scheme, host and port.
 * Errors: those of af_client_request().
 * Suspends: never.
 * Ownership: the caller owns the future. The response is borrowed from it. */
>>>>>>> bccce30 (include: name the condition in every Suspends line)
int af_client_follow(af_client *client, const af_future *previous, af_future **ret_future);

/* Awaits a request and all that it is redirected to: *ret_future is the last one's, done. The
 * errors of af_client_request() and af_await(). Suspends. */
int af_client_fetch(af_client *client, const af_request *request, af_future **ret_future);

/* How many bytes of bodies have come for all requests of the client, those under way among them; as
 * many as they became where they came packed. */
uint64_t af_client_received(const af_client *client);

/* What is known of the transfer of a request's future, also when it was cancelled. Borrowed from
 * the future; nothing in it is set before the future is done. NULL for any other future. */
const af_response *af_request_response(const af_future *future);

/* Frees the headers and the body of a request that is done; the response has them no more. */
void af_request_discard(af_future *future);

/* The status of the response whose body comes just now, for on_body; 0 where none does. */
long af_request_status(const af_future *future);

/* libcurl's code for an error, for one that was not found by libcurl. */
int af_http_curl_code(enum af_http_error error);

/* How many requests at once a process with so many descriptors can carry: one each, and what
 * libcurl needs besides, for resolving names above all. At least 1. */
size_t af_client_concurrency(size_t descriptors);

/* Whether URL begins with a scheme; to one that does not, http is meant. */
bool af_url_has_scheme(const char *url);

/* Whether URL can be asked for: 0, or -EINVAL with a text that says why not, -ENOMEM. */
int af_url_check(const char *url);

/* The host and port of a URL as "example.com:443", in lower case, the port also where it is the
 * scheme's own: what requests to the same server have in common. The caller frees it. -EINVAL where
 * it is no URL, -ENOMEM. */
int af_url_host(const char *url, char **ret_host);

/* The URL as it is asked for, so that two which ask for the same are equal: with its scheme, its
 * host in lower case, no port that is the scheme's own, no dots in its path, and no fragment. The
 * caller frees it. -EINVAL where it is no URL, -ENOMEM. */
int af_url_normalize(const char *url, char **ret_url);

/* The versions of libcurl and of what it is made with, as curl -V begins. Static. */
const char *af_http_version(void);

AF_END_DECLARATIONS

#endif
