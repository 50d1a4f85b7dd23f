/* The operations of a scenario, each written as its Python twin reads. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "simulation.h"

static const char *text_at(const cJSON *operation, int index)
{
    return cJSON_GetArrayItem(operation, index)->valuestring;
}

static int number_at(const cJSON *operation, int index)
{
    return cJSON_GetArrayItem(operation, index)->valueint;
}

static void *value_at(const cJSON *operation, int index)
{
    return (void *)(intptr_t)number_at(operation, index);
}

/* Seconds, where null is for ever. */
static double delay_at(const cJSON *operation, int index)
{
    const cJSON *delay = cJSON_GetArrayItem(operation, index);
    return cJSON_IsNull(delay) ? AF_FOREVER : delay->valuedouble;
}

static struct resource *resource_at(struct simulation *simulation, const cJSON *operation)
{
    return find_resource(simulation, text_at(operation, 1));
}

static cJSON *number(void *value)
{
    return cJSON_CreateNumber((double)(intptr_t)value);
}

/* ------------------------------------------------------ without suspending */

static int run_later(void *arg)
{
    const struct later *later = arg;
    run_synchronous(later->simulation, "loop", later->operation);
    return 0; /* what it raises was logged, and is dropped */
}

static int call(struct simulation *simulation, const cJSON *operation, int place, double delay)
{
    struct later *later = malloc(sizeof *later);
    *later = (struct later){simulation->laters, simulation, cJSON_GetArrayItem(operation, place)};
    simulation->laters = later;
    return delay < 0 ? af_loop_call_soon(simulation->loop, run_later, later, NULL)
                     : af_loop_call_later(simulation->loop, delay, run_later, later, NULL);
}

static int release(struct resource *resource)
{
    if (resource->kind == SEMAPHORE)
        return af_semaphore_release(resource->semaphore);
    return resource->kind == LOCK ? af_lock_release(resource->lock)
                                  : af_condition_release(resource->condition);
}

static bool is_locked(const struct resource *resource)
{
    if (resource->kind == SEMAPHORE)
        return af_semaphore_locked(resource->semaphore);
    return resource->kind == LOCK ? af_lock_locked(resource->lock)
                                  : af_condition_locked(resource->condition);
}

/* Does the operation; *ret_result is what Python's would return, NULL for None. */
static int perform(struct simulation *simulation, const cJSON *operation, cJSON **ret_result)
{
    const char *kind = text_at(operation, 0);
    struct resource *resource = NULL;
    struct actor *actor = NULL;
    const cJSON *second = cJSON_GetArrayItem(operation, 1);
    if (cJSON_IsString(second)) {
        resource = find_resource(simulation, second->valuestring);
        actor = find_actor(simulation, second->valuestring);
    }
#define IS(name) (strcmp(kind, name) == 0)
    if (IS("log"))
        return 0;
    if (IS("fail"))
        return af_raise(exception_code(second->valuestring), NULL);
    if (IS("cancel")) {
        if (actor)
            *ret_result = cJSON_CreateBool(af_future_cancel(actor->task));
        return 0;
    }
    if (IS("spawn"))
        return spawn(simulation, second->valuestring, NULL);
    if (IS("ncancel")) {
        *ret_result = cJSON_CreateNumber(af_task_cancelling(af_current_task()));
        return 0;
    }
    if (IS("uncancel")) {
        *ret_result = cJSON_CreateNumber(af_task_uncancel(af_current_task()));
        return 0;
    }
    if (IS("later"))
        return call(simulation, operation, 2, second->valuedouble);
    if (IS("soon"))
        return call(simulation, operation, 1, -1);
    if (!resource)
        abort(); /* all other operations need one */
    if (IS("rel"))
        return release(resource);
    if (IS("putnw"))
        return af_queue_put_nowait(resource->queue, value_at(operation, 2));
    if (IS("getnw")) {
        void *item;
        int r = af_queue_get_nowait(resource->queue, &item);
        if (r >= 0)
            *ret_result = number(item);
        return r;
    }
    if (IS("tdone"))
        return af_queue_task_done(resource->queue);
    if (IS("qshut")) {
        af_queue_shutdown(resource->queue, number_at(operation, 2) != 0);
        return 0;
    }
    if (IS("eset")) {
        af_event_set(resource->event);
        return 0;
    }
    if (IS("eclr")) {
        af_event_clear(resource->event);
        return 0;
    }
    if (IS("notify"))
        return af_condition_notify(resource->condition, (size_t)number_at(operation, 2));
    if (IS("fset"))
        return af_future_set_result(resource->future, value_at(operation, 2), NULL);
    if (IS("fexc"))
        return af_future_set_exception(resource->future, exception_code(text_at(operation, 2)));
    if (IS("fcancel")) {
        *ret_result = cJSON_CreateBool(af_future_cancel(resource->future));
        return 0;
    }
    if (IS("locked")) {
        *ret_result = cJSON_CreateBool(is_locked(resource));
        return 0;
    }
    abort();
#undef IS
}

