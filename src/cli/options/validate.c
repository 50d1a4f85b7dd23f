#include "cli/options/validate.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <afetch/error.h>

#include "base/header_line.h"
#include "cli/options/values.h"

/* The default of --max-filesize with --include-body, which keeps bodies in memory. */
enum { BODY_MAXIMUM = 16 << 20 };

/* An explicit 0: no limit at all, not even the client's own on decompression. */
enum { BODY_UNLIMITED = -1 };

/* ------------------------------------------------------------ consequences */

static void apply_dry_run(struct options *options)
{
    /* Every request is reported, and no file is written. */
    options->first = 0;
    options->fail_fast = false;
    options->deadline = 0;
    options->compare = false;
    options->output = NULL;
    options->output_dir = NULL;
    options->timeline = NULL;
    options->progress = WHEN_NEVER;
    options->summary = WHEN_NEVER;
    options->verbose = false;
    if (!options->fields && options->format != FORMAT_TEXT)
        options->fields = "index,url,id,method,ok,error,errormsg";
}

/* Sets defaults that depend on other options. */
static void set_defaults(struct options *options)
{
    if (!options->accept.given)
        status_set_parse(STATUS_SET_DEFAULT, &options->accept);
    if (!options->retry_on.given)
        retry_conditions_default(&options->accept, &options->retry_on);
    if (options->client.max_body == 0)
        options->client.max_body = BODY_UNLIMITED;
    else if (options->client.max_body < 0)
        options->client.max_body = options->include_body ? BODY_MAXIMUM : 0;
}

/* Sets options that others imply. */
static void imply(struct options *options)
{
    if (options->dry_run)
        apply_dry_run(options);
    /* A field that is named need not be asked for again. */
    const char *fields = options->fields ? options->fields : "";
    options->keep_headers = options->include_headers || word_index(fields, ',', "headers") >= 0 ||
                            word_index(fields, ',', "trailers") >= 0;
    options->include_body |= word_index(fields, ',', "body") >= 0;
    if (options->output && strcmp(options->output, "-") == 0)
        options->output = NULL; /* stdout, as for curl */
    if (options->head)
        options->method = "HEAD";
    options->client.netrc |= options->client.netrc_file != NULL;
}

/* Adds the cookies as a header, unless there is one: libcurl would send CURLOPT_COOKIE to any host
 * that a redirect leads to. */
static int add_cookies(struct options *options)
{
    char *line;
    if (options->cookies.length == 0 || header_lines_have(options->headers.strings, "Cookie"))
        return 0;
    if (asprintf(&line, "Cookie: %.*s", (int)options->cookies.length, options->cookies.data) < 0)
        return -ENOMEM;
    return string_list_take(&options->headers, line);
}

/* ------------------------------------------------------------- the request */

/* True if the list comes from standard input. */
static bool lists_stdin(const struct options *options)
{
    for (size_t i = 0; i < options->operands.count; i++)
        if (strcmp(options->operands.strings[i], "-") == 0)
            return true;
    return options->operands.count == 0;
}

static int check_request(const struct options *options)
{
    if (options->uses_stdin && lists_stdin(options))
        return af_raise(
            -EINVAL,
            "standard input is already in use and cannot be the list: give a file or a URL");
    if (options->head && options->method && strcmp(options->method, "HEAD") != 0)
        return af_raise(-EINVAL, "-I and -X %s cannot be combined: choose one", options->method);
    bool head = options->head || (options->method && strcmp(options->method, "HEAD") == 0);
    if (options->data.data && head)
        return af_raise(-EINVAL, "a HEAD request has no body: choose either -I or -d");
    return 0;
}

/* --------------------------------------------------------------- conflicts */

/* --compare writes neither records nor bodies. */
static int check_compare(const struct options *options)
{
    const char *other = NULL;
    if (options->format == FORMAT_CSV)
        other = "--csv";
    else if (options->fields)
        other = "--fields";
    else if (options->output_dir)
        other = "--output-dir";
    else if (options->resume != RESUME_NOTHING)
        other = "--resume";
    return other ? af_raise(-EINVAL, "%s cannot be combined with --compare", other) : 0;
}

