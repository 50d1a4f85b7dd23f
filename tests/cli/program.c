#include "program.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

#include "failure.h"

double now(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + (double)time.tv_nsec * 1e-9;
}

/* ---------------------------------------------------------------- starting */

static int open_terminal(int *ret_fd)
{
    int fd = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
    if (fd < 0 || grantpt(fd) < 0 || unlockpt(fd) < 0)
        fail("a terminal: %s", strerror(errno));
    int theirs = open(ptsname(fd), O_RDWR | O_NOCTTY | O_CLOEXEC);
    struct termios settings;
    if (theirs < 0 || tcgetattr(theirs, &settings) < 0)
        fail("a terminal: %s", strerror(errno));
    cfmakeraw(&settings);
    settings.c_lflag |= ICANON; /* so that ^D ends the input, which closing our end may not */
    tcsetattr(theirs, TCSANOW, &settings);
    *ret_fd = fd;
    return theirs;
}

static int open_pipe(bool input, int *ret_fd)
{
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) < 0)
        fail("a pipe: %s", strerror(errno));
    *ret_fd = ends[input];
    return ends[!input];
}

/* Opens our end, and returns theirs; -1 for none. */
static int open_stream(struct stream *stream, bool input)
{
    stream->fd = -1;
    int theirs = -1;
    switch (stream->kind) {
    case STREAM_CLOSED:
    case STREAM_SHARED:
        break;
    case STREAM_FILE:
        theirs = open(stream->path, (input ? O_RDONLY : O_WRONLY | O_APPEND) | O_CLOEXEC);
        if (theirs < 0)
            fail("%s: %s", stream->path, strerror(errno));
        break;
    case STREAM_TERMINAL:
        theirs = open_terminal(&stream->fd);
        break;
    case STREAM_PIPE:
        theirs = open_pipe(input, &stream->fd);
        break;
    }
    if (stream->fd >= 0)
        fcntl(stream->fd, F_SETFL, O_NONBLOCK);
    return theirs;
}

_Noreturn static void become(const struct program *program, const int fds[3], pid_t parent)
{
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    for (int i = 0; i < 3; i++)
        if (fds[i] < 0)
            close(i);
        else if (dup2(fds[i], i) < 0)
            _exit(127);
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    signal(SIGPIPE, SIG_DFL);
    const struct rlimit size = {(rlim_t)program->largest_file, (rlim_t)program->largest_file};
    if (size.rlim_cur > 0)
        setrlimit(RLIMIT_FSIZE, &size);
    if (getppid() == parent && chdir(program->directory) == 0)
        execvpe(program->arguments[0], program->arguments, program->environment);
    _exit(127);
}

void program_start(struct program *program)
{
    int fds[3];
    for (int i = 0; i < 3; i++) {
        fds[i] = open_stream(&program->streams[i], i == STDIN_FILENO);
        /* Not among those that the child is to have. */
        if (fds[i] >= 0 && fds[i] <= STDERR_FILENO)
            fail("the tests need a stdin, a stdout and a stderr of their own");
    }
    if (program->streams[STDERR_FILENO].kind == STREAM_SHARED)
        fds[STDERR_FILENO] = fcntl(fds[STDOUT_FILENO], F_DUPFD_CLOEXEC, 0);
    program_set_columns(program, program->columns);
    signal(SIGPIPE, SIG_IGN);
    pid_t parent = getpid();
    program->started = now();
    program->pid = fork();
    if (program->pid < 0)
        fail("fork: %s", strerror(errno));
    if (program->pid == 0)
        become(program, fds, parent);
    for (int i = 0; i < 3; i++)
        if (fds[i] >= 0)
            close(fds[i]);
}

/* ----------------------------------------------------------------- serving */

void program_close_stream(struct program *program, int number)
{
    struct stream *stream = &program->streams[number];
    if (stream->fd >= 0)
        close(stream->fd);
    stream->fd = -1;
}

void program_set_columns(struct program *program, unsigned short columns)
{
    struct winsize size = {.ws_row = 24, .ws_col = columns};
    for (int i = 0; i < 3; i++)
        if (program->streams[i].kind == STREAM_TERMINAL && program->streams[i].fd >= 0)
            ioctl(program->streams[i].fd, TIOCSWINSZ, &size);
}

static bool would_wait(void)
{
    return errno == EAGAIN || errno == EINTR;
}

static void write_some(struct program *program)
{
    struct stream *stream = &program->streams[STDIN_FILENO];
    ssize_t size = write(stream->fd, stream->text.data + stream->written,
                         stream->text.length - stream->written);
    if (size >= 0)
        stream->written += (size_t)size;
    else if (!would_wait())
        program_close_stream(program, STDIN_FILENO);
}

static void read_some(struct program *program, int number)
{
    struct stream *stream = &program->streams[number];
    char block[64 * 1024];
    ssize_t size = read(stream->fd, block, sizeof block);
    if (size > 0)
        text_append(&stream->text, block, (size_t)size);
    else if (size == 0 || !would_wait())
        program_close_stream(program, number);
}

/* The events to wait for on a stream; poll() ignores an fd of -1. */
static struct pollfd stream_poll(const struct stream *stream, bool input)
{
    bool idle = input ? stream->written == stream->text.length : stream->paused;
    return (struct pollfd){idle ? -1 : stream->fd, input ? POLLOUT : POLLIN, 0};
}

static bool reap(struct program *program)
{
    int r = waitpid(program->pid, &program->status, WNOHANG);
    if (r != program->pid)
        return false;
    program->ended = true;
    program->seconds = now() - program->started;
    return true;
}

bool program_serve(struct program *program, int milliseconds)
{
    struct stream *streams = program->streams, *input = &streams[STDIN_FILENO];
    if (program->ended)
        return false;
    if (input->fd >= 0 && input->ends && input->written == input->text.length)
        program_close_stream(program, STDIN_FILENO);

    struct pollfd polls[3];
    for (int i = 0; i < 3; i++)
        polls[i] = stream_poll(&streams[i], i == STDIN_FILENO);
    bool silent = polls[STDOUT_FILENO].fd < 0 && polls[STDERR_FILENO].fd < 0;
    poll(polls, 3, silent && milliseconds > 2 ? 2 : milliseconds);
    if (polls[STDIN_FILENO].revents)
        write_some(program);
    for (int i = STDOUT_FILENO; i <= STDERR_FILENO; i++)
        if (polls[i].revents)
            read_some(program, i);

    /* Nothing is lost: what it wrote before it ended is still to be read. */
    bool heard = streams[STDERR_FILENO].fd < 0 &&
                 (streams[STDOUT_FILENO].fd < 0 || streams[STDOUT_FILENO].paused);
    return !(heard && reap(program));
}

void program_free(struct program *program)
{
    if (program->pid <= 0)
        return;
    if (!program->ended) {
        kill(program->pid, SIGKILL);
        waitpid(program->pid, NULL, 0);
    }
    for (int i = 0; i < 3; i++) {
        program_close_stream(program, i);
        text_free(&program->streams[i].text);
    }
}
