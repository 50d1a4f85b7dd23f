/* An HTTP client on the event loop, based on libcurl: each request is a future. The only schemes
 * are http and https, also in redirects. */
#ifndef AFETCH_HTTP_H
#define AFETCH_HTTP_H

#include <stdint.h>

#include <afetch/future.h>

AF_BEGIN_DECLARATIONS

typedef struct af_client af_client;

/* Options of all requests of a client. Zero is the default of every member. Times are in seconds,
 * and 0 is no limit unless a member says otherwise.
 * Ownership: strings and lists are copied. */
typedef struct af_client_options {
    size_t concurrency; /* maximum number of concurrent requests to expect; 0: 100, or more */
    size_t descriptors; /* file descriptors that the caller needs, besides the standard streams and
                         * a few files. If concurrency is set, idle connections may take those that
                         * concurrency and this leave */

    const char *user_agent;     /* NULL: "afetch/VERSION"; "": none */
    const char *referer;        /* NULL: none */
    const char *const *headers; /* "Name: value" lines, as curl's -H takes them; NULL-terminated */
    bool decompress;            /* request compressed bodies, and decompress them */
    int http_version;           /* 11: only HTTP/1.1; 20, 0: HTTP/2 if TLS negotiates it */
    bool follow_redirects;      /* see af_client_follow() */
    long max_redirects;         /* -1: no limit */
    bool auto_referer;          /* set Referer to the previous URL after a redirect */

    /* Credentials are sent to the host of the request's URL only, never to another host that a
     * redirect leads to. */
    const char *user; /* "NAME:PASSWORD" */
    const char *bearer_token;
    bool netrc;             /* look up the host in the netrc file */
    const char *netrc_file; /* NULL: ~/.netrc */
    /* If not NULL, the client keeps cookies from one request to the next, and starts with those of
     * these files; "" is no file. NULL-terminated. */
    const char *const *cookie_files;

    const char *proxy; /* a URL; NULL: from the environment, as in curl; "": none */
    const char *proxy_user;

    double attempt_timeout; /* of one request, from its start to the last byte */
    double connect_timeout; /* until connected, including handshakes; 0: curl's 300 s */
    double idle_timeout;    /* without a byte sent or received, once the request is sent */
    int64_t max_body;       /* bytes; a larger body fails with AF_HTTP_TOO_LARGE. 0: only the fixed
                             * limit on decompression applies; negative: no limit at all */

    int ip_version;          /* 4 or 6; 0: either */
    bool insecure;           /* do not verify certificates, including the proxy's */
    const char *ca_file;     /* CA certificates for server and proxy; NULL: the system's */
    const char *certificate; /* client certificate; a PEM file */
    const char *certificate_password;
    const char *key;               /* private key; NULL: it is in the certificate's file */
    const char *const *connect_to; /* HOST1:PORT1:HOST2:PORT2, NULL-terminated */
    const char *const *resolve;    /* [+]HOST:PORT:ADDRESS, NULL-terminated */
} af_client_options;

/* Receives the body in pieces as it arrives. It runs on the thread's stack and must not suspend or
 * call functions of the client. A negative code ends the transfer with AF_HTTP_IO. */
typedef int af_body_callback(const void *data, size_t size, void *arg);

enum af_body {
    AF_BODY_DISCARD,  /* only counted */
    AF_BODY_MEMORY,   /* kept in the response, up to max_body, and passed to on_body, if any */
    AF_BODY_CALLBACK, /* passed to on_body */
};

/* An event of a request before its end. */
enum af_request_event {
    AF_REQUEST_CONNECTING, /* connecting starts; repeated for each address tried */
    AF_REQUEST_SENDING,    /* connected; the request is being sent */
    AF_REQUEST_ANSWERED,   /* a status line was received, possibly of a redirect */
};

typedef struct af_request_news {
    enum af_request_event event;
    const char *remote_ip; /* NULL in AF_REQUEST_ANSWERED */
    long remote_port;
    bool reused; /* in AF_REQUEST_SENDING: an existing connection is reused */
    long status; /* in AF_REQUEST_ANSWERED */
} af_request_news;

/* Receives the events of a request as they happen. The restrictions of af_body_callback apply. */
typedef void af_request_listener(const af_request_news *news, void *arg);

/* One request.
 * Ownership: everything except content is copied if needed after the call. */
