/* The whole program, through its command line: every case of tests/cli/cases is a test. */
#include <criterion/criterion.h>
#include <criterion/parameterized.h>
#include <curl/curl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cases.h"
#include "directories.h"
#include "failure.h"
#include "match.h"
#include "program.h"
#include "records.h"
#include "screen.h"
#include "steps.h"
#include "world.h"

/* Cases mostly wait: more of them than processors keep these busy. */
enum { CASES_AT_ONCE = 4 };

/* A test fails by itself when it takes too long; this is for the tests' own faults. */
enum { TIMEOUT = 600 };

/* Of every terminal in the beginning. */
enum { COLUMNS = 100 };

/* The test that runs; each has a process of its own. */
static struct {
    const struct case_place *place;
    cJSON *object;
    struct world world;
    struct program program;
} trial;

static const cJSON *get(const char *key)
{
    return cJSON_GetObjectItemCaseSensitive(trial.object, key);
}

/* ------------------------------------------------------------------ before */

struct strings {
    char **list; /* NULL-terminated */
    size_t count;
};

/* Takes STRING over. */
static void strings_append(struct strings *strings, char *string)
{
    strings->list = realloc(strings->list, (strings->count + 2) * sizeof *strings->list);
    if (!strings->list || !string)
        abort();
    strings->list[strings->count++] = string;
    strings->list[strings->count] = NULL;
}

static char *expand(const char *string)
{
    struct text text = {0};
    text_string(&text, "");
    world_expand(&trial.world, string, &text);
    return text.data;
}

static char **make_arguments(void)
{
    struct strings arguments = {0};
    const char *wrapper = getenv("AFETCH_WRAPPER");
    /* A wrapper needs a stderr. */
    bool wrapped = wrapper && trial.program.streams[STDERR_FILENO].kind != STREAM_CLOSED;
    char *words = strdup(wrapped ? wrapper : "");
    for (char *word = strtok(words, " "); word; word = strtok(NULL, " "))
        strings_append(&arguments, strdup(word));
    free(words);
    strings_append(&arguments, strdup(world_sibling("afetch")));
    const cJSON *argument;
    cJSON_ArrayForEach(argument, get("arguments"))
        strings_append(&arguments, expand(argument->valuestring));
    return arguments.list;
}

/* Nothing of the outside but what the wrapper, the sanitizers and gcov need. */
static char **make_environment(void)
{
    static const char *const kept[] = {"PATH",         "ASAN_OPTIONS",    "UBSAN_OPTIONS",
                                       "LSAN_OPTIONS", "LD_LIBRARY_PATH", "GCOV_ERROR_FILE"};
    struct strings environment = {0};
    struct text text = {0};
    for (size_t i = 0; i < sizeof kept / sizeof kept[0]; i++) {
        text.length = 0;
        text_format(&text, "%s=%s", kept[i], getenv(kept[i]) ? getenv(kept[i]) : "");
        if (getenv(kept[i]))
            strings_append(&environment, strdup(text.data));
    }
    text.length = 0;
    text_format(&text, "HOME=%s", trial.world.directory);
    strings_append(&environment, strdup(text.data));
    if (!cJSON_HasObjectItem(get("environment"), "TERM"))
        strings_append(&environment, strdup("TERM=xterm"));
    const cJSON *variable;
    cJSON_ArrayForEach(variable, get("environment"))
    {
        text.length = 0;
        text_format(&text, "%s=", variable->string);
        world_expand(&trial.world, variable->valuestring, &text);
        strings_append(&environment, strdup(text.data));
    }
    text_free(&text);
    return environment.list;
}

