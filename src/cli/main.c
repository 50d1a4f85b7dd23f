/* afetch: fetches a list of URLs concurrently. */
#include <errno.h>
#include <fcntl.h>
#include <locale.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include <afetch/error.h>
#include <afetch/http.h>

#include "cli/console/message.h"
#include "cli/exit_status.h"
#include "cli/options/completion.h"
#include "cli/options/help.h"
#include "cli/options/man_page.h"
#include "cli/options/options.h"
#include "cli/run.h"

/* Opens /dev/null for standard files that are closed, so that no socket takes their place; a closed
 * stdin can then not be read. Returns false if stdout was closed. */
static bool secure_standard_files(void)
{
    bool stdout_closed = fcntl(STDOUT_FILENO, F_GETFD) < 0;
    for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
        if (fcntl(fd, F_GETFD) < 0)
            open("/dev/null", fd == STDIN_FILENO ? O_WRONLY : O_RDWR); /* gets the lowest free */
    return !stdout_closed;
}

/* Raises the limit on open files as far as the system allows, and lowers -j to what it permits. */
static void limit_jobs(struct options *options)
{
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) < 0)
        return;
    limit.rlim_cur = limit.rlim_max;
    setrlimit(RLIMIT_NOFILE, &limit);
    if (getrlimit(RLIMIT_NOFILE, &limit) < 0)
        return;
    size_t most = af_client_concurrency((size_t)limit.rlim_cur);
    if (options->output_dir)
        most = (most + 1) / 2; /* each job has a file too */
    if ((size_t)options->jobs <= most)
        return;
    if (!options->quiet)
        message("-j %ld is reduced to %zu: the limit on open files is %zu (see ulimit -Hn)",
                options->jobs, most, (size_t)limit.rlim_cur);
    options->jobs = (long)most;
}

/* Returns the exit status of what was printed to stdout. */
static int finish_stdout(void)
{
    bool whole = !ferror(stdout) && fflush(stdout) == 0;
    if (whole || errno == EPIPE)
        return EXIT_ALL_OK;
    message("stdout: %s", strerror(errno));
    return EXIT_INPUT_OUTPUT;
}

static int show_help(const char *topic)
{
    int r = help_print(stdout, topic);
    if (r >= 0)
        return finish_stdout();
    message("%s", af_error_text(af_raised(r)));
    return EXIT_USAGE;
}

static int show_version(void)
{
    printf("afetch %s %s\n", AFETCH_VERSION, af_http_version());
    return finish_stdout();
}

static int generate(enum generate what)
{
    if (what == GENERATE_MAN)
        man_page_print(stdout);
    else
        completion_print(stdout, what);
    return finish_stdout();
}

/* Does what the options ask for. Returns the exit status. */
static int act(struct options *options, bool has_stdout)
{
    if (!has_stdout && !options->output) {
        message("stdout: %s", strerror(EBADF));
        return EXIT_INPUT_OUTPUT;
    }
    if (options->help)
        return show_help(options->help);
    if (options->version)
        return show_version();
    if (options->generate != GENERATE_NOTHING)
        return generate(options->generate);
    if (options->operands.count == 0 && isatty(STDIN_FILENO)) {
        help_print_usage(stderr);
        fputs("Try 'afetch --help', or 'afetch --help examples'.\n", stderr);
        return EXIT_USAGE;
    }
    limit_jobs(options);
    return run_program(options);
}

int main(int argc, char *argv[])
{
    bool has_stdout = secure_standard_files();
    /* Lists are UTF-8; libcurl consults the locale to encode host names. */
    if (!setlocale(LC_CTYPE, "C.UTF-8"))
        setlocale(LC_CTYPE, "");
    signal(SIGPIPE, SIG_IGN);
    signal(SIGXFSZ, SIG_IGN); /* a file that grows too large is an error like a full disk */
    struct options options;
    int r = options_parse(argc, argv, &options);
    if (r < 0) {
        message("%s", af_error_text(af_raised(r)));
        return EXIT_USAGE;
    }
    int status = act(&options, has_stdout);
    options_free(&options);
    return status;
}
