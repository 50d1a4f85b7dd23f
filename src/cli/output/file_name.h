/* Under which name a body is saved: one that any file system takes, made of what a stranger wrote.
 *
 * It is the last part of the URL's path, decoded; "index" where that is empty. It has no '/' and no
 * control character and none of \ : * ? " < > |, does not begin with a dot, a dash or a blank, ends
 * with neither dot nor blank, is no device of Windows, is UTF-8, and is of 255 bytes at most. */
#ifndef CLI_OUTPUT_FILE_NAME_H
#define CLI_OUTPUT_FILE_NAME_H

#include <stdbool.h>
#include <stddef.h>

enum { FILE_NAME_MAXIMUM = 255 };

struct file_name {
    char stem[FILE_NAME_MAXIMUM + 1];
    char extension[12]; /* with its dot; empty where there is none */
    bool chosen;        /* by who made the list; otherwise the content type adds what is missing */
};

struct file_name file_name_of_url(const char *url);

/* A name that somebody chose, made safe in the same way. */
struct file_name file_name_of_text(const char *text);

/* A name that is there, in the same two parts. */
struct file_name file_name_split(const char *name);

/* The extension for a content type, with its dot; empty where it is NULL or not known. Static. */
const char *file_name_extension(const char *content_type);

/* Writes the stem with NUMBER, where it is not 0, and EXTENSION: "page.html", "page.1.html". It is
 * cut to make room for these, always at the same place: for its own extension, or for any that
 * file_name_extension() has. */
void file_name_write(const struct file_name *name, unsigned long number, const char *extension,
                     char to[FILE_NAME_MAXIMUM + 1]);

#endif
