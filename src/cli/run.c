#include "cli/run.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
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
#include "cli/output/body_directory.h"
#include "cli/output/output.h"
#include "cli/output/resume_file.h"
#include "cli/record/formatter.h"

struct run {
    const struct options *options;
    struct source *source;
    struct filter filter;
    struct known_records known;
    struct body_directory directory;
    struct output output;
    struct formatter *formatter;
    struct observers observers;
    struct fetch_job job;
    struct run_result result;
    bool saves_bodies;    /* the directory was opened */
    bool shares_terminal; /* records and the progress line are on one terminal */
    bool output_failed;   /* nothing more can be written */
};

/* ---------------------------------------------------------------- terminals */

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

/* True if records go to a terminal, which may be a file: /dev/tty or /dev/stdout. */
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

/* ------------------------------------------------------------------ records */

/* Stops the run, without an error, if nobody reads the output any more. */
static int check_reader(struct run *run, int r)
{
    if (r == -EPIPE) {
        fetch_job_stop(&run->job, STOP_READER_GONE);
        return 0;
    }
    run->output_failed = r < 0 && r != AF_CANCELLED;
    return r;
}

static int on_reader_gone(void *arg)
{
    struct run *run = arg;
    fetch_job_stop(&run->job, STOP_READER_GONE);
    return 0;
}

static int write_record(const struct record *record, bool more, void *arg)
{
    struct run *run = arg;
    int r = formatter_record(run->formatter, record, &run->output.buffer);
    if (r < 0)
        return r;
    /* Write as soon as the order allows, but several records that are ready at once. */
    if (more && run->output.buffer.length < 64 * 1024)
        return 0;
    if (run->shares_terminal)
        status_line_hold();
    r = output_flush(&run->output);
    /* After an error a part of a record may be on the line. */
    if (run->shares_terminal && r >= 0)
        status_line_release();
    return check_reader(run, r);
}

static struct run_end end_of(const struct run *run)
{
    return (struct run_end){run->options, &run->result, run->source, &run->known};
}

static bool did_nothing(const struct run *run, int r)
{
    struct run_end end = end_of(run);
    return run_did_nothing(&end) || (r < 0 && run->result.statistics.count == 0);
}

/* Completes the output, however the run ended. Returns R, or the error of writing. */
static int end_records(struct run *run, int r)
{
    if (run->output_failed || run->result.stop == STOP_READER_GONE ||
        (run->output.stale && did_nothing(run, r)))
        return r;
    af_error error = af_error_ref(af_raised(r));
    int ended = formatter_end(run->formatter, &run->output.buffer);
    if (ended >= 0)
        ended = check_reader(run, output_finish(&run->output));
    run->output_failed = ended < 0;
    if (r < 0)
        ended = af_raise_error(error);
    af_error_unref(error);
    return ended;
}

/* Writes what comes before the first record, unless a resumed file has it. */
static int begin_records(struct run *run)
{
    const struct options *options = run->options;
    if (options->resume != RESUME_NOTHING) {
        struct resume_file file = {
            .output = &run->output,
            .formatter = run->formatter,
            .source = run->source,
            .known = &run->known,
            .renews_failed = options->resume == RESUME_FAILED,
        };
        int r = resume_file_open(&file);
        run->output_failed = r < 0 && r != -ENOMEM;
        if (r < 0 || file.has_head)
            return r;
    }
    return formatter_begin(run->formatter, &run->output.buffer);
}

/* ------------------------------------------------------------------ the job */

static int fetch_and_write(struct run *run)
{
    int r = begin_records(run);
    if (r < 0)
        return r;
    r = fetch_all(&run->job, &run->result);
    if (r >= 0 && run->options->resume != RESUME_NOTHING && run->result.stop == STOP_NONE)
        r = known_records_finish(&run->known);
    return end_records(run, r);
}

static int compare(struct run *run)
{
    int r = compare_run(&run->job, &run->output, wants_color(run->options), &run->result);
    bool has_output = run->output.buffer.length > 0 && !did_nothing(run, r);
    if (r < 0 || !has_output)
        return r;
    return check_reader(run, output_finish(&run->output));
}