int run_synchronous(struct simulation *simulation, const char *who, const cJSON *operation)
{
    cJSON *result = NULL;
    int r = perform(simulation, operation, &result);
    cJSON *done = event(simulation, who, text_at(operation, 0));
    event_add_members(done, operation, 1);
    if (r < 0)
        event_add_exception(done, "!", r);
    else
        cJSON_AddItemToArray(done, result ? result : cJSON_CreateNull());
    return r;
}

/* -------------------------------------------------------------- suspending */

/* An operation between ">" and "<" or "!". Returns its code; *ret_result as in perform(). */
typedef int suspending(struct actor *actor, const cJSON *operation, cJSON **ret_result);

static int run_between(struct actor *actor, const cJSON *operation, suspending *run)
{
    event_add_members(event(actor->simulation, actor->name, ">"), operation, 0);
    cJSON *result = NULL;
    int r = run(actor, operation, &result);
    cJSON *after = event(actor->simulation, actor->name, r < 0 ? "!" : "<");
    event_add_members(after, operation, 0);
    if (r < 0)
        event_add_exception(after, "", r);
    else
        cJSON_AddItemToArray(after, result ? result : cJSON_CreateNull());
    return r;
}

static int do_sleep(struct actor *actor, const cJSON *operation, cJSON **ret_result)
{
    (void)actor, (void)ret_result;
    return af_sleep(delay_at(operation, 1));
}

static int do_acquire(struct actor *actor, const cJSON *operation, cJSON **ret_result)
{
    *ret_result = NULL;
    int r = af_semaphore_acquire(resource_at(actor->simulation, operation)->semaphore);
    if (r >= 0)
        *ret_result = cJSON_CreateTrue();
    return r;
}

static int do_put(struct actor *actor, const cJSON *operation, cJSON **ret_result)
{
    (void)ret_result;
    return af_queue_put(resource_at(actor->simulation, operation)->queue, value_at(operation, 2));
}

static int do_get(struct actor *actor, const cJSON *operation, cJSON **ret_result)
{
    void *item;
    int r = af_queue_get(resource_at(actor->simulation, operation)->queue, &item);
    if (r >= 0)
        *ret_result = number(item);
    return r;
}

static int do_join(struct actor *actor, const cJSON *operation, cJSON **ret_result)
{
    (void)ret_result;
    return af_queue_join(resource_at(actor->simulation, operation)->queue);
}

static int do_event_wait(struct actor *actor, const cJSON *operation, cJSON **ret_result)
{
    int r = af_event_wait(resource_at(actor->simulation, operation)->event);
    if (r >= 0)
        *ret_result = cJSON_CreateTrue();
    return r;
}

static int do_condition_wait(struct actor *actor, const cJSON *operation, cJSON **ret_result)
{
    int r = af_condition_wait(resource_at(actor->simulation, operation)->condition);
    if (r >= 0)
        *ret_result = cJSON_CreateTrue();
    return r;
}

static int do_future_wait(struct actor *actor, const cJSON *operation, cJSON **ret_result)
{
    void *value;
    int r = af_await(resource_at(actor->simulation, operation)->future, &value);
    if (r >= 0)
        *ret_result = number(value);
    return r;
}

static int await_string(int r, const char *result, cJSON **ret_result)
{
    if (r >= 0)
        *ret_result = cJSON_CreateString(result);
    return r;
}

