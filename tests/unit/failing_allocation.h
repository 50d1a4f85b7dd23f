/* Makes allocations fail. The linker replaces malloc, mmap and similar functions in the project's
 * objects (see the Makefile). Calls are counted and passed on, except those chosen to fail. */
#ifndef TESTS_FAILING_ALLOCATION_H
#define TESTS_FAILING_ALLOCATION_H

#include <stdbool.h>
#include <stddef.h>

/* Makes the allocation of this number fail, counted from 1 and from now; optionally all later ones
 * too. */
void fail_allocation(size_t number, bool and_all_after);

/* Ends that. True if an allocation failed. */
bool stop_failing(void);

/* Makes mmap() and changes of mappings fail while there are COUNT more mappings than now, as the
 * system does at its limit. */
void limit_mappings(size_t count);
void unlimit_mappings(void);

/* Makes madvise() fail for guards, as Linux before 6.13 does. */
void forget_guards(bool forgotten);

/* Returns a number for the memory that is allocated and not freed: equal numbers mean that nothing
 * leaked in between. */
long live_allocations(void);

#endif
