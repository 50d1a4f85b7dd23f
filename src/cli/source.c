#include "cli/source.h"

#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <afetch/descriptor.h>
#include <afetch/error.h>
#include <afetch/task.h>

#include "base/buffer.h"
#include "base/utf8.h"
#include "cli/escape.h"
#include "cli/file_error.h"

enum {
    AHEAD_MAXIMUM = 65536,  /* bytes read before they are asked for */
    LINE_MAXIMUM = 8000000, /* bytes of a line, without its end */
    SHOWN_MAXIMUM = 200,    /* bytes of a line that is no URL */
    PROOF_MINIMUM = 4096,   /* bytes of a first line after which it is judged unfinished */
};

struct source {
    struct words operands;
    size_t position; /* of the next operand */
    source_message *message;
    void *message_arg;
    struct selection *selection; /* NULL: all */
    bool failed;
    bool told;         /* in a first reading: once is enough */
    size_t index;      /* of the next entry */
    size_t given;      /* entries that were not passed over */
    off_t taken;       /* bytes of the operands and lists so far */
    double size;       /* of them all; NAN where that is not known */
    off_t input_start; /* where standard input began; -1 where it cannot be read twice */

    /* The list that is being read. */
    int fd; /* -1 for none */
    const char *place;
    bool may_wait; /* a pipe or a terminal, not a file */
    bool unproven; /* may yet be a binary file */
    size_t number; /* of the line */
    size_t begin;  /* of what was read ahead */
    size_t end;
    bool too_long;           /* the line is longer than what was kept of it */
    struct buffer line;      /* as far as it was read */
    struct buffer shown;     /* a line that is no URL, fit to be shown */
    struct request *request; /* of the line, where it is JSON */
    char ahead[AHEAD_MAXIMUM];
};

static const char *standard_input[] = {"-", NULL};

static bool is_url(const char *operand)
{
    return strstr(operand, "://") != NULL;
}

static bool is_standard_input(const char *operand)
{
    return strcmp(operand, "-") == 0;
}

/* Whether what is of this mode gives its bytes only once, and not before somebody wrote them. */
static bool is_stream(mode_t mode)
{
    return S_ISFIFO(mode) || S_ISCHR(mode) || S_ISSOCK(mode);
}

/* How many bytes an operand is, or has where it is a list; NAN where only reading would tell. */
static double operand_size(const struct source *source, const char *operand)
{
    struct stat status;
    if (is_url(operand))
        return (double)strlen(operand);
    bool standard = is_standard_input(operand);
    if ((standard ? fstat(STDIN_FILENO, &status) : stat(operand, &status)) < 0)
        return 0; /* will give nothing */
    if (!S_ISREG(status.st_mode))
        return NAN;
    return (double)(status.st_size - (standard ? source->input_start : 0));
}

int source_new(const struct words *operands, source_message *message, void *arg,
               struct source **ret_source)
{
    struct source *source = malloc(sizeof *source);
    if (!source)
        return -ENOMEM;
    *source = (struct source){
        .operands = operands->count > 0 ? *operands : (struct words){standard_input, 1},
        .message = message,
        .message_arg = arg,
        .input_start = lseek(STDIN_FILENO, 0, SEEK_CUR),
        .fd = -1,
    };
    for (size_t i = 0; i < source->operands.count; i++)
        source->size += operand_size(source, source->operands.list[i]);
    buffer_init(&source->line, LINE_MAXIMUM + 1); /* and a NUL behind it */
    buffer_init(&source->shown, LINE_MAXIMUM);
    *ret_source = source;
    return 0;
}

static void close_list(struct source *source)
{
    if (source->fd > STDIN_FILENO)
        close(source->fd);
    source->fd = -1;
}

void source_free(struct source *source)
{
    if (!source)
        return;
    close_list(source);
    buffer_free(&source->line);
    buffer_free(&source->shown);
    request_unref(source->request);
    free(source);
}

/* Ends the list and says why. Returns 0, or -ENOMEM. */
static int give_up(struct source *source, int error)
{
    close_list(source);
    source->failed = true;
    if (source->told)
        return 0;
    char *text;
    int r = list_error_text(source->place, error, &text);
    if (r < 0)
        return r;
    source->message(text, source->message_arg);
    free(text);
    return 0;
}

