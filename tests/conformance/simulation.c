#include "simulation.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { EXCEPTION_E = AF_USER_ERROR, EXCEPTION_X = AF_USER_ERROR - 1000, MOST_IDLES = 200 };

int exception_code(const char *name)
{
    return (name[0] == 'E' ? EXCEPTION_E : EXCEPTION_X) - atoi(name + 1);
}

/* ------------------------------------------------------------------- names */

static char *group_name(af_error error)
{
    char *name = NULL;
    size_t size;
    FILE *file = open_memstream(&name, &size);
    fputs("Group(", file);
    for (size_t i = 0; i < af_error_count(error); i++) {
        char *member = exception_name(af_error_member(error, i));
        fprintf(file, "%s%s", i > 0 ? "," : "", member);
        free(member);
    }
    fputs(")", file);
    fclose(file);
    return name;
}

char *exception_name(af_error error)
{
    static const struct {
        int code;
        const char *name;
    } names[] = {
        {AF_CANCELLED, "Cancelled"},        {AF_TIMEOUT, "Timeout"},
        {AF_INVALID_STATE, "InvalidState"}, {AF_RUNTIME_ERROR, "Runtime"},
        {AF_VALUE_ERROR, "Value"},          {AF_QUEUE_EMPTY, "QueueEmpty"},
        {AF_QUEUE_FULL, "QueueFull"},       {AF_QUEUE_SHUT_DOWN, "QueueShutDown"},
    };
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (names[i].code == error.code)
            return strdup(names[i].name);
    if (error.code == AF_GROUP)
        return group_name(error);
    char name[32];
    if (error.code > EXCEPTION_X)
        snprintf(name, sizeof name, "E%d", EXCEPTION_E - error.code);
    else
        snprintf(name, sizeof name, "X%d", EXCEPTION_X - error.code);
    return strdup(name);
}

static cJSON *take_string(char *string)
{
    cJSON *item = cJSON_CreateString(string);
    free(string);
    return item;
}

cJSON *outcome(const af_future *future)
{
    if (!af_future_done(future))
        return cJSON_CreateString("pending");
    if (af_future_cancelled(future))
        return cJSON_CreateString("Cancelled");
    af_error error = af_future_peek_exception(future);
    if (error.code != 0)
        return take_string(exception_name(error));
    void *result = NULL;
    af_future_result((af_future *)future, &result);
    return af_future_is_task(future) ? cJSON_CreateString(result)
                                     : cJSON_CreateNumber((double)(intptr_t)result);
}

/* --------------------------------------------------------------- the trace */

cJSON *event(struct simulation *simulation, const char *who, const char *kind)
{
    cJSON *event = cJSON_CreateArray();
    cJSON_AddItemToArray(event, cJSON_CreateNumber(simulation->now));
    cJSON_AddItemToArray(event, cJSON_CreateString(who));
    cJSON_AddItemToArray(event, cJSON_CreateString(kind));
    cJSON_AddItemToArray(simulation->trace, event);
    return event;
}

void event_add_members(cJSON *event, const cJSON *operation, int from)
{
    for (int i = from; i < cJSON_GetArraySize(operation); i++)
        cJSON_AddItemToArray(event, cJSON_Duplicate(cJSON_GetArrayItem(operation, i), true));
}

void event_add_exception(cJSON *event, const char *prefix, int code)
{
    char *name = exception_name(af_raised(code)), text[1024];
    snprintf(text, sizeof text, "%s%s", prefix, name);
    cJSON_AddItemToArray(event, cJSON_CreateString(text));
    free(name);
}

/* ------------------------------------------------------- the virtual world */

static double virtual_time(void *arg)
{
    return ((struct simulation *)arg)->now;
}

