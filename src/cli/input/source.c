#include "cli/input/source.h"

#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <afetch/error.h>

#include "base/buffer.h"
#include "base/utf8.h"
#include "cli/console/file_error.h"
#include "cli/input/line_reader.h"
#include "cli/text/escape.h"
#include "cli/text/http_syntax.h"

enum {
    SHOWN_MAXIMUM = 200,      /* bytes of an invalid line */
    COUNTED_MAXIMUM = 1 << 20 /* bytes of lists that are counted before they are read */
};

struct source {
    struct string_list operands;
    size_t position; /* of the next operand */
    source_message *message;
    void *message_arg;
    bool failed;
    bool *reported;               /* for each operand: its failure was reported */
    size_t index;                 /* of the next entry */
    off_t taken;                  /* bytes of the URL operands so far */
    double size;                  /* of them and of all lists; NAN if not known */
    off_t input_start;            /* offset of standard input; -1 if it cannot be read twice */
    const char *list_name;        /* of the entry */
    size_t number;                /* of its line */
    struct buffer shown;          /* an invalid line, shortened and escaped */
    struct json_request *request; /* of a line in JSON, else NULL */
    struct line_reader list;
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

/* Size of an operand or of its file in bytes; NAN if that is not known before it is read. */
static double operand_size(const struct source *source, const char *operand)
{
    struct stat status;
    if (is_url(operand))
        return (double)strlen(operand);
    bool standard = is_standard_input(operand);
    if ((standard ? fstat(STDIN_FILENO, &status) : stat(operand, &status)) < 0)
        return 0; /* it cannot be read */
    if (!S_ISREG(status.st_mode))
        return NAN;
    return (double)(status.st_size - (standard ? source->input_start : 0));
}

int source_new(const struct string_list *operands, source_message *message, void *arg,
               struct source **ret_source)
{
    struct source *source = malloc(sizeof *source);
    if (!source)
        return -ENOMEM;
    struct string_list sources =
        operands->count > 0 ? *operands : (struct string_list){standard_input, 1};
    bool *reported = calloc(sources.count, sizeof *reported);
    if (!reported) {
        free(source);
        return -ENOMEM;
    }
    *source = (struct source){
        .operands = sources,
        .reported = reported,
        .message = message,
        .message_arg = arg,
        .input_start = lseek(STDIN_FILENO, 0, SEEK_CUR),
    };
    for (size_t i = 0; i < source->operands.count; i++)
        source->size += operand_size(source, source->operands.strings[i]);
    buffer_init(&source->shown, LINE_MAXIMUM_BYTES);
    line_reader_init(&source->list);
    *ret_source = source;
    return 0;
}

void source_free(struct source *source)
{
    if (!source)
        return;
    line_reader_free(&source->list);
    buffer_free(&source->shown);
    json_request_unref(source->request);
    free(source->reported);
    free(source);
}

/* Reports a list that cannot be read. Returns 0, or -ENOMEM. */
static int give_up(struct source *source, int error)
{
    bool *reported = &source->reported[source->position - 1];
    source->failed = true;
    if (*reported)
        return 0;
    *reported = true;
    char *text;
    int r = list_error_text(source->list_name, error, &text);
    if (r < 0)
        return r;
    source->message(text, source->message_arg);
    free(text);
    return 0;
}

/* Opens a list. Without O_NONBLOCK, opening a FIFO without a writer would block. */
static int open_operand(struct line_reader *list, const char *operand)
{
    bool standard = is_standard_input(operand);
    int fd = standard ? STDIN_FILENO : open(operand, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
    if (fd < 0)
        return -errno;
    line_reader_open(list, fd, !standard);
    return 0;
}

static int open_list(struct source *source, const char *operand)
{
    source->list_name = is_standard_input(operand) ? "stdin" : operand;
    int r = open_operand(&source->list, operand);
    return r < 0 ? give_up(source, -r) : 0;
}

/* Shortens and escapes an invalid line for its record. */
static int show_line(struct source *source, const char *text, size_t length)
{
    size_t shown = utf8_truncate(text, length, SHOWN_MAXIMUM);
    source->shown.length = 0;
    int r = text_write_escaped(&source->shown, text, shown);
    if (r >= 0 && shown < length)
        r = buffer_append_string(&source->shown, "...");
    return r < 0 ? r : buffer_append_char(&source->shown, '\0');
}

static const char *line_error(const struct source *source, const char *text, size_t length)
{
    if (source->list.too_long)
        return "line is longer than 8000000 bytes";
    if (memchr(text, '\0', length))
        return "line contains a NUL byte";
    return NULL;
}

/* True for "8080/" in "data:8080/", which is a host and a port; telephone numbers are longer. */
static bool names_port(const char *text)
{
    return *text >= '0' && *text <= '9' && http_is_port(text);
}

/* Rejects links of a page that libcurl would misread: "mailto:" as a user name, a path as a host.
 */
static const char *link_error(const char *url)
{
    static const char *const schemes[] = {
        "mailto:", "tel:", "sms:", "javascript:", "data:", "blob:", "about:"};
    size_t name = strcspn(url, ":") + 1;
    if (strncasecmp(url, "http", strlen("http")) == 0)
        return NULL;
    if (url[0] == '/' && url[1] != '/')
        return "relative URL: scheme and host are required";
    for (size_t i = 0; i < sizeof schemes / sizeof schemes[0]; i++)
        if (strlen(schemes[i]) == name && strncasecmp(url, schemes[i], name) == 0 &&
            !names_port(url + name))
            return "the scheme is neither http nor https";
    return NULL;
}

static int make_entry(struct source *source, const char *url, const char *error,
                      struct entry *ret_entry)
{
    *ret_entry = (struct entry){
        .index = source->index++,
        .url = url,
        .error = error ? error : link_error(url),
        .list_name = source->list_name,
        .line = source->number,
    };
    return 1;
}

/* Does not show a line without a URL: it may contain secrets. */
static int make_request_entry(struct source *source, const char *text, size_t length,
                              struct entry *ret_entry)
{
    int r = json_request_parse(text, length, &source->request);
    if (r < 0)
        return r;
    struct json_request *request = source->request;
    r = make_entry(source, request->url ? request->url : "{...}", request->error, ret_entry);
    ret_entry->request = request;
    return r;
}

/* Makes the entry of a line. */
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

/* Reads a line of the list: 1 and its entry, or 0 at the end of the list. */
static int next_line(struct source *source, struct entry *ret_entry)
{
    char *text;
    size_t length;
    int r = line_reader_next(&source->list, &text, &length);
    if (r < 0 && source->list.fd < 0)
        return give_up(source, -r);
    if (r <= 0)
        return r;
    source->number = source->list.number;
    return make_line_entry(source, text, length, ret_entry);
}

/* Opens the next operand: 1 and its entry if it is a URL, 0 if it is a list. */
static int next_operand(struct source *source, struct entry *ret_entry)
{
    const char *operand = source->operands.strings[source->position++];
    if (!is_url(operand))
        return open_list(source, operand);
    source->taken += (off_t)strlen(operand);
    source->list_name = "operand";
    source->number = 0;
    return make_entry(source, operand, NULL, ret_entry);
}

int source_next(struct source *source, struct entry *ret_entry)
{
    int r = 0;
    json_request_unref(source->request);
    source->request = NULL;
    while (r == 0 && (source->list.fd >= 0 || source->position < source->operands.count))
        r = source->list.fd >= 0 ? next_line(source, ret_entry) : next_operand(source, ret_entry);
    return r;
}

bool source_failed(const struct source *source)
{
    return source->failed;
}

double source_fraction_read(const struct source *source)
{
    /* A list that failed was not read to its end. */
    if (source->failed || !(source->size > 0))
        return NAN;
    double taken = (double)(source->taken + line_reader_consumed(&source->list));
    return fmin(taken / source->size, 1);
}

static int count_lines(struct line_reader *list, const char *operand, double *ret_count)
{
    char *text;
    size_t length;
    int r = open_operand(list, operand);
    if (r < 0)
        return r;
    while ((r = line_reader_next(list, &text, &length)) > 0 && list->read <= COUNTED_MAXIMUM)
        ++*ret_count;
    line_reader_close(list);
    return r > 0 ? -EFBIG : r; /* it has grown */
}

static int rewind_input(const struct source *source)
{
    return source->input_start >= 0 && lseek(STDIN_FILENO, source->input_start, SEEK_SET) < 0
               ? -errno
               : 0;
}

int source_count(const struct source *source, double *ret_count)
{
    *ret_count = NAN;
    if (!(source->size <= COUNTED_MAXIMUM))
        return 0;
    struct line_reader *list = malloc(sizeof *list);
    if (!list)
        return -ENOMEM;
    line_reader_init(list);
    double count = 0;
    bool has_input = false;
    int r = 0;
    for (size_t i = 0; i < source->operands.count && r >= 0; i++) {
        const char *operand = source->operands.strings[i];
        has_input |= is_standard_input(operand);
        if (is_url(operand))
            count++;
        else
            r = count_lines(list, operand, &count);
    }
    line_reader_free(list);
    free(list);
    if (r >= 0)
        *ret_count = count;
    if (r == AF_CANCELLED || r == -ENOMEM)
        return r;
    return has_input ? rewind_input(source) : 0;
}

static bool can_read_twice(const struct source *source, const char *operand)
{
    if (is_standard_input(operand))
        return source->input_start >= 0;
    struct stat status;
    return is_url(operand) || stat(operand, &status) < 0 || !list_is_stream(status.st_mode);
}

int source_rewind(struct source *source)
{
    for (size_t i = 0; i < source->operands.count; i++)
        if (!can_read_twice(source, source->operands.strings[i]))
            return af_raise(-ESPIPE, "--compare reads the list twice: use a file, not a pipe");
    line_reader_close(&source->list);
    int r = rewind_input(source);
    if (r < 0)
        return r;
    source->position = 0;
    source->index = 0;
    source->taken = source->list.read = 0;
    return 0;
}
