/* The program under test: started, fed, listened to, and watched until it ends. */
#ifndef CLI_TESTS_PROGRAM_H
#define CLI_TESTS_PROGRAM_H

#include <stdbool.h>
#include <sys/types.h>

#include "text.h"

/* The destination of a standard stream. */
enum stream_kind {
    STREAM_PIPE,
    STREAM_TERMINAL,
    STREAM_CLOSED,
    STREAM_FILE,
    STREAM_SHARED, /* stderr: where stdout leads */
};

struct stream {
    enum stream_kind kind;
    const char *path; /* of a file */
    int fd;           /* our end; -1 for none */
    struct text text; /* what is to be written to it; what was read from it */
    size_t written;
    bool paused; /* not read from, for now */
    bool ends;   /* stdin: is closed as soon as all is written */
};

struct program {
    /* Set before it is started. */
    char **arguments;   /* NULL-terminated; the first is the path */
    char **environment; /* the same */
    const char *directory;
    double largest_file;      /* bytes it may write to one; 0: any */
    struct stream streams[3]; /* stdin, stdout, stderr */
    unsigned short columns;   /* of its terminals */

    pid_t pid;
    double started;
    double seconds; /* how long it ran */
    bool ended;
    int status; /* as waitpid() gives it */
};

/* Seconds on a clock that only goes on. */
double now(void);

/* fail() ends the test where one of these cannot. */
void program_start(struct program *program);

/* Writes and reads what can be, for so long at most. False once the program has ended; all that it
 * wrote is read then. */
bool program_serve(struct program *program, int milliseconds);

void program_close_stream(struct program *program, int stream);

/* Makes its terminals so wide. */
void program_set_columns(struct program *program, unsigned short columns);

/* Ends it where it runs, and frees what was read. */
void program_free(struct program *program);

#endif