/* Nothing is ready and no timer is armed: the first time main is cancelled, then everything. */
static int idle(struct simulation *simulation)
{
    if (++simulation->idles > MOST_IDLES)
        return af_raise(AF_RUNTIME_ERROR, "stuck");
    cJSON_AddItemToArray(event(simulation, "loop", "idle"), cJSON_CreateNumber(simulation->idles));
    struct actor *main = find_actor(simulation, "main");
    if (simulation->idles == 1 && !af_future_done(main->task)) {
        af_future_cancel(main->task);
        return 0;
    }
    for (size_t i = 0; i < simulation->actor_count; i++)
        if (!af_future_done(simulation->actors[i].task))
            af_future_cancel(simulation->actors[i].task);
    return 0;
}

static int virtual_poll(void *arg, double timeout)
{
    struct simulation *simulation = arg;
    if (timeout >= AF_FOREVER)
        return idle(simulation);
    simulation->now += timeout;
    return 0;
}

static void on_exception(af_loop *loop, const af_exception_context *context, void *arg)
{
    (void)loop;
    if (strncmp(context->message, "unhandled exception during", 26) != 0)
        return;
    cJSON *unhandled = event(arg, "loop", "unhandled");
    cJSON_AddItemToArray(unhandled, cJSON_CreateString(af_task_name(context->future)));
    cJSON_AddItemToArray(unhandled, take_string(exception_name(context->error)));
}

/* ------------------------------------------------------------------- tasks */

struct actor *find_actor(struct simulation *simulation, const char *name)
{
    for (size_t i = 0; i < simulation->actor_count; i++)
        if (strcmp(simulation->actors[i].name, name) == 0)
            return &simulation->actors[i];
    return NULL;
}

static int run_actor(void *arg, void **ret_result)
{
    struct actor *actor = arg;
    struct simulation *simulation = actor->simulation;
    if (!actor->task) { /* main, which is made by the runner */
        actor->task = af_future_ref(af_current_task());
        af_task_set_name(actor->task, actor->name);
    }
    event(simulation, actor->name, "start");
    int r = run_operations(actor, cJSON_GetObjectItem(actor->program, "ops"));
    cJSON *end = event(simulation, actor->name, "end");
    if (r < 0) {
        event_add_exception(end, "", r);
        return r;
    }
    const char *result = cJSON_GetObjectItem(actor->program, "ret")->valuestring;
    cJSON_AddItemToArray(end, cJSON_CreateString(result));
    *ret_result = (void *)result;
    return 0;
}

static int on_done(af_future *task, void *arg)
{
    struct actor *actor = arg;
    cJSON *done = event(actor->simulation, "loop", "done");
    cJSON_AddItemToArray(done, cJSON_CreateString(actor->name));
    cJSON_AddItemToArray(done, outcome(task));
    return 0;
}

static struct actor *new_actor(struct simulation *simulation, const char *name)
{
    cJSON *program = cJSON_GetObjectItem(cJSON_GetObjectItem(simulation->scenario, "tasks"), name);
    struct actor *actor = &simulation->actors[simulation->actor_count];
    *actor = (struct actor){.simulation = simulation, .name = program->string, .program = program};
    return actor;
}

int spawn(struct simulation *simulation, const char *name, af_task_group *group)
{
    struct actor *actor = new_actor(simulation, name);
    int r = group ? af_task_group_create_task(group, run_actor, actor, NULL, &actor->task)
                  : af_create_task(run_actor, actor, NULL, &actor->task);
    if (r < 0)
        return r;
    simulation->actor_count++;
    af_task_set_name(actor->task, name);
    return af_future_add_done_callback(actor->task, on_done, actor);
}

/* --------------------------------------------------------------- resources */

struct resource *find_resource(struct simulation *simulation, const char *name)
{
    for (size_t i = 0; i < simulation->resource_count; i++)
        if (strcmp(simulation->resources[i].name, name) == 0)
            return &simulation->resources[i];
    return NULL;
}

static int compare_numbers(const void *a, const void *b)
{
    return ((intptr_t)a > (intptr_t)b) - ((intptr_t)a < (intptr_t)b);
}

