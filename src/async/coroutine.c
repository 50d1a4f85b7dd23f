/* A stack is entered the first time by makecontext(), and from then on by sigsetjmp(env, 0) and
 * siglongjmp(), which need no system call. The fortified longjmp takes a jump to another stack for
 * an attack and aborts, hence the #undef. */
#undef _FORTIFY_SOURCE

#include "async/coroutine.h"

#include <errno.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdlib.h>
#include <ucontext.h>

#include "base/sanitizer.h"

#ifdef WITH_ADDRESS_SANITIZER
#include <sanitizer/common_interface_defs.h>
#include <sanitizer/lsan_interface.h>
#endif
#if __has_include(<valgrind/valgrind.h>)
#define WITH_VALGRIND 1
#include <valgrind/valgrind.h>
#endif

struct coroutine {
    struct list link; /* in the pool's list of idle or abandoned coroutines */
    struct coroutine_pool *pool;
    struct stack stack;
    coroutine_function *function;
    void *arg;
    bool running; /* its function has started and not returned */
    sigjmp_buf inside;
#ifdef WITH_ADDRESS_SANITIZER
    void *inside_fake_stack;
    void *outside_fake_stack;
    const void *outside_bottom;
    size_t outside_size;
#endif
#ifdef WITH_VALGRIND
    unsigned valgrind_id;
#endif
};

/* AddressSanitizer and valgrind must be informed of every switch of stacks. */
static void before_entering(struct coroutine *coroutine)
{
#ifdef WITH_ADDRESS_SANITIZER
    __sanitizer_start_switch_fiber(&coroutine->outside_fake_stack, coroutine->stack.bottom,
                                   coroutine->stack.size);
#else
    (void)coroutine;
#endif
}

static void after_entering(struct coroutine *coroutine)
{
#ifdef WITH_ADDRESS_SANITIZER
    __sanitizer_finish_switch_fiber(coroutine->inside_fake_stack, &coroutine->outside_bottom,
                                    &coroutine->outside_size);
#else
    (void)coroutine;
#endif
}

static void before_leaving(struct coroutine *coroutine)
{
#ifdef WITH_ADDRESS_SANITIZER
    __sanitizer_start_switch_fiber(&coroutine->inside_fake_stack, coroutine->outside_bottom,
                                   coroutine->outside_size);
#else
    (void)coroutine;
#endif
}

static void after_leaving(struct coroutine *coroutine)
{
#ifdef WITH_ADDRESS_SANITIZER
    __sanitizer_finish_switch_fiber(coroutine->outside_fake_stack, NULL, NULL);
#else
    (void)coroutine;
#endif
}

static void register_stack(struct coroutine *coroutine)
{
#ifdef WITH_ADDRESS_SANITIZER
    __lsan_register_root_region(coroutine->stack.bottom, coroutine->stack.size);
#endif
#ifdef WITH_VALGRIND
    coroutine->valgrind_id = VALGRIND_STACK_REGISTER(
        coroutine->stack.bottom, coroutine->stack.bottom + coroutine->stack.size);
#endif
    (void)coroutine;
}

static void unregister_stack(struct coroutine *coroutine)
{
#ifdef WITH_ADDRESS_SANITIZER
    __lsan_unregister_root_region(coroutine->stack.bottom, coroutine->stack.size);
#endif
#ifdef WITH_VALGRIND
    VALGRIND_STACK_DEREGISTER(coroutine->valgrind_id);
#endif
    (void)coroutine;
}

/* Runs on each stack, one function after another. makecontext() passes only ints, so the pointer is
 * passed in two halves. */
static void trampoline(unsigned low, unsigned high)
{
    struct coroutine *coroutine = (struct coroutine *)((uintptr_t)high << 16 << 16 | low);
    after_entering(coroutine);
    for (;;) {
        coroutine_yield(coroutine);
        coroutine->function(coroutine->arg);
        coroutine->running = false;
    }
}

/* Sets the point to return to and returns the previous one, which exists if a running coroutine
 * creates another. */
static sigjmp_buf *enter_from(struct coroutine_pool *pool, sigjmp_buf *outside)
{
    sigjmp_buf *previous = pool->outside;
    pool->outside = outside;
    return previous;
}

