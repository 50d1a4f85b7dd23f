#include "async/stack.h"

#include <errno.h>
#include <string.h>
#include <sys/mman.h>

#include <afetch/error.h>

#include "base/sanitizer.h"

/* Only pages that are touched cost memory, so the size is generous: a coroutine may call printf, a
 * resolver, a parser. AddressSanitizer's frames are several times as large. */
#ifdef WITH_ADDRESS_SANITIZER
static const size_t STACK_SIZE = 1024 * 1024;
#else
static const size_t STACK_SIZE = 128 * 1024;
#endif

/* More than any frame, so that none steps over it, and a multiple of every page size. Never
 * touched, it costs addresses only. */
static const size_t GUARD_SIZE = 64 * 1024;

static int failed(void)
{
    /* Each stack takes two mappings, of which Linux allows a process 65,530 by default. */
    return af_raise(-EAGAIN, "cannot map a stack for one more task: %s (see vm.max_map_count)",
                    strerror(errno));
}

int stack_map(struct stack *ret_stack)
{
    char *mapping = mmap(NULL, GUARD_SIZE + STACK_SIZE, PROT_READ | PROT_WRITE,
                         MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_STACK, -1, 0);
    if (mapping == MAP_FAILED)
        return failed();
    if (mprotect(mapping, GUARD_SIZE, PROT_NONE) < 0) {
        int r = failed();
        munmap(mapping, GUARD_SIZE + STACK_SIZE);
        return r;
    }
    *ret_stack = (struct stack){.bottom = mapping + GUARD_SIZE, .size = STACK_SIZE};
    return 0;
}

void stack_unmap(struct stack *stack)
{
    munmap(stack->bottom - GUARD_SIZE, GUARD_SIZE + stack->size);
}

bool stack_is_guard(const struct stack *stack, const void *address)
{
    const char *byte = address;
    return byte >= stack->bottom - GUARD_SIZE && byte < stack->bottom;
}
