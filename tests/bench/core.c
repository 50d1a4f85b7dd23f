/* The core by itself: core.py is its twin, case by case and amount by amount.
 *
 *     bench-core CASE AMOUNT      prints the amount done and the nanoseconds one took
 *     bench-core memory AMOUNT    prints the amount, and bytes a sleeping task: touched, resident,
 *                                 page tables
 *
 * Processor time is measured, so that sleeping costs nothing and neighbours little. The
 * amount is done once to warm up and then again until it has taken long enough to be measured. */

/* As in coroutine.c: the fortified longjmp takes a jump to another stack for an attack. */
#undef _FORTIFY_SOURCE

#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <ucontext.h>
#include <unistd.h>

#include <afetch/afetch.h>

#include "async/coroutine.h"

enum { CONTENDERS = 10, QUEUE_MAXIMUM = 100 };

static const double LONG_ENOUGH = 0.2;
static double a_second = 1, an_hour = 3600;

static size_t amount;

static int nothing(void *arg, void **ret_result)
{
    (void)arg, (void)ret_result;
    return 0;
}

static int sleep_for(void *delay, void **ret_result)
{
    (void)ret_result;
    return af_sleep(*(double *)delay);
}

/* ------------------------------------------------------------------- cases */

static int create_and_await(void)
{
    int r = 0;
    for (size_t i = 0; i < amount && r >= 0; i++) {
        af_task *task;
        r = af_create_task(nothing, NULL, NULL, &task);
        if (r < 0)
            break;
        r = af_await(task, NULL);
        af_future_unref(task);
    }
    return r;
}

static void unref_all(af_task **tasks, size_t count)
{
    for (size_t i = 0; i < count; i++)
        af_future_unref(tasks[i]);
}

static int gather(af_task **tasks, size_t count)
{
    af_future *all;
    int r = af_gather(tasks, count, false, &all);
    if (r < 0)
        return r;
    r = af_await(all, NULL);
    af_future_unref(all);
    return r;
}

/* Makes tasks that sleep: as many as the system has stacks for, which is then the amount. */
static int create_sleepers(double *delay, af_task **tasks)
{
    for (size_t i = 0; i < amount; i++) {
        int r = af_create_task(sleep_for, delay, NULL, &tasks[i]);
        if (r == -EAGAIN && i > 0) {
            amount = i;
            return 0;
        }
        if (r < 0) {
            unref_all(tasks, i);
            return r;
        }
    }
    return 0;
}

static int gather_sleepers(void)
{
    af_task **tasks = malloc(amount * sizeof *tasks);
    if (!tasks)
        return -ENOMEM;
    int r = create_sleepers(&a_second, tasks);
    if (r >= 0) {
        r = gather(tasks, amount);
        unref_all(tasks, amount);
    }
    free(tasks);
    return r;
}

static int gather_sleepers_task(void *arg, void **ret_result)
{
    (void)arg, (void)ret_result;
    return gather_sleepers();
}

static int run_gather(void)
{
    return af_run(NULL, gather_sleepers_task, NULL, NULL);
}

/* Runs COUNT tasks of one coroutine to their end. */
static int run_tasks(size_t count, af_coroutine *coroutine, void *arg)
{
    af_task *tasks[CONTENDERS];
    size_t made = 0;
    int r = 0;
    while (r >= 0 && made < count)
        if ((r = af_create_task(coroutine, arg, NULL, &tasks[made])) >= 0)
            made++;
    if (r >= 0)
        r = gather(tasks, count);
    unref_all(tasks, made);
    return r;
}

static int contend(void *semaphore, void **ret_result)
{
    (void)ret_result;
    int r = 0;
    for (size_t i = 0; i < amount / CONTENDERS && r >= 0; i++) {
        r = af_semaphore_acquire(semaphore);
        if (r >= 0)
            r = af_semaphore_release(semaphore);
    }
    return r;
}

/* Lets go once all contenders stand in line: from then on nobody finds it free. */
static int let_go(void *semaphore, void **ret_result)
{
    (void)ret_result;
    int r = af_sleep(0);
    return r < 0 ? r : af_semaphore_release(semaphore);
}

