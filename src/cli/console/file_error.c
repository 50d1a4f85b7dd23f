#include "cli/console/file_error.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "cli/text/redact.h"
#include "cli/text/suggest.h"

/* Names of a directory that are compared. */
enum { MOST_NAMES = 10000 };

static int format(char **ret_text, const char *format, ...) __attribute__((format(printf, 2, 3)));

static int format(char **ret_text, const char *format, ...)
{
    char *text;
    va_list arguments;
    va_start(arguments, format);
    int length = vasprintf(&text, format, arguments);
    va_end(arguments);
    if (length < 0)
        return -ENOMEM;
    *ret_text = text;
    return 0;
}

/* The length of the directory in a path, with its '/'. */
static size_t directory_length(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash ? (size_t)(slash + 1 - path) : 0;
}

/* ------------------------------------------------------- similar names */

/* True for the extensions of lists, which are no top-level domains. */
static bool ends_as_list(const char *path)
{
    static const char *const ends[] = {".txt", ".list", ".lst",   ".csv", ".tsv",
                                       ".log", ".json", ".jsonl", ".urls"};
    size_t length = strlen(path);
    for (size_t i = 0; i < sizeof ends / sizeof ends[0]; i++) {
        size_t end = strlen(ends[i]);
        if (length > end && strcmp(path + length - end, ends[i]) == 0)
            return true;
    }
    return false;
}

/* True if a path looks like a URL: it begins with a host name, or a host and a port. */
static bool looks_like_url(const char *path)
{
    const char *host = strchr(path, '@') ? strchr(path, '@') + 1 : path;
    size_t length =
        strspn(host, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-");
    const char *end = host + length;
    if (length == 0 || *host == '.' || !strchr(":/?#", *end))
        return false;
    if (*end == ':' && isdigit((unsigned char)end[1]))
        return true;
    if (length == strlen("localhost") && strncmp(host, "localhost", length) == 0)
        return true;
    bool named = memchr(host, '.', length) && isalnum((unsigned char)end[-1]);
    return named && (*end || !ends_as_list(path));
}

/* Keeps NAME if it is nearer than the names before. */
static int offer_name(struct suggestion *suggestion, const char *name, char **nearest)
{
    size_t distance = suggestion->distance;
    suggestion_offer(suggestion, name);
    if (suggestion->distance == distance)
        return 0;
    free(*nearest);
    *nearest = strdup(name);
    return *nearest ? 0 : -ENOMEM;
}

/* Finds the file beside PATH with the most similar name: a copy, or NULL. */
static int find_nearest(const char *path, char **ret_nearest)
{
    size_t length = directory_length(path);
    char *directory = length > 0 ? strndup(path, length) : strdup(".");
    if (!directory)
        return -ENOMEM;
    DIR *stream = opendir(directory);
    free(directory);
    char *nearest = NULL;
    struct suggestion suggestion = suggestion_for(path + length, strlen(path + length));
    const struct dirent *entry;
    int r = 0;
    for (int i = 0; stream && i < MOST_NAMES && r >= 0 && (entry = readdir(stream)); i++)
        if (entry->d_name[0] != '.')
            r = offer_name(&suggestion, entry->d_name, &nearest);
    if (stream)
        closedir(stream);
    /* Suggest only names that are very similar. */
    bool near = suggestion.distance <= 2 && suggestion.distance < suggestion.length / 2;
    if (r < 0 || !near) {
        free(nearest);
        nearest = NULL;
    }
    if (r >= 0)
        *ret_nearest = nearest;
    return r;
}

/* ------------------------------------------------------------------- texts */

/* SHOWN is PATH without a password. */
static int missing_text(const char *path, const char *shown, char **ret_text)
{
    char *nearest = NULL;
    int r = find_nearest(path, &nearest);
    if (r < 0)
        return r;
    if (nearest)
        r = format(ret_text, "%s: %s; did you mean %.*s%s?", shown, strerror(ENOENT),
                   (int)directory_length(path), path, nearest);
    else if (looks_like_url(path))
        r = format(ret_text, "%s: %s; did you mean http://%s?", shown, strerror(ENOENT), shown);
    else
        r = format(ret_text, "%s: %s", shown, strerror(ENOENT));
    free(nearest);
    return r;
}

static int list_text(const char *path, const char *shown, int error, char **ret_text)
{
    if (error == EISDIR)
        return format(ret_text, "%s: %s; give the lists in it, one by one", shown, strerror(error));
    if (error == ENOEXEC)
        return format(ret_text, "%s: a binary file, not a list of URLs", shown);
    if (error == ENOENT)
        return missing_text(path, shown, ret_text);
    return format(ret_text, "%s: %s", shown, strerror(error));
}

static int output_text(const char *path, const char *shown, int error, char **ret_text)
{
    struct stat status;
    char *directory = strndup(path, directory_length(path));
    if (!directory)
        return -ENOMEM;
    int r;
    if (error == EISDIR)
        r = format(ret_text, "%s: %s; name a file in it", shown, strerror(error));
    else if (error == EWOULDBLOCK)
        r = format(ret_text, "%s: another run with --resume is writing to it; wait until it ends",
                   shown);
    else if (error == ENOENT && *directory && stat(directory, &status) < 0)
        r = format(ret_text, "%s: no such directory: %.*s; create it first", shown,
                   (int)directory_length(shown), shown);
    else
        r = format(ret_text, "%s: %s", shown, strerror(error));
    free(directory);
    return r;
}

/* Makes a text. PATH may be a URL with a password, which is hidden. */
static int make_text(int (*text)(const char *path, const char *shown, int error, char **ret_text),
                     const char *path, int error, char **ret_text)
{
    char *shown = NULL;
    int r = url_without_password(path, &shown);
    if (r < 0)
        return r;
    r = text(path, shown ? shown : path, error, ret_text);
    free(shown);
    return r;
}

int list_error_text(const char *path, int error, char **ret_text)
{
    return make_text(list_text, path, error, ret_text);
}

int output_error_text(const char *path, int error, char **ret_text)
{
    return make_text(output_text, path, error, ret_text);
}
