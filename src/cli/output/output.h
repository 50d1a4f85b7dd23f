/* Where records go: stdout or a file. A slow reader makes the task wait, never the loop. */
#ifndef CLI_OUTPUT_OUTPUT_H
#define CLI_OUTPUT_OUTPUT_H

#include <afetch/loop.h>

#include "base/buffer.h"

struct output {
    int fd;
    bool never_waits;     /* a regular file */
    bool is_file;         /* one that we opened */
    bool stale;           /* it still has what was in it before */
    bool watched;         /* a pipe whose reader may go */
    af_callback *on_gone; /* called then */
    void *on_gone_arg;
    const char *name;     /* for messages */
    struct buffer buffer; /* whole records are appended here */
};

/* PATH is created; NULL is stdout. What is in it stays where it is RESUMED, and otherwise until
 * there is something to be written, or the run has come to its end. A negated errno, -EWOULDBLOCK
 * where another run resumes the same file. */
int output_open(struct output *output, const char *path, bool resumed);

/* Two runs that finish one file would both fetch what is missing: -EWOULDBLOCK where another has
 * it. Where the file system knows no locks there is none. */
int output_lock(int fd);

/* Writes what is in the buffer; suspends where the reader is slow. What was not written stays in
 * the buffer, so that a cancelled flush is begun again without loss. A negated errno (-EPIPE where
 * the reader has gone), and a file is then left as it was before; AF_CANCELLED. */
int output_flush(struct output *output);

/* The same at the end of a run: it has written all, if it was nothing. */
int output_finish(struct output *output);

/* Calls ON_GONE in the running loop as soon as nobody reads the pipe any more, if it is one: who
 * has nothing to write would not be told otherwise. Once. -ENOMEM. */
int output_watch(struct output *output, af_callback *on_gone, void *arg);
void output_unwatch(struct output *output);

/* Closes a file; a negated errno where the system finds out only now that it could not be written.
 */
int output_close(struct output *output);

#endif