static int make_resource(struct simulation *simulation, const cJSON *declaration)
{
    struct resource *resource = &simulation->resources[simulation->resource_count++];
    resource->name = cJSON_GetArrayItem(declaration, 0)->valuestring;
    const char *kind = cJSON_GetArrayItem(declaration, 1)->valuestring;
    const cJSON *argument = cJSON_GetArrayItem(declaration, 2);
    size_t size = argument ? (size_t)argument->valueint : 0;
    resource->kind = QUEUE;
    if (strcmp(kind, "fifo") == 0)
        return af_queue_new(size, NULL, &resource->queue);
    if (strcmp(kind, "lifo") == 0)
        return af_lifo_queue_new(size, NULL, &resource->queue);
    if (strcmp(kind, "prio") == 0)
        return af_priority_queue_new(size, compare_numbers, NULL, &resource->queue);
    resource->kind = SEMAPHORE;
    if (strcmp(kind, "sem") == 0)
        return af_semaphore_new(size, &resource->semaphore);
    if (strcmp(kind, "bsem") == 0)
        return af_bounded_semaphore_new(size, &resource->semaphore);
    resource->kind = LOCK;
    if (strcmp(kind, "lock") == 0)
        return af_lock_new(&resource->lock);
    resource->kind = CONDITION;
    if (strcmp(kind, "cond") == 0)
        return af_condition_new(NULL, &resource->condition);
    resource->kind = EVENT;
    if (strcmp(kind, "event") == 0)
        return af_event_new(&resource->event);
    resource->kind = FUTURE;
    return af_future_new(simulation->loop, &resource->future);
}

static cJSON *resource_state(const struct resource *resource)
{
    switch (resource->kind) {
    case SEMAPHORE:
        return cJSON_CreateNumber((double)af_semaphore_value(resource->semaphore));
    case LOCK:
        return cJSON_CreateBool(af_lock_locked(resource->lock));
    case CONDITION:
        return cJSON_CreateBool(af_condition_locked(resource->condition));
    case EVENT:
        return cJSON_CreateBool(af_event_is_set(resource->event));
    case FUTURE:
        return outcome(resource->future);
    case QUEUE:
        break;
    }
    cJSON *items = cJSON_CreateArray(), *state = cJSON_CreateArray();
    for (size_t i = 0; i < af_queue_size(resource->queue); i++)
        cJSON_AddItemToArray(
            items, cJSON_CreateNumber((double)(intptr_t)af_queue_peek(resource->queue, i)));
    cJSON_AddItemToArray(state, items);
    cJSON_AddItemToArray(state, cJSON_CreateNumber((double)af_queue_unfinished(resource->queue)));
    return state;
}

static void free_resource(struct resource *resource)
{
    switch (resource->kind) {
    case SEMAPHORE:
        af_semaphore_free(resource->semaphore);
        break;
    case LOCK:
        af_lock_free(resource->lock);
        break;
    case CONDITION:
        af_condition_free(resource->condition);
        break;
    case EVENT:
        af_event_free(resource->event);
        break;
    case FUTURE:
        af_future_unref(resource->future);
        break;
    case QUEUE:
        af_queue_free(resource->queue);
        break;
    }
}

/* ------------------------------------------------------------------- a run */

struct planned {
    struct simulation *simulation;
    const cJSON *operation;
};

static int run_planned(void *arg)
{
    struct planned *planned = arg;
    run_synchronous(planned->simulation, "loop", planned->operation);
    return 0; /* what it raises was logged, and is dropped */
}

/* Before the end of the run, since it asks for what nobody retrieved. */
static cJSON *unretrieved(const struct simulation *simulation)
{
    cJSON *names = cJSON_CreateArray();
    for (size_t i = 0; i < simulation->actor_count; i++)
        if (af_future_unretrieved(simulation->actors[i].task))
            cJSON_AddItemToArray(names, cJSON_CreateString(simulation->actors[i].name));
    return names;
}

