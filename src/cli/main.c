/* afetch: fetch many URLs at once and say of each what happened. */
#include <errno.h>
#include <fcntl.h>
#include <locale.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <afetch/afetch.h>

#include "cli/compare.h"
#include "cli/console/file_error.h"
#include "cli/console/message.h"
#include "cli/console/status_line.h"
#include "cli/console/terminal.h"
#include "cli/exit_status.h"
#include "cli/fetch/fetch_all.h"
#include "cli/observe/observers.h"
#include "cli/options/completion.h"
#include "cli/options/help.h"
#include "cli/options/man_page.h"
#include "cli/options/options.h"
#include "cli/output/output.h"
#include "cli/output/resume_file.h"
#include "cli/record/formatter.h"

struct program {
    struct options options;
    struct filter filter;
    struct source *source;
    struct body_directory directory_room;
    struct body_directory *directory; /* NULL where no body is saved */
    struct output output;
    struct known_records known;
    struct formatter *formatter;
    struct fetcher_result result;
    struct observers observers;
    bool shares_terminal; /* the records with the progress line */
    bool output_failed;   /* so that nothing more can be written */
    bool reader_gone;
    af_task *task; /* that of run_program() */
};

/* ------------------------------------------------------------ surroundings */

static bool is_terminal(const char *path)
{
    struct stat file;
    if (stat(path, &file) < 0 || !S_ISCHR(file.st_mode))
        return false;
    int fd = open(path, O_WRONLY | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
    bool terminal = fd >= 0 && isatty(fd);
    if (fd >= 0)
        close(fd);
    return terminal;
}

/* Whether the records are for a terminal: a file may be one, /dev/tty or /dev/stdout. */
static bool is_on_terminal(const struct options *options)
{
    return options->output ? is_terminal(options->output) : isatty(STDOUT_FILENO);
}

static bool wants_color(const struct options *options)
{
    return when_is_now(options->color,
                       is_on_terminal(options) && terminal_likes_color(STDOUT_FILENO));
}

static bool wants_color_in_messages(const struct options *options)
{
    return when_is_now(options->color, terminal_likes_color(STDERR_FILENO));
}

/* A closed standard file must not be taken by a socket; but who reads from a closed stdin is to
 * hear of it. Whether there is a stdout. */
static bool secure_standard_files(void)
{
    bool stdout_closed = fcntl(STDOUT_FILENO, F_GETFD) < 0;
    for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
        if (fcntl(fd, F_GETFD) < 0)
            open("/dev/null",
                 fd == STDIN_FILENO ? O_WRONLY : O_RDWR); /* which is the lowest free */
    return !stdout_closed;
}

/* As many descriptors as the system allows, and no more jobs than they carry. */
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
        most = (most + 1) / 2; /* a file for each besides */
    if ((size_t)options->jobs <= most)
        return;
    if (!options->quiet)
        message("-j %ld is lowered to %zu: the system allows %zu open files (see ulimit -Hn)",
                options->jobs, most, (size_t)limit.rlim_cur);
    options->jobs = (long)most;
}

/* ----------------------------------------------------------------- the job */

static int write_record(const struct record *record, bool more, void *arg)
{
    struct program *program = arg;
    int r = formatter_record(program->formatter, record, &program->output.buffer);
    if (r < 0)
        return r;
    /* As soon as the order allows, but not a system call for each where several are ready. */
    if (more && program->output.buffer.length < 64 * 1024)
        return 0;
    if (program->shares_terminal)
        status_line_hold();
    r = output_flush(&program->output);
    /* Half a record may be there, and the rest comes yet. */
    if (program->shares_terminal && r >= 0)
        status_line_release();
    program->output_failed = r < 0 && r != AF_CANCELLED;
    return r;
}

static struct ending ending_of(const struct program *program)
{
    return (struct ending){&program->options, &program->result, program->source, &program->known};
}

static bool came_to_nothing(const struct program *program, int r)
{
    struct ending ending = ending_of(program);
    return ending_is_void(&ending) || (r < 0 && program->result.statistics.count == 0);
}

