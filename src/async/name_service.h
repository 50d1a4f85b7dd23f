/* The system's configuration of name lookups: /etc/nsswitch.conf, resolv.conf, gai.conf. */
#ifndef ASYNC_NAME_SERVICE_H
#define ASYNC_NAME_SERVICE_H

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/stat.h>

/* Paths. A missing file has no effect. */
struct name_files {
    const char *hosts;
    const char *nsswitch;
    const char *resolv_conf;
    const char *gai_conf;
};

enum { NAME_FILES = 4 };

/* Use of IPv6 in lookups of both families. */
enum ipv6_use {
    IPV6_NEVER,    /* the kernel does not support it, or the option no-aaaa is set */
    IPV6_FALLBACK, /* no route: look up IPv6 addresses only if there are no others */
    IPV6_WANTED,
};

struct name_service {
    /* True if the configuration needs getaddrinfo(): modules, options or sorting rules that are not
     * known here. Otherwise names are looked up in /etc/hosts and then in DNS, except for the names
     * below. */
    bool system_only;
    bool multicast;     /* .local is resolved by mDNS */
    bool single_labels; /* names without a dot may be containers or hosts of the local network */
    bool own_name;      /* the host's own name is resolved without a file */
    char host_name[HOST_NAME_MAX + 1];

    enum ipv6_use ipv6;
    size_t servers; /* number of DNS servers in resolv.conf */
    int timeout;    /* milliseconds of the first try */
    int tries;      /* per server */
    bool tcp;       /* use only TCP */

    /* Used to detect changes. */
    struct stat files[NAME_FILES];
    bool ipv6_route;
};

/* Reads the files. For a file that is missing or may not be read, the system's defaults apply.
 * Errors: -ENOMEM, and those of name_file_open() if a file cannot be read at the moment. */
int name_service_read(const struct name_files *files, struct name_service *ret_service);

/* True if a file or the availability of IPv6 has changed since SERVICE was read. */
bool name_service_outdated(const struct name_service *service, const struct name_files *files);

/* True if NAME, in lower case, must be looked up by getaddrinfo(). */
bool name_service_wants_system(const struct name_service *service, const char *name);

#endif
