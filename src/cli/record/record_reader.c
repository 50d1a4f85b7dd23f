#include "cli/record/record_reader.h"

#include <cjson/cJSON.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <afetch/error.h>

#include "cli/record/formatter_type.h"
#include "cli/text/escape.h"

/* -------------------------------------------------------------- the layout */

/* The place of a field among the cells, of which a body has two; SIZE_MAX where it is not there. */
static size_t find_cell(const struct fields *fields, const char *name)
{
    size_t cell = 0;
    for (size_t i = 0; i < fields->count; i++) {
        if (strcmp(fields->list[i]->name, name) == 0)
            return cell;
        cell += field_is_body(fields->list[i]) ? 2 : 1;
    }
    return SIZE_MAX;
}

int record_layout_new(struct formatter *formatter, struct record_layout *ret_layout)
{
    const struct fields *fields = &formatter->fields;
    *ret_layout = (struct record_layout){
        .format = formatter->options.format,
        .fields = fields,
        .index = find_cell(fields, "index"),
        .url = find_cell(fields, "url"),
        .error = find_cell(fields, "error"),
    };
    buffer_init(&ret_layout->head, SIZE_MAX);
    /* Without its error, what was cancelled would be taken for finished. */
    if (ret_layout->index == SIZE_MAX || ret_layout->url == SIZE_MAX ||
        ret_layout->error == SIZE_MAX)
        return af_raise(-EINVAL, "--resume needs the fields index, url and error in the records");
    return formatter_begin(formatter, &ret_layout->head);
}

void record_layout_free(struct record_layout *layout)
{
    buffer_free(&layout->head);
}

/* In CSV a line may end inside of quotes, of which every cell has an even number. */
bool record_continues(const struct record_layout *layout, const char *line, size_t length,
                      bool went_on)
{
    if (layout->format != FORMAT_CSV)
        return false;
    bool open = went_on;
    for (const char *end = line + length; (line = memchr(line, '"', (size_t)(end - line))); line++)
        open = !open;
    return open;
}

/* -------------------------------------------------------------- JSON lines */

/* Whether a record has these fields and no others; a body may be one in base64. */
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

/* Reads the cell at *AT, which is moved behind the comma that follows, or to the line end: 1 or 0.
 * CELL may be NULL. */
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

static int take_cell(const struct record_layout *layout, size_t place, const struct buffer *cell,
                     struct known_record *record)
{
    if (place == layout->index)
        return read_index(cell, &record->index);
    if (place == layout->url)
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
    for (size_t place = 0; left > 0 && r >= 0; place++) {
        bool wanted = place == layout->index || place == layout->url || place == layout->error;
        cell.length = 0;
        r = read_cell(&text, end, wanted ? &cell : NULL);
        left--;
        if (r >= 0 && r != (left > 0))
            r = -EBADMSG;
        else if (r >= 0 && wanted)
            r = take_cell(layout, place, &cell, record);
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