static int do_await(struct actor *actor, const cJSON *operation, cJSON **ret_result)
{
    void *result = NULL;
    int r = af_await(find_actor(actor->simulation, text_at(operation, 1))->task, &result);
    return await_string(r, result, ret_result);
}

static int do_shield(struct actor *actor, const cJSON *operation, cJSON **ret_result)
{
    void *result = NULL;
    af_future *shield;
    int r = af_shield(find_actor(actor->simulation, text_at(operation, 1))->task, &shield);
    if (r < 0)
        return r;
    r = af_await(shield, &result);
    af_future_unref(shield);
    return await_string(r, result, ret_result);
}

static int do_wait_for(struct actor *actor, const cJSON *operation, cJSON **ret_result)
{
    void *result = NULL;
    af_task *task = find_actor(actor->simulation, text_at(operation, 1))->task;
    int r = af_wait_for(task, delay_at(operation, 2), &result);
    return await_string(r, result, ret_result);
}

/* The tasks of a list that were spawned already. */
static size_t live(struct simulation *simulation, const cJSON *names,
                   af_future *tasks[static MAX_TASKS])
{
    size_t count = 0;
    const cJSON *name;
    cJSON_ArrayForEach(name, names)
    {
        struct actor *actor = find_actor(simulation, name->valuestring);
        if (actor)
            tasks[count++] = actor->task;
    }
    return count;
}

static int do_gather(struct actor *actor, const cJSON *operation, cJSON **ret_result)
{
    af_future *tasks[MAX_TASKS], *gather;
    size_t count = live(actor->simulation, cJSON_GetArrayItem(operation, 1), tasks);
    int r = af_gather(tasks, count, number_at(operation, 2) != 0, &gather);
    if (r < 0)
        return r;
    void *result;
    r = af_await(gather, &result);
    if (r >= 0) {
        const af_outcome *outcomes = result;
        *ret_result = cJSON_CreateArray();
        for (size_t i = 0; i < count; i++) {
            char *name = outcomes[i].error.code != 0 ? exception_name(outcomes[i].error) : NULL;
            cJSON_AddItemToArray(*ret_result, cJSON_CreateString(name ? name : outcomes[i].result));
            free(name);
        }
    }
    af_future_unref(gather);
    return r;
}

static int do_wait(struct actor *actor, const cJSON *operation, cJSON **ret_result)
{
    af_future *tasks[MAX_TASKS];
    size_t count = live(actor->simulation, cJSON_GetArrayItem(operation, 1), tasks);
    const char *when = text_at(operation, 3);
    int r = af_wait(tasks, count, delay_at(operation, 2),
                    strcmp(when, "all") == 0     ? AF_ALL_COMPLETED
                    : strcmp(when, "first") == 0 ? AF_FIRST_COMPLETED
                                                 : AF_FIRST_EXCEPTION);
    if (r < 0)
        return r;
    cJSON *done = cJSON_CreateArray(), *pending = cJSON_CreateArray();
    for (size_t i = 0; i < count; i++)
        cJSON_AddItemToArray(af_future_done(tasks[i]) ? done : pending,
                             cJSON_CreateString(af_task_name(tasks[i])));
    *ret_result = cJSON_CreateArray();
    cJSON_AddItemToArray(*ret_result, done);
    cJSON_AddItemToArray(*ret_result, pending);
    return 0;
}

/* ------------------------------------------------------------------ blocks */

static int acquire(struct resource *resource)
{
    if (resource->kind == SEMAPHORE)
        return af_semaphore_acquire(resource->semaphore);
    return resource->kind == LOCK ? af_lock_acquire(resource->lock)
                                  : af_condition_acquire(resource->condition);
}

/* `async with`: the release comes in any case, and what it raises takes the place of the rest. */
static int run_locked(struct actor *actor, const cJSON *operation)
{
    struct resource *resource = resource_at(actor->simulation, operation);
    int r = acquire(resource);
    if (r < 0)
        return r;
    cJSON_AddItemToArray(event(actor->simulation, actor->name, "in"),
                         cJSON_CreateString(resource->name));
    r = run_operations(actor, cJSON_GetArrayItem(operation, 2));
    int released = release(resource);
    return released < 0 ? released : r;
}