static void lead_stream(int number, const char *key)
{
    struct stream *stream = &trial.program.streams[number];
    const cJSON *target = get(key);
    if (!target)
        return;
    if (strcmp(target->valuestring, "terminal") == 0) {
        stream->kind = STREAM_TERMINAL;
    } else if (strcmp(target->valuestring, "closed") == 0) {
        stream->kind = STREAM_CLOSED;
    } else if (strcmp(target->valuestring, "stdout") == 0) {
        stream->kind = STREAM_SHARED;
    } else {
        stream->kind = STREAM_FILE;
        stream->path = expand(target->valuestring);
    }
}

static void start(void)
{
    struct program *program = &trial.program;
    world_create_files(&trial.world, get("files"));
    struct stream *input = &program->streams[STDIN_FILENO];
    bool used = get("stdin") || steps_use_stdin(get("steps"));
    *input = (struct stream){.kind = used ? STREAM_PIPE : STREAM_FILE, .path = "/dev/null"};
    input->ends = !steps_use_stdin(get("steps"));
    if (get("stdin"))
        world_expand_content(&trial.world, get("stdin"), &input->text);
    lead_stream(STDIN_FILENO, "stdin_from");
    if (input->kind == STREAM_TERMINAL)
        input->ends = false; /* it would be a terminal no more */
    lead_stream(STDOUT_FILENO, "stdout_to");
    lead_stream(STDERR_FILENO, "stderr_to");
    program->arguments = make_arguments();
    program->environment = make_environment();
    program->directory = trial.world.directory;
    if (get("largest_file"))
        program->largest_file = get("largest_file")->valuedouble;
    program->columns = COLUMNS;
    program_start(program);
}

static void await_end(void)
{
    double end = now() + patience();
    while (program_serve(&trial.program, 100))
        if (now() > end)
            fail("the program does not end");
}

/* ------------------------------------------------------------ how it ended */

static void check_exit_status(const cJSON *expected, int status)
{
    cJSON *actual = cJSON_CreateNumber(WEXITSTATUS(status));
    struct text why = {0};
    if (!WIFEXITED(status) || !match_value(&trial.world, expected, actual, &why))
        fail("the exit status was to be %s", cJSON_PrintUnformatted(expected));
    text_free(&why);
    cJSON_Delete(actual);
}

static void check_exit(void)
{
    int status = trial.program.status;
    const cJSON *expected = get("exit");
    if (!cJSON_IsString(expected)) {
        check_exit_status(expected, status);
        return;
    }
    int number = signal_number(expected->valuestring);
    if (!WIFSIGNALED(status) || WTERMSIG(status) != number)
        fail("it was to be ended by SIG%s", expected->valuestring);
}

static void check_seconds(void)
{
    const cJSON *range = get("seconds");
    double seconds = trial.program.seconds;
    if (range && !getenv("AFETCH_WRAPPER") &&
        (seconds < cJSON_GetArrayItem(range, 0)->valuedouble ||
         seconds > cJSON_GetArrayItem(range, 1)->valuedouble))
        fail("it took %.3f s", seconds);
}

static void check_statistics(void)
{
    const cJSON *statistic;
    struct text why = {0};
    cJSON_ArrayForEach(statistic, get("statistics"))
    {
        cJSON *number = cJSON_CreateNumber(world_statistic(&trial.world, statistic->string));
        if (!match_value(&trial.world, statistic, number, &why))
            fail("the origin's %s", text_get(&why));
        cJSON_Delete(number);
    }
}

static void check_http2_counters(void)
{
    const cJSON *counter;
    struct text why = {0};
    cJSON_ArrayForEach(counter, get("http2_counters"))
    {
        cJSON *number = cJSON_CreateNumber(world_http2_counter(&trial.world, counter->string));
        if (!match_value(&trial.world, counter, number, &why))
            fail("the HTTP/2 server's %s", text_get(&why));
        cJSON_Delete(number);
    }
}

/* ------------------------------------------------------------ what it said */

static bool has_argument(const char *argument)
{
    const cJSON *item;
    cJSON_ArrayForEach(item,
                       get("arguments")) if (strcmp(item->valuestring, argument) == 0) return true;
    return false;
}

