#include "tls_server.h"

#include <arpa/inet.h>
#include <criterion/criterion.h>
#include <openssl/ssl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

struct connection {
    struct tls_server *server;
    int socket;
    bool hangs;
};

/* Reads a request without a body. False at the end of the connection. */
static bool read_request(SSL *ssl)
{
    char request[4096] = "";
    size_t length = 0;
    while (!strstr(request, "\r\n\r\n")) {
        int size = SSL_read(ssl, request + length, (int)(sizeof request - 1 - length));
        if (size <= 0)
            return false;
        length += (size_t)size;
        request[length] = '\0';
    }
    return true;
}

static void answer(SSL *ssl, const struct tls_server *server, bool closes)
{
    char response[128];
    int size = snprintf(response, sizeof response, "HTTP/1.1 200 OK\r\n%sConnection: %s\r\n\r\nhi",
                        server->is_unsized ? "" : "Content-Length: 2\r\n",
                        closes ? "close" : "keep-alive");
    SSL_write(ssl, response, size);
}

/* Until the client closes the connection. */
static void hang(int socket)
{
    char ignored[512];
    while (read(socket, ignored, sizeof ignored) > 0)
        ;
}

static void *serve_connection(void *arg)
{
    struct connection connection = *(struct connection *)arg;
    struct tls_server *server = connection.server;
    free(arg);
    if (connection.hangs)
        hang(connection.socket);
    SSL *ssl = SSL_new(server->context);
    if (ssl && SSL_set_fd(ssl, connection.socket) && SSL_accept(ssl) == 1) {
        bool closes = server->closes, ends = server->ends;
        server->handshakes++;
        server->resumed += SSL_session_reused(ssl);
        while (read_request(ssl)) {
            answer(ssl, server, closes);
            if (closes || ends)
                break;
        }
        if (!server->is_cut)
            SSL_shutdown(ssl);
    }
    SSL_free(ssl);
    close(connection.socket);
    return NULL;
}

static void *serve(void *arg)
{
    struct tls_server *server = arg;
    pthread_t threads[64];
    size_t count = 0;
    int fd;
    while (count < sizeof threads / sizeof threads[0] &&
           (fd = accept(server->socket, NULL, NULL)) >= 0) {
        struct connection *connection = malloc(sizeof *connection);
        if (!connection)
            abort();
        *connection = (struct connection){server, fd, server->hangs > 0};
        server->hangs -= connection->hangs;
        if (pthread_create(&threads[count++], NULL, serve_connection, connection) != 0)
            abort();
    }
    while (count > 0)
        pthread_join(threads[--count], NULL);
    return NULL;
}

static void listen_somewhere(struct tls_server *server)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof address;
    server->socket = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    cr_assert_geq(server->socket, 0);
    cr_assert_eq(bind(server->socket, (struct sockaddr *)&address, size), 0);
    cr_assert_eq(listen(server->socket, 64), 0);
    cr_assert_eq(getsockname(server->socket, (struct sockaddr *)&address, &size), 0);
    snprintf(server->url, sizeof server->url, "https://127.0.0.1:%u/", ntohs(address.sin_port));
}

void tls_server_start(struct tls_server *server, const struct certificate *certificate,
                      const struct certificate *issuer)
{
    *server = (struct tls_server){.context = SSL_CTX_new(TLS_server_method())};
    cr_assert(server->context);
    signal(SIGPIPE, SIG_IGN);
    cr_assert(SSL_CTX_use_certificate(server->context, certificate->x509));
    cr_assert(SSL_CTX_use_PrivateKey(server->context, certificate->key));
    if (issuer)
        cr_assert(SSL_CTX_add1_chain_cert(server->context, issuer->x509));
    cr_assert(SSL_CTX_set_session_id_context(server->context, (const unsigned char *)"test", 4));
    listen_somewhere(server);
    cr_assert_eq(pthread_create(&server->thread, NULL, serve, server), 0);
}

void tls_server_stop(struct tls_server *server)
{
    shutdown(server->socket, SHUT_RDWR);
    cr_assert_eq(pthread_join(server->thread, NULL), 0);
    close(server->socket);
    SSL_CTX_free(server->context);
}
