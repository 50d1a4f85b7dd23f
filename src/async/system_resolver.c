/* Jobs are passed to the threads and back; their queries are only used in the thread of the loop.
 */
#include "async/system_resolver.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"

/* Bytes; must suffice for modules of the name service. */
enum { STACK_SIZE = 512 * 1024 };

struct system_resolver {
    af_loop *loop;
    size_t most;
    address_lookup *look_up;

    /* Used in the thread of the loop only. */
    struct list waiting; /* queries without a free thread */
    size_t unanswered;   /* jobs passed to the threads */
    struct handle handle;

    pthread_mutex_t mutex; /* protects all members below */
    pthread_cond_t changed;
    struct list jobs;     /* not started */
    struct list answered; /* to be delivered */
    bool delivering;      /* the handle is queued in the loop */
    bool freed;           /* by the owner; the last thread frees the memory */
    size_t threads;
};

struct job {
    struct list link;
    struct name_query *query; /* used in the thread of the loop only */
    int family;
    struct name_answer answer;
    char name[];
};

static void job_free(struct job *job)
{
    addresses_unref(job->answer.addresses);
    free(job);
}

static void free_jobs(struct list *jobs)
{
    struct list *link;
    while ((link = list_pop(jobs)))
        job_free(container_of(link, struct job, link));
}

/* ----------------------------------------------------------------- threads */

static struct name_answer failure(int error)
{
    struct name_answer answer = {.code = AF_RESOLVE_ERROR};
    switch (error) {
    case EAI_NONAME:
    case EAI_NODATA:
    case EAI_ADDRFAMILY:
        answer.final = true;
        break;
    case EAI_AGAIN:
        answer.reason = "DNS server failure or time-out";
        break;
    case EAI_MEMORY:
        answer.code = -ENOMEM;
        break;
    case EAI_SYSTEM:
        answer.reason = af_strerror(-errno);
        break;
    default:
        answer.reason = gai_strerror(error);
    }
    return answer;
}

static struct name_answer look_up(const struct system_resolver *system, const struct job *job)
{
    struct addrinfo hints = {.ai_family = job->family, .ai_socktype = SOCK_STREAM}, *found;
    int error = system->look_up(job->name, NULL, &hints, &found);
    if (error != 0)
        return failure(error);
    struct address_text text = {.text = ""};
    for (const struct addrinfo *info = found; info; info = info->ai_next)
        address_text_add(&text, info->ai_addr);
    freeaddrinfo(found);
    return name_answer_of(&text);
}

/* Waits for the next job and returns it; NULL when the resolver is freed. The mutex is locked. */
static struct job *next_job(struct system_resolver *system)
{
    while (list_empty(&system->jobs) && !system->freed)
        pthread_cond_wait(&system->changed, &system->mutex);
    struct list *link = list_pop(&system->jobs);
    return link ? container_of(link, struct job, link) : NULL;
}

/* Passes a job back to the loop. The mutex is locked, so the owner cannot free the resolver and
 * close the loop meanwhile. */
static void deliver_job(struct system_resolver *system, struct job *job)
{
    if (system->freed) {
        job_free(job);
        return;
    }
    list_append(&system->answered, &job->link);
    if (system->delivering)
        return;
    system->delivering = true;
    loop_ready_threadsafe(system->loop, &system->handle);
}

/* Unlocks the mutex. The last user, owner or thread, frees the memory. */
static void leave(struct system_resolver *system)
{
    bool last = system->freed && system->threads == 0;
    pthread_mutex_unlock(&system->mutex);
    if (!last)
        return;
    pthread_mutex_destroy(&system->mutex);
    pthread_cond_destroy(&system->changed);
    free(system);
}

static void *work(void *arg)
{
    struct system_resolver *system = arg;
    struct job *job;
    pthread_mutex_lock(&system->mutex);
    while ((job = next_job(system))) {
        pthread_mutex_unlock(&system->mutex);
        job->answer = look_up(system, job);
        pthread_mutex_lock(&system->mutex);
        deliver_job(system, job);
    }
    system->threads--;
    leave(system);
    return NULL;
}

