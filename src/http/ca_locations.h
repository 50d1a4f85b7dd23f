/* Locations of the CA certificates that servers and HTTPS proxies are verified by. */
#ifndef HTTP_CA_LOCATIONS_H
#define HTTP_CA_LOCATIONS_H

#include <stdbool.h>

struct ca_location {
    char *path;         /* NULL: none */
    const char *origin; /* what named it, for messages; NULL: it is libcurl's default */
    bool is_asked_for;  /* by the caller, and so needed; not by the environment */
};

struct ca_locations {
    struct ca_location file;      /* of certificates in PEM */
    struct ca_location directory; /* of certificates under hashed names; a colon separates two */
};

/* The file CA_FILE where it is not NULL, else that of CURL_CA_BUNDLE; nothing else is trusted then.
 * Without these, libcurl's default file and directory, in place of which SSL_CERT_FILE and
 * SSL_CERT_DIR may each name another. An empty variable is not set. -ENOMEM. */
int ca_locations_find(const char *ca_file, struct ca_locations *ret_locations);
void ca_locations_free(struct ca_locations *locations);

/* Checks that a directory that the environment named can be opened; -EINVAL with a text if not. */
int ca_locations_check_directory(const struct ca_locations *locations);

#endif
