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
#include "cli/record/value_text.h"
#include "cli/text/escape.h"

/* ------------------------------------------------------------- what is there */

static struct fingerprint index_fingerprint(size_t index)
{
    return fingerprint_add(fingerprint_begin(), &index, sizeof index);
}

static int keep(struct resume *resume, const struct kept_record *record)
{
    struct fingerprint index = index_fingerprint(record->index);
    int r = seen_add(&resume->indexes, index);
    if (r == 0)
        return af_raise(-EBADMSG, "two records have the index %zu", record->index);
    if (r >= 0)
        r = seen_add(&resume->records,
                     fingerprint_add(index, record->url.data, record->url.length));
    if (r < 0)
        return r;
    resume->count++;
    resume->failed += record->failed;
    if (record->index > resume->largest)
        resume->largest = record->index;
    return 0;
}

/* A reading of the file. */
struct reading {
    struct resume *resume;
    const struct kept_layout *layout;
    bool renews_failed;
    FILE *file;
    struct buffer text;        /* of a record; whole where it is one */
    struct kept_record record; /* the same, read */
    size_t line;               /* where it begins */
    size_t lines;              /* read so far */
    off_t end;                 /* of what is whole */
    off_t stays;               /* so much of it, whatever is fetched again */
    bool renews;               /* something before that is to be fetched again */
};

/* Reads the text of a record: 1, or 0 where there is none or it was torn off. */
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
        goes_on = kept_record_goes_on(reading->layout, line, (size_t)length, goes_on);
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
        return af_raise(-EBADMSG, "its first line is not that of this run's fields");
    reading->resume->begun = true;
    reading->end = reading->stays = (off_t)head->length;
    return 0;
}

/* Reads the next record: 1, or 0 where there is none. */
static int read_record(struct reading *reading)
{
    int r = read_text(reading);
    if (r <= 0)
        return r;
    const struct buffer *text = &reading->text;
    r = kept_record_read(reading->layout, text->data, text->length, &reading->record);
    if (r == -EBADMSG)
        return af_raise(r, "line %zu is no record with this run's fields", reading->line);
    return r < 0 ? r : 1;
}

static bool is_renewed(const struct reading *reading)
{
    const struct kept_record *record = &reading->record;
    return record->cancelled || (record->failed && reading->renews_failed);
}

static int take_record(struct reading *reading)
{
    reading->end += (off_t)reading->text.length;
    reading->renews |= is_renewed(reading);
    if (!reading->renews)
        reading->stays = reading->end;
    return is_renewed(reading) ? 0 : keep(reading->resume, &reading->record);
}

static int read_records(struct reading *reading)
{
    int r = read_head(reading);
    while (r >= 0 && (r = read_record(reading)) > 0)
        r = take_record(reading);
    return r;
}

/* --------------------------------------------------------------- the list */

int resume_has(struct resume *resume, const struct entry *entry)
{
    struct fingerprint index = index_fingerprint(entry->index);
    if (!seen_has(&resume->indexes, index))
        return 0;
    resume->entry.length = 0;
    int r = url_append(&resume->entry, entry->url, json_write_string);
    if (r < 0)
        return r;
    struct fingerprint record = fingerprint_add(index, resume->entry.data, resume->entry.length);
    if (!seen_has(&resume->records, record))
        return af_raise(-EBADMSG,
                        "not of this list: its record %zu is of another URL than %.*s, which the "
                        "list has there",
                        entry->index, (int)resume->entry.length, resume->entry.data);
    resume->met++;
    return 1;
}

void resume_rewind(struct resume *resume)
{
    resume->met = 0;
}

int resume_finish(const struct resume *resume)
{
    if (resume->met == resume->count)
        return 0;
    return af_raise(-EBADMSG,
                    "not of this list: it has a record %zu, and the list has no such line",
                    resume->largest);
}

