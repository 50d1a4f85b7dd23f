/* An HTTPS server on the loopback, in threads of its own, which answers every request with 200. */
#ifndef TESTS_TLS_SERVER_H
#define TESTS_TLS_SERVER_H

#include <openssl/types.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>

#include "certificate.h"

struct tls_server {
    SSL_CTX *context;
    int socket;
    pthread_t thread;
    char url[64];
    atomic_int handshakes;  /* that were completed */
    atomic_int resumed;     /* of these, those of an earlier session */
    atomic_bool closes;     /* connections after one request */
    atomic_bool ends;       /* them too, and does not say so in the response */
    atomic_int hangs;       /* the next so many connections get no handshake */
    atomic_bool is_cut;     /* they end without a close_notify */
    atomic_bool is_unsized; /* bodies have no length but the end of the connection */
};

/* Serves with CERTIFICATE, and sends the certificate of ISSUER with it where it is not NULL. What
 * fails ends the test. */
void tls_server_start(struct tls_server *server, const struct certificate *certificate,
                      const struct certificate *issuer);

/* Its clients have closed their connections. */
void tls_server_stop(struct tls_server *server);

#endif
