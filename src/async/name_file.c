#include "async/name_file.h"

#include <errno.h>
#include <stdbool.h>

static bool is_temporary(int error)
{
    switch (error) {
    case EMFILE:
    case ENFILE:
    case ENOMEM:
    case EAGAIN:
    case EINTR:
    case EIO:
        return true;
    default:
        return false;
    }
}

int name_file_open(const char *path, FILE **ret_file)
{
    FILE *file = fopen(path, "re");
    if (!file)
        return is_temporary(errno) ? -errno : 0;
    *ret_file = file;
    return 1;
}

int name_file_close(FILE *file)
{
    int error = feof(file) ? 0 : errno;
    fclose(file);
    return is_temporary(error) ? -error : 0;
}

int name_file_check(const char *path)
{
    FILE *file;
    int r = name_file_open(path, &file);
    if (r > 0)
        fclose(file);
    return r < 0 ? r : 0;
}
