/* Notices that a server has closed an idle connection, which libcurl sees only when it is about to
 * use it again, and then not always: libcurl 7.88 takes a connection on which a TLS close_notify is
 * unread for a live one, 8.22 any that was used within a second. */
#ifndef HTTP_IDLE_SOCKETS_H
#define HTTP_IDLE_SOCKETS_H

#include <stdbool.h>

#include "async/loop.h"

struct idle_sockets;

/* The loop is borrowed. -ENOMEM. */
int idle_sockets_new(af_loop *loop, struct idle_sockets **ret_sockets);

/* NULL is fine. */
void idle_sockets_free(struct idle_sockets *sockets);

/* Adds the socket of a connection to ORIGIN, a pointer that is compared and never read. Without
 * memory it is not added, and not watched. */
void idle_sockets_add(struct idle_sockets *sockets, int socket, const void *origin);

/* Removes a socket that is about to be closed. */
void idle_sockets_remove(struct idle_sockets *sockets, int socket);

/* No transfer uses SOCKET any more, or one does again. One that was not added is ignored. */
void idle_sockets_watch(struct idle_sockets *sockets, int socket);
void idle_sockets_unwatch(struct idle_sockets *sockets, int socket);

/* True if libcurl still has an idle connection to ORIGIN that the server has closed. */
bool idle_sockets_has_ended(const struct idle_sockets *sockets, const void *origin);

#endif