/* However the run ended, what was fetched is written, and well-formed. */
static int end_records(struct program *program, int r)
{
    if (program->output_failed || (program->output.stale && came_to_nothing(program, r)))
        return r;
    af_error error = af_error_ref(af_raised(r));
    int ended = formatter_end(program->formatter, &program->output.buffer);
    if (ended >= 0)
        ended = output_finish(&program->output);
    program->output_failed = ended < 0;
    if (r < 0)
        ended = af_raise_error(error);
    af_error_unref(error);
    return ended;
}

/* What comes before the first record, where it is not there from an earlier run. */
static int begin_records(struct program *program)
{
    const struct options *options = &program->options;
    if (options->resume != RESUME_NOTHING) {
        struct resume_file file = {
            .output = &program->output,
            .formatter = program->formatter,
            .source = program->source,
            .known = &program->known,
            .renews_failed = options->resume == RESUME_FAILED,
        };
        int r = resume_file_open(&file);
        program->output_failed = r < 0 && r != -ENOMEM;
        if (r < 0 || file.has_head)
            return r;
    }
    return formatter_begin(program->formatter, &program->output.buffer);
}

static struct fetch_job begin_job(struct program *program)
{
    return (struct fetch_job){
        .options = &program->options,
        .filter = &program->filter,
        .jobs = program->options.jobs,
        .directory = program->directory,
        .observers = observers_or_null(&program->observers),
        .report = write_record,
        .report_arg = program,
    };
}

static int fetch_and_write(struct program *program)
{
    const struct options *options = &program->options;
    int r = begin_records(program);
    if (r < 0)
        return r;
    struct fetch_job job = begin_job(program);
    r = fetch_all(&job, &program->result);
    if (r >= 0 && options->resume != RESUME_NOTHING && program->result.stop == STOP_NONE)
        r = known_records_finish(&program->known);
    return end_records(program, r);
}

static int compare(struct program *program)
{
    struct fetch_job job = begin_job(program);
    int r = compare_run(&job, &program->output, wants_color(&program->options), &program->result);
    bool has_told = program->output.buffer.length > 0 && !came_to_nothing(program, r);
    if (r < 0 || !has_told)
        return r;
    r = output_finish(&program->output);
    program->output_failed = r < 0;
    return r;
}

/* What is fetched now is for nobody. */
static int on_reader_gone(void *arg)
{
    struct program *program = arg;
    program->output_failed = program->reader_gone = true;
    af_future_cancel(program->task);
    return 0;
}

/* The main coroutine: everything between the options and the exit status. */
static int run_program(void *arg, void **ret_result)
{
    (void)ret_result;
    struct program *program = arg;
    program->task = af_current_task();
    int r = output_watch(&program->output, on_reader_gone, program);
    if (r >= 0)
        r = program->options.compare ? compare(program) : fetch_and_write(program);
    output_unwatch(&program->output);
    return r == AF_CANCELLED && program->reader_gone ? -EPIPE : r;
}

static void on_source_message(const char *text, void *arg)
{
    (void)arg;
    message("%s", text);
}

static int explain(const struct program *program, int r)
{
    af_error error = af_raised(r);
    const struct output *output = &program->output;
    if (r == AF_INTERRUPTED)
        return EXIT_INTERRUPTED;
    if (r == -EINVAL || r == -ESPIPE) {
        message("%s", af_error_text(error));
        return EXIT_USAGE;
    }
    /* The list is compared with the records that are there, and is of others. */
    if (program->output_failed || r == -EBADMSG)
        message("%s: %s", output->name, af_error_text(error));
    else
        message("%s", af_error_text(error));
    return EXIT_INPUT_OUTPUT;
}

static void explain_output(const char *path, int error)
{
    char *text;
    if (output_error_text(path, error, &text) >= 0) {
        message("%s", text);
        free(text);
    }
}

/* Last of all that may go wrong before the first request, so that no wrong option costs anybody an
 * old file. */