typedef struct af_request {
    const char *url; /* http:// if it has no scheme */
    enum af_body body;
    af_body_callback *on_body;
    void *on_body_arg;
    bool keep_headers;             /* keep headers and trailers in the response */
    af_request_listener *listener; /* NULL: none */
    void *listener_arg;

    /* NULL: POST with content, GET without. After a redirect it changes by RFC 9110: to GET after
     * 303, and after 301 and 302 if it was POST. */
    const char *method;
    bool keep_method; /* keep the method after redirects, as with curl -X; the content is dropped
                       * all the same */
    /* Lines like af_client_options.headers. A header replaces the client's headers of the same
     * name. NULL: only the client's. */
    const char *const *headers;
    /* NULL: none. Not sent with HEAD.
     * Ownership: borrowed until the future, and the futures of requests that follow its redirects,
     * are done. */
    const void *content;
    size_t content_size;
} af_request;

/* Reasons why there is no complete response. */
enum af_http_error {
    AF_HTTP_OK,
    AF_HTTP_URL,       /* invalid URL, or neither http nor https */
    AF_HTTP_RESOLVE,   /* the host name could not be resolved */
    AF_HTTP_CONNECT,   /* could not connect */
    AF_HTTP_TLS,       /* TLS handshake or certificate verification failed */
    AF_HTTP_TIMEOUT,   /* a time limit: see af_http_limit */
    AF_HTTP_RESET,     /* the connection was closed too early */
    AF_HTTP_PROTOCOL,  /* the response is not valid HTTP */
    AF_HTTP_REDIRECT,  /* too many redirects, or to another scheme than http and https */
    AF_HTTP_TOO_LARGE, /* a size limit: see af_http_limit */
    AF_HTTP_IO,        /* the body callback returned an error */
    AF_HTTP_CANCELLED,
    AF_HTTP_OTHER,
};

/* The limit that ended a transfer. */
enum af_http_limit {
    AF_HTTP_LIMIT_NONE,
    AF_HTTP_LIMIT_CONNECT,       /* connect_timeout, or a limit of libcurl or the system */
    AF_HTTP_LIMIT_IDLE,          /* idle_timeout */
    AF_HTTP_LIMIT_ATTEMPT,       /* attempt_timeout */
    AF_HTTP_LIMIT_BODY,          /* max_body */
    AF_HTTP_LIMIT_HEADERS,       /* fixed limit on the size of the headers */
    AF_HTTP_LIMIT_DECOMPRESSION, /* fixed limit on the size after decompression */
};

typedef struct af_header {
    const char *name; /* in lower case */
    const char *value;
} af_header;

/* The result of a transfer. Unknown strings are NULL, unknown numbers 0. The contents are
 * untrusted: servers may send any byte but NUL. Times are in microseconds from the start of the
 * transfer, and have the meaning of curl's -w variables of the same name. */
typedef struct af_response {
    enum af_http_error error;
    enum af_http_limit limit; /* with AF_HTTP_TIMEOUT or AF_HTTP_TOO_LARGE */
    int curl_code;
    const char *error_text; /* NULL if there is no error */

    const char *method;
    const char *url; /* after redirects */
    const char *scheme;
    int http_version; /* 10, 11, 20, 30 */
    long status;
    const char *content_type;
    const char *redirect_url; /* target of a redirect that was not followed */
    int64_t retry_after;      /* seconds, from either form of Retry-After */

    long redirects; /* redirects followed before; they are included in all times and in the sizes of
                     * headers and requests */
    long connects;  /* new connections; 0 if one was reused */
    const char *remote_ip;
    long remote_port;
    const char *local_ip;
    long local_port;

    int64_t size_download; /* bytes of the body as transferred, before decompression */
    int64_t size_header;
    int64_t size_request;
    int64_t size_upload;
    int64_t speed_download; /* bytes per second */

    int64_t time_namelookup;
    int64_t time_connect;
    int64_t time_appconnect;
    int64_t time_pretransfer;
    int64_t time_starttransfer;
    int64_t time_redirect;
    int64_t time_total;

    int64_t started_at; /* microseconds since 1970, UTC */
    double start;       /* seconds on the loop's clock; after redirects, the start of the first
                         * request */
    double end;

    const af_header *headers; /* of the last response, in the order received */
    size_t header_count;
    const af_header *trailers; /* after the body; NULL if headers is */
    size_t trailer_count;
    const char *body; /* also NUL-terminated */
    size_t body_size;
} af_response;

