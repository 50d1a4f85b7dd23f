#include "async/stack.h"

#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <afetch/error.h>

#include "base/sanitizer.h"

/* Only pages that are touched cost memory, so the size is generous: a coroutine may call printf, a
 * resolver, a parser. AddressSanitizer's frames are several times as large. */
#ifdef WITH_ADDRESS_SANITIZER
static const size_t STACK_SIZE = 1024 * 1024;
#else
static const size_t STACK_SIZE = 128 * 1024;
#endif

static int failed(void)
{
    /* Each stack takes two mappings, of which Linux allows a process 65,530 by default. */
    return af_raise(-EAGAIN, "cannot map a stack for one more task: %s (see vm.max_map_count)",
                    strerror(errno));
}

int stack_map(struct stack *ret_stack)
{
    size_t guard = (size_t)sysconf(_SC_PAGESIZE);
    char *mapping = mmap(NULL, guard + STACK_SIZE, PROT_READ | PROT_WRITE,
                         MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_STACK, -1, 0);
    if (mapping == MAP_FAILED)
        return failed();
    if (mprotect(mapping, guard, PROT_NONE) < 0) {
        int r = failed();
        munmap(mapping, guard + STACK_SIZE);
        return r;
    }
    *ret_stack = (struct stack){.bottom = mapping + guard, .size = STACK_SIZE};
    return 0;
}

void stack_unmap(struct stack *stack)
{
    size_t guard = (size_t)sysconf(_SC_PAGESIZE);
    munmap(stack->bottom - guard, guard + stack->size);
}
