/* One scenario under way: its clock, its tasks and resources, and the trace of what happens. */
#ifndef CONFORMANCE_SIMULATION_H
#define CONFORMANCE_SIMULATION_H

#include <cjson/cJSON.h>

#include <afetch/afetch.h>

enum { MAX_TASKS = 64, MAX_RESOURCES = 32, MAX_TIMEOUTS = 64 };

enum resource_kind { SEMAPHORE, LOCK, CONDITION, EVENT, FUTURE, QUEUE };

struct resource {
    const char *name;
    enum resource_kind kind;
    union {
        af_semaphore *semaphore;
        af_lock *lock;
        af_condition *condition;
        af_event *event;
        af_future *future;
        af_queue *queue;
    };
};

/* A task of the scenario that was spawned; in the order of creation. */
struct actor {
    struct simulation *simulation;
    const char *name;
    cJSON *program;
    af_task *task;
    af_timeout *timeouts[MAX_TIMEOUTS]; /* the open ones, innermost last */
    size_t timeout_count;
};

struct simulation {
    cJSON *scenario;
    af_loop *loop;
    double now;
    int idles;
    struct resource resources[MAX_RESOURCES];
    size_t resource_count;
    struct actor actors[MAX_TASKS];
    size_t actor_count;
    cJSON *trace;
    struct later *laters;
    struct left *left;
};

/* An operation that a callback runs; some never come to run. */
struct later {
    struct later *next;
    struct simulation *simulation;
    const cJSON *operation;
};

/* An as_completed that was left early: in Python it watches on, and its timeout keeps the loop from
 * being idle. */
struct left {
    struct left *next;
    af_as_completed *iterator;
};

/* Runs one scenario; returns its trace and final state, {"seed", "trace", "final"}. */
cJSON *simulation_run(cJSON *scenario);

struct resource *find_resource(struct simulation *simulation, const char *name);
struct actor *find_actor(struct simulation *simulation, const char *name);

/* Returns Python's name of the exception: "Cancelled", "E3", "Group(E1,E2)". The caller frees it.
 */
char *exception_name(af_error error);

/* Returns the outcome of a future: a task's result, a number, "pending" or the exception's name. */
cJSON *outcome(const af_future *future);

/* Begins an event of the trace, [tick, who, ...], to which the caller adds. */
cJSON *event(struct simulation *simulation, const char *who, const char *kind);

/* Adds to an event all members of an operation from the given place on. */
void event_add_members(cJSON *event, const cJSON *operation, int from);
void event_add_exception(cJSON *event, const char *prefix, int code);

/* Operations that never suspend. WHO is a task or "loop". 0 or the exception's code. */
int run_synchronous(struct simulation *simulation, const char *who, const cJSON *operation);

/* A list of operations, which may suspend, in the task of ACTOR. */
int run_operations(struct actor *actor, const cJSON *operations);

/* Makes a task of the scenario in GROUP, or in none. */
int spawn(struct simulation *simulation, const char *name, af_task_group *group);

/* Codes of the scenario's own exceptions: E3, X2. */
int exception_code(const char *name);

#endif