/* An event of a block: its mark, its name, and one of its arguments. */
static cJSON *block_event(struct actor *actor, const char *mark, const cJSON *operation)
{
    cJSON *block = event(actor->simulation, actor->name, mark);
    cJSON_AddItemToArray(block, cJSON_Duplicate(cJSON_GetArrayItem(operation, 0), false));
    cJSON_AddItemToArray(block, cJSON_Duplicate(cJSON_GetArrayItem(operation, 1), true));
    return block;
}

static cJSON *block_end(struct actor *actor, const cJSON *operation, int r)
{
    cJSON *end = block_event(actor, r < 0 ? "!" : "<", operation);
    if (r < 0)
        event_add_exception(end, "", r);
    return end;
}

static int do_with(struct actor *actor, const cJSON *operation)
{
    block_event(actor, ">", operation);
    int r = run_locked(actor, operation);
    block_end(actor, operation, r);
    return r;
}

static int do_timeout(struct actor *actor, const cJSON *operation)
{
    block_event(actor, ">", operation);
    af_timeout timeout;
    int r = af_timeout_enter(&timeout, delay_at(operation, 1));
    if (r < 0)
        return r;
    actor->timeouts[actor->timeout_count++] = &timeout;
    r = run_operations(actor, cJSON_GetArrayItem(operation, 2));
    actor->timeout_count--;
    r = af_timeout_exit(&timeout, r);
    cJSON_AddItemToArray(block_end(actor, operation, r),
                         cJSON_CreateBool(af_timeout_expired(&timeout)));
    return r;
}

static int do_reschedule(struct actor *actor, const cJSON *operation)
{
    struct simulation *simulation = actor->simulation;
    if (actor->timeout_count == 0) {
        cJSON_AddItemToArray(event(simulation, actor->name, "skip"), cJSON_CreateString("resched"));
        return 0;
    }
    int r = af_timeout_reschedule(actor->timeouts[actor->timeout_count - 1],
                                  simulation->now + delay_at(operation, 1));
    cJSON *done = event(simulation, actor->name, "resched");
    event_add_members(done, operation, 1);
    if (r < 0)
        event_add_exception(done, "!", r);
    return 0;
}

static int run_group(struct actor *actor, const cJSON *operation)
{
    af_task_group *group;
    int r = af_task_group_enter(&group);
    if (r < 0)
        return r;
    const cJSON *name;
    cJSON_ArrayForEach(name, cJSON_GetArrayItem(operation, 1)) if (r >= 0) r =
        spawn(actor->simulation, name->valuestring, group);
    if (r >= 0)
        r = run_operations(actor, cJSON_GetArrayItem(operation, 2));
    return af_task_group_exit(group, r);
}

static int do_group(struct actor *actor, const cJSON *operation)
{
    block_event(actor, ">", operation);
    int r = run_group(actor, operation);
    block_end(actor, operation, r);
    return r;
}

/* Python's plain iterator: awaiting an item gives its result, or raises. */
static int next_completed(af_as_completed *iterator, void **ret_result)
{
    af_future *child;
    int r = af_as_completed_next(iterator, &child);
    if (r <= 0)
        return r;
    r = af_future_result(child, ret_result);
    return r < 0 ? r : 1;
}

static int run_as_completed(struct actor *actor, af_as_completed *iterator)
{
    for (;;) {
        void *result;
        int r = next_completed(iterator, &result);
        if (r == 0)
            return 0;
        if (r == AF_CANCELLED)
            return r;
        cJSON *next = event(actor->simulation, actor->name, "next");
        if (r < 0)
            event_add_exception(next, "!", r);
        else
            cJSON_AddItemToArray(next, cJSON_CreateString(result));
    }
}

static void leave(struct simulation *simulation, af_as_completed *iterator)
{
    struct left *left = malloc(sizeof *left);
    *left = (struct left){simulation->left, iterator};
    simulation->left = left;
}

