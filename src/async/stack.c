#include "async/stack.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include <afetch/error.h>

#include "base/sanitizer.h"

/* Since Linux 6.13; missing in older headers. */
#ifndef MADV_GUARD_INSTALL
#define MADV_GUARD_INSTALL 102
#endif

/* Large enough for calls of printf, a resolver or a parser. Only pages that are touched take up
 * memory. Frames are several times as large with AddressSanitizer. */
#ifdef WITH_ADDRESS_SANITIZER
static const size_t STACK_SIZE = 1024 * 1024;
#else
static const size_t STACK_SIZE = 128 * 1024;
#endif

/* Larger than any frame, so that no frame skips it, and a multiple of every page size. Takes up
 * only addresses, no memory. */
static const size_t GUARD_SIZE = 64 * 1024;

/* Number of stacks per mapping, which reduces the system calls for a hundred thousand stacks. */
#define STACKS_IN_SLAB 32

struct slab {
    struct list link;
    char *mapping;
    size_t taken;
};

static size_t stack_stride(void)
{
    return GUARD_SIZE + STACK_SIZE;
}

static int failed(void)
{
    return af_raise(-EAGAIN,
                    "cannot map a stack for one more task: %s (see ulimit -v and vm.max_map_count)",
                    strerror(errno));
}

void stacks_init(struct stacks *stacks)
{
    list_init(&stacks->slabs);
}

void stacks_free(struct stacks *stacks)
{
    struct list *link;
    while ((link = list_pop(&stacks->slabs))) {
        struct slab *slab = container_of(link, struct slab, link);
        munmap(slab->mapping, STACKS_IN_SLAB * stack_stride());
        free(slab);
    }
}

static int add_slab(struct stacks *stacks)
{
    struct slab *slab = malloc(sizeof *slab);
    if (!slab)
        return -ENOMEM;
    slab->mapping = mmap(NULL, STACKS_IN_SLAB * stack_stride(), PROT_READ | PROT_WRITE,
                         MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_STACK, -1, 0);
    if (slab->mapping == MAP_FAILED) {
        free(slab);
        return failed();
    }
    slab->taken = 0;
    list_prepend(&stacks->slabs, &slab->link);
    return 0;
}

/* Kernels without MADV_GUARD_INSTALL need mprotect(), which splits the mapping in two. Linux allows
 * a process 65,530 mappings by default. */
static int install_guard(char *bottom)
{
    if (madvise(bottom, GUARD_SIZE, MADV_GUARD_INSTALL) == 0 ||
        mprotect(bottom, GUARD_SIZE, PROT_NONE) == 0)
        return 0;
    return failed();
}

/* The newest slab is the first in the list, and the only one with free stacks. */
int stacks_take(struct stacks *stacks, struct stack *ret_stack)
{
    struct slab *slab = container_of(stacks->slabs.next, struct slab, link);
    if (list_empty(&stacks->slabs) || slab->taken == STACKS_IN_SLAB) {
        int r = add_slab(stacks);
        if (r < 0)
            return r;
        slab = container_of(stacks->slabs.next, struct slab, link);
    }
    char *guard = slab->mapping + slab->taken * stack_stride();
    int r = install_guard(guard);
    if (r < 0)
        return r;
    slab->taken++;
    *ret_stack = (struct stack){.bottom = guard + GUARD_SIZE, .size = STACK_SIZE};
    return 0;
}

bool stack_is_guard(const struct stack *stack, const void *address)
{
    const char *byte = address;
    return byte >= stack->bottom - GUARD_SIZE && byte < stack->bottom;
}
