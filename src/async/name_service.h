/* The system's configuration for looking up names: /etc/nsswitch.conf, resolv.conf, gai.conf. */
#ifndef ASYNC_NAME_SERVICE_H
#define ASYNC_NAME_SERVICE_H

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/stat.h>

/* Paths. A file that is missing says nothing. */
struct name_files {
    const char *hosts;
    const char *nsswitch;
    const char *resolv_conf;
    const char *gai_conf;
};

enum { NAME_FILES = 4 };

/* Use of IPv6 where both families are asked for. */
enum ipv6_use {
    IPV6_NEVER,    /* the kernel has none, or the option no-aaaa is set */
    IPV6_FALLBACK, /* no route: addresses are worth having only if there are no others */
    IPV6_WANTED,
};

struct name_service {
    /* True if only getaddrinfo() can do all that is configured: unknown modules, options and rules
     * of order. Otherwise /etc/hosts comes first and then DNS, except for the names below. */
    bool system_only;
    bool multicast;     /* .local is for mDNS */
    bool single_labels; /* names without a dot may be containers or neighbours */
    bool own_name;      /* the host's own name has addresses without any file */
    char host_name[HOST_NAME_MAX + 1];

    enum ipv6_use ipv6;
    size_t servers; /* of DNS, named in resolv.conf */
    int timeout;    /* milliseconds, of the first try */
    int tries;      /* of each server */
    bool tcp;       /* never UDP */

    /* To tell if it is outdated. */
    struct stat files[NAME_FILES];
    bool ipv6_route;
};

/* Reads the files. Those that are missing or may not be read have the system's defaults. -ENOMEM,
 * or the code of name_file_open() if one cannot be read now. */
int name_service_read(const struct name_files *files, struct name_service *ret_service);

/* True if a file or the use of IPv6 is not as it was when SERVICE was read. */
bool name_service_outdated(const struct name_service *service, const struct name_files *files);

/* True if NAME, in lower case, has to be looked up by getaddrinfo(). */
bool name_service_wants_system(const struct name_service *service, const char *name);

#endif
