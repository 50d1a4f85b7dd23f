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
    return other ? af_raise(-EINVAL, "%s has no meaning with --compare", other) : 0;
}

int conflicts_check(const struct options *options)
{
    if (options->help || options->version)
        return 0;
    return options->compare ? check_compare(options) : 0;
}