/* With its value in the same word or in the next. */
static bool has_option(const char *name)
{
    const cJSON *item;
    size_t length = strlen(name);
    cJSON_ArrayForEach(item, get("arguments"))
    {
        const char *argument = item->valuestring;
        if (strncmp(argument, name, length) == 0 && (!argument[length] || argument[length] == '='))
            return true;
    }
    return false;
}

static void check_never(const struct text *output)
{
    const cJSON *string;
    cJSON_ArrayForEach(string, get("never"))
    {
        char *text = expand(string->valuestring);
        if (memmem(text_get(output), output->length, text, strlen(text)))
            fail("nobody may see \"%s\"", text);
        free(text);
    }
}

static void check_messages_text(const struct text *messages)
{
    output_check(FORMAT_TEXT, false, messages);
    const cJSON *pattern = get("stderr");
    if (!pattern || !*pattern->valuestring) {
        if (messages->length > 0)
            fail("stderr was to be empty");
        return;
    }
    char *expanded = expand(pattern->valuestring);
    if (!match_pattern(expanded, text_get(messages)))
        fail("stderr was to match %s", expanded);
    free(expanded);
}

static void check_messages(void)
{
    const struct stream *stream = &trial.program.streams[STDERR_FILENO];
    /* LeakSanitizer would report the memory of a program that a signal ends. */
    if (getenv("AFETCH_WRAPPER") && WIFSIGNALED(trial.program.status))
        return;
    check_never(&stream->text);
    struct text screen = {0};
    bool drawn = stream->kind == STREAM_TERMINAL || has_option("--progress");
    if (drawn)
        screen_render(&stream->text, COLUMNS, &screen);
    check_messages_text(drawn ? &screen : &stream->text);
    text_free(&screen);
}

static void check_whole(const struct text *output)
{
    const cJSON *expected = get("stdout");
    if (!expected)
        return;
    struct text text = {0};
    if (cJSON_IsObject(expected) && cJSON_HasObjectItem(expected, "matches")) {
        world_expand(&trial.world, expected->child->valuestring, &text);
        if (!match_pattern(text_get(&text), text_get(output)))
            fail("the output was to match %s", text_get(&text));
    } else {
        world_expand_content(&trial.world, expected, &text);
        if (text.length != output->length ||
            memcmp(text_get(&text), text_get(output), text.length) != 0)
            fail("the output was to be: %s", text_get(&text));
    }
    text_free(&text);
}

static void check_lines(const struct text *output)
{
    const cJSON *count = get("stdout_lines"), *patterns = get("lines"), *pattern;
    size_t lines = text_lines(output);
    if (count && (size_t)count->valueint != lines)
        fail("the output was to have %d lines and has %zu", count->valueint, lines);
    if (patterns && (size_t)cJSON_GetArraySize(patterns) != lines)
        fail("the output was to have %d lines and has %zu", cJSON_GetArraySize(patterns), lines);
    const char *at = text_get(output);
    cJSON_ArrayForEach(pattern, patterns)
    {
        size_t length = strcspn(at, "\n");
        char *line = strndup(at, length), *expanded = expand(pattern->valuestring);
        if (!match_pattern(expanded, line))
            fail("the line '%s' was to match %s", line, expanded);
        free(expanded);
        free(line);
        at += length + 1;
    }
}

/* ----------------------------------------------------------------- records */

/* The last that is asked for. */
static enum format find_format(void)
{
    static const struct {
        const char *argument;
        enum format format;
    } formats[] = {{"--format=text", FORMAT_TEXT}, {"--json", FORMAT_JSON},
                   {"--jsonl", FORMAT_JSONL},      {"--csv", FORMAT_CSV},
                   {"--format=json", FORMAT_JSON}, {"--format=jsonl", FORMAT_JSONL},
                   {"--format=csv", FORMAT_CSV}};
    enum format format = FORMAT_TEXT;
    const cJSON *argument;
    cJSON_ArrayForEach(argument, get("arguments")) for (size_t i = 0;
                                                        i < sizeof formats / sizeof formats[0];
                                                        i++) if (strcmp(argument->valuestring,
                                                                        formats[i].argument) == 0)
        format = formats[i].format;
    return format;
}

