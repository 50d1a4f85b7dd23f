#include "cli/options/validate.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <afetch/error.h>

/* What is for records and bodies: --compare keeps none. */
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
    return other ? af_raise(-EINVAL, "%s has no meaning with --compare", other) : 0;
}

/* The records must be where they can be read again, one by one, also where the last was torn. */
static int check_resume(const struct options *options)
{
    if (options->dry_run)
        return af_raise(-EINVAL, "--resume has no meaning with --dry-run");
    if (!options->output)
        return af_raise(-EINVAL, "--resume needs -o FILE, the file to be finished");
    if (options->format != FORMAT_JSONL && options->format != FORMAT_CSV)
        return af_raise(-EINVAL, "--resume needs --jsonl or --csv");
    return 0;
}

static bool same_file(const struct stat *one, const struct stat *other)
{
    return one->st_dev == other->st_dev && one->st_ino == other->st_ino;
}

/* Whether an operand is this file, by whatever name. */
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

/* PATH, which WHAT writes, is none of the lists; NULL is stdout. */
static int check_written(const struct options *options, const char *path, const char *what)
{
    struct stat file;
    bool there = path ? stat(path, &file) == 0 : fstat(STDOUT_FILENO, &file) == 0;
    if (!there || !S_ISREG(file.st_mode) || !is_list(options, &file))
        return 0;
    return af_raise(-EINVAL, "%s is the list itself: name another file for %s",
                    path ? path : "stdout", what);
}

/* The directory in which PATH stands, or will. */
static int stat_directory(const char *path, struct stat *ret_status)
{
    const char *slash = strrchr(path, '/');
    char *directory = slash ? strndup(path, (size_t)(slash + 1 - path)) : strdup(".");
    int r = directory ? stat(directory, ret_status) : -1;
    free(directory);
    return r;
}

/* Whether two paths lead to one file, if only once it is made. */
static bool same_place(const char *one, const char *other)
{
    struct stat a, b;
    if (stat(one, &a) == 0 && stat(other, &b) == 0)
        return same_file(&a, &b);
    return strcmp(basename(one), basename(other)) == 0 && stat_directory(one, &a) == 0 &&
           stat_directory(other, &b) == 0 && same_file(&a, &b);
}

/* Each file is written by one option. */
static int check_timeline(const struct options *options)
{
    struct stat file, other;
    const char *timeline = options->timeline;
    bool there = stat(timeline, &file) == 0;
    if (options->output && same_place(options->output, timeline))
        return af_raise(-EINVAL, "-o and --timeline both write %s: name two files", timeline);
    if (!options->output && there && fstat(STDOUT_FILENO, &other) == 0 && same_file(&file, &other))
        return af_raise(-EINVAL, "stdout and --timeline both write %s: name two files", timeline);
    if (options->output_dir && stat(options->output_dir, &file) == 0 &&
        stat_directory(timeline, &other) == 0 && same_file(&file, &other))
        return af_raise(-EINVAL,
                        "--timeline %s is among the files of --output-dir: put it elsewhere",
                        timeline);
    return check_written(options, timeline, "--timeline");
}

/* What is read is not written over. */
static int check_files(const struct options *options)
{
    if (options->dry_run)
        return check_written(options, NULL, "the records");
    int r = options->output ? check_written(options, options->output, "-o")
                            : check_written(options, NULL, "the records");
    return r < 0 || !options->timeline ? r : check_timeline(options);
}

int conflicts_check(const struct options *options)
{
    if (options->help || options->version || options->generate != GENERATE_NOTHING)
        return 0;
    int r = options->compare ? check_compare(options) : 0;
    if (r >= 0 && options->resume != RESUME_NOTHING)
        r = check_resume(options);
    return r < 0 ? r : check_files(options);
}