static int hand_on_semaphore(void)
{
    af_semaphore *semaphore;
    int r = af_semaphore_new(0, &semaphore);
    if (r < 0)
        return r;
    af_task *first;
    r = af_create_task(let_go, semaphore, NULL, &first);
    if (r >= 0) {
        r = run_tasks(CONTENDERS, contend, semaphore);
        af_future_unref(first);
    }
    af_semaphore_free(semaphore);
    return r;
}

static int produce(void *queue, void **ret_result)
{
    (void)ret_result;
    int r = 0;
    for (size_t i = 0; i < amount && r >= 0; i++)
        r = af_queue_put(queue, queue);
    return r;
}

static int consume(af_queue *queue)
{
    int r = 0;
    void *item;
    for (size_t i = 0; i < amount && r >= 0; i++)
        r = af_queue_get(queue, &item);
    return r;
}

static int pass_through(size_t maximum)
{
    af_queue *queue;
    int r = af_queue_new(maximum, NULL, &queue);
    if (r < 0)
        return r;
    af_task *producer;
    r = af_create_task(produce, queue, NULL, &producer);
    if (r >= 0) {
        r = consume(queue);
        int produced = af_await(producer, NULL);
        r = r < 0 ? r : produced;
        af_future_unref(producer);
    }
    af_queue_free(queue);
    return r;
}

static int pass_through_bounded(void)
{
    return pass_through(QUEUE_MAXIMUM);
}

static int pass_through_unbounded(void)
{
    return pass_through(0);
}

static int give_way(void *arg, void **ret_result)
{
    (void)arg, (void)ret_result;
    int r = 0;
    for (size_t i = 0; i < amount / 2 && r >= 0; i++)
        r = af_sleep(0);
    return r;
}

static int alternate(void)
{
    return run_tasks(2, give_way, NULL);
}

static int never(void *arg)
{
    (void)arg;
    return 0;
}

/* Without a descriptor to watch, the loop need not ask the system in every iteration. */
static int alternate_watching(void)
{
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) < 0)
        return -errno;
    af_loop *loop = af_running_loop();
    int r = af_loop_add_reader(loop, ends[0], never, NULL);
    if (r >= 0) {
        r = alternate();
        af_loop_remove_reader(loop, ends[0]);
    }
    close(ends[0]);
    close(ends[1]);
    return r;
}

/* ----------------------------------------------------- there and back again */

static struct coroutine *coroutine;

static void yield_always(void *arg)
{
    (void)arg;
    for (;;)
        coroutine_yield(coroutine);
}

static int resume_and_yield(void)
{
    struct coroutine_pool pool;
    coroutine_pool_init(&pool);
    int r = coroutine_reserve(&pool);
    if (r < 0)
        return r;
    coroutine = coroutine_new(&pool, yield_always, NULL);
    for (size_t i = 0; i < amount; i++)
        coroutine_resume(coroutine);
    coroutine_free(coroutine);
    coroutine_pool_free(&pool);
    return 0;
}

static sigjmp_buf inside, outside;

static void jump_always(void)
{
    for (;;)
        if (sigsetjmp(inside, 0) == 0)
            siglongjmp(outside, 1);
}

/* The least that one can do with the same two functions. */
static int jump_and_jump(void)
{
    static char stack[64 * 1024];
    ucontext_t context;
    if (getcontext(&context) < 0)
        return -errno;
    context.uc_stack.ss_sp = stack;
    context.uc_stack.ss_size = sizeof stack;
    context.uc_link = NULL;
    makecontext(&context, jump_always, 0);
    if (sigsetjmp(outside, 0) == 0)
        setcontext(&context);
    for (volatile size_t i = 0; i < amount; i++)
        if (sigsetjmp(outside, 0) == 0)
            siglongjmp(inside, 1);
    return 0;
}

/* -------------------------------------------------------------- measuring */

struct benchmark {
    const char *name;
    int (*pass)(void);
    bool outside; /* of a loop */
};

