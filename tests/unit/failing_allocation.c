#include "failing_allocation.h"

#include <errno.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <zstd.h>

/* The names are those of the linker's --wrap: __wrap_ replaces a function, __real_ is the function
 * itself. */
/* NOLINTBEGIN(bugprone-reserved-identifier) */
void *__real_malloc(size_t size);
void *__real_calloc(size_t count, size_t size);
void *__real_realloc(void *block, size_t size);
void __real_free(void *block);
void *__real_mmap(void *address, size_t size, int protection, int flags, int fd, off_t offset);
int __real_munmap(void *address, size_t size);
void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t count, size_t size);
void *__wrap_realloc(void *block, size_t size);
void __wrap_free(void *block);
char *__wrap_strdup(const char *text);
int __wrap_vasprintf(char **ret_text, const char *format, va_list arguments);
int __wrap_asprintf(char **ret_text, const char *format, ...);
void *__wrap_mmap(void *address, size_t size, int protection, int flags, int fd, off_t offset);
int __wrap_munmap(void *address, size_t size);
int __real_madvise(void *address, size_t size, int advice);
int __real_mprotect(void *address, size_t size, int protection);
int __wrap_madvise(void *address, size_t size, int advice);
int __wrap_mprotect(void *address, size_t size, int protection);
ZSTD_DCtx *__real_ZSTD_createDCtx(void);
size_t __real_ZSTD_freeDCtx(ZSTD_DCtx *context);
ZSTD_DCtx *__wrap_ZSTD_createDCtx(void);
size_t __wrap_ZSTD_freeDCtx(ZSTD_DCtx *context);
/* NOLINTEND(bugprone-reserved-identifier) */

static size_t until_failure; /* 0: none fails */
static bool all_after;
static bool failed;
static long blocks, mappings, mapped_bytes;
static long most_mappings = LONG_MAX;
static bool guards_forgotten;

void fail_allocation(size_t number, bool and_all_after)
{
    until_failure = number;
    all_after = and_all_after;
    failed = false;
}

bool stop_failing(void)
{
    until_failure = 0;
    all_after = false;
    return failed;
}

void limit_mappings(size_t count)
{
    most_mappings = mappings + (long)count;
}

void unlimit_mappings(void)
{
    most_mappings = LONG_MAX;
}

void forget_guards(bool forgotten)
{
    guards_forgotten = forgotten;
}

long live_allocations(void)
{
    return blocks + mapped_bytes;
}

static bool fails(void)
{
    if (until_failure == 0 ? !(failed && all_after) : --until_failure > 0)
        return false;
    failed = true;
    errno = ENOMEM;
    return true;
}

static void *counted(void *block)
{
    blocks += block != NULL;
    return block;
}

void *__wrap_malloc(size_t size)
{
    return fails() ? NULL : counted(__real_malloc(size));
}

void *__wrap_calloc(size_t count, size_t size)
{
    return fails() ? NULL : counted(__real_calloc(count, size));
}

void *__wrap_realloc(void *block, size_t size)
{
    if (fails())
        return NULL;
    return block ? __real_realloc(block, size) : counted(__real_realloc(block, size));
}

void __wrap_free(void *block)
{
    blocks -= block != NULL;
    __real_free(block);
}

char *__wrap_strdup(const char *text)
{
    char *copy = __wrap_malloc(strlen(text) + 1);
    return copy ? strcpy(copy, text) : NULL;
}

/* Allocations inside libc do not pass through these functions. */
int __wrap_vasprintf(char **ret_text, const char *format, va_list arguments)
{
    va_list again;
    va_copy(again, arguments);
    int length = vsnprintf(NULL, 0, format, again);
    va_end(again);
    char *text = length < 0 ? NULL : __wrap_malloc((size_t)length + 1);
    if (!text)
        return -1;
    *ret_text = text;
    return vsnprintf(text, (size_t)length + 1, format, arguments);
}

int __wrap_asprintf(char **ret_text, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    int length = __wrap_vasprintf(ret_text, format, arguments);
    va_end(arguments);
    return length;
}

static bool mapping_fails(void)
{
    if (mappings < most_mappings)
        return fails();
    errno = ENOMEM;
    return true;
}

void *__wrap_mmap(void *address, size_t size, int protection, int flags, int fd, off_t offset)
{
    if (mapping_fails())
        return MAP_FAILED;
    void *mapping = __real_mmap(address, size, protection, flags, fd, offset);
    if (mapping != MAP_FAILED) {
        mappings++;
        mapped_bytes += (long)size;
    }
    return mapping;
}

int __wrap_munmap(void *address, size_t size)
{
    mappings--;
    mapped_bytes -= (long)size;
    return __real_munmap(address, size);
}

int __wrap_madvise(void *address, size_t size, int advice)
{
    if (guards_forgotten)
        errno = EINVAL;
    return guards_forgotten || mapping_fails() ? -1 : __real_madvise(address, size, advice);
}

int __wrap_mprotect(void *address, size_t size, int protection)
{
    return mapping_fails() ? -1 : __real_mprotect(address, size, protection);
}

/* libzstd does not use these functions: its first allocation counts as one. */
ZSTD_DCtx *__wrap_ZSTD_createDCtx(void)
{
    return fails() ? NULL : counted(__real_ZSTD_createDCtx());
}

size_t __wrap_ZSTD_freeDCtx(ZSTD_DCtx *context)
{
    blocks -= context != NULL;
    return __real_ZSTD_freeDCtx(context);
}
