#include "cli/output/body_file.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

struct body_file {
    struct body_directory *directory;
    struct file_name name;
    unsigned long number;
    struct temporary_file temporary;
    int error;
    char committed[FILE_NAME_MAXIMUM + 1]; /* its name; empty before */
};

int body_file_new(struct body_directory *directory, const struct file_name *name,
                  struct body_file **ret_file)
{
    struct body_file *file = malloc(sizeof *file);
    if (!file)
        return -ENOMEM;
    *file = (struct body_file){.directory = directory, .name = *name, .temporary.fd = -1};
    int r = body_directory_take(directory, &file->name, &file->number);
    if (r < 0) {
        free(file);
        return r;
    }
    *ret_file = file;
    return 0;
}

void body_file_free(struct body_file *file)
{
    if (!file)
        return;
    body_file_discard(file);
    free(file);
}

void body_file_discard(struct body_file *file)
{
    file->error = 0;
    body_directory_discard(file->directory, &file->temporary);
}

static int fail(struct body_file *file, int error)
{
    body_file_discard(file);
    file->error = error;
    return error;
}

static int create(struct body_file *file)
{
    int r = body_directory_create(file->directory, &file->temporary);
    return r < 0 ? fail(file, r) : 0;
}

int body_file_write(struct body_file *file, const void *data, size_t size)
{
    int r = file->temporary.fd < 0 ? create(file) : 0;
    while (r >= 0 && size > 0) {
        ssize_t n = write(file->temporary.fd, data, size);
        if (n < 0 && errno != EINTR)
            return fail(file, -errno);
        size_t written = n < 0 ? 0 : (size_t)n;
        data = (const char *)data + written;
        size -= written;
    }
    return r;
}

/* Retries with another number if a file of this name was created meanwhile. */
static int give_name(struct body_file *file, const char *extension)
{
    for (;;) {
        file_name_write(&file->name, file->number, extension, file->committed);
        int r = body_directory_commit(file->directory, &file->temporary, file->committed);
        if (r == -EEXIST)
            r = body_directory_take(file->directory, &file->name, &file->number);
        else if (r >= 0)
            return 0;
        if (r < 0) {
            file->committed[0] = '\0';
            return r;
        }
    }
}

int body_file_commit(struct body_file *file, const char *content_type)
{
    int r = file->temporary.fd < 0 ? create(file) : 0; /* an empty body was not written */
    if (r < 0)
        return r;
    bool open = !file->name.extension[0] && !file->name.chosen;
    r = give_name(file, open ? file_name_extension(content_type) : file->name.extension);
    return r < 0 ? fail(file, r) : 0;
}

const char *body_file_name(const struct body_file *file)
{
    return file->committed[0] ? file->committed : NULL;
}

int body_file_error(const struct body_file *file)
{
    return file->error;
}
