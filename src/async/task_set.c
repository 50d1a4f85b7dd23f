#include <errno.h>
#include <stdlib.h>

#include <afetch/task_set.h>

#include "async/waiters.h"

struct member {
    struct callback done;
    struct list link;
    af_task_set *set;
    af_task *task;
};

struct af_task_set {
    struct list members; /* in the order of creation */
    size_t count;
    struct waiters waiters;
};

int af_task_set_new(af_task_set **ret_set)
{
    af_task_set *set = malloc(sizeof *set);
    if (!set)
        return -ENOMEM;
    list_init(&set->members);
    set->count = 0;
    waiters_init(&set->waiters);
    *ret_set = set;
    return 0;
}

static void member_free(struct member *member)
{
    callback_remove(&member->done); /* while the task exists */
    list_remove(&member->link);
    af_future_unref(member->task);
    free(member);
}

static int run_done(struct handle *handle)
{
    struct member *member = container_of(handle, struct member, done.handle);
    af_task_set *set = member->set;
    if (--set->count == 0)
        while (waiters_wake(&set->waiters))
            ;
    member_free(member); /* last: the destroy function of the task may free the set */
    return 0;
}

static const struct handle_type done_type = {.run = run_done};

int af_task_set_create_task(af_task_set *set, af_coroutine *coroutine, void *arg,
                            void (*destroy)(void *arg))
{
    struct member *member = malloc(sizeof *member);
    if (!member)
        return -ENOMEM;
    int r = af_create_task(coroutine, arg, destroy, &member->task);
    if (r < 0) {
        free(member);
        return r;
    }
    member->set = set;
    handle_init(&member->done.handle, &done_type);
    future_add_callback(member->task, &member->done);
    list_append(&set->members, &member->link);
    set->count++;
    return 0;
}

size_t af_task_set_count(const af_task_set *set)
{
    return set->count;
}

void af_task_set_cancel(af_task_set *set)
{
    list_for_each (link, &set->members)
        af_future_cancel(container_of(link, struct member, link)->task);
}

int af_task_set_join(af_task_set *set)
{
    int r = 0;
    while (r >= 0 && set->count > 0) {
        bool woken;
        r = waiters_wait(&set->waiters, &woken);
    }
    return r;
}

void af_task_set_free(af_task_set *set)
{
    if (!set)
        return;
    list_for_each (link, &set->members)
        member_free(container_of(link, struct member, link));
    free(set);
}