static cJSON *sort_records(cJSON *records)
{
    int count = cJSON_GetArraySize(records);
    cJSON *sorted = cJSON_CreateArray();
    for (int index = 0; index < count; index++) {
        cJSON *record = records->child;
        while (record && cJSON_GetObjectItem(record, "index")->valueint != index)
            record = record->next;
        if (!record)
            fail("there is no record %d", index);
        cJSON_AddItemToArray(sorted, cJSON_DetachItemViaPointer(records, record));
    }
    cJSON_Delete(records);
    return sorted;
}

static void match_record(const cJSON *expected, const cJSON *record)
{
    struct text why = {0};
    if (!match_value(&trial.world, expected, record, &why))
        fail("record %d: %s",
             cJSON_GetObjectItem(record, "index") ? cJSON_GetObjectItem(record, "index")->valueint
                                                  : 0,
             text_get(&why));
    text_free(&why);
}

static void match_records(const cJSON *records)
{
    const cJSON *expected = get("records"), *record, *item, *count = get("count");
    int number = cJSON_GetArraySize(records);
    if (expected && cJSON_GetArraySize(expected) != number)
        fail("there were to be %d records and are %d", cJSON_GetArraySize(expected), number);
    record = records->child;
    cJSON_ArrayForEach(item, expected)
    {
        match_record(item, record);
        record = record->next;
    }
    if (get("each"))
        cJSON_ArrayForEach(record, records) match_record(get("each"), record);
    cJSON *counted = cJSON_CreateNumber(number);
    struct text why = {0};
    if (count && !match_value(&trial.world, count, counted, &why))
        fail("the records' %s", text_get(&why));
    text_free(&why);
    cJSON_Delete(counted);
}

static bool asks_for_records(void)
{
    static const char *const others[] = {"--compare", "--help", "-h", "--version", "-V"};
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++)
        if (has_argument(others[i]))
            return false;
    return true;
}

static void check_records(struct text *output)
{
    /* A reader that stops may have read half a line. */
    if (steps_close_stdout(get("steps")))
        while (output->length > 0 && output->data[output->length - 1] != '\n')
            output->length--;
    cJSON *records = asks_for_records() ? records_parse(find_format(), output) : NULL;
    if (!records) {
        if (get("records") || get("each") || get("count"))
            fail("only JSON, JSON lines and CSV have records to be looked at");
        return;
    }
    bool by_completion = has_argument("--as-completed") || has_argument("--order=completed");
    struct records_promise promise = {
        .complete = !has_option("--fields") && !has_argument("--dry-run"),
        .ordered = !by_completion && !has_option("--resume"),
        .sparse = has_option("--dedupe") || has_option("--shard"),
        .whole = !steps_close_stdout(get("steps")),
    };
    records_check(records, &promise);
    if (get("sorted"))
        records = sort_records(records);
    match_records(records);
    cJSON_Delete(records);
}

/* True if a run got as far as opening its output. */
static bool has_output(const struct text *output)
{
    int status = trial.program.status;
    bool refused = WIFEXITED(status) && (WEXITSTATUS(status) == 2 || WEXITSTATUS(status) == 3);
    bool killed = WIFSIGNALED(status);
    /* A file that --resume refuses is unchanged, whatever its content. */
    if (refused && has_option("--resume"))
        return false;
    return !((refused || killed) && output->length == 0) && !killed &&
           trial.program.streams[STDOUT_FILENO].kind != STREAM_FILE &&
           trial.program.streams[STDOUT_FILENO].kind != STREAM_CLOSED &&
           !(steps_close_stdout(get("steps")) && find_format() != FORMAT_JSONL);
}