static int open_outputs(struct program *program)
{
    const struct options *options = &program->options;
    int r = 0;
    if (options->output_dir && !options->dry_run) {
        program->directory = &program->directory_room;
        r = body_directory_open(program->directory, options->output_dir);
    }
    if (r < 0) {
        explain_output(options->output_dir, -r);
        return r;
    }
    r = output_open(&program->output, options->output, options->resume != RESUME_NOTHING);
    if (r < 0)
        explain_output(options->output, -r);
    return r;
}

static int open_formatter(struct program *program)
{
    const struct options *options = &program->options;
    struct formatter_options choices = {
        .format = options->format,
        .fields = options->fields,
        .headers = options->include_headers,
        .body = options->include_body,
        .filename = options->output_dir != NULL,
        .plan = options->dry_run,
        .color = wants_color(options),
        .terminal = is_on_terminal(options),
    };
    return formatter_new(&choices, &program->formatter);
}

static int run(struct program *program)
{
    const struct options *options = &program->options;
    int r = open_formatter(program);
    if (r >= 0)
        r = source_new(&options->operands, on_source_message, NULL, &program->source);
    if (r < 0)
        return explain(program, r);
    filter_init(&program->filter, options, program->source,
                options->resume != RESUME_NOTHING ? &program->known : NULL);
    r = observers_open(&program->observers, options, wants_color_in_messages(options));
    if (r < 0)
        return r == -EINVAL ? explain(program, r) : EXIT_INPUT_OUTPUT;
    program->shares_terminal = is_on_terminal(options) && program->observers.progress;
    r = open_outputs(program);
    if (r < 0)
        return EXIT_INPUT_OUTPUT;
    r = af_run(NULL, run_program, program, NULL);
    int closed = output_close(&program->output);
    program->output_failed |= closed < 0;
    if (r == -EPIPE)
        r = 0;
    else if (r >= 0)
        r = closed;
    struct ending ending = ending_of(program);
    int saved = came_to_nothing(program, r) ? 0 : observers_save(&program->observers, options);
    if (r < 0)
        return explain(program, r);
    ending_tell(&ending, wants_color_in_messages(options));
    return saved < 0 ? EXIT_INPUT_OUTPUT : ending_status(&ending);
}

/* What was printed is out, or it is said why not. */
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

static void generate(enum generate what)
{
    if (what == GENERATE_MAN)
        manual_print(stdout);
    else
        completion_print(stdout, what);
}

int main(int argc, char *argv[])
{
    bool has_stdout = secure_standard_files();
    /* Lists are UTF-8; libcurl asks the locale before it turns a name into ASCII. */
    if (!setlocale(LC_CTYPE, "C.UTF-8"))
        setlocale(LC_CTYPE, "");
    signal(SIGPIPE, SIG_IGN);
    signal(SIGXFSZ, SIG_IGN); /* a file that grows too large is an error like a full disk */
    struct program program = {0};
    int r = options_parse(argc, argv, &program.options);
    if (r < 0) {
        message("%s", af_error_text(af_raised(r)));
        return EXIT_USAGE;
    }
    int status;
    if (!has_stdout && !program.options.output) {
        message("stdout: %s", strerror(EBADF));
        status = EXIT_INPUT_OUTPUT;
    } else if (program.options.help) {
        status = show_help(program.options.help);
    } else if (program.options.version) {
        printf("afetch %s %s\n", AFETCH_VERSION, af_http_version());
        status = finish_stdout();
    } else if (program.options.generate != GENERATE_NOTHING) {
        generate(program.options.generate);
        status = finish_stdout();
    } else if (program.options.operands.count == 0 && isatty(STDIN_FILENO)) {
        help_print_usage(stderr);
        fputs("Try 'afetch --help', or 'afetch --help examples'.\n", stderr);
        status = EXIT_USAGE;
    } else {
        limit_jobs(&program.options);
        status = run(&program);
    }
    free(program.result.failure);
    observers_free(&program.observers);
    if (program.directory)
        body_directory_close(program.directory);
    source_free(program.source);
    filter_free(&program.filter);
    known_records_free(&program.known);
    formatter_free(program.formatter);
    options_free(&program.options);
    return status;
}
