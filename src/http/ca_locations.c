#include "http/ca_locations.h"

#include <curl/curl.h>
#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <afetch/error.h>

/* ----------------------------------------------------------------- finding */

/* A variable of the environment, or PATH where it is not set. */
static struct ca_location from_environment(const char *variable, const char *path)
{
    const char *value = getenv(variable);
    if (value && *value)
        return (struct ca_location){.path = (char *)value, .origin = variable};
    return (struct ca_location){.path = (char *)path};
}

/* The locations with borrowed paths. */
static struct ca_locations choose(const char *ca_file)
{
    const curl_version_info_data *curl = curl_version_info(CURLVERSION_NOW);
    struct ca_location bundle = from_environment("CURL_CA_BUNDLE", NULL);
    if (ca_file)
        bundle = (struct ca_location){(char *)ca_file, "CA file", true};
    if (bundle.path)
        return (struct ca_locations){.file = bundle};
    return (struct ca_locations){.file = from_environment("SSL_CERT_FILE", curl->cainfo),
                                 .directory = from_environment("SSL_CERT_DIR", curl->capath)};
}

static int copy_path(struct ca_location *location)
{
    if (location->path && !(location->path = strdup(location->path)))
        return -ENOMEM;
    return 0;
}

int ca_locations_find(const char *ca_file, struct ca_locations *ret_locations)
{
    struct ca_locations locations = choose(ca_file);
    int file = copy_path(&locations.file);
    int directory = copy_path(&locations.directory);
    if (file < 0 || directory < 0) {
        ca_locations_free(&locations);
        return -ENOMEM;
    }
    *ret_locations = locations;
    return 0;
}

void ca_locations_free(struct ca_locations *locations)
{
    free(locations->file.path);
    free(locations->directory.path);
}

/* ---------------------------------------------------------------- checking */

static bool can_open_directory(const char *path, size_t length)
{
    char name[PATH_MAX];
    if (length >= sizeof name) {
        errno = ENAMETOOLONG;
        return false;
    }
    snprintf(name, sizeof name, "%.*s", (int)length, path);
    DIR *directory = opendir(name);
    if (!directory)
        return false;
    closedir(directory);
    return true;
}

/* OpenSSL passes over a directory that is not there, so one of a list is enough. */
int ca_locations_check_directory(const struct ca_locations *locations)
{
    const struct ca_location *directory = &locations->directory;
    if (!directory->origin)
        return 0;
    const char *path = directory->path;
    for (;;) {
        size_t length = strcspn(path, ":");
        if (can_open_directory(path, length))
            return 0;
        if (!path[length])
            break;
        path += length + 1;
    }
    return af_raise(-EINVAL, "%s %s: %s", directory->origin, directory->path, strerror(errno));
}
