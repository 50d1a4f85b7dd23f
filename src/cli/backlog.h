/* The backlog: the memory of results that wait for the record before them, or for a slow reader.
 * While there is too much of it nothing more is begun. */
#ifndef CLI_BACKLOG_H
#define CLI_BACKLOG_H

#include <afetch/afetch.h>

struct backlog {
    size_t bytes;
    af_event *room; /* set while there is some */
};

/* -ENOMEM; it may be closed all the same. */
int backlog_open(struct backlog *backlog);
void backlog_close(struct backlog *backlog);

/* What a response keeps until its record is written; 0 for NULL. */
size_t backlog_size(const af_response *response);

void backlog_add(struct backlog *backlog, size_t size);
void backlog_remove(struct backlog *backlog, size_t size);

/* Suspends until there is room. AF_CANCELLED. */
int backlog_wait(struct backlog *backlog);

#endif
