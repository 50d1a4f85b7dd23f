/* Reports of errors that nobody awaits. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "async/loop.h"
#include "base/error.h"
#include "virtual_clock.h"

TestSuite(report, .init = open_loop, .fini = close_loop);

static FILE *file; /* stands for stderr */
static int saved;  /* stderr */

static void begin_capture(void)
{
    file = tmpfile();
    cr_assert_not_null(file);
    fflush(stderr);
    saved = dup(STDERR_FILENO);
    dup2(fileno(file), STDERR_FILENO);
}

/* Returns what was printed meanwhile. */
static const char *end_capture(void)
{
    static char text[2048];
    fflush(stderr);
    dup2(saved, STDERR_FILENO);
    close(saved);
    rewind(file);
    text[fread(text, 1, sizeof text - 1, file)] = '\0';
    fclose(file);
    return text;
}

static const char *print(const af_exception_context *context)
{
    begin_capture();
    af_print_exception(loop, context, NULL);
    return end_capture();
}

static void expect_print(const af_exception_context *context, const char *expected)
{
    cr_expect_str_eq(print(context), expected);
}

static void expect_error_print(af_error error, const char *expected)
{
    expect_print(&(af_exception_context){.message = "lost", .error = error}, expected);
    af_error_unref(error);
}

static af_error error_of(const char *text)
{
    return af_error_ref(af_raised(af_raise(-EIO, "%s", text)));
}

/* A group of COUNT errors with this text. */
static af_error group_of(size_t count, const char *text)
{
    af_error members[100], group;
    for (size_t i = 0; i < count; i++)
        members[i] = error_of(text);
    expect_code(error_new_group(members, count, &group), 0);
    for (size_t i = 0; i < count; i++)
        af_error_unref(members[i]);
    return group;
}

static int nothing(void *arg, void **ret_result)
{
    (void)arg, (void)ret_result;
    return 0;
}

Test(report, a_message_alone_is_a_line)
{
    expect_print(&(af_exception_context){.message = "a message"}, "libafetch: a message\n");
}

Test(report, an_error_follows_the_message)
{
    expect_error_print(error_of("a text"), "libafetch: lost: a text\n");
    expect_error_print((af_error){.code = AF_TIMEOUT}, "libafetch: lost: timed out\n");
}

Test(report, a_task_is_named_and_another_future_is_not)
{
    af_task *task = spawn(nothing, NULL);
    af_task_set_name(task, "Worker");
    expect_print(&(af_exception_context){.message = "lost", .future = task},
                 "libafetch: lost: Worker (nothing)\n");
    expect_print(&(af_exception_context){.message = "lost", .future = new_future()},
                 "libafetch: lost\n");
    settle();
}

Test(report, control_characters_are_replaced)
{
    expect_error_print(error_of("\033[31m\r\n\t\177x"), "libafetch: lost: ?[31m????x\n");
}

Test(report, a_group_has_the_texts_of_its_members)
{
    expect_error_print(group_of(1, "a"), "libafetch: lost: several errors (a)\n");
    expect_error_print(group_of(3, "a\nb"), "libafetch: lost: several errors (a?b; a?b; a?b)\n");
}

Test(report, a_long_text_is_truncated)
{
    char text[2000];
    memset(text, 'x', sizeof text - 1);
    text[sizeof text - 1] = '\0';
    af_error errors[] = {error_of(text), group_of(100, "member"), group_of(2, text)};
    for (size_t i = 0; i < 3; i++) {
        const char *line = print(&(af_exception_context){.message = "lost", .error = errors[i]});
        size_t length = strlen(line);
        cr_expect(eq(sz, length, strlen("libafetch: lost: ") + 511 + 1));
        cr_expect(eq(chr, line[length - 1], '\n'));
        af_error_unref(errors[i]);
    }
}

Test(report, printing_leaves_the_raised_error_as_it_was)
{
    af_loop_set_exception_handler(loop, af_print_exception, NULL);
    begin_capture();
    af_raise(-EPIPE, "raised before");
    loop_report(loop, "lost", (af_error){.code = -EIO}, NULL);
    cr_expect_str_eq(af_error_text(af_raised(-EPIPE)), "raised before");
    cr_expect_str_eq(end_capture(), "libafetch: lost: Input/output error\n");
}

Test(report, without_a_handler_only_debug_mode_prints)
{
    af_loop_set_exception_handler(loop, NULL, NULL);
    begin_capture();
    loop_report(loop, "unseen", (af_error){0}, NULL);
    af_loop_set_debug(loop, true);
    loop_report(loop, "seen", (af_error){0}, NULL);
    cr_expect_str_eq(end_capture(), "libafetch: seen\n");
}
