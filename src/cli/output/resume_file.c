#include "cli/output/resume_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <afetch/error.h>

#include "base/atomic_file.h"
#include "cli/record/record_reader.h"

/* ------------------------------------------------------------- the records */

/* The state of reading the file. */
struct reading {
    struct resume_file *resume;
    const struct record_layout *layout;
    FILE *file;
    struct buffer text;         /* of a record */
    struct known_record record; /* parsed */
    size_t line;                /* its first line */
    size_t lines;               /* read so far */
    off_t end;                  /* of the last whole record */
    off_t stays;                /* end of the records before the first that is renewed */
    bool renewed;               /* a record is to be fetched again */
};

/* Reads the text of a record: 1, or 0 at the end or if the record is incomplete. */
static int read_text(struct reading *reading)
{
    char *line = NULL;
    size_t size = 0;
    ssize_t length;
    bool goes_on = false;
    int r = 0;
    reading->text.length = 0;
    reading->line = reading->lines + 1;
    while (r == 0 && (length = getline(&line, &size, reading->file)) > 0) {
        r = buffer_append(&reading->text, line, (size_t)length);
        reading->lines++;
        goes_on = record_continues(reading->layout, line, (size_t)length, goes_on);
        if (r >= 0 && line[length - 1] == '\n')
            r = !goes_on;
    }
    if (r == 0 && ferror(reading->file))
        r = -errno;
    free(line);
    return r;
}

static int read_head(struct reading *reading)
{
    const struct buffer *head = &reading->layout->head;
    if (head->length == 0)
        return 0;
    int r = read_text(reading);
    if (r <= 0)
        return r;
    if (reading->text.length != head->length ||
        memcmp(reading->text.data, head->data, head->length) != 0)
        return af_raise(-EBADMSG, "the first line is not the header line of this run's fields");
    reading->resume->has_head = true;
    reading->end = reading->stays = (off_t)head->length;
    return 0;
}

/* Reads the next record: 1, or 0 at the end. */
static int read_record(struct reading *reading)
{
    int r = read_text(reading);
    if (r <= 0)
        return r;
    const struct buffer *text = &reading->text;
    r = record_read(reading->layout, text->data, text->length, &reading->record);
    if (r == -EBADMSG)
        return af_raise(r, "line %zu is not a record with this run's fields", reading->line);
    return r < 0 ? r : 1;
}

static bool is_renewed(const struct reading *reading)
{
    const struct known_record *record = &reading->record;
    return record->cancelled || (record->failed && reading->resume->renews_failed);
}

static int take_record(struct reading *reading)
{
    reading->end += (off_t)reading->text.length;
    reading->renewed |= is_renewed(reading);
    if (!reading->renewed)
        reading->stays = reading->end;
    const struct known_record *record = &reading->record;
    return is_renewed(reading) ? 0
                               : known_records_add(reading->resume->known, record->index,
                                                   &record->url, record->failed);
}

static int read_records(struct reading *reading)
{
    int r = read_head(reading);
    while (r >= 0 && (r = read_record(reading)) > 0)
        r = take_record(reading);
    return r;
}

/* -------------------------------------------------------------- the file */

/* Removes everything after END. */
static int truncate_file(const struct output *output, off_t end)
{
    return ftruncate(output->fd, end) < 0 || lseek(output->fd, end, SEEK_SET) < 0 ? -errno : 0;
}

/* Copies the records that stay. Errors: a negated errno. */
static int copy_records(struct reading *reading, FILE *to)
{
    const struct buffer *head = &reading->layout->head;
    if (head->length > 0)
        fwrite(head->data, 1, head->length, to);
    int r = fseeko(reading->file, (off_t)head->length, SEEK_SET) < 0 ? -errno : 0;
    while (r >= 0 && (r = read_record(reading)) > 0)
        if (!is_renewed(reading))
            fwrite(reading->text.data, 1, reading->text.length, to);
    if (r >= 0 && (ferror(to) || fflush(to) != 0))
        r = -errno;
    return r;
}

/* Gives a new file the owner of the old one, if that has one name only. */
static int copy_owner(int fd, const struct output *output)
{
    struct stat status;
    if (fstat(output->fd, &status) < 0 || status.st_nlink > 1)
        return -EPERM;
    return fchown(fd, status.st_uid, status.st_gid) < 0 ? -errno : 0;
}

/* Replaces the file atomically, by one without the records that are fetched again. */
static int replace_file(struct reading *reading, struct output *output)
{
    struct atomic_file replacement;
    int r = atomic_file_open(&replacement, output->name);
    if (r < 0)
        return r;
    r = copy_owner(replacement.fd, output);
    FILE *file = fdopen(replacement.fd, "w");
    if (r >= 0)
        r = file ? copy_records(reading, file) : -ENOMEM;
    /* The output's descriptor becomes that of the new file, positioned at its end. */
    if (r >= 0)
        r = output_lock(replacement.fd);
    if (r >= 0)
        r = atomic_file_commit(&replacement);
    if (r >= 0 && dup3(replacement.fd, output->fd, O_CLOEXEC) < 0)
        r = -errno;
    if (file)
        fclose(file);
    else
        close(replacement.fd);
    atomic_file_close(&replacement);
    return r;
}

/* Rewrites the file in place, if it cannot be replaced. If the program is killed meanwhile, more is
 * fetched again. */
static int rewrite_in_place(struct reading *reading, struct output *output)
{
    char *text = NULL;
    size_t size = 0, stays = (size_t)reading->stays;
    FILE *memory = open_memstream(&text, &size);
    if (!memory)
        return -ENOMEM;
    int r = copy_records(reading, memory);
    if (fclose(memory) != 0 && r >= 0)
        r = -ENOMEM;
    if (r >= 0)
        r = truncate_file(output, reading->stays);
    if (r >= 0)
        r = buffer_append(&output->buffer, text + stays, size - stays);
    free(text);
    return r < 0 ? r : output_flush(output);
}

/* Removes the records that are fetched again. */
static int rewrite_file(struct reading *reading, struct output *output)
{
    int r = replace_file(reading, output);
    bool is_possible = r >= 0 || r == -ENOMEM || r == -EBADMSG;
    return is_possible ? r : rewrite_in_place(reading, output);
}

/* Checks everything before it changes the file. */
static int take_file(struct reading *reading)
{
    struct resume_file *resume = reading->resume;
    buffer_init(&reading->text, SIZE_MAX);
    buffer_init(&reading->record.url, SIZE_MAX);
    int r = read_records(reading);
    if (r >= 0)
        r = known_records_check_list(resume->known, resume->source);
    if (r >= 0)
        r = reading->renewed ? rewrite_file(reading, resume->output)
                             : truncate_file(resume->output, reading->end);
    buffer_free(&reading->text);
    buffer_free(&reading->record.url);
    return r;
}

int resume_file_open(struct resume_file *resume)
{
    if (!resume->output->is_file)
        return af_raise(-EBADMSG, "not a regular file, which --resume requires");
    struct record_layout layout;
    struct reading reading = {.resume = resume, .layout = &layout};
    int r = record_layout_new(resume->formatter, &layout);
    if (r >= 0 && !(reading.file = fopen(resume->output->name, "re")))
        r = -errno;
    if (r >= 0)
        r = take_file(&reading);
    if (reading.file)
        fclose(reading.file);
    record_layout_free(&layout);
    return r;
}
