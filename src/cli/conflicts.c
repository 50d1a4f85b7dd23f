#include "cli/conflicts.h"

#include <errno.h>

#include <afetch/error.h>

/* What --compare prints are no records. */
static int check_compare(const struct options *options)
{
    const char *other = NULL;
    if (options->format == FORMAT_CSV)
        other = "--csv";
    else if (options->fields)
        other = "--fields";
    return other ? af_raise(-EINVAL, "%s is for records, and --compare prints none", other) : 0;
}

int conflicts_check(const struct options *options)
{
    if (options->help || options->version)
        return 0;
    return options->compare ? check_compare(options) : 0;
}
