/* The final content of a terminal, from all that was written to it. */
#ifndef CLI_TESTS_SCREEN_H
#define CLI_TESTS_SCREEN_H

#include "text.h"

/* Appends the screen to SCREEN, without colours. fail() where something was written that a terminal
 * need not understand, or where a line to which the cursor goes back reaches COLUMNS, and so may
 * wrap. */
void screen_render(const struct text *written, size_t columns, struct text *screen);

#endif