/* The new thread starts with all signals blocked, since they are handled in the thread of the loop.
 */
static int create_thread(struct system_resolver *system)
{
    pthread_attr_t attributes;
    int error = pthread_attr_init(&attributes);
    if (error != 0)
        return -error;
    pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
    pthread_attr_setstacksize(&attributes, STACK_SIZE);
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    pthread_t thread;
    error = pthread_create(&thread, &attributes, work, system);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    pthread_attr_destroy(&attributes);
    return -error;
}

/* ---------------------------------------------------------------- the loop */

static int job_new(struct name_query *query, struct job **ret_job)
{
    size_t size = strlen(query->name) + 1;
    struct job *job = calloc(1, sizeof *job + size);
    if (!job)
        return -ENOMEM;
    list_init(&job->link);
    job->query = query;
    job->family = query->family;
    memcpy(job->name, query->name, size);
    *ret_job = job;
    return 0;
}

/* Queues a job, and creates a thread if none is free.
 * Errors: those of creating a thread, if there is none at all. */
static int queue_job(struct system_resolver *system, struct job *job)
{
    int r = 0;
    pthread_mutex_lock(&system->mutex);
    if (system->threads <= system->unanswered) {
        r = create_thread(system);
        if (r >= 0)
            system->threads++;
    }
    if (system->threads > 0) {
        list_append(&system->jobs, &job->link);
        pthread_cond_signal(&system->changed);
        r = 0;
    }
    pthread_mutex_unlock(&system->mutex);
    return r;
}

static int begin(struct system_resolver *system, struct name_query *query)
{
    struct job *job;
    int r = job_new(query, &job);
    if (r < 0)
        return r;
    r = queue_job(system, job);
    if (r < 0)
        job_free(job);
    else
        system->unanswered++;
    return r;
}

static void begin_waiting(struct system_resolver *system)
{
    struct list *link;
    while (system->unanswered < system->most && (link = list_pop(&system->waiting))) {
        struct name_query *query = container_of(link, struct name_query, link);
        int r = begin(system, query);
        struct name_answer answer = {.code = AF_RESOLVE_ERROR,
                                     .reason = "no thread can be created"};
        if (r == -ENOMEM)
            answer.code = r;
        if (r < 0)
            query->done(query, &answer);
    }
}

static int deliver(struct handle *handle)
{
    struct system_resolver *system = container_of(handle, struct system_resolver, handle);
    struct list answered, *link;
    list_init(&answered);
    pthread_mutex_lock(&system->mutex);
    list_append_all(&answered, &system->answered);
    system->delivering = false;
    pthread_mutex_unlock(&system->mutex);
    while ((link = list_pop(&answered))) {
        struct job *job = container_of(link, struct job, link);
        system->unanswered--;
        job->query->done(job->query, &job->answer);
        free(job);
    }
    begin_waiting(system);
    return 0;
}

static const struct handle_type deliver_type = {.run = deliver};

int system_resolver_new(af_loop *loop, size_t threads, address_lookup *function,
                        struct system_resolver **ret_system)
{
    struct system_resolver *system = calloc(1, sizeof *system);
    if (!system)
        return -ENOMEM;
    system->loop = loop;
    system->most = threads;
    system->look_up = function;
    list_init(&system->waiting);
    handle_init(&system->handle, &deliver_type);
    pthread_mutex_init(&system->mutex, NULL);
    pthread_cond_init(&system->changed, NULL);
    list_init(&system->jobs);
    list_init(&system->answered);
    *ret_system = system;
    return 0;
}

void system_resolver_free(struct system_resolver *system)
{
    if (!system)
        return;
    while (list_pop(&system->waiting))
        ;
    pthread_mutex_lock(&system->mutex);
    system->freed = true;
    loop_take_foreign(system->loop); /* the handle may be among them */
    handle_cancel(&system->handle);
    free_jobs(&system->jobs);
    free_jobs(&system->answered);
    pthread_cond_broadcast(&system->changed);
    leave(system);
}

void system_resolver_ask(struct system_resolver *system, struct name_query *query)
{
    list_append(&system->waiting, &query->link);
    begin_waiting(system);
}
