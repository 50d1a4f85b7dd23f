/* Memory that runs out where a test wants it to. The linker sends here whatever our own objects ask
 * of malloc and its kin and of mmap (see the Makefile); all of it is passed on and counted, but for
 * what was chosen to fail. */
#ifndef TESTS_FAILING_ALLOCATION_H
#define TESTS_FAILING_ALLOCATION_H

#include <stdbool.h>
#include <stddef.h>

/* Has the allocation of this number fail, counted from 1 and from now; and all after it, too. */
void fail_allocation(size_t number, bool and_all_after);

/* Ends that. Returns whether one failed. */
bool stop_failing(void);

/* Has every mapping fail while there are COUNT more than now, and every change of one with them; as
 * the system does, in the end. */
void limit_mappings(size_t count);
void unlimit_mappings(void);

/* As on a Linux before 6.13, whose madvise() knows no guards. */
void forget_guards(bool forgotten);

/* What is allocated and not freed: a number that is the same again once nothing is left. */
long live_allocations(void);

#endif