/* Creates a client on the running loop; options may be NULL.
 * Errors: -ENOMEM; AF_RUNTIME_ERROR if no loop is running; -ENOTSUP on a loop with its own poll;
 * -EINVAL, with a text, if libcurl rejects an option.
 * Suspends: never.
 * Ownership: the caller owns the client. */
int af_client_new(const af_client_options *options, af_client **ret_client);

/* Cancels all pending requests, closes all connections and frees the client. To be called before
 * the loop is closed. Futures of its requests remain valid. */
void af_client_free(af_client *client);

/* Starts a request. The result of the future is a const af_response *. A response with status 404
 * is a result, and so is a failed connection, with af_response.error set; the future has an
 * exception only if there is no response to return (-ENOMEM). Redirects are not followed: see
 * af_client_follow() and af_client_fetch(). Cancelling the future removes the transfer at once, at
 * any stage.
 * Errors: -ENOMEM; -EINVAL if the URL is longer than 8,000,000 bytes.
 * Suspends: never.
 * Ownership: the caller owns the future. The response is borrowed from it. */
int af_client_request(af_client *client, const af_request *request, af_future **ret_future);

/* Returns the URL that the response of a finished request redirects to. NULL if it is not a
 * redirect, if its client does not follow redirects, or if the redirect cannot be followed, in
 * which case the error of the response is AF_HTTP_REDIRECT.
 * Ownership: borrowed from the future. */
const char *af_request_redirect(const af_future *future);

/* Starts the request that a redirect leads to. PREVIOUS is a request for which
 * af_request_redirect() is not NULL. Method, content and credentials follow libcurl's rules:
 * credentials given for the first request are sent only to the same scheme, host and port.
 * Errors: those of af_client_request().
 * Suspends: never.
 * Ownership: the caller owns the future. The response is borrowed from it. */
int af_client_follow(af_client *client, const af_future *previous, af_future **ret_future);

/* Makes a request, follows its redirects, and awaits the last request. *ret_future is the last
 * request's future, which is done.
 * Errors: those of af_client_request() and af_await().
 * Suspends: until the last response is complete.
 * Ownership: the caller owns the future. */
int af_client_fetch(af_client *client, const af_request *request, af_future **ret_future);

/* Returns the number of body bytes received by all requests of the client, including those in
 * progress, after decompression. */
uint64_t af_client_received(const af_client *client);

/* Returns the response of a request's future, also if it was cancelled. Nothing in it is set before
 * the future is done. NULL if the future is not that of a request.
 * Ownership: borrowed from the future. */
const af_response *af_request_response(const af_future *future);

/* Frees the headers and the body of a finished request and removes them from its response. */
void af_request_discard(af_future *future);

/* Returns the status of the response whose body is being received, for use in on_body. 0: no body
 * is being received. */
long af_request_status(const af_future *future);

/* Returns libcurl's code for an error that was not reported by libcurl. */
int af_http_curl_code(enum af_http_error error);

/* Returns the number of concurrent requests that a process with so many file descriptors can make:
 * each takes one, and libcurl needs some more, mostly to resolve names. At least 1. */
size_t af_client_concurrency(size_t descriptors);

/* True if URL begins with a scheme. Without one, http is assumed. */
bool af_url_has_scheme(const char *url);

/* Checks if URL can be requested.
 * Errors: -EINVAL, with the reason as its text; -ENOMEM. */
int af_url_check(const char *url);

/* Gets the host and port of a URL as "example.com:443", in lower case, with the scheme's default
 * port if there is none: a key for requests to the same server.
 * Errors: -EINVAL if it is not a URL; -ENOMEM.
 * Ownership: the caller frees the string. */
int af_url_host(const char *url, char **ret_host);

/* Normalizes a URL, so that two URLs of the same resource are equal: with scheme, the host in lower
 * case, without the default port, without dot segments in the path, without a fragment.
 * Errors: -EINVAL if it is not a URL; -ENOMEM.
 * Ownership: the caller frees the string. */
int af_url_normalize(const char *url, char **ret_url);

/* Returns the versions of libcurl and the libraries it uses, as the first line of curl -V.
 * Ownership: a static string. */
const char *af_http_version(void);

AF_END_DECLARATIONS

#endif
