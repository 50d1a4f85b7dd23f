#include "cli/input/line_reader.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <afetch/descriptor.h>
#include <afetch/error.h>
#include <afetch/task.h>

#include "base/utf8.h"

/* Bytes of a first line after which it is judged though it has no end. */
enum { PROOF_MINIMUM = 4096 };

void line_reader_init(struct line_reader *reader)
{
    *reader = (struct line_reader){.fd = -1};
    buffer_init(&reader->line, LINE_MAXIMUM_BYTES + 1);
}

void line_reader_free(struct line_reader *reader)
{
    line_reader_close(reader);
    buffer_free(&reader->line);
}

bool list_is_stream(mode_t mode)
{
    return S_ISFIFO(mode) || S_ISCHR(mode) || S_ISSOCK(mode);
}

static void forget_line(struct line_reader *reader)
{
    reader->line.length = 0;
    reader->too_long = reader->given = false;
}

void line_reader_open(struct line_reader *reader, int fd, bool unproven)
{
    struct stat status;
    reader->fd = fd;
    reader->may_wait = fstat(fd, &status) == 0 && list_is_stream(status.st_mode);
    reader->unproven = unproven;
    reader->number = 0;
    reader->begin = reader->end = 0;
    forget_line(reader);
}

void line_reader_close(struct line_reader *reader)
{
    if (reader->fd > STDIN_FILENO)
        close(reader->fd);
    reader->fd = -1;
}

off_t line_reader_asked(const struct line_reader *reader)
{
    return reader->taken - (off_t)(reader->end - reader->begin);
}

/* However long a file is, others have their turn, and a signal is heard. */
static int yield(void)
{
    return af_current_task() ? af_sleep(0) : 0;
}

static int give_up(struct line_reader *reader, int error)
{
    line_reader_close(reader);
    forget_line(reader); /* half a line is none */
    return -error;
}

/* Reads ahead: 1, or 0 at the end of the list, which is closed then. */
static int read_ahead(struct line_reader *reader)
{
    for (;;) {
        int r = reader->may_wait ? af_wait_readable(reader->fd) : yield();
        if (r == -EPERM) /* a device that always has something */
            reader->may_wait = false;
        else if (r < 0)
            return r;
        ssize_t size = read(reader->fd, reader->ahead, sizeof reader->ahead);
        if (size > 0) {
            reader->taken += size;
            reader->begin = 0;
            reader->end = (size_t)size;
            return 1;
        }
        if (size == 0) {
            line_reader_close(reader);
            return 0;
        }
        if (errno != EINTR && errno != EAGAIN)
            return give_up(reader, errno);
    }
}

/* Appends to the line what of it was read ahead. Returns 1 where that was its end. */
static int take_line(struct line_reader *reader)
{
    const char *start = reader->ahead + reader->begin;
    size_t length = reader->end - reader->begin;
    const char *end = memchr(start, '\n', length);
    if (end)
        length = (size_t)(end - start);
    reader->begin += length + (end != NULL);

    size_t room = LINE_MAXIMUM_BYTES - reader->line.length;
    if (length > room) {
        reader->too_long = true;
        length = room;
    }
    int r = buffer_append(&reader->line, start, length);
    return r < 0 ? r : end != NULL;
}

/* Whether the first line of a file is none that a person wrote. Not every byte must be UTF-8: an
 * old list may have Latin-1 in its paths, but it does not begin with it. */
static bool is_binary(const char *text, size_t length)
{
    for (size_t i = 0; i < length; i++)
        if ((unsigned char)text[i] < ' ' && text[i] != '\t' && text[i] != '\r')
            return true;
    return utf8_character(text, length) == 0;
}

/* Whether what there is of a first line, which has no end yet, and may never have, is binary. */
static bool begins_binary(const struct line_reader *reader)
{
    const struct buffer *line = &reader->line;
    return reader->unproven && line->length >= PROOF_MINIMUM && line->data[0] != '#' &&
           is_binary(line->data, PROOF_MINIMUM);
}

/* Reads the line to its end: 1, or 0 where there is no more. */
static int read_line(struct line_reader *reader)
{
    for (;;) {
        int r = take_line(reader);
        if (r != 0)
            return r;
        if (begins_binary(reader))
            return give_up(reader, ENOEXEC);
        r = read_ahead(reader);
        if (r < 0)
            return r;
        /* The last line may lack its end. */
        if (r == 0)
            return reader->line.length > 0;
    }
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r';
}

/* The line without a byte order mark and the blanks around it. */
static char *trim_line(const struct line_reader *reader, size_t *ret_length)
{
    char *text = reader->line.data;
    size_t length = reader->line.length;
    if (reader->number == 1 && length >= 3 && memcmp(text, "\xEF\xBB\xBF", 3) == 0) {
        text += 3;
        length -= 3;
    }
    for (; length > 0 && is_blank(*text); text++)
        length--;
    while (length > 0 && is_blank(text[length - 1]))
        length--;
    *ret_length = length;
    return text;
}

int line_reader_next(struct line_reader *reader, char **ret_text, size_t *ret_length)
{
    for (;;) {
        if (reader->given)
            forget_line(reader);
        int r = reader->fd < 0 ? 0 : read_line(reader);
        if (r > 0)
            r = buffer_reserve(&reader->line, 1);
        else if (r == 0)
            return 0;
        if (r < 0)
            return r;
        reader->given = true;
        reader->number++;
        *ret_text = trim_line(reader, ret_length);
        bool wanted = *ret_length > 0 ? **ret_text != '#' : reader->too_long;
        if (wanted && reader->unproven && is_binary(*ret_text, *ret_length))
            return give_up(reader, ENOEXEC);
        if (!wanted)
            continue;
        reader->unproven = false;
        return 1;
    }
}
