/* Names of /etc/hosts, read once: c-ares and the C library read the whole file for every name. */
#ifndef ASYNC_HOSTS_FILE_H
#define ASYNC_HOSTS_FILE_H

#include "async/addresses.h"

struct hosts_file;

/* Reads the file; a missing file is empty.
 * Errors: -ENOMEM, and those of name_file_open().
 * Ownership: the caller owns *ret_hosts. */
int hosts_file_read(const char *path, struct hosts_file **ret_hosts);

/* Accepts NULL. */
void hosts_file_free(struct hosts_file *hosts);

/* Looks up NAME, ignoring case. Returns the number of its addresses of FAMILY (AF_UNSPEC: any). If
 * that is 1, *ret_addresses has the address; several addresses need to be sorted by the caller.
 * Errors: -ENOMEM.
 * Ownership: the caller owns *ret_addresses. */
int hosts_file_find(const struct hosts_file *hosts, const char *name, int family,
                    struct addresses **ret_addresses);

#endif
