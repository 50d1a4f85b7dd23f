#include "helper.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "failure.h"

_Noreturn static void become(char *const arguments[], int input, int output)
{
    if (dup2(input, STDIN_FILENO) >= 0 && dup2(output, STDOUT_FILENO) >= 0)
        execv(arguments[0], arguments);
    _exit(127);
}

void helper_start(struct helper *helper, char *const arguments[], char *line, int size)
{
    int in[2], out[2];
    if (pipe2(in, O_CLOEXEC) < 0 || pipe2(out, O_CLOEXEC) < 0)
        fail("a pipe: %s", strerror(errno));
    helper->pid = fork();
    if (helper->pid < 0)
        fail("fork: %s", strerror(errno));
    if (helper->pid == 0)
        become(arguments, in[0], out[1]);
    close(in[0]);
    close(out[1]);
    helper->input = in[1];
    FILE *file = fdopen(out[0], "r");
    if (!file || !fgets(line, size, file))
        fail("%s does not start", arguments[0]);
    fclose(file);
}

void helper_stop(struct helper *helper)
{
    if (helper->pid <= 0)
        return;
    close(helper->input);
    waitpid(helper->pid, NULL, 0);
    helper->pid = 0;
}
