#include "cli/record/record_reader.h"

#include <cjson/cJSON.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <afetch/error.h>

#include "cli/record/formatter_type.h"
#include "cli/text/escape.h"

/* -------------------------------------------------------------- the layout */

/* The column of a field, of which a body has two; SIZE_MAX if it is not among them. */
static size_t find_column(const struct fields *fields, const char *name)
{
    size_t column = 0;
    for (size_t i = 0; i < fields->count; i++) {
        if (strcmp(fields->list[i]->name, name) == 0)
            return column;
        column += field_is_body(fields->list[i]) ? 2 : 1;
    }
    return SIZE_MAX;
}

int record_layout_new(struct formatter *formatter, struct record_layout *ret_layout)
{
    const struct fields *fields = &formatter->fields;
    *ret_layout = (struct record_layout){
        .format = formatter->options.format,
        .fields = fields,
        .index = find_column(fields, "index"),
        .url = find_column(fields, "url"),
        .error = find_column(fields, "error"),
    };
    buffer_init(&ret_layout->head, SIZE_MAX);
    /* Without errors, cancelled fetches would be taken for finished ones. */
    if (ret_layout->index == SIZE_MAX || ret_layout->url == SIZE_MAX ||
        ret_layout->error == SIZE_MAX)
        return af_raise(-EINVAL, "--resume requires the fields index, url and error");
    return formatter_begin(formatter, &ret_layout->head);
}

void record_layout_free(struct record_layout *layout)
{
    buffer_free(&layout->head);
}

/* A line of CSV may end inside quotes, of which a whole record has an even number. */
bool record_continues(const struct record_layout *layout, const char *line, size_t length,
                      bool continued)
{
    if (layout->format != FORMAT_CSV)
        return false;
    bool open = continued;
    for (const char *end = line + length; (line = memchr(line, '"', (size_t)(end - line))); line++)
        open = !open;
    return open;
}

/* -------------------------------------------------------------- JSON lines */

/* True if a record has exactly these fields; a body may be in base64. */
static bool has_fields(const struct fields *fields, const cJSON *object)
{
    const cJSON *member = object->child;
    for (size_t i = 0; i < fields->count; i++, member = member->next) {
        const char *name = fields->list[i]->name;
        bool same =
            member &&
            (strcmp(member->string, name) == 0 ||
             (field_is_body(fields->list[i]) && strcmp(member->string, "body_base64") == 0));
        if (!same)
            return false;
    }
    return !member;
}

static int read_object(const struct record_layout *layout, const cJSON *object,
                       struct known_record *record)
{
    if (!cJSON_IsObject(object) || !has_fields(layout->fields, object))
        return -EBADMSG;
    const cJSON *index = cJSON_GetObjectItemCaseSensitive(object, "index");
    const char *url = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(object, "url"));
    const char *error = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(object, "error"));
    double number = cJSON_IsNumber(index) ? index->valuedouble : -1;
    if (!url || !(number >= 0 && number < 0x1p53) || number != (double)(size_t)number)
        return -EBADMSG;
    record->index = (size_t)number;
    record->cancelled = error && strcmp(error, outcome_words[OUTCOME_CANCELLED]) == 0;
    record->failed = error != NULL;
    return json_write_string(&record->url, url, strlen(url));
}

static int read_line(const struct record_layout *layout, const char *text, size_t length,
                     struct known_record *record)
{
    const char *end = NULL;
    cJSON *object = cJSON_ParseWithLengthOpts(text, length, &end, false);
    int r = object && end == text + length - 1 ? read_object(layout, object, record) : -EBADMSG;
    cJSON_Delete(object);
    return r;
}

/* --------------------------------------------------------------------- CSV */

/* Reads the cell at *AT: 1 if a comma follows, which is skipped, or 0. CELL may be NULL. */
static int read_cell(const char **at, const char *end, struct buffer *cell)
{
    bool quoted = *at < end && **at == '"', open = quoted;
    int r = 0;
    for (*at += quoted; *at < end && r >= 0; (*at)++) {
        char c = **at;
        if (open && c == '"' && !(*at + 1 < end && (*at)[1] == '"')) {
            open = false;
            continue;
        }
        if (!open && (c == ',' || c == '\r'))
            break;
        *at += open && c == '"';
        r = cell ? buffer_append_char(cell, c) : 0;
    }
    if (r < 0 || *at == end || **at != ',')
        return r;
    (*at)++;
    return 1;
}

static int read_index(const struct buffer *cell, size_t *ret_index)
{
    size_t index = 0;
    for (size_t i = 0; i < cell->length; i++) {
        unsigned digit = (unsigned)cell->data[i] - '0';
        if (digit > 9 || __builtin_mul_overflow(index, 10, &index) ||
            __builtin_add_overflow(index, digit, &index))
            return -EBADMSG;
    }
    *ret_index = index;
    return cell->length > 0 ? 0 : -EBADMSG;
}

static bool is_word(const struct buffer *cell, const char *word)
{
    return cell->length == strlen(word) && memcmp(cell->data, word, cell->length) == 0;
}

static int take_cell(const struct record_layout *layout, size_t column, const struct buffer *cell,
                     struct known_record *record)
{
    if (column == layout->index)
        return read_index(cell, &record->index);
    if (column == layout->url)
        return json_write_string(&record->url, cell->length > 0 ? cell->data : "", cell->length);
    record->cancelled = is_word(cell, outcome_words[OUTCOME_CANCELLED]);
    record->failed = cell->length > 0;
    return 0;
}

static size_t count_cells(const struct fields *fields)
{
    size_t count = fields->count;
    for (size_t i = 0; i < fields->count; i++)
        count += field_is_body(fields->list[i]);
    return count;
}

static int read_row(const struct record_layout *layout, const char *text, size_t length,
                    struct known_record *record)
{
    const char *end = text + length;
    size_t left = count_cells(layout->fields);
    struct buffer cell;
    buffer_init(&cell, SIZE_MAX);
    int r = 0;
    for (size_t column = 0; left > 0 && r >= 0; column++) {
        bool wanted = column == layout->index || column == layout->url || column == layout->error;
        cell.length = 0;
        r = read_cell(&text, end, wanted ? &cell : NULL);
        left--;
        if (r >= 0 && r != (left > 0))
            r = -EBADMSG;
        else if (r >= 0 && wanted)
            r = take_cell(layout, column, &cell, record);
    }
    buffer_free(&cell);
    bool at_end = end - text == 2 && text[0] == '\r' && text[1] == '\n';
    return r < 0 || at_end ? r : -EBADMSG;
}

int record_read(const struct record_layout *layout, const char *text, size_t length,
                struct known_record *record)
{
    record->url.length = 0;
    record->cancelled = record->failed = false;
    return layout->format == FORMAT_CSV ? read_row(layout, text, length, record)
                                        : read_line(layout, text, length, record);
}
