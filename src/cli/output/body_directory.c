#include "cli/output/body_directory.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

/* ------------------------------------------------------------ names in use */

/* The sense in which a name is taken. */
enum use {
    AS_NAME = 'n',  /* a whole name with an extension */
    AS_STEM = 's',  /* the stem of a name, or a name that has yet to get an extension */
    AS_OPEN = 'o',  /* a name that has yet to get an extension */
    AS_TRIED = 't', /* a number that find_free() found taken */
};

static struct fingerprint fingerprint_of(enum use use, const char *text)
{
    unsigned char byte = (unsigned char)use;
    return fingerprint_add(fingerprint_add(fingerprint_begin(), &byte, 1), text, strlen(text));
}

/* A name with a number, with and without its extension. */
struct candidate {
    char name[FILE_NAME_MAXIMUM + 1];
    char stem[FILE_NAME_MAXIMUM + 1];
};

static struct candidate make_candidate(const struct file_name *name, unsigned long number)
{
    struct candidate candidate;
    file_name_write(name, number, "", candidate.stem);
    file_name_write(name, number, name->extension, candidate.name);
    return candidate;
}

static bool is_taken(const struct body_directory *directory, const struct file_name *name,
                     unsigned long number)
{
    struct candidate candidate = make_candidate(name, number);
    const struct fingerprint_set *taken = &directory->taken;
    if (!name->extension[0])
        return fingerprint_set_has(taken, fingerprint_of(AS_STEM, candidate.stem));
    /* A name gets none but known extensions. */
    return fingerprint_set_has(taken, fingerprint_of(AS_NAME, candidate.name)) ||
           (file_name_extension_is_known(name->extension) &&
            fingerprint_set_has(taken, fingerprint_of(AS_OPEN, candidate.stem)));
}

static int take(struct body_directory *directory, const struct file_name *name,
                unsigned long number)
{
    struct candidate candidate = make_candidate(name, number);
    int r = fingerprint_set_add(&directory->taken, fingerprint_of(AS_STEM, candidate.stem));
    if (r < 0)
        return r;
    return name->extension[0]
               ? fingerprint_set_add(&directory->taken, fingerprint_of(AS_NAME, candidate.name))
               : fingerprint_set_add(&directory->taken, fingerprint_of(AS_OPEN, candidate.stem));
}

/* Unlike the numbers that are taken, those that were tried have no gaps. */
static struct fingerprint fingerprint_of_trial(const struct file_name *name, unsigned long number)
{
    struct candidate candidate = make_candidate(name, number);
    struct fingerprint fingerprint = fingerprint_of(AS_TRIED, candidate.stem);
    return fingerprint_add(fingerprint, name->extension, strlen(name->extension));
}

/* The first number from FIRST up to END that was not tried for this name; END if there is none. */
static unsigned long find_untried(const struct body_directory *directory,
                                  const struct file_name *name, unsigned long first,
                                  unsigned long end)
{
    while (first < end) {
        unsigned long middle = first + (end - first) / 2;
        if (fingerprint_set_has(&directory->taken, fingerprint_of_trial(name, middle)))
            first = middle + 1;
        else
            end = middle;
    }
    return first;
}

/* Finds the lowest free number. Each number is tried once for a name: ten thousand URLs may have
 * the same one. Numbers of as many digits are searched together, since long names that differ may
 * be the same once they are truncated for those digits. */
static int find_free(struct body_directory *directory, const struct file_name *name,
                     unsigned long *ret_number)
{
    unsigned long first = 0, end = 1;
    for (;; first = end, end *= 10) {
        unsigned long number = find_untried(directory, name, first, end);
        for (; number < end; number++) {
            if (!is_taken(directory, name, number)) {
                *ret_number = number;
                return 0;
            }
            int r = fingerprint_set_add(&directory->taken, fingerprint_of_trial(name, number));
            if (r < 0)
                return r;
        }
    }
}

int body_directory_take(struct body_directory *directory, const struct file_name *name,
                        unsigned long *ret_number)
{
    unsigned long number;
    int r = find_free(directory, name, &number);
    if (r >= 0)
        r = take(directory, name, number);
    if (r < 0)
        return r;
    *ret_number = number;
    return 0;
}

/* --------------------------------------------------------------- temporary files */

static int create_nameless(const struct body_directory *directory, struct temporary_file *file)
{
    file->name[0] = '\0';
    file->fd = openat(directory->fd, ".", O_WRONLY | O_TMPFILE | O_CLOEXEC, 0666);
    return file->fd < 0 ? -errno : 0;
}

