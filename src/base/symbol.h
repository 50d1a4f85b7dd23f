/* The names of functions, for messages. */
#ifndef BASE_SYMBOL_H
#define BASE_SYMBOL_H

#include <stddef.h>

/* Writes the name of the function at ADDRESS, static ones too where the program was not stripped of
 * its symbols; otherwise "program+0x1234", as addr2line takes it. Slow, and allocates nothing. */
void symbol_name(const void *address, char *buffer, size_t size);

#endif
