/* All that looks after the sockets of a client's connections. */
#ifndef HTTP_SOCKETS_H
#define HTTP_SOCKETS_H

#include "http/idle_sockets.h"
#include "http/watchdog.h"

struct sockets {
    struct watchdog *watchdog; /* NULL where no thread could be made */
    struct idle_sockets *idle;
};

#endif