static const struct benchmark benchmarks[] = {
    {"task", create_and_await, false},
    {"gather", gather_sleepers, false},
    {"run", run_gather, true},
    {"semaphore", hand_on_semaphore, false},
    {"queue", pass_through_bounded, false},
    {"unbounded", pass_through_unbounded, false},
    {"switch", alternate, false},
    {"watching", alternate_watching, false},
    {"coroutine", resume_and_yield, true},
    {"jump", jump_and_jump, true},
};

static double processor_time(void)
{
    struct timespec time;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
    return (double)time.tv_sec + (double)time.tv_nsec * 1e-9;
}

static int measure(const struct benchmark *benchmark)
{
    int r = benchmark->pass();
    double begin = processor_time(), taken = 0;
    size_t done = 0;
    while (r >= 0 && taken < LONG_ENOUGH) {
        r = benchmark->pass();
        done += amount;
        taken = processor_time() - begin;
    }
    if (r >= 0)
        printf("%zu %.1f\n", amount, taken / (double)done * 1e9);
    return r;
}

static int measure_task(void *benchmark, void **ret_result)
{
    (void)ret_result;
    return measure(benchmark);
}

/* Adds the value of each line of a file in /proc that is NAME, in bytes. */
static long bytes_of(const char *path, const char *name)
{
    char line[256];
    long kibibytes = 0;
    FILE *file = fopen(path, "re");
    if (!file)
        return 0;
    while (fgets(line, sizeof line, file))
        if (strncmp(line, name, strlen(name)) == 0)
            kibibytes = strtol(line + strlen(name), NULL, 10);
    fclose(file);
    return kibibytes * 1024;
}

struct memory {
    double touched;
    double resident;
    double page_tables;
};

static struct memory memory_now(void)
{
    return (struct memory){
        .touched = (double)bytes_of("/proc/self/smaps_rollup", "Anonymous:"),
        .resident = (double)bytes_of("/proc/self/smaps_rollup", "Rss:"),
        .page_tables = (double)bytes_of("/proc/self/status", "VmPTE:"),
    };
}

/* The sleepers are left to af_run(), which cancels them. */
static int measure_sleepers(af_task **tasks)
{
    struct memory before = memory_now();
    int r = create_sleepers(&an_hour, tasks);
    if (r < 0)
        return r;
    r = af_sleep(0.01);
    struct memory after = memory_now();
    double count = (double)amount;
    printf("%zu %.0f %.0f %.0f\n", amount, (after.touched - before.touched) / count,
           (after.resident - before.resident) / count,
           (after.page_tables - before.page_tables) / count);
    unref_all(tasks, amount);
    return r;
}

static int measure_memory(void *arg, void **ret_result)
{
    (void)arg, (void)ret_result;
    /* The costs of the first sleeper and of the first measurement do not count. */
    int r = af_create_task(sleep_for, &an_hour, NULL, NULL);
    if (r >= 0)
        r = af_sleep(0.01);
    if (r < 0)
        return r;
    memory_now();
    af_task **tasks = malloc(amount * sizeof *tasks);
    if (!tasks)
        return -ENOMEM;
    r = measure_sleepers(tasks);
    free(tasks);
    return r;
}

static int run_case(const char *name)
{
    if (strcmp(name, "memory") == 0)
        return af_run(NULL, measure_memory, NULL, NULL);
    for (size_t i = 0; i < sizeof benchmarks / sizeof *benchmarks; i++) {
        const struct benchmark *benchmark = &benchmarks[i];
        if (strcmp(name, benchmark->name) == 0)
            return benchmark->outside ? measure(benchmark)
                                      : af_run(NULL, measure_task, (void *)benchmark, NULL);
    }
    return -EINVAL;
}

int main(int argc, char **argv)
{
    if (argc != 3 || (amount = strtoul(argv[2], NULL, 10)) == 0) {
        fprintf(stderr, "usage: bench-core CASE AMOUNT\n");
        return 2;
    }
    int r = run_case(argv[1]);
    if (r < 0)
        fprintf(stderr, "bench-core: %s: %s\n", argv[1], af_error_text(af_raised(r)));
    return r < 0;
}
