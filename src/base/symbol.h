/* Names of functions, for messages. */
#ifndef BASE_SYMBOL_H
#define BASE_SYMBOL_H

#include <stddef.h>

/* Writes the name of the function at ADDRESS, including static functions unless the program was
 * stripped of its symbols. Without symbols writes "program+0x1234", in the form that addr2line
 * accepts. Slow; does not allocate. */
void symbol_name(const void *address, char *buffer, size_t size);

#endif
