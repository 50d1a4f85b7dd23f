/* Helpers of the tests of task groups: a group whose children follow a script. */
#ifndef TESTS_TASK_GROUP_SUITE_H
#define TESTS_TASK_GROUP_SUITE_H

#include <afetch/task_group.h>

#include "virtual_clock.h"

/* Traces error texts, those of a group in brackets. */
static inline void trace_error(af_error error)
{
    if (error.code != AF_GROUP) {
        trace("%s", af_error_text(error));
        return;
    }
    trace("[");
    for (size_t i = 0; i < af_error_count(error); i++)
        trace_error(af_error_member(error, i));
    trace("]");
}

/* Traces the result of a group, and the cancellation requests left in its task. */
static inline void trace_exit(const char *name, int r)
{
    trace("%s:%s", name, r < 0 ? "" : "ok");
    if (r < 0)
        trace_error(af_raised(r));
    trace("%u", af_task_cancelling(af_current_task()));
}

/* A child that sleeps when it is cancelled, and then fails or returns AF_CANCELLED. */
static inline int stubborn(void *arg, void **ret_result)
{
    const struct actor *actor = arg;
    (void)ret_result;
    int r = af_sleep(1000);
    trace("%s:%s", actor->name, word(r));
    af_sleep(actor->delay);
    return actor->code < 0 ? af_raise(actor->code, "%s failed", actor->name) : r;
}

static inline int return_code(void *arg, void **ret_result)
{
    (void)ret_result;
    return ((const struct actor *)arg)->code;
}

struct child {
    af_coroutine *coroutine;
    struct actor actor;
};

/* A task with a group: its children, the delay of its body (0: none), and the error of the body. */
struct party {
    struct child children[4];
    bool sleeps;
    double sleep;
    int code;
    double lingers; /* delay of the body after a cancellation */
    bool swallows;  /* the body swallows a cancellation */
    bool goes_on;   /* the task sleeps after the group */
    af_task_group *group;
    af_task *tasks[4];
};

static inline void create_children(struct party *party)
{
    for (int i = 0; i < 4 && party->children[i].coroutine; i++) {
        struct child *child = &party->children[i];
        expect_code(af_task_group_create_task(party->group, child->coroutine, &child->actor, NULL,
                                              &party->tasks[i]),
                    0);
        keep(party->tasks[i]);
    }
}

static inline int party_body(struct party *party)
{
    int r = 0;
    if (party->sleeps) {
        r = af_sleep(party->sleep);
        trace("body:%s", word(r));
    }
    if (r < 0 && party->lingers > 0)
        trace("lingering:%s", word(af_sleep(party->lingers)));
    if (party->code < 0)
        return af_raise(party->code, "body failed");
    return party->swallows ? 0 : r;
}

static inline int hold_party(void *arg, void **ret_result)
{
    struct party *party = arg;
    (void)ret_result;
    int r = af_task_group_enter(&party->group);
    if (r < 0)
        return r;
    create_children(party);
    r = af_task_group_exit(party->group, party_body(party));
    trace_exit("group", r);
    if (party->goes_on)
        trace("after:%s", word(af_sleep(1)));
    return r;
}

static inline void expect_result(af_future *future, int code)
{
    expect_code(af_future_result(future, NULL), code);
}

#endif
