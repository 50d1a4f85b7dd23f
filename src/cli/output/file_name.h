/* The name of a saved body, made of untrusted text, and valid on any file system.
 *
 * It is the last part of the URL's path, decoded, or "index" if that is empty. It has no '/', no
 * control character and none of \ : * ? " < > |, does not begin with a dot, a dash or a blank, ends
 * with neither dot nor blank, is not a device of Windows, is UTF-8, and has 255 bytes at most. */
#ifndef CLI_OUTPUT_FILE_NAME_H
#define CLI_OUTPUT_FILE_NAME_H

#include <stdbool.h>
#include <stddef.h>

enum { FILE_NAME_MAXIMUM = 255 };

struct file_name {
    char stem[FILE_NAME_MAXIMUM + 1];
    char extension[12]; /* with its dot; may be empty */
    bool chosen;        /* by the list; otherwise the content type may add an extension */
};

struct file_name file_name_of_url(const char *url);

/* A name that was chosen, made valid in the same way. */
struct file_name file_name_of_text(const char *text);

/* Splits an existing name. */
struct file_name file_name_split(const char *name);

/* The extension for a content type, with its dot; empty if it is NULL or not known. Static. */
const char *file_name_extension(const char *content_type);

/* True if file_name_extension() may return EXTENSION, in upper or lower case. */
bool file_name_extension_is_known(const char *extension);

/* Writes the stem, NUMBER unless it is 0, and EXTENSION: "page.html", "page.1.html". The stem is
 * truncated to make room for its own extension, or for any of file_name_extension(). */
void file_name_write(const struct file_name *name, unsigned long number, const char *extension,
                     char to[FILE_NAME_MAXIMUM + 1]);

#endif
