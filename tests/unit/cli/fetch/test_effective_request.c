#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <string.h>

#include "cli/fetch/effective_request.h"

static struct options options;
static struct json_request *line;

static void teardown(void)
{
    json_request_unref(line);
}

TestSuite(effective_request, .fini = teardown);

/* The effective request of a line in JSON; NULL is a URL alone. */
static struct effective_request make(const char *json)
{
    json_request_unref(line);
    line = NULL;
    if (json) {
        cr_assert(zero(int, json_request_parse(json, strlen(json), &line)));
        cr_assert_null(line->error, "%s", line->error);
    }
    return effective_request_make(&options, line);
}

static void set_data(const char *data)
{
    options.data.data = (char *)data;
    options.data.length = strlen(data);
}

Test(effective_request, without_options_is_a_get_without_a_limit)
{
    struct effective_request request = make(NULL);
    cr_expect_str_eq(effective_request_method(&request), "GET");
    cr_expect_null(request.method);
    cr_expect_null(request.content);
    cr_expect_null(request.headers);
    cr_expect_not(request.keep_method);
    cr_expect_eq(request.timeout, 0);
}

Test(effective_request, data_is_sent_by_post)
{
    set_data("a=1");
    struct effective_request request = make(NULL);
    cr_expect_str_eq(effective_request_method(&request), "POST");
    cr_expect_eq(request.content_size, 3);
}

Test(effective_request, a_method_of_the_options_stays_after_redirects)
{
    options.method = "PUT";
    struct effective_request request = make(NULL);
    cr_expect_str_eq(effective_request_method(&request), "PUT");
    cr_expect(request.keep_method);
}

Test(effective_request, the_line_wins)
{
    options.method = "PUT";
    options.timeout = 5;
    set_data("of all");
    struct effective_request request =
        make("{\"url\": \"x\", \"method\": \"PATCH\", \"body\": \"own\", \"timeout\": 2, "
             "\"headers\": {\"A\": \"1\"}}");
    cr_expect_str_eq(effective_request_method(&request), "PATCH");
    cr_expect_not(request.keep_method);
    cr_expect_eq(request.content_size, 3);
    cr_expect_arr_eq(request.content, "own", 3);
    cr_expect_str_eq(request.headers[0], "A: 1");
    cr_expect_eq(request.timeout, 2);
    cr_expect(request.timeout_is_own);
}

Test(effective_request, a_line_that_lacks_a_member_has_that_of_the_options)
{
    options.method = "PUT";
    options.timeout = 5;
    set_data("of all");
    struct effective_request request = make("{\"url\": \"x\"}");
    cr_expect_str_eq(effective_request_method(&request), "PUT");
    cr_expect(request.keep_method);
    cr_expect_eq(request.content_size, 6);
    cr_expect_eq(request.timeout, 5);
    cr_expect_not(request.timeout_is_own);
}

Test(effective_request, an_empty_body_is_a_body)
{
    struct effective_request request = make("{\"url\": \"x\", \"body\": \"\"}");
    cr_expect_not_null(request.content);
    cr_expect_eq(request.content_size, 0);
    cr_expect_str_eq(effective_request_method(&request), "POST");
}

Test(effective_request, a_body_is_not_sent_by_head)
{
    options.method = "HEAD";
    struct effective_request request = make("{\"url\": \"x\", \"body\": \"b\"}");
    cr_expect_null(request.method);
    cr_expect_str_eq(effective_request_method(&request), "POST");
}
