#include <errno.h>
#include <stdlib.h>

#include <afetch/task_group.h>

#include "async/task.h"

struct af_task_group {
    af_loop *loop;
    af_task *parent;
    bool exiting;
    bool aborting;
    bool parent_cancel_requested; /* by the group, which takes it back */
    struct list members;
    size_t member_count;
    af_error *errors;
    size_t error_count;
    size_t error_room;    /* at least one per member, so that an error can always be stored */
    af_future *completed; /* awaited by exit, in its stack frame; NULL: it does not wait */
};

struct member {
    struct list link;
    struct callback done;
    af_task_group *group;
    af_task *task;
};

/* Reserves room for the errors of all members, of a new one, and of the body. */
static int reserve_errors(af_task_group *group)
{
    size_t wanted = group->error_count + group->member_count + 2;
    if (wanted <= group->error_room)
        return 0;
    size_t room = wanted * 2;
    af_error *errors = realloc(group->errors, room * sizeof *errors);
    if (!errors)
        return -ENOMEM;
    group->errors = errors;
    group->error_room = room;
    return 0;
}

int af_task_group_enter(af_task_group **ret_group)
{
    af_task *parent = task_running();
    if (!parent)
        return AF_RUNTIME_ERROR;
    af_task_group *group = malloc(sizeof *group);
    if (!group)
        return -ENOMEM;
    *group = (af_task_group){.loop = parent->loop, .parent = af_future_ref(parent)};
    list_init(&group->members);
    int r = reserve_errors(group);
    if (r < 0) {
        af_future_unref(parent);
        free(group);
        return r;
    }
    *ret_group = group;
    return 0;
}

static void abort_members(af_task_group *group)
{
    group->aborting = true;
    list_for_each (link, &group->members)
        af_future_cancel(container_of(link, struct member, link)->task);
}

static void keep_error(af_task_group *group, af_error error)
{
    group->errors[group->error_count++] = af_error_ref(error);
}

static void note_failure(af_task_group *group, af_task *task)
{
    task->log_exception = false;
    keep_error(group, task->error);
    if (af_future_done(group->parent)) {
        loop_report(group->loop, "a task failed after the parent of its group was done",
                    task->error, task);
    } else if (!group->aborting && !group->parent_cancel_requested) {
        abort_members(group);
        group->parent_cancel_requested = true;
        af_future_cancel(group->parent);
    }
}

static int run_member_done(struct handle *handle)
{
    struct member *member = container_of(handle, struct member, done.handle);
    af_task_group *group = member->group;
    af_task *task = member->task;
    list_remove(&member->link);
    group->member_count--;
    free(member);
    if (group->completed && list_empty(&group->members))
        future_release(group->completed);
    if (!af_future_cancelled(task) && task->error.code != 0)
        note_failure(group, task);
    af_future_unref(task);
    return 0;
}

static void discard_member(struct handle *handle)
{
    struct member *member = container_of(handle, struct member, done.handle);
    af_future_unref(member->task);
    free(member);
}

static const struct handle_type member_type = {.run = run_member_done, .discard = discard_member};

int af_task_group_create_task(af_task_group *group, af_coroutine *coroutine, void *arg,
                              void (*destroy)(void *arg), af_task **ret_task)
{
    if (group->exiting && group->member_count == 0)
        return af_raise(AF_RUNTIME_ERROR, "the task group has ended");
    if (group->aborting)
        return af_raise(AF_RUNTIME_ERROR, "the task group is being cancelled");
    int r = reserve_errors(group);
    if (r < 0)
        return r;
    struct member *member = malloc(sizeof *member);
    if (!member)
        return -ENOMEM;
    r = af_loop_create_task(group->loop, coroutine, arg, destroy, &member->task);
    if (r < 0) {
        free(member);
        return r;
    }
    member->group = group;
    handle_init(&member->done.handle, &member_type);
    list_append(&group->members, &member->link);
    group->member_count++;
    future_add_callback(member->task, &member->done);
    if (ret_task)
        *ret_task = af_future_ref(member->task);
    return 0;
}

/* Waits for all members, also if it is cancelled. The first cancellation that was not requested by
 * the group cancels the members, and is returned. */
static int await_members(af_task_group *group, int r)
{
    while (group->member_count > 0) {
        af_future completed;
        future_init_local(&completed, group->loop);
        group->completed = &completed;
        int waited = task_wait(&completed);
        group->completed = NULL;
        if (waited < 0 && !group->aborting) {
            r = waited;
            abort_members(group);
        }
    }
    return r;
}

static void group_free(af_task_group *group)
{
    for (size_t i = 0; i < group->error_count; i++)
        af_error_unref(group->errors[i]);
    free(group->errors);
    af_future_unref(group->parent);
    free(group);
}

static int raise_group(af_task_group *group)
{
    /* If the parent was cancelled from outside, deliver that at its next await. */
    if (af_task_cancelling(group->parent) > 0) {
        af_task_uncancel(group->parent);
        af_future_cancel(group->parent);
    }
    af_error error;
    int r = error_new_group(group->errors, group->error_count, &error);
    if (r < 0)
        return r;
    af_raise_error(error);
    af_error_unref(error);
    return AF_GROUP;
}

int af_task_group_exit(af_task_group *group, int r)
{
    if (group->member_count > 0 && !task_running())
        return AF_RUNTIME_ERROR;
    af_error body_error = af_error_ref(af_raised(r));
    group->exiting = true;
    if (r < 0 && !group->aborting)
        abort_members(group);
    int cancelled = await_members(group, r == AF_CANCELLED ? r : 0);

    /* Take back the group's own cancellation; if no other remains, none is passed on (rule 53). */
    if (group->parent_cancel_requested && af_task_uncancel(group->parent) == 0)
        cancelled = 0;
    if (cancelled < 0 && group->error_count == 0) {
        r = error_raise_code(cancelled);
    } else {
        if (r < 0 && r != AF_CANCELLED)
            keep_error(group, body_error);
        r = group->error_count > 0 ? raise_group(group) : 0;
    }
    af_error_unref(body_error);
    group_free(group);
    return r;
}
