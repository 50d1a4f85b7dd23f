/* Waits for file descriptors, for code that calls read() and write() itself. */
#ifndef AFETCH_DESCRIPTOR_H
#define AFETCH_DESCRIPTOR_H

#include <afetch/declarations.h>

AF_BEGIN_DECLARATIONS

/* Wait until FD can be read, or written, without blocking. At most one task may wait for each
 * direction of a descriptor. Regular files never block and are always ready.
 * Errors: AF_CANCELLED; -EBADF if FD is negative or not open; -ENOTSUP on a loop with its own poll;
 * AF_RUNTIME_ERROR outside a task.
 * Suspends: always. */
int af_wait_readable(int fd);
int af_wait_writable(int fd);

AF_END_DECLARATIONS

#endif
