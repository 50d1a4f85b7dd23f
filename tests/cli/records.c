#include "records.h"

#include <stdlib.h>
#include <string.h>

#include "failure.h"

/* ------------------------------------------------------------------- bytes */

static bool is_allowed(enum format format, bool colored, const char *byte)
{
    unsigned char c = (unsigned char)*byte;
    if (c == 0x7F)
        return format != FORMAT_TEXT;
    if (c >= ' ' || c == '\n' || (c == '\x1b' && colored))
        return true;
    return format == FORMAT_CSV || (format == FORMAT_TEXT && c == '\t');
}

void output_check(enum format format, bool colored, const struct text *output)
{
    long invalid = text_invalid_utf8(output);
    if (invalid >= 0)
        fail("the output is not UTF-8 at byte %ld", invalid);
    for (size_t i = 0; i < output->length; i++)
        if (!is_allowed(format, colored, output->data + i))
            fail("the output has the control character \\x%02x at byte %zu",
                 (unsigned char)output->data[i], i);
}

/* -------------------------------------------------------------------- JSON */

static cJSON *parse_value(const char *text, size_t length, const char *what)
{
    const char *end = NULL;
    cJSON *value = cJSON_ParseWithLengthOpts(text, length, &end, false);
    while (end && end < text + length && *end == '\n')
        end++;
    if (!value || end != text + length) {
        struct text shown = {0};
        text_show(&shown, text, length);
        fail("%s is not JSON: %s", what, text_get(&shown));
    }
    return value;
}

static cJSON *parse_json(const struct text *output)
{
    cJSON *records = parse_value(text_get(output), output->length, "the output");
    if (!cJSON_IsArray(records))
        fail("the output is no JSON array");
    return records;
}

static cJSON *parse_lines(const struct text *output)
{
    cJSON *records = cJSON_CreateArray();
    const char *at = text_get(output), *end = at + output->length;
    while (at < end) {
        const char *line_end = memchr(at, '\n', (size_t)(end - at));
        if (!line_end)
            fail("the last line has no end");
        cJSON *record = parse_value(at, (size_t)(line_end - at), "a line");
        if (!cJSON_IsObject(record))
            fail("a line is no JSON object");
        cJSON_AddItemToArray(records, record);
        at = line_end + 1;
    }
    return records;
}

/* --------------------------------------------------------------------- CSV */

struct cell {
    struct text text;
    bool quoted;
};

/* Reads a cell of RFC 4180, and returns what ended it: ',' or '\n'. */
static char read_cell(const char **at, const char *end, struct cell *cell)
{
    *cell = (struct cell){.quoted = *at < end && **at == '"'};
    bool open = cell->quoted;
    *at += cell->quoted;
    for (; *at < end; (*at)++) {
        char c = **at;
        bool doubled = *at + 1 < end && (*at)[1] == '"';
        if (open && c == '"' && !doubled) {
            open = false;
        } else if (open) {
            text_append(&cell->text, *at, 1);
            *at += c == '"';
        } else if (c == ',') {
            (*at)++;
            return ',';
        } else if (c == '\r' && *at + 1 < end && (*at)[1] == '\n') {
            *at += 2;
            return '\n';
        } else if (c == '"' || c == '\n' || c == '\r' || cell->quoted) {
            fail("a cell of CSV has a stray \\x%02x", (unsigned char)c);
        } else {
            text_append(&cell->text, *at, 1);
        }
    }
    fail("the last line of CSV has no end");
}

static cJSON *cell_value(const struct cell *cell)
{
    const char *text = text_get(&cell->text);
    char *end;
    double number = strtod(text, &end);
    if (cell->quoted)
        return cJSON_CreateString(text);
    if (!*text)
        return cJSON_CreateNull();
    if (strcmp(text, "true") == 0 || strcmp(text, "false") == 0)
        return cJSON_CreateBool(*text == 't');
    bool is_number = strspn(text, "-.0123456789") == strlen(text) && !*end;
    return is_number ? cJSON_CreateNumber(number) : cJSON_CreateString(text);
}

static cJSON *read_row(const char **at, const char *end)
{
    cJSON *row = cJSON_CreateArray();
    char separator;
    do {
        struct cell cell;
        separator = read_cell(at, end, &cell);
        cJSON_AddItemToArray(row, cell_value(&cell));
        text_free(&cell.text);
    } while (separator == ',');
    return row;
}

static cJSON *name_cells(const cJSON *names, cJSON *row)
{
    if (cJSON_GetArraySize(names) != cJSON_GetArraySize(row))
        fail("a row of CSV has %d cells, and there are %d names", cJSON_GetArraySize(row),
             cJSON_GetArraySize(names));
    cJSON *record = cJSON_CreateObject();
    const cJSON *name;
    cJSON_ArrayForEach(name, names)
        cJSON_AddItemToObject(record, name->valuestring, cJSON_DetachItemFromArray(row, 0));
    cJSON_Delete(row);
    return record;
}

