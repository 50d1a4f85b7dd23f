/* A thread that ends a call of libcurl which does not come back: libcurl reads from a socket until
 * there is nothing more, and in some protocols a server that never stops sending keeps it there, so
 * that no time limit and no signal is heard. The connection of such a socket is shut down. Who
 * waits in a call, for a disk or a terminal, and does not work is left alone. */
#ifndef HTTP_WATCHDOG_H
#define HTTP_WATCHDOG_H

struct watchdog;

/* Watches the thread that makes it. -EAGAIN where no thread can be made, -ENOMEM. */
int watchdog_new(struct watchdog **ret_watchdog);

/* NULL is fine, here and below. */
void watchdog_free(struct watchdog *watchdog);

/* Around each call of libcurl for a socket; by one thread. */
void watchdog_begin(struct watchdog *watchdog, int socket);
void watchdog_end(struct watchdog *watchdog, int socket);

#endif
