#include "steps.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "failure.h"
#include "match.h"

/* Interval between two questions to the origin's /stats. */
enum { POLL_MILLISECONDS = 5 };

int signal_number(const char *name)
{
    static const struct {
        const char *name;
        int number;
    } signals[] = {{"INT", SIGINT},   {"TERM", SIGTERM}, {"HUP", SIGHUP},  {"STOP", SIGSTOP},
                   {"CONT", SIGCONT}, {"PIPE", SIGPIPE}, {"KILL", SIGKILL}};
    for (size_t i = 0; i < sizeof signals / sizeof signals[0]; i++)
        if (strcmp(signals[i].name, name) == 0)
            return signals[i].number;
    fail("unknown signal: %s", name);
}

double patience(void)
{
    return getenv("AFETCH_WRAPPER") ? 200 : 20;
}

struct scene {
    const struct world *world;
    struct program *program;
    const cJSON *step;
};

static size_t lines(const struct scene *scene)
{
    return text_lines(&scene->program->streams[STDOUT_FILENO].text);
}

static bool has_lines(const struct scene *scene)
{
    return (double)lines(scene) >= scene->step->valuedouble;
}

static bool has_output(const struct scene *scene)
{
    const struct stream *stream = &scene->program->streams[STDOUT_FILENO];
    return match_pattern(scene->step->valuestring, text_get(&stream->text));
}

static bool has_message(const struct scene *scene)
{
    const struct stream *stream = &scene->program->streams[STDERR_FILENO];
    return match_pattern(scene->step->valuestring, text_get(&stream->text));
}

static bool has_active(const struct scene *scene)
{
    return world_statistic(scene->world, "active") >= scene->step->valuedouble;
}

static bool has_requests(const struct scene *scene)
{
    return world_statistic(scene->world, "requests") >= scene->step->valuedouble;
}

static bool has_http2_requests(const struct scene *scene)
{
    return world_http2_counter(scene->world, "requests") >= scene->step->valuedouble;
}

static void await(struct scene *scene, bool (*holds)(const struct scene *scene))
{
    double end = now() + patience();
    while (!holds(scene)) {
        if (!program_serve(scene->program, POLL_MILLISECONDS) && !holds(scene))
            fail("the program ended before \"%s\"", scene->step->string);
        if (now() > end)
            fail("\"%s\" does not come", scene->step->string);
    }
}

static void await_lines(struct scene *scene)
{
    await(scene, has_lines);
}

static void await_stdout(struct scene *scene)
{
    await(scene, has_output);
}

static void await_stderr(struct scene *scene)
{
    await(scene, has_message);
}

static void await_active(struct scene *scene)
{
    await(scene, has_active);
}

static void await_requests(struct scene *scene)
{
    await(scene, has_requests);
}

static void await_http2_requests(struct scene *scene)
{
    await(scene, has_http2_requests);
}

static void expect_lines(struct scene *scene)
{
    if ((double)lines(scene) != scene->step->valuedouble)
        fail("there are %zu lines, not %g", lines(scene), scene->step->valuedouble);
}

static void write_more(struct scene *scene)
{
    world_expand_content(scene->world, scene->step, &scene->program->streams[STDIN_FILENO].text);
}

static int stream_number(const struct scene *scene)
{
    if (strcmp(scene->step->valuestring, "stdin") == 0)
        return STDIN_FILENO;
    if (strcmp(scene->step->valuestring, "stdout") == 0)
        return STDOUT_FILENO;
    fail("unknown stream: %s", scene->step->valuestring);
}

static void close_stream(struct scene *scene)
{
    int number = stream_number(scene);
    if (number == STDIN_FILENO)
        scene->program->streams[number].ends = true;
    else
        program_close_stream(scene->program, number);
}

static void pause_stream(struct scene *scene)
{
    scene->program->streams[stream_number(scene)].paused = true;
}

static void resume_stream(struct scene *scene)
{
    scene->program->streams[stream_number(scene)].paused = false;
}

static void send_signal(struct scene *scene)
{
    int number = signal_number(scene->step->valuestring);
    if (!scene->program->ended)
        kill(scene->program->pid, number);
}

/* {"append": {"list": "another line\n"}} */
static void append_to_file(struct scene *scene)
{
    const cJSON *content = scene->step->child;
    struct text text = {0};
    world_expand_content(scene->world, content, &text);
    char path[512];
    snprintf(path, sizeof path, "%s/%s", scene->world->directory, content->string);
    FILE *file = fopen(path, "ae");
    if (!file || fwrite(text.data, 1, text.length, file) != text.length || fclose(file) != 0)
        fail("%s: %s", path, strerror(errno));
    text_free(&text);
}

static void make_file(struct scene *scene)
{
    char path[512];
    snprintf(path, sizeof path, "%s/%s", scene->world->directory, scene->step->valuestring);
    FILE *file = fopen(path, "we");
    if (!file || fclose(file) != 0)
        fail("%s: %s", path, strerror(errno));
}

static void set_columns(struct scene *scene)
{
    program_set_columns(scene->program, (unsigned short)scene->step->valueint);
}

static void sleep_for(struct scene *scene)
{
    double end = now() + scene->step->valuedouble;
    while (now() < end)
        if (!program_serve(scene->program, POLL_MILLISECONDS))
            return;
}

static const struct step {
    const char *name;
    int type;
    void (*take)(struct scene *scene);
} steps_known[] = {
    {"await_lines", cJSON_Number, await_lines},
    {"await_stderr", cJSON_String, await_stderr},
    {"await_active", cJSON_Number, await_active},
    {"await_requests", cJSON_Number, await_requests},
    {"expect_lines", cJSON_Number, expect_lines},
    {"write", 0, write_more},
    {"close", cJSON_String, close_stream},
    {"pause", cJSON_String, pause_stream},
    {"resume", cJSON_String, resume_stream},
    {"signal", cJSON_String, send_signal},
    {"sleep", cJSON_Number, sleep_for},
    {"make", cJSON_String, make_file},
    {"append", cJSON_Object, append_to_file},
    {"columns", cJSON_Number, set_columns},
    {"await_stdout", cJSON_String, await_stdout},
    {"await_http2_requests", cJSON_Number, await_http2_requests},
};

static void take(struct scene *scene)
{
    const cJSON *member = scene->step;
    for (size_t i = 0; i < sizeof steps_known / sizeof steps_known[0]; i++) {
        const struct step *step = &steps_known[i];
        if (strcmp(step->name, member->string) != 0)
            continue;
        if (step->type != 0 && (member->type & 0xFF) != step->type)
            fail("the step \"%s\" has a value of the wrong type", member->string);
        step->take(scene);
        return;
    }
    fail("unknown step: \"%s\"", member->string);
}

void steps_take(const cJSON *steps, const struct world *world, struct program *program)
{
    const cJSON *step;
    cJSON_ArrayForEach(step, steps)
    {
        if (!step->child || step->child->next)
            fail("a step is an object of one member");
        take(&(struct scene){world, program, step->child});
    }
}

static bool has_step(const cJSON *steps, const char *name, const char *value)
{
    const cJSON *step;
    cJSON_ArrayForEach(step, steps)
    {
        const cJSON *member = cJSON_GetObjectItemCaseSensitive(step, name);
        if (member && (!value || strcmp(value, member->valuestring) == 0))
            return true;
    }
    return false;
}

bool steps_use_stdin(const cJSON *steps)
{
    return has_step(steps, "write", NULL) || has_step(steps, "close", "stdin");
}

bool steps_close_stdout(const cJSON *steps)
{
    return has_step(steps, "close", "stdout");
}