static cJSON *parse_csv(const struct text *output)
{
    const char *at = text_get(output), *end = at + output->length;
    cJSON *records = cJSON_CreateArray();
    if (at == end)
        return records;
    cJSON *names = read_row(&at, end);
    while (at < end)
        cJSON_AddItemToArray(records, name_cells(names, read_row(&at, end)));
    cJSON_Delete(names);
    return records;
}

cJSON *records_parse(enum format format, const struct text *output)
{
    switch (format) {
    case FORMAT_JSON:
        return parse_json(output);
    case FORMAT_JSONL:
        return parse_lines(output);
    case FORMAT_CSV:
        return parse_csv(output);
    default:
        return NULL;
    }
}

/* ---------------------------------------------------------------- checking */

static const char *const fields[] = {
    "index",
    "url",
    "id",
    "ok",
    "error",
    "errormsg",
    "exitcode",
    "method",
    "url_effective",
    "scheme",
    "http_version",
    "response_code",
    "content_type",
    "redirect_url",
    "num_redirects",
    "num_retries",
    "num_connects",
    "remote_ip",
    "remote_port",
    "local_ip",
    "local_port",
    "size_download",
    "size_header",
    "size_request",
    "size_upload",
    "speed_download",
    "time_namelookup",
    "time_connect",
    "time_appconnect",
    "time_pretransfer",
    "time_starttransfer",
    "time_redirect",
    "time_total",
    "started_at",
    "time_start",
    "time_end",
};

static const cJSON *get(const cJSON *record, const char *name)
{
    return cJSON_GetObjectItemCaseSensitive(record, name);
}

static void demand(bool holds, const cJSON *record, const char *what)
{
    if (!holds)
        fail("%s: %s", what, cJSON_PrintUnformatted(record));
}

static void check_fields(const cJSON *record)
{
    const cJSON *member = record->child;
    for (size_t i = 0; i < sizeof fields / sizeof fields[0]; i++) {
        demand(member && strcmp(member->string, fields[i]) == 0, record,
               "the record has not the fields of the contract in their order");
        member = member->next;
    }
}

/* The outcome of a request is reported once, and consistently. */
static void check_end(const cJSON *record)
{
    const cJSON *error = get(record, "error"), *code = get(record, "response_code");
    bool ok = cJSON_IsTrue(get(record, "ok"));
    bool http = cJSON_IsString(error) && strcmp(error->valuestring, "http") == 0;
    bool transferred = ok || http;
    demand(ok == cJSON_IsNull(error), record, "a request is ok, or has an error");
    demand(ok == cJSON_IsNull(get(record, "errormsg")), record, "an error has a text");
    demand(!transferred || cJSON_IsNumber(code), record, "a response has a status");
    demand(transferred == (get(record, "exitcode")->valuedouble == 0), record,
           "curl's code is 0 where a response came whole, and only there");
    demand(cJSON_IsString(get(record, "url")), record, "a record has its URL");
}

/* A request that was never started has no times, and times never decrease. */
static void check_times(const cJSON *record)
{
    const cJSON *start = get(record, "time_start"), *end = get(record, "time_end");
    const cJSON *total = get(record, "time_total");
    bool started = cJSON_IsString(get(record, "started_at"));
    demand(started == cJSON_IsNumber(start) && started == cJSON_IsNumber(end) &&
               started == cJSON_IsNumber(total),
           record, "a request was started, or was not");
    demand(!started || (start->valuedouble >= 0 && end->valuedouble >= start->valuedouble), record,
           "a request ends after it began");
}

/* Indexes count from 0 in the order of the input, and requests are started in that order too. */
static void check_index(const cJSON *record, int position, char *seen, int count,
                        const struct records_promise *promise)
{
    int index = get(record, "index")->valueint;
    demand(index >= 0, record, "an index counts from 0");
    bool dense = !promise->sparse;
    demand(!promise->ordered || (dense ? index == position : index >= position), record,
           "the records are in order");
    demand(!promise->whole || !dense || index < count, record,
           "every request that was started has a record");
    demand(index >= count || !seen[index]++, record, "an index is there once");
}

void records_check(const cJSON *records, const struct records_promise *promise)
{
    int count = cJSON_GetArraySize(records), position = 0;
    char *seen = calloc((size_t)count + 1, 1);
    const cJSON *record;
    cJSON_ArrayForEach(record, records)
    {
        if (promise->complete) {
            check_fields(record);
            check_end(record);
            check_times(record);
        }
        if (get(record, "index"))
            check_index(record, position, seen, count, promise);
        position++;
    }
    free(seen);
}
