#include "cli/console/status_line.h"

#include <poll.h>
#include <stdbool.h>
#include <string.h>
#include <sys/uio.h>
#include <unistd.h>

#include "cli/console/terminal.h"

enum { SHOWN_MAXIMUM = 1024 };

/* The cursor is at the start of the line. If the terminal was made narrower, the line may have
 * wrapped: everything below belongs to it. */
static const char ERASE[] = "\r\x1b[J";

static struct {
    char text[SHOWN_MAXIMUM];
    size_t length; /* 0: no line */
    bool visible;
    bool held;
} line;

static bool can_be_drawn(void)
{
    struct pollfd ready = {.fd = STDERR_FILENO, .events = POLLOUT};
    return line.length > 0 && !line.held && poll(&ready, 1, 0) == 1 &&
           terminal_is_ours(STDERR_FILENO);
}

/* Erases the line, writes TEXT, and draws the line below, in one write, so that nothing flickers
 * and the lines of several processes do not mix. */
static void write_above(const char *text, size_t length)
{
    struct iovec parts[4];
    int count = 0;
    bool drawn = can_be_drawn();
    if (line.visible || drawn)
        parts[count++] = (struct iovec){(char *)ERASE, strlen(ERASE)};
    if (length > 0)
        parts[count++] = (struct iovec){(char *)text, length};
    if (drawn) {
        parts[count++] = (struct iovec){line.text, line.length};
        parts[count++] = (struct iovec){"\r", 1};
    }
    if (count > 0 && writev(STDERR_FILENO, parts, count) < 0)
        drawn = false;
    line.visible = drawn;
}

void status_line_show(const char *text, size_t length)
{
    if (length > SHOWN_MAXIMUM)
        return;
    if (line.visible && length == line.length && memcmp(text, line.text, length) == 0)
        return;
    memcpy(line.text, text, length);
    line.length = length;
    write_above("", 0);
}

void status_line_clear(void)
{
    status_line_show("", 0);
}

void status_line_hold(void)
{
    line.held = true;
    write_above("", 0);
}

void status_line_release(void)
{
    line.held = false;
    write_above("", 0);
}

void stderr_write(const char *text, size_t length)
{
    write_above(text, length);
}
