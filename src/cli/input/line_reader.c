#include "cli/input/line_reader.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <afetch/descriptor.h>
#include <afetch/error.h>
#include <afetch/task.h>

#include "base/blank.h"
#include "base/utf8.h"

/* Bytes of an incomplete first line that are enough to check it. */
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
    reader->too_long = reader->returned = false;
}

void line_reader_open(struct line_reader *reader, int fd, bool check_binary)
{
    struct stat status;
    reader->fd = fd;
    reader->may_wait = fstat(fd, &status) == 0 && list_is_stream(status.st_mode);
    reader->check_binary = check_binary;
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

off_t line_reader_consumed(const struct line_reader *reader)
{
    return reader->read - (off_t)(reader->end - reader->begin);
}

/* Lets other tasks and signals run while a long file is read. */
static int yield(void)
{
    return af_current_task() ? af_sleep(0) : 0;
}

static int give_up(struct line_reader *reader, int error)
{
    line_reader_close(reader);
    forget_line(reader); /* drop an incomplete line */
    return -error;
}

/* Reads ahead: 1, or 0 at the end of the list, which is closed then. */
static int read_ahead(struct line_reader *reader)
{
    for (;;) {
        int r = reader->may_wait ? af_wait_readable(reader->fd) : yield();
        if (r == -EPERM) /* a device that is always readable */
            reader->may_wait = false;
        else if (r < 0)
            return r;
        ssize_t size = read(reader->fd, reader->ahead, sizeof reader->ahead);
        if (size > 0) {
            reader->read += size;
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

/* Appends bytes read ahead to the line. Returns 1 if they have its end. */
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

/* True if the first line of a file has control characters or does not begin with UTF-8. The rest
 * need not be UTF-8: old lists have Latin-1 in their paths. */
static bool is_binary(const char *text, size_t length)
{
    for (size_t i = 0; i < length; i++)
        if ((unsigned char)text[i] < ' ' && text[i] != '\t' && text[i] != '\r')
            return true;
    return utf8_character(text, length) == 0;
}

/* True if the incomplete first line is binary. It may never end. */
static bool begins_binary(const struct line_reader *reader)
{
    const struct buffer *line = &reader->line;
    return reader->check_binary && line->length >= PROOF_MINIMUM && line->data[0] != '#' &&
           is_binary(line->data, PROOF_MINIMUM);
}

/* Reads to the end of the line: 1, or 0 if there is none. */
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

/* Removes a byte order mark and blanks around the line. */
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
        if (reader->returned)
            forget_line(reader);
        int r = reader->fd < 0 ? 0 : read_line(reader);
        if (r > 0)
            r = buffer_reserve(&reader->line, 1);
        else if (r == 0)
            return 0;
        if (r < 0)
            return r;
        reader->returned = true;
        reader->number++;
        *ret_text = trim_line(reader, ret_length);
        bool wanted = *ret_length > 0 ? **ret_text != '#' : reader->too_long;
        if (wanted && reader->check_binary && is_binary(*ret_text, *ret_length))
            return give_up(reader, ENOEXEC);
        if (!wanted)
            continue;
        reader->check_binary = false;
        return 1;
    }
}