static int do_as_completed(struct actor *actor, const cJSON *operation)
{
    event_add_members(event(actor->simulation, actor->name, ">"), operation, 0);
    af_future *tasks[MAX_TASKS];
    size_t count = live(actor->simulation, cJSON_GetArrayItem(operation, 1), tasks);
    af_as_completed *iterator;
    int r = af_as_completed_new(tasks, count, delay_at(operation, 2), &iterator);
    if (r < 0)
        return r;
    r = run_as_completed(actor, iterator);
    cJSON *end = event(actor->simulation, actor->name, r < 0 ? "!" : "<");
    cJSON_AddItemToArray(end, cJSON_CreateString("asc"));
    if (r < 0)
        event_add_exception(end, "", r);
    leave(actor->simulation, iterator);
    return r;
}

static bool catches(const char *kind, int r)
{
    bool cancelled = r == AF_CANCELLED;
    return *kind == '*' || (*kind == 'C') == cancelled;
}

/* Keeps the exception that a task raises again after it has awaited other things. */
static int do_try(struct actor *actor, const cJSON *operation)
{
    int r = run_operations(actor, cJSON_GetArrayItem(operation, 1));
    af_error raised = af_error_ref(af_raised(r));
    if (r < 0 && catches(text_at(operation, 2), r)) {
        event_add_exception(event(actor->simulation, actor->name, "caught"), "", r);
        r = run_operations(actor, cJSON_GetArrayItem(operation, 3));
        if (r < 0) {
            af_error_unref(raised);
            raised = af_error_ref(af_raised(r));
        } else if (number_at(operation, 4) != 0) {
            r = raised.code;
        }
    }
    const cJSON *final = cJSON_GetArrayItem(operation, 5);
    if (cJSON_GetArraySize(final) > 0) {
        int finally = run_operations(actor, final);
        if (finally < 0) {
            af_error_unref(raised);
            return finally;
        }
    }
    if (r < 0)
        af_raise_error(raised);
    af_error_unref(raised);
    return r;
}

static int do_repeat(struct actor *actor, const cJSON *operation)
{
    int r = 0;
    for (int i = number_at(operation, 1); i > 0 && r >= 0; i--)
        r = run_operations(actor, cJSON_GetArrayItem(operation, 2));
    return r;
}

/* ---------------------------------------------------------------- dispatch */

static const struct {
    const char *name;
    suspending *between;                                       /* ">", then "<" or "!" */
    int (*block)(struct actor *actor, const cJSON *operation); /* writes its own events */
    bool of_task; /* skipped where the task it names was not spawned yet */
} table[] = {
    {"sleep", do_sleep, NULL, false},
    {"acq", do_acquire, NULL, false},
    {"put", do_put, NULL, false},
    {"get", do_get, NULL, false},
    {"join", do_join, NULL, false},
    {"ewait", do_event_wait, NULL, false},
    {"cwait", do_condition_wait, NULL, false},
    {"fwait", do_future_wait, NULL, false},
    {"await", do_await, NULL, true},
    {"shield", do_shield, NULL, true},
    {"waitfor", do_wait_for, NULL, true},
    {"gather", do_gather, NULL, false},
    {"wait", do_wait, NULL, false},
    {"with", NULL, do_with, false},
    {"timeout", NULL, do_timeout, false},
    {"resched", NULL, do_reschedule, false},
    {"tg", NULL, do_group, false},
    {"asc", NULL, do_as_completed, false},
    {"try", NULL, do_try, false},
    {"rep", NULL, do_repeat, false},
};

static int run_operation(struct actor *actor, const cJSON *operation)
{
    struct simulation *simulation = actor->simulation;
    const char *name = text_at(operation, 0);
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
        if (strcmp(table[i].name, name) != 0)
            continue;
        if (table[i].block)
            return table[i].block(actor, operation);
        if (!table[i].of_task || find_actor(simulation, text_at(operation, 1)))
            return run_between(actor, operation, table[i].between);
        cJSON *skip = event(simulation, actor->name, "skip");
        cJSON_AddItemToArray(skip, cJSON_CreateString(name));
        cJSON_AddItemToArray(skip, cJSON_CreateString(text_at(operation, 1)));
        return 0;
    }
    return run_synchronous(simulation, actor->name, operation);
}

int run_operations(struct actor *actor, const cJSON *operations)
{
    const cJSON *operation;
    cJSON_ArrayForEach(operation, operations)
    {
        int r = run_operation(actor, operation);
        if (r < 0)
            return r;
    }
    return 0;
}
