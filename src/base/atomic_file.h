/* A file that is written beside its place, and put there only whole. */
#ifndef BASE_ATOMIC_FILE_H
#define BASE_ATOMIC_FILE_H

struct replacement {
    int fd;       /* to write to; the caller's to close */
    char *place;  /* what it is to replace, through links */
    char *beside; /* its name until then; NULL once it is in its place */
};

/* Makes an empty file beside PATH, with the rights of the file that is there, or of a new one. A
 * negated errno. */
int replacement_open(struct replacement *replacement, const char *path);

/* Puts it into its place. A negated errno. */
int replacement_put(struct replacement *replacement);

/* Removes what was not put into its place. */
void replacement_free(struct replacement *replacement);

#endif
