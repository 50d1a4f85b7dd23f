#include "cli/console/terminal.h"

#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

bool terminal_is_able(int fd)
{
    const char *terminal = getenv("TERM");
    return isatty(fd) && !(terminal && strcmp(terminal, "dumb") == 0);
}

bool terminal_likes_color(int fd)
{
    const char *refusal = getenv("NO_COLOR");
    return terminal_is_able(fd) && !(refusal && refusal[0]);
}

bool terminal_is_ours(int fd)
{
    pid_t group = tcgetpgrp(fd);
    return group < 0 || group == getpgrp();
}

bool terminal_has_pipeline(int fd, int output)
{
    struct stat status;
    bool is_pipe = fstat(output, &status) == 0 && S_ISFIFO(status.st_mode);
    return is_pipe && tcgetpgrp(fd) == getpgrp();
}

size_t terminal_width(int fd)
{
    struct winsize size;
    return ioctl(fd, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 ? size.ws_col : 80;
}