static cJSON *final_state(struct simulation *simulation, cJSON *result)
{
    cJSON *final = cJSON_CreateObject();
    cJSON_AddItemToObject(final, "run", result);
    cJSON_AddNumberToObject(final, "end", simulation->now);
    cJSON_AddItemToObject(final, "unretrieved", unretrieved(simulation));
    cJSON *tasks = cJSON_AddArrayToObject(final, "tasks");
    for (size_t i = 0; i < simulation->actor_count; i++) {
        struct actor *actor = &simulation->actors[i];
        cJSON *task = cJSON_CreateArray();
        cJSON_AddItemToArray(task, cJSON_CreateString(actor->name));
        cJSON_AddItemToArray(task, outcome(actor->task));
        cJSON_AddItemToArray(task, cJSON_CreateNumber(af_task_cancelling(actor->task)));
        cJSON_AddItemToArray(tasks, task);
    }
    cJSON *resources = cJSON_AddObjectToObject(final, "res");
    for (size_t i = 0; i < simulation->resource_count; i++)
        cJSON_AddItemToObject(resources, simulation->resources[i].name,
                              resource_state(&simulation->resources[i]));
    return final;
}

static cJSON *run_main(struct simulation *simulation, af_runner *runner)
{
    struct actor *main = new_actor(simulation, "main");
    simulation->actor_count++;
    void *result = NULL;
    int r = af_runner_run(runner, run_actor, main, &result);
    cJSON *pair = cJSON_CreateArray();
    cJSON_AddItemToArray(pair, cJSON_CreateString(r < 0 ? "exc" : "ok"));
    cJSON_AddItemToArray(pair, r < 0 ? take_string(exception_name(af_raised(r)))
                                     : cJSON_CreateString(result));
    return pair;
}

cJSON *simulation_run(cJSON *scenario)
{
    static struct simulation simulation;
    simulation = (struct simulation){.scenario = scenario, .trace = cJSON_CreateArray()};
    af_loop_options options = {.time = virtual_time, .poll = virtual_poll, .arg = &simulation};
    af_runner *runner;
    if (af_runner_new(&options, &runner) < 0)
        abort();
    simulation.loop = af_runner_loop(runner);
    af_loop_set_exception_handler(simulation.loop, on_exception, &simulation);

    const cJSON *item;
    cJSON_ArrayForEach(
        item, cJSON_GetObjectItem(scenario, "res")) if (make_resource(&simulation, item) < 0)
        abort();
    const cJSON *at = cJSON_GetObjectItem(scenario, "at");
    struct planned *plans = calloc((size_t)cJSON_GetArraySize(at) + 1, sizeof *plans);
    struct planned *plan = plans;
    cJSON_ArrayForEach(item, at)
    {
        *plan = (struct planned){&simulation, cJSON_GetArrayItem(item, 1)};
        double when = cJSON_GetArrayItem(item, 0)->valuedouble;
        if (af_loop_call_at(simulation.loop, when, run_planned, plan++, NULL) < 0)
            abort();
    }

    cJSON *result = run_main(&simulation, runner);
    af_runner_close(runner);

    cJSON *answer = cJSON_CreateObject();
    cJSON_AddItemToObject(answer, "seed",
                          cJSON_Duplicate(cJSON_GetObjectItem(scenario, "seed"), false));
    cJSON_AddItemToObject(answer, "trace", simulation.trace);
    cJSON_AddItemToObject(answer, "final", final_state(&simulation, result));
    while (simulation.left) {
        struct left *left = simulation.left;
        simulation.left = left->next;
        af_as_completed_free(left->iterator);
        free(left);
    }
    for (size_t i = 0; i < simulation.actor_count; i++)
        af_future_unref(simulation.actors[i].task);
    for (size_t i = 0; i < simulation.resource_count; i++)
        free_resource(&simulation.resources[i]);
    while (simulation.laters) {
        struct later *later = simulation.laters;
        simulation.laters = later->next;
        free(later);
    }
    free(plans);
    return answer;
}