static int open_list(struct source *source, const char *operand)
{
    bool standard = is_standard_input(operand);
    source->place = standard ? "stdin" : operand;
    /* Not to block: a pipe that nobody writes to yet would not even open. */
    source->fd =
        standard ? STDIN_FILENO : open(operand, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
    struct stat status;
    if (source->fd < 0 || fstat(source->fd, &status) < 0)
        return give_up(source, errno);
    source->may_wait = is_stream(status.st_mode);
    source->unproven = !standard;
    source->number = 0;
    source->begin = source->end = 0;
    source->too_long = false;
    source->line.length = 0;
    return 0;
}

/* However long a file is, others have their turn, and a signal is heard. */
static int yield(void)
{
    return af_current_task() ? af_sleep(0) : 0;
}

/* Reads ahead: 1, or 0 at the end of the list, which is closed then. */
static int read_ahead(struct source *source)
{
    for (;;) {
        int r = source->may_wait ? af_wait_readable(source->fd) : yield();
        if (r == -EPERM) /* a device that always has something */
            source->may_wait = false;
        else if (r < 0)
            return r;
        ssize_t size = read(source->fd, source->ahead, sizeof source->ahead);
        if (size > 0) {
            source->taken += size;
            source->begin = 0;
            source->end = (size_t)size;
            return 1;
        }
        if (size == 0) {
            close_list(source);
            return 0;
        }
        if (errno != EINTR && errno != EAGAIN) {
            source->line.length = 0; /* half a line is none */
            return give_up(source, errno);
        }
    }
}

/* Appends to the line what of it was read ahead. Returns 1 where that was its end. */
static int take_line(struct source *source)
{
    const char *start = source->ahead + source->begin;
    size_t length = source->end - source->begin;
    const char *end = memchr(start, '\n', length);
    if (end)
        length = (size_t)(end - start);
    source->begin += length + (end != NULL);

    size_t room = LINE_MAXIMUM - source->line.length;
    if (length > room) {
        source->too_long = true;
        length = room;
    }
    int r = buffer_append(&source->line, start, length);
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
static bool begins_binary(const struct source *source)
{
    const struct buffer *line = &source->line;
    return source->unproven && line->length >= PROOF_MINIMUM && line->data[0] != '#' &&
           is_binary(line->data, PROOF_MINIMUM);
}

/* Reads the line to its end: 1, or 0 where there is no more. What it has of the line stays where a
 * wait is cancelled. */
static int read_line(struct source *source)
{
    for (;;) {
        int r = take_line(source);
        if (r != 0)
            return r;
        if (begins_binary(source))
            return give_up(source, ENOEXEC);
        r = read_ahead(source);
        if (r < 0)
            return r;
        /* The last line may lack its end. */
        if (r == 0)
            return source->line.length > 0;
    }
}

/* Makes a line that is no URL short and fit to be shown. */
static int show_line(struct source *source, const char *text, size_t length)
{
    size_t shown = length;
    if (length > SHOWN_MAXIMUM) {
        shown = SHOWN_MAXIMUM;
        /* Not through the midst of a character. */
        while (shown > SHOWN_MAXIMUM - 4 && ((unsigned char)text[shown] & 0xC0) == 0x80)
            shown--;
    }
    source->shown.length = 0;
    int r = text_write_escaped(&source->shown, text, shown);
    if (r >= 0 && shown < length)
        r = buffer_append_string(&source->shown, "...");
    return r < 0 ? r : buffer_append_char(&source->shown, '\0');
}

static const char *line_error(const struct source *source, const char *text, size_t length)
{
    if (source->too_long)
        return "line is longer than 8000000 bytes";
    if (memchr(text, '\0', length))
        return "line has a NUL byte in it";
    return NULL;
}

static int make_entry(struct source *source, const char *url, const char *error,
                      struct entry *ret_entry)
{
    *ret_entry = (struct entry){
        .index = source->index++,
        .url = url,
        .error = error,
        .place = source->place,
        .line = source->number,
    };
    return 1;
}

/* What is not understood is not shown: there may be secrets in it. */
static int make_request_entry(struct source *source, const char *text, size_t length,
                              struct entry *ret_entry)
{
    int r = request_parse(text, length, &source->request);
    if (r < 0)
        return r;
    struct request *request = source->request;
    r = make_entry(source, request->url ? request->url : "{...}", request->error, ret_entry);
    ret_entry->request = request;
    return r;
}

/* The entry of a line, TEXT being a part of what was read of it. */
static int make_line_entry(struct source *source, char *text, size_t length,
                           struct entry *ret_entry)
{
    if (*text == '{')
        return make_request_entry(source, text, length, ret_entry);
    const char *error = line_error(source, text, length);
    if (error) {
        int r = show_line(source, text, length);
        return r < 0 ? r : make_entry(source, source->shown.data, error, ret_entry);
    }
    text[length] = '\0';
    return make_entry(source, text, NULL, ret_entry);
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r';
}

/* The line without a byte order mark and the blanks around it. */
static char *trim_line(const struct source *source, size_t *ret_length)
{
    char *text = source->line.data;
    size_t length = source->line.length;
    if (source->number == 1 && length >= 3 && memcmp(text, "\xEF\xBB\xBF", 3) == 0) {
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

/* Reads a line of the list: 1 and its entry, or 0 where it has none or the list has ended. */
static int next_line(struct source *source, struct entry *ret_entry)
{
    int r = read_line(source);
    if (r > 0)
        r = buffer_reserve(&source->line, 1);
    else if (r == 0)
        return 0;
    if (r < 0)
        return r;
    source->number++;
    size_t length;
    char *text = trim_line(source, &length);
    bool wanted = length > 0 ? *text != '#' : source->too_long;
    if (wanted && source->unproven && is_binary(text, length))
        return give_up(source, ENOEXEC);
    if (wanted) {
        source->unproven = false;
        r = make_line_entry(source, text, length, ret_entry);
    }
    source->line.length = 0;
    source->too_long = false;
    return wanted ? r : 0;
}

/* Turns to the next operand: 1 and its entry where it is a URL, 0 where it is a list. */
static int next_operand(struct source *source, struct entry *ret_entry)
{
    const char *operand = source->operands.list[source->position++];
    if (!is_url(operand))
        return open_list(source, operand);
    source->taken += (off_t)strlen(operand);
    source->place = "operand";
    source->number = 0;
    return make_entry(source, operand, NULL, ret_entry);
}

static int next_entry(struct source *source, struct entry *ret_entry)
{
    int r = 0;
    request_unref(source->request);
    source->request = NULL;
    while (r == 0 && (source->fd >= 0 || source->position < source->operands.count))
        r = source->fd >= 0 ? next_line(source, ret_entry) : next_operand(source, ret_entry);
    return r;
}

void source_select(struct source *source, struct selection *selection)
{
    source->selection = selection;
}

int source_next(struct source *source, struct entry *ret_entry)
{
    for (;;) {
        int r = next_entry(source, ret_entry);
        if (r > 0 && source->selection && (r = selection_takes(source->selection, ret_entry)) == 0)
            continue;
        source->given += r > 0;
        return r;
    }
}

bool source_failed(const struct source *source)
{
    return source->failed;
}

size_t source_count(const struct source *source)
{
    return source->given;
}

double source_share(const struct source *source)
{
    /* A list that was given up has not been read to its end. */
    if (source->failed || !(source->size > 0))
        return NAN;
    double taken = (double)(source->taken - (off_t)(source->end - source->begin));
    return fmin(taken / source->size, 1);
}

static bool can_read_twice(const struct source *source, const char *operand)
{
    if (is_standard_input(operand))
        return source->input_start >= 0;
    struct stat status;
    return is_url(operand) || stat(operand, &status) < 0 || !is_stream(status.st_mode);
}

int source_rewind(struct source *source)
{
    for (size_t i = 0; i < source->operands.count; i++)
        if (!can_read_twice(source, source->operands.list[i]))
            return af_raise(-ESPIPE, "--compare reads its list twice: give it a file, not a pipe");
    close_list(source);
    if (source->input_start >= 0 && lseek(STDIN_FILENO, source->input_start, SEEK_SET) < 0)
        return -errno;
    source->told = source->told || source->index > 0 || source->failed;
    source->position = 0;
    source->index = source->given = 0;
    if (source->selection)
        selection_rewind(source->selection);
    source->taken = 0;
    return 0;
}