/* The main coroutine. */
static int run_job(void *arg, void **ret_result)
{
    (void)ret_result;
    struct run *run = arg;
    run->job = (struct fetch_job){
        .options = run->options,
        .filter = &run->filter,
        .jobs = run->options->jobs,
        .directory = run->saves_bodies ? &run->directory : NULL,
        .observers = observers_or_null(&run->observers),
        .report = write_record,
        .report_arg = run,
    };
    int r = output_watch(&run->output, on_reader_gone, run);
    if (r >= 0)
        r = run->options->compare ? compare(run) : fetch_and_write(run);
    output_unwatch(&run->output);
    return r;
}

/* ------------------------------------------------------------------- errors */

static void on_source_message(const char *text, void *arg)
{
    (void)arg;
    message("%s", text);
}

/* Prints the error of a run. Returns the exit status. */
static int explain(const struct run *run, int r)
{
    af_error error = af_raised(r);
    if (r == AF_INTERRUPTED)
        return EXIT_INTERRUPTED;
    if (r == -EINVAL || r == -ESPIPE) {
        message("%s", af_error_text(error));
        return EXIT_USAGE;
    }
    /* -EBADMSG: the file to be resumed belongs to another list. */
    if (run->output_failed || r == -EBADMSG)
        message("%s: %s", run->output.name, af_error_text(error));
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

/* ------------------------------------------------------------------- a run */

static int open_formatter(struct run *run)
{
    const struct options *options = run->options;
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
    return formatter_new(&choices, &run->formatter);
}

static int open_input(struct run *run)
{
    const struct options *options = run->options;
    int r = source_new(&options->operands, on_source_message, NULL, &run->source);
    if (r >= 0)
        filter_init(&run->filter, options, run->source,
                    options->resume != RESUME_NOTHING ? &run->known : NULL);
    return r;
}

/* Opens what is written to, last of all that may fail before the first request, so that a wrong
 * option never truncates a file. */
static int open_outputs(struct run *run)
{
    const struct options *options = run->options;
    int r = 0;
    if (options->output_dir) {
        run->saves_bodies = true;
        r = body_directory_open(&run->directory, options->output_dir);
    }
    if (r < 0) {
        explain_output(options->output_dir, -r);
        return r;
    }
    r = output_open(&run->output, options->output, options->resume != RESUME_NOTHING);
    if (r < 0)
        explain_output(options->output, -r);
    return r;
}

/* Runs the job with its outputs open, and closes them. Returns the exit status. */
static int run_and_close(struct run *run)
{
    const struct options *options = run->options;
    int r = af_run(NULL, run_job, run, NULL);
    int closed = output_close(&run->output);
    run->output_failed |= closed < 0;
    if (r >= 0)
        r = closed;
    int saved = did_nothing(run, r) ? 0 : observers_save(&run->observers, options);
    if (r < 0)
        return explain(run, r);
    struct run_end end = end_of(run);
    run_print_end(&end, wants_color_in_messages(options));
    return saved < 0 ? EXIT_INPUT_OUTPUT : exit_status_of(&end);
}

static int open_and_run(struct run *run)
{
    const struct options *options = run->options;
    int r = open_formatter(run);
    if (r >= 0)
        r = open_input(run);
    if (r < 0)
        return explain(run, r);
    r = observers_open(&run->observers, options, wants_color_in_messages(options));
    if (r < 0)
        return r == -EINVAL ? explain(run, r) : EXIT_INPUT_OUTPUT;
    run->shares_terminal = is_on_terminal(options) && run->observers.progress;
    return open_outputs(run) < 0 ? EXIT_INPUT_OUTPUT : run_and_close(run);
}

int run_program(const struct options *options)
{
    struct run run = {.options = options};
    int status = open_and_run(&run);
    free(run.result.failure);
    observers_free(&run.observers);
    if (run.saves_bodies)
        body_directory_close(&run.directory);
    source_free(run.source);
    filter_free(&run.filter);
    known_records_free(&run.known);
    formatter_free(run.formatter);
    return status;
}
