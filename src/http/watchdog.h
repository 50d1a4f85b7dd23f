/* A thread that ends a call of libcurl which does not come back: libcurl reads from a socket until
 * there is nothing more, and in some protocols a server that never stops sending keeps it there, so
 * that no time limit and no signal is heard. The connection that receives is then shut down. Who
 * waits in a call, for a disk or a terminal, and does not work is left alone. */
#ifndef HTTP_WATCHDOG_H
#define HTTP_WATCHDOG_H

struct watchdog;

/* Watches the thread that makes it. -EAGAIN where no thread can be made, -ENOMEM. */
int watchdog_new(struct watchdog **ret_watchdog);

/* NULL is fine, here and below. */
void watchdog_free(struct watchdog *watchdog);

/* Around each call of libcurl that may read; by one thread. */
void watchdog_begin(struct watchdog *watchdog);
void watchdog_end(struct watchdog *watchdog);

/* The TCP sockets of the connections. One is closed here, so that it is no other that is shut down.
 * Without memory it is not watched. */
void watchdog_add(struct watchdog *watchdog, int socket);
int watchdog_close(struct watchdog *watchdog, int socket);

#endif
