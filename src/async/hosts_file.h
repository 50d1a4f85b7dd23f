/* /etc/hosts, read once and kept: c-ares and the C library read all of it for every name. */
#ifndef ASYNC_HOSTS_FILE_H
#define ASYNC_HOSTS_FILE_H

#include "async/addresses.h"

struct hosts_file;

/* Reads the file; one that is missing has no names. -ENOMEM, or the code of name_file_open(). The
 * caller owns *ret_hosts. */
int hosts_file_read(const char *path, struct hosts_file **ret_hosts);

/* NULL is fine. */
void hosts_file_free(struct hosts_file *hosts);

/* Looks up NAME, in any case. Returns how many addresses of FAMILY (AF_UNSPEC: of any) it has, or
 * -ENOMEM. If that is 1, the caller owns *ret_addresses; more have to be sorted by somebody else.
 */
int hosts_file_find(const struct hosts_file *hosts, const char *name, int family,
                    struct addresses **ret_addresses);

#endif
