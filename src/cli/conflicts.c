#include "cli/conflicts.h"

#include <errno.h>

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
    else if (options->resume)
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

int conflicts_check(const struct options *options)
{
    if (options->help || options->version)
        return 0;
    int r = options->compare ? check_compare(options) : 0;
    return r >= 0 && options->resume ? check_resume(options) : r;
}