static int create_named(struct body_directory *directory, struct temporary_file *file)
{
    snprintf(file->name, sizeof file->name, ".afetch-%016" PRIx64 "-%zu", directory->token,
             directory->temporary_count++);
    file->fd = openat(directory->fd, file->name,
                      O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0666);
    return file->fd < 0 ? -errno : 0;
}

int body_directory_create(struct body_directory *directory, struct temporary_file *ret_file)
{
    return directory->named ? create_named(directory, ret_file)
                            : create_nameless(directory, ret_file);
}

static int link_nameless(const struct body_directory *directory, const struct temporary_file *file,
                         const char *name)
{
    char path[32];
    snprintf(path, sizeof path, "/proc/self/fd/%d", file->fd);
    return linkat(AT_FDCWD, path, directory->fd, name, AT_SYMLINK_FOLLOW) < 0 ? -errno : 0;
}

static int rename_named(const struct body_directory *directory, const struct temporary_file *file,
                        const char *name)
{
    int fd = directory->fd;
    if (renameat2(fd, file->name, fd, name, RENAME_NOREPLACE) == 0)
        return 0;
    /* File systems without RENAME_NOREPLACE have links. */
    if (errno != EINVAL && errno != ENOSYS)
        return -errno;
    if (linkat(fd, file->name, fd, name, 0) < 0)
        return -errno;
    unlinkat(fd, file->name, 0);
    return 0;
}

/* Some file systems report a full disk only on close(). */
static int flush(const struct temporary_file *file)
{
    int copy = dup(file->fd);
    return copy < 0 || close(copy) < 0 ? -errno : 0;
}

int body_directory_commit(struct body_directory *directory, struct temporary_file *file,
                          const char *name)
{
    int r = flush(file);
    if (r >= 0)
        r = file->name[0] ? rename_named(directory, file, name)
                          : link_nameless(directory, file, name);
    if (r < 0)
        return r;
    close(file->fd);
    file->fd = -1;
    return 0;
}

void body_directory_discard(struct body_directory *directory, struct temporary_file *file)
{
    if (file->fd < 0)
        return;
    close(file->fd);
    file->fd = -1;
    if (file->name[0])
        unlinkat(directory->fd, file->name, 0);
}

/* ------------------------------------------------------------ the directory */

/* Takes the names of existing files. */
static int read_names(struct body_directory *directory)
{
    int fd = openat(directory->fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    DIR *stream = fd < 0 ? NULL : fdopendir(fd);
    if (!stream) {
        int r = -errno;
        if (fd >= 0)
            close(fd);
        return r;
    }
    int r = 0;
    const struct dirent *entry;
    while (r >= 0 && (errno = 0, entry = readdir(stream))) {
        struct file_name name = file_name_split(entry->d_name);
        r = entry->d_name[0] == '.' ? 0 : take(directory, &name, 0);
    }
    if (r >= 0)
        r = -errno;
    closedir(stream);
    return r;
}

/* True if the file has the permissions that umask leaves; some systems ignore it for files without
 * a name. */
static bool heeds_umask(int fd)
{
    struct stat file;
    mode_t mask = umask(0);
    umask(mask);
    return fstat(fd, &file) == 0 && !(file.st_mode & mask);
}

/* True if a file without a name can be created here and get one. */
static bool can_be_nameless(const struct body_directory *directory)
{
    struct temporary_file file;
    char name[sizeof file.name];
    if (create_nameless(directory, &file) < 0)
        return false;
    snprintf(name, sizeof name, ".afetch-%016" PRIx64, directory->token);
    bool can = heeds_umask(file.fd) && link_nameless(directory, &file, name) >= 0 &&
               unlinkat(directory->fd, name, 0) == 0;
    close(file.fd);
    return can;
}

static int try_writing(struct body_directory *directory)
{
    struct temporary_file file;
    directory->named = !can_be_nameless(directory);
    int r = directory->named ? create_named(directory, &file) : 0;
    if (directory->named)
        body_directory_discard(directory, &file);
    return r;
}

int body_directory_open(struct body_directory *directory, const char *path)
{
    *directory = (struct body_directory){.fd = -1};
    if (mkdir(path, 0777) < 0 && errno != EEXIST)
        return -errno;
    directory->fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (directory->fd < 0 || getrandom(&directory->token, sizeof directory->token, 0) < 0)
        return -errno;
    int r = try_writing(directory);
    return r < 0 ? r : read_names(directory);
}

void body_directory_close(struct body_directory *directory)
{
    if (directory->fd >= 0)
        close(directory->fd);
    directory->fd = -1;
    fingerprint_set_free(&directory->taken);
}
