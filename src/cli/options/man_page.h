/* The manual page, afetch(1), in roff, written from the table of options and the help_topics. */
#ifndef CLI_OPTIONS_MAN_PAGE_H
#define CLI_OPTIONS_MAN_PAGE_H

#include <stdio.h>

void man_page_print(FILE *file);

#endif
