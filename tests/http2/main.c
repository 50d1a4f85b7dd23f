/* The options, the port of HTTP/2, and that of the counters. */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <openssl/ssl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "../support/descriptors.h"
#include "certificate.h"
#include "connection.h"
#include "routes.h"

void die(const char *what)
{
    fprintf(stderr, "http2-server: %s\n", what);
    exit(1);
}

void *must(void *pointer)
{
    if (!pointer)
        die("no memory");
    return pointer;
}

void append(struct buffer *buffer, const void *data, size_t size)
{
    if (buffer_append(buffer, data, size) < 0)
        die("no memory");
}

void append_string(struct buffer *buffer, const char *string)
{
    append(buffer, string, strlen(string));
}

void check_nghttp2(int r)
{
    if (nghttp2_is_fatal(r))
        die(nghttp2_strerror(r));
}

/* ----------------------------------------------------------------- sockets */

static int listen_on(unsigned port, unsigned *ret_port)
{
    struct sockaddr_in address = {.sin_family = AF_INET,
                                  .sin_port = htons((uint16_t)port),
                                  .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof address;
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0), yes = 1;
    if (fd < 0 || setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes) < 0 ||
        bind(fd, (struct sockaddr *)&address, size) < 0 || listen(fd, 1024) < 0 ||
        getsockname(fd, (struct sockaddr *)&address, &size) < 0)
        die(strerror(errno));
    *ret_port = ntohs(address.sin_port);
    return fd;
}

static void on_client(struct ev_loop *loop, ev_io *io, int events)
{
    (void)loop, (void)events;
    int fd;
    while ((fd = accept4(io->fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK)) >= 0)
        connection_start(io->data, fd);
}

/* Answers any request of HTTP/1 with the counters. */
static void on_reader(struct ev_loop *loop, ev_io *io, int events)
{
    (void)loop, (void)events;
    int fd = accept4(io->fd, NULL, NULL, SOCK_CLOEXEC);
    if (fd < 0)
        return;
    const struct server *server = io->data;
    struct timeval second = {.tv_sec = 1};
    char request[4096];
    struct buffer response;
    buffer_init(&response, SIZE_MAX);
    append_string(&response, "HTTP/1.0 200 OK\r\nContent-Type: application/json\r\n\r\n");
    counters_write(&server->counters, &response);
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &second, sizeof second);
    setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &second, sizeof second);
    if (recv(fd, request, sizeof request, 0) > 0)
        send(fd, response.data, response.length, MSG_NOSIGNAL);
    close(fd);
    buffer_free(&response);
}

/* --------------------------------------------------------------------- TLS */

static int choose_protocol(SSL *ssl, const unsigned char **ret_name, unsigned char *ret_length,
                           const unsigned char *offered, unsigned offered_length, void *arg)
{
    (void)ssl, (void)arg;
    static const unsigned char h2[] = "\2h2";
    int r = SSL_select_next_proto((unsigned char **)ret_name, ret_length, h2, 3, offered,
                                  offered_length);
    return r == OPENSSL_NPN_NEGOTIATED ? SSL_TLSEXT_ERR_OK : SSL_TLSEXT_ERR_ALERT_FATAL;
}

static SSL_CTX *make_context(const char *certificate)
{
    SSL_CTX *context = must(SSL_CTX_new(TLS_server_method()));
    SSL_CTX_set_mode(context, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
    SSL_CTX_set_alpn_select_cb(context, choose_protocol, NULL);
    certificate_make(context, certificate);
    return context;
}

/* ----------------------------------------------------------------- the end */

static void on_stdin(struct ev_loop *loop, ev_io *io, int events)
{
    (void)events;
    char ignored[512];
    if (read(io->fd, ignored, sizeof ignored) <= 0)
        ev_break(loop, EVBREAK_ALL);
}

static void serve(struct server *server, unsigned port)
{
    ev_io clients, readers, end;
    unsigned counters_port;
    ev_io_init(&clients, on_client, listen_on(port, &port), EV_READ);
    ev_io_init(&readers, on_reader, listen_on(0, &counters_port), EV_READ);
    ev_io_init(&end, on_stdin, STDIN_FILENO, EV_READ);
    clients.data = readers.data = server;
    ev_io_start(server->loop, &clients);
    ev_io_start(server->loop, &readers);
    ev_io_start(server->loop, &end);
    printf("%u %u\n", port, counters_port);
    fflush(stdout);
    ev_run(server->loop, 0);
}

/* ------------------------------------------------------------- the program */

static void print_help(void)
{
    puts(
        "http2-server [--port N] [--certificate FILE] [options]\n"
        "Serves HTTP/2 over TLS on 127.0.0.1 until its standard input closes. Prints its port, "
        "and\n"
        "that of its counters (HTTP/1.0, any path). Its certificate, for 127.0.0.1, localhost and\n"
        "*.h2.test, is written to FILE.\n"
        "  --most-streams N         SETTINGS_MAX_CONCURRENT_STREAMS (100)\n"
        "  --goaway-after N         a connection processes N requests, sends GOAWAY, and ignores "
        "more\n"
        "  --close-after N          a connection ends after N responses, without GOAWAY\n"
        "  --first-connections N    only the first N connections have the three above\n"
        "  --delay SECONDS          before each response\n"
        "Paths (a query makes another path of each):");
    routes_print();
}

enum option_name { PORT, CERTIFICATE, MOST, GOAWAY, CLOSE, FIRST, DELAY, HELP };

static const struct option known[] = {
    {"port", required_argument, NULL, PORT},
    {"certificate", required_argument, NULL, CERTIFICATE},
    {"most-streams", required_argument, NULL, MOST},
    {"goaway-after", required_argument, NULL, GOAWAY},
    {"close-after", required_argument, NULL, CLOSE},
    {"first-connections", required_argument, NULL, FIRST},
    {"delay", required_argument, NULL, DELAY},
    {"help", no_argument, NULL, HELP},
    {NULL, 0, NULL, 0},
};

struct arguments {
    unsigned port;
    const char *certificate;
};

static void take_option(struct options *options, struct arguments *arguments, int option)
{
    switch (option) {
    case PORT:
        arguments->port = (unsigned)atoi(optarg);
        break;
    case CERTIFICATE:
        arguments->certificate = optarg;
        break;
    case MOST:
        options->most_streams = atoi(optarg);
        break;
    case GOAWAY:
        options->goaway_after = atoi(optarg);
        break;
    case CLOSE:
        options->close_after = atoi(optarg);
        break;
    case FIRST:
        options->first_connections = atoi(optarg);
        break;
    case DELAY:
        options->delay = atof(optarg);
        break;
    default:
        print_help();
        exit(option == HELP ? 0 : 2);
    }
}

int main(int argc, char **argv)
{
    struct server server = {.loop = must(ev_default_loop(0))};
    struct arguments arguments = {0};
    int option;
    while ((option = getopt_long(argc, argv, "", known, NULL)) != -1)
        take_option(&server.options, &arguments, option);
    signal(SIGPIPE, SIG_IGN);
    descriptors_raise_limit();
    server.context = make_context(arguments.certificate);
    serve(&server, arguments.port);
    SSL_CTX_free(server.context);
    counters_free(&server.counters);
    return 0;
}