/* Runs the trampoline until it yields, so that every later entry is a plain jump. */
static int enter_trampoline(struct coroutine *coroutine)
{
    ucontext_t context;
    if (getcontext(&context) < 0)
        return -errno;
    context.uc_stack.ss_sp = coroutine->stack.bottom;
    context.uc_stack.ss_size = coroutine->stack.size;
    context.uc_link = NULL;
    uintptr_t pointer = (uintptr_t)coroutine;
    makecontext(&context, (void (*)(void))trampoline, 2, (unsigned)pointer,
                (unsigned)(pointer >> 16 >> 16));
    sigjmp_buf outside, *previous = enter_from(coroutine->pool, &outside);
    if (sigsetjmp(outside, 0) == 0) {
        before_entering(coroutine);
        setcontext(&context);
    }
    after_leaving(coroutine);
    coroutine->pool->outside = previous;
    return 0;
}

void coroutine_pool_init(struct coroutine_pool *pool)
{
    *pool = (struct coroutine_pool){0};
    stacks_init(&pool->stacks);
    list_init(&pool->idle);
    list_init(&pool->abandoned);
}

void coroutine_pool_free(struct coroutine_pool *pool)
{
    list_append_all(&pool->idle, &pool->abandoned);
    struct list *link;
    while ((link = list_pop(&pool->idle)))
        unregister_stack(container_of(link, struct coroutine, link));
    stacks_free(&pool->stacks);
}

/* Bytes. */
enum { CACHE_LINE = 64 };

/* The frames of a coroutine suspended in a shallow call are just below it. */
void coroutine_prefetch(const struct coroutine *coroutine)
{
    enum { LINES_OF_FRAMES = 6, LINES_OF_COROUTINE = 3 };
    for (int line = -LINES_OF_FRAMES; line < LINES_OF_COROUTINE; line++)
        __builtin_prefetch((const char *)coroutine + line * CACHE_LINE);
}

/* Stores the coroutine at the top of its own stack, in a page that is used anyway. The offset from
 * the top varies: at the same offset in their pages, all would compete for the same few lines of
 * the processor's cache. */
static struct coroutine *place_coroutine(struct coroutine_pool *pool, struct stack stack)
{
    static const size_t PLACES = 16;
    size_t taken = sizeof(struct coroutine) + pool->count++ % PLACES * CACHE_LINE;
    stack.size = (stack.size - taken) / CACHE_LINE * CACHE_LINE;
    struct coroutine *coroutine = (struct coroutine *)(stack.bottom + stack.size);
    *coroutine = (struct coroutine){.pool = pool, .stack = stack};
    return coroutine;
}

static int add_idle(struct coroutine_pool *pool)
{
    struct stack stack;
    int r = stacks_take(&pool->stacks, &stack);
    if (r < 0)
        return r;
    struct coroutine *coroutine = place_coroutine(pool, stack);
    register_stack(coroutine);
    r = enter_trampoline(coroutine);
    if (r < 0) {
        unregister_stack(coroutine);
        return r;
    }
    list_prepend(&pool->idle, &coroutine->link);
    pool->idle_count++;
    return 0;
}

int coroutine_reserve(struct coroutine_pool *pool)
{
    if (pool->idle_count == pool->reserved) {
        int r = add_idle(pool);
        if (r < 0)
            return r;
    }
    pool->reserved++;
    return 0;
}

struct coroutine *coroutine_new(struct coroutine_pool *pool, coroutine_function *function,
                                void *arg)
{
    struct coroutine *coroutine = container_of(list_pop(&pool->idle), struct coroutine, link);
    pool->idle_count--;
    pool->reserved--;
    coroutine->function = function;
    coroutine->arg = arg;
    coroutine->running = true;
    return coroutine;
}

bool coroutine_resume(struct coroutine *coroutine)
{
    sigjmp_buf outside, *previous = enter_from(coroutine->pool, &outside);
    if (sigsetjmp(outside, 0) == 0) {
        before_entering(coroutine);
        siglongjmp(coroutine->inside, 1);
    }
    after_leaving(coroutine);
    coroutine->pool->outside = previous;
    return !coroutine->running;
}

void coroutine_yield(struct coroutine *coroutine)
{
    if (sigsetjmp(coroutine->inside, 0) == 0) {
        before_leaving(coroutine);
        siglongjmp(*coroutine->pool->outside, 1);
    }
    after_entering(coroutine);
}

void coroutine_free(struct coroutine *coroutine)
{
    struct coroutine_pool *pool = coroutine->pool;
    if (coroutine->running) {
        list_append(&pool->abandoned, &coroutine->link);
    } else {
        list_prepend(&pool->idle, &coroutine->link);
        pool->idle_count++;
    }
}

bool coroutine_overflowed(const struct coroutine *coroutine, const void *address)
{
    return stack_is_guard(&coroutine->stack, address);
}
