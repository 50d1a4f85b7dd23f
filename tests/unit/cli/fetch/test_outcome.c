#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "cli/fetch/outcome.h"

static struct options options;
static struct effective_request request;
static struct outcome_text text;

static void setup(void)
{
    cr_assert(zero(int, status_set_parse(STATUS_SET_DEFAULT, &options.accept)));
}

TestSuite(outcome, .init = setup);

/* Judges what INPUT and the response, which may be NULL, say of URL. */
static struct record judge(struct outcome_input input, const char *url, const af_response *response)
{
    struct record record = {.url = url, .response = response};
    input.options = &options;
    input.request = &request;
    outcome_judge(&input, &text, &record);
    return record;
}

static void expect_error(struct record record, enum outcome outcome, const char *errormsg)
{
    cr_expect(eq(int, record.outcome, outcome), "%s", record.errormsg);
    cr_expect_str_eq(record.errormsg, errormsg);
    cr_expect(ne(int, record.exitcode, 0));
}

Test(outcome, an_accepted_status_is_a_success)
{
    struct record record = judge((struct outcome_input){0}, "x", &(af_response){.status = 204});
    cr_expect(record_is_ok(&record));
    cr_expect_null(record.errormsg);
    cr_expect(zero(int, record.exitcode));
}

Test(outcome, another_status_is_an_error_without_an_exit_code)
{
    struct record record = judge((struct outcome_input){0}, "x", &(af_response){.status = 404});
    cr_expect(eq(int, record.outcome, OUTCOME_STATUS));
    cr_expect_str_eq(record.errormsg, "the server answered 404");
    cr_expect(zero(int, record.exitcode));
}

Test(outcome, a_body_that_cannot_be_saved_is_an_error)
{
    expect_error(
        judge((struct outcome_input){.file_error = -ENOSPC}, "x", &(af_response){.status = 200}),
        OUTCOME_IO, "cannot save the body: No space left on device");
}

Test(outcome, a_time_limit_names_its_option)
{
    af_response response = {.error = AF_HTTP_TIMEOUT,
                            .limit = AF_HTTP_LIMIT_IDLE,
                            .error_text = "nothing came",
                            .curl_code = 28};
    expect_error(judge((struct outcome_input){0}, "x", &response), OUTCOME_TIMEOUT,
                 "nothing came (--idle-timeout)");
    request = (struct effective_request){.timeout = 2.5};
    expect_error(judge((struct outcome_input){.result = AF_TIMEOUT}, "x", NULL), OUTCOME_TIMEOUT,
                 "timed out after 2.5 s (--timeout)");
    request.timeout_is_own = true;
    expect_error(judge((struct outcome_input){.result = AF_TIMEOUT}, "x", NULL), OUTCOME_TIMEOUT,
                 "timed out after 2.5 s (timeout of the line)");
}

Test(outcome, a_limit_on_the_size_is_written_as_it_was_given)
{
    static const struct {
        int64_t limit;
        const char *text;
    } cases[] = {{1000, "1000 bytes"}, {2048, "2k"}, {16 << 20, "16M"}, {1 << 30, "1G"}};
    af_response response = {
        .error = AF_HTTP_TOO_LARGE, .limit = AF_HTTP_LIMIT_BODY, .curl_code = 63};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char expected[80];
        options.client.max_body = cases[i].limit;
        snprintf(expected, sizeof expected, "the body is larger than %s (--max-filesize)",
                 cases[i].text);
        expect_error(judge((struct outcome_input){0}, "x", &response), OUTCOME_TOO_LARGE, expected);
    }
}

Test(outcome, an_invalid_entry_is_located_in_its_list)
{
    struct outcome_input input = {
        .entry_error = "'url' is missing", .list_name = "list", .line = 3, .result = -EINVAL};
    expect_error(judge(input, "{...}", NULL), OUTCOME_URL, "'url' is missing (list, line 3)");
    input.line = 0;
    expect_error(judge(input, "{...}", NULL), OUTCOME_URL, "'url' is missing");
}

Test(outcome, an_invalid_url_has_advice)
{
    af_response response = {.error = AF_HTTP_URL, .error_text = "no", .curl_code = 3};
    static const char *const cases[][2] = {
        {"<a href=\"x y\">", "not a URL: this is HTML or XML: write only URLs, one per line"},
        {"\"http://a b/\"", "not a URL: remove the quotes (jq -r prints none)"},
        {"http://a b/", "not a URL: encode a blank as %20"},
        {"gopher://a/", "the scheme is neither http nor https"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        expect_error(judge((struct outcome_input){0}, cases[i][0], &response), OUTCOME_URL,
                     cases[i][1]);
}

Test(outcome, a_cancelled_fetch_says_why)
{
    struct outcome_input input = {.result = AF_CANCELLED, .cancelled_by = "interrupted"};
    expect_error(judge(input, "x", NULL), OUTCOME_CANCELLED, "interrupted");
    input.cancelled_by = NULL;
    expect_error(judge(input, "x", NULL), OUTCOME_CANCELLED, "the run has ended");
}

Test(outcome, a_plan_fails_for_its_url_alone)
{
    options.dry_run = true;
    struct record record = judge((struct outcome_input){0}, "http://a/", &(af_response){0});
    cr_expect(record_is_ok(&record));
    record = judge((struct outcome_input){0}, "http://a b/", &(af_response){0});
    expect_error(record, OUTCOME_URL, "not a URL: encode a blank as %20");
}

Test(outcome, every_error_has_a_word_and_success_has_none)
{
    cr_expect_null(outcome_words[OUTCOME_OK]);
    for (enum outcome outcome = OUTCOME_OK + 1; outcome < OUTCOMES; outcome++)
        cr_expect_not_null(outcome_words[outcome], "%d", (int)outcome);
}