/* --resume reads the records again, one by one, even if the last is incomplete. */
static int check_resume(const struct options *options)
{
    if (options->dry_run)
        return af_raise(-EINVAL, "--resume cannot be combined with --dry-run");
    if (!options->output)
        return af_raise(-EINVAL, "--resume requires -o FILE, the file to continue");
    if (options->format != FORMAT_JSONL && options->format != FORMAT_CSV)
        return af_raise(-EINVAL, "--resume requires --jsonl or --csv");
    return 0;
}

static bool same_file(const struct stat *one, const struct stat *other)
{
    return one->st_dev == other->st_dev && one->st_ino == other->st_ino;
}

/* True if an operand is this file, by whatever name. */
static bool is_file(const char *operand, const struct stat *file)
{
    struct stat status;
    int r = strcmp(operand, "-") == 0 ? fstat(STDIN_FILENO, &status) : stat(operand, &status);
    return r == 0 && same_file(&status, file);
}

static bool is_list(const struct options *options, const struct stat *file)
{
    const struct string_list *operands = &options->operands;
    bool found = operands->count == 0 && is_file("-", file);
    for (size_t i = 0; i < operands->count && !found; i++)
        found = is_file(operands->strings[i], file);
    return found;
}

/* Checks that PATH, which WHAT writes, is not a list; NULL is stdout. */
static int check_written(const struct options *options, const char *path, const char *what)
{
    struct stat file;
    bool there = path ? stat(path, &file) == 0 : fstat(STDOUT_FILENO, &file) == 0;
    if (!there || !S_ISREG(file.st_mode) || !is_list(options, &file))
        return 0;
    return af_raise(-EINVAL, "%s is also the list: choose another file for %s",
                    path ? path : "stdout", what);
}

/* The status of the directory of PATH, which need not exist. */
static int stat_directory(const char *path, struct stat *ret_status)
{
    const char *slash = strrchr(path, '/');
    char *directory = slash ? strndup(path, (size_t)(slash + 1 - path)) : strdup(".");
    int r = directory ? stat(directory, ret_status) : -1;
    free(directory);
    return r;
}

/* True if two paths are of one file, which need not exist. */
static bool same_place(const char *one, const char *other)
{
    struct stat a, b;
    if (stat(one, &a) == 0 && stat(other, &b) == 0)
        return same_file(&a, &b);
    return strcmp(basename(one), basename(other)) == 0 && stat_directory(one, &a) == 0 &&
           stat_directory(other, &b) == 0 && same_file(&a, &b);
}

/* Checks that the file is written by one option only. */
static int check_timeline(const struct options *options)
{
    struct stat file, other;
    const char *timeline = options->timeline;
    bool there = stat(timeline, &file) == 0;
    if (options->output && same_place(options->output, timeline))
        return af_raise(-EINVAL, "-o and --timeline both write to %s: choose different files",
                        timeline);
    if (!options->output && there && fstat(STDOUT_FILENO, &other) == 0 && same_file(&file, &other))
        return af_raise(-EINVAL, "stdout and --timeline both write to %s: choose different files",
                        timeline);
    if (options->output_dir && stat(options->output_dir, &file) == 0 &&
        stat_directory(timeline, &other) == 0 && same_file(&file, &other))
        return af_raise(
            -EINVAL, "--timeline %s is in the directory of --output-dir: choose another directory",
            timeline);
    return check_written(options, timeline, "--timeline");
}

/* Checks that no list is overwritten. */
static int check_files(const struct options *options)
{
    if (options->dry_run)
        return check_written(options, NULL, "the records");
    int r = options->output ? check_written(options, options->output, "-o")
                            : check_written(options, NULL, "the records");
    return r < 0 || !options->timeline ? r : check_timeline(options);
}

/* Gives the client the lists, which grow no more. */
static void set_client_lists(struct options *options)
{
    options->client.headers = options->headers.strings;
    options->client.cookie_files = options->cookie_files.strings;
    options->client.connect_to = options->connect_to.strings;
    options->client.resolve = options->resolve.strings;
}

int options_validate(struct options *options)
{
    int r = check_request(options);
    if (r < 0)
        return r;
    imply(options);
    set_defaults(options);
    r = add_cookies(options);
    set_client_lists(options);
    if (r >= 0 && options->compare)
        r = check_compare(options);
    if (r >= 0 && options->resume != RESUME_NOTHING)
        r = check_resume(options);
    return r < 0 ? r : check_files(options);
}
