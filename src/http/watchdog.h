/* A thread that ends a call of libcurl which does not return: libcurl reads from a socket until
 * there is nothing more, and in some protocols a server that never stops sending keeps it there, so
 * that no time limit and no signal is handled. A connection from which one call reads for 2 to 2.5
 * seconds without any progress is shut down; after the first, for 1 to 1.5 seconds. It is what is
 * read that counts, not the time that passes: a call that waits for a processor, a disk or a
 * terminal, and a process that was stopped, keep their connections. */
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

/* Within a call, by the same thread: libcurl has called back with a part of a response. */
void watchdog_progress(struct watchdog *watchdog);

/* The TCP sockets of the connections. One is closed here, so that it is no other that is shut down.
 * Without memory it is not watched. */
void watchdog_add(struct watchdog *watchdog, int socket);
int watchdog_close(struct watchdog *watchdog, int socket);

#endif