static void check_output(void)
{
    struct text file = {0};
    struct text *output = &trial.program.streams[STDOUT_FILENO].text;
    if (get("output")) {
        if (output->length > 0)
            fail("stdout was to be empty");
        char path[512];
        snprintf(path, sizeof path, "%s/%s", trial.world.directory, get("output")->valuestring);
        if (!text_read_file(&file, path))
            fail("%s was not written", path);
        output = &file;
    }
    if (trial.program.streams[STDERR_FILENO].kind == STREAM_SHARED) {
        screen_render(output, COLUMNS, &file);
        output = &file;
    }
    check_whole(output);
    check_lines(output);
    check_never(output);
    output_check(find_format(), has_argument("--color=always") || get("stdout_to"), output);
    if (has_output(output))
        check_records(output);
    text_free(&file);
}

/* ---------------------------------------------------------------- the test */

static void describe_stream(struct text *text, const char *name, const struct stream *stream)
{
    text_format(text, "%s: ", name);
    text_show(text, text_get(&stream->text), stream->text.length);
    text_string(text, "\n");
}

static void describe(struct text *text)
{
    const cJSON *name = trial.object ? get("name") : NULL;
    text_format(text, "case: %s: %s\n", trial.place->file, name ? name->valuestring : "?");
    const struct program *program = &trial.program;
    if (!program->arguments)
        return;
    for (char **argument = program->arguments; *argument; argument++)
        text_format(text, " %s", *argument);
    if (program->ended && WIFSIGNALED(program->status))
        text_format(text, "\nended by signal %d", WTERMSIG(program->status));
    else if (program->ended)
        text_format(text, "\nexit status %d after %.3f s", WEXITSTATUS(program->status),
                    program->seconds);
    text_string(text, "\n");
    describe_stream(text, "stdout", &program->streams[STDOUT_FILENO]);
    describe_stream(text, "stderr", &program->streams[STDERR_FILENO]);
}

static void clean_up(void)
{
    program_free(&trial.program);
    world_close(&trial.world);
    cJSON_Delete(trial.object);
    trial.object = NULL;
}

ParameterizedTestParameters(cli, keeps_its_promise)
{
    size_t count;
    struct case_place *places = cases_find(&count);
    return cr_make_param_array(struct case_place, places, count, NULL);
}

ParameterizedTest(struct case_place *place, cli, keeps_its_promise, .fini = clean_up,
                  .timeout = TIMEOUT)
{
    trial.place = place;
    fail_with(describe);
    trial.object = case_load(place);
    if (get("at_once") && getenv("AFETCH_WRAPPER"))
        return;
    if (get("libcurl") &&
        curl_version_info(CURLVERSION_NOW)->version_num < (unsigned)get("libcurl")->valueint)
        cr_skip_test("this libcurl cannot do it");
    world_open(&trial.world);
    if (get("nginx") && !world_start_nginx(&trial.world))
        cr_skip_test("there is no nginx, or no openssl (scripts/deps tests installs them)");
    if (get("http2"))
        world_start_http2(&trial.world, get("http2"));
    if (get("busy"))
        world_start_load(&trial.world, get("busy")->valueint);
    start();
    steps_take(get("steps"), &trial.world, &trial.program);
    await_end();
    check_exit();
    check_messages();
    check_output();
    directories_check(&trial.world, get("directories"));
    check_statistics();
    check_http2_counters();
    check_seconds();
}

int main(int argc, char *argv[])
{
    struct criterion_test_set *tests = criterion_initialize();
    criterion_options.jobs = CASES_AT_ONCE;
    int status = 0;
    if (criterion_handle_args(argc, argv, true))
        status = !criterion_run_all_tests(tests);
    criterion_finalize(tests);
    return status;
}
