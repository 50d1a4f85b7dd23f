/* The output of records: stdout or a file. A slow reader suspends the task, never the loop. */
#ifndef CLI_OUTPUT_OUTPUT_H
#define CLI_OUTPUT_OUTPUT_H

#include <afetch/loop.h>

#include "base/buffer.h"

struct output {
    int fd;
    bool never_waits;     /* a regular file */
    bool is_file;         /* a regular file that we opened */
    bool stale;           /* the file has its old content, to be removed by the first write */
    bool watched;         /* a pipe, for on_gone */
    af_callback *on_gone; /* see output_watch() */
    void *on_gone_arg;
    const char *name;     /* for messages */
    struct buffer buffer; /* whole records, to be written */
};

/* Opens PATH, which is created if missing; NULL is stdout. The old content of a file is kept if it
 * is RESUMED, and otherwise until the first write or the end of the run. Errors: a negated errno,
 * -EWOULDBLOCK if another run resumes the file. */
int output_open(struct output *output, const char *path, bool resumed);

/* Locks a file to be resumed. Ignored by file systems without locks.
 * Errors: -EWOULDBLOCK if another run has locked it. */
int output_lock(int fd);

/* Writes the buffer. Unwritten data stays in the buffer, so a cancelled call can be repeated.
 * After an error, a file is truncated to the last whole record. Suspends if the reader is slow.
 * Errors: a negated errno, -EPIPE if the reader has gone; AF_CANCELLED. */
int output_flush(struct output *output);

/* Flushes at the end of a run, and removes old content even if there was nothing to write. */
int output_finish(struct output *output);

/* Calls ON_GONE, once, in the running loop when the reader of a pipe has gone, even if nothing is
 * written. Errors: -ENOMEM. */
int output_watch(struct output *output, af_callback *on_gone, void *arg);
void output_unwatch(struct output *output);

/* Closes a file. Errors: a negated errno if the system could not write it. */
int output_close(struct output *output);

#endif
