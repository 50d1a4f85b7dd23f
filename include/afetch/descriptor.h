/* Waiting for a file descriptor, for code that reads and writes it itself. */
#ifndef AFETCH_DESCRIPTOR_H
#define AFETCH_DESCRIPTOR_H

#include <afetch/declarations.h>

AF_BEGIN_DECLARATIONS

/* Suspends the running task until FD can be read, or written, without blocking; one waiter of each
 * sort for a descriptor. A regular file, which never blocks, is always ready. AF_CANCELLED, -EBADF
 * for a negative one, -ENOTSUP on a loop with its own poll, AF_RUNTIME_ERROR outside a task. */
int af_wait_readable(int fd);
int af_wait_writable(int fd);

AF_END_DECLARATIONS

#endif