static int compare_list(struct resume *resume, struct source *source)
{
    int r = source_rewind(source);
    if (r == -ESPIPE)
        return 0; /* it is compared as it comes */
    struct entry entry;
    while (r >= 0 && (r = source_next(source, &entry)) > 0)
        r = resume_has(resume, &entry);
    if (r >= 0)
        r = resume_finish(resume);
    resume_rewind(resume);
    return r < 0 ? r : source_rewind(source);
}

/* -------------------------------------------------------------- the file */

/* What was torn off goes. */
static int cut_file(const struct output *output, off_t end)
{
    return ftruncate(output->fd, end) < 0 || lseek(output->fd, end, SEEK_SET) < 0 ? -errno : 0;
}

/* Copies what stays: 0, or a negated errno. */
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

/* Whether a new file is to the system what the old one is: whose it is, and of one name. */
static int make_alike(int fd, const struct output *output)
{
    struct stat status;
    if (fstat(output->fd, &status) < 0 || status.st_nlink > 1)
        return -EPERM;
    return fchown(fd, status.st_uid, status.st_gid) < 0 ? -errno : 0;
}

/* A new file takes the place of the old at once: who is killed meanwhile leaves the old one as it
 * was. */
static int replace_file(struct reading *reading, struct output *output)
{
    struct replacement replacement;
    int r = replacement_open(&replacement, output->name);
    if (r < 0)
        return r;
    r = make_alike(replacement.fd, output);
    FILE *file = fdopen(replacement.fd, "w");
    if (r >= 0)
        r = file ? copy_records(reading, file) : -ENOMEM;
    /* The output's descriptor, with its place at the end, is another from now on. */
    if (r >= 0)
        r = output_lock(replacement.fd);
    if (r >= 0)
        r = replacement_put(&replacement);
    if (r >= 0 && dup3(replacement.fd, output->fd, O_CLOEXEC) < 0)
        r = -errno;
    if (file)
        fclose(file);
    else
        close(replacement.fd);
    replacement_free(&replacement);
    return r;
}

/* Where there can be no new file: who is killed meanwhile has some more to fetch again. */
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
        r = cut_file(output, reading->stays);
    if (r >= 0)
        r = buffer_append(&output->buffer, text + stays, size - stays);
    free(text);
    return r < 0 ? r : output_flush(output);
}

/* What is to be fetched again goes from the midst of the file. */
static int rewrite_file(struct reading *reading, struct output *output)
{
    int r = replace_file(reading, output);
    bool is_possible = r >= 0 || r == -ENOMEM || r == -EBADMSG;
    return is_possible ? r : rewrite_in_place(reading, output);
}

/* Nothing is changed before all is known to be right. */
static int take_file(struct reading *reading, struct output *output, struct source *source)
{
    buffer_init(&reading->text, SIZE_MAX);
    buffer_init(&reading->record.url, SIZE_MAX);
    int r = read_records(reading);
    if (r >= 0)
        r = compare_list(reading->resume, source);
    if (r >= 0)
        r = reading->renews ? rewrite_file(reading, output) : cut_file(output, reading->end);
    buffer_free(&reading->text);
    buffer_free(&reading->record.url);
    return r;
}

int resume_open(struct resume *resume, struct output *output, struct formatter *formatter,
                const struct options *options, struct source *source)
{
    *resume = (struct resume){0};
    buffer_init(&resume->entry, SIZE_MAX);
    if (!output->is_file)
        return af_raise(-EBADMSG, "not a file that could be read again, as --resume does");
    struct kept_layout layout;
    struct reading reading = {
        .resume = resume,
        .layout = &layout,
        .renews_failed = options->resume == RESUME_FAILED,
    };
    int r = kept_layout_new(formatter, &layout);
    if (r >= 0 && !(reading.file = fopen(output->name, "re")))
        r = -errno;
    if (r >= 0)
        r = take_file(&reading, output, source);
    if (reading.file)
        fclose(reading.file);
    kept_layout_free(&layout);
    return r;
}

void resume_close(struct resume *resume)
{
    seen_free(&resume->records);
    seen_free(&resume->indexes);
    buffer_free(&resume->entry);
}
