#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <errno.h>
#include <math.h>
#include <string.h>

#include <afetch/error.h>

#include "cli/record/record.h"

static const struct field *field_named(const char *name)
{
    for (const struct field *field = record_fields; field->name; field++)
        if (strcmp(field->name, name) == 0)
            return field;
    cr_fatal("there is no field '%s'", name);
}

static struct value value_of(const char *name, const struct record *record)
{
    return field_value(field_named(name), record);
}

/* The names of the fields picked, or the text of the error. */
static const char *selection(const char *list, bool headers, bool body)
{
    static char names[1024];
    struct fields fields;
    int r = fields_select(list, headers, body, false, &fields);
    if (r < 0)
        return af_error_text(af_raised(r));
    names[0] = '\0';
    for (size_t i = 0; i < fields.count; i++) {
        strcat(names, fields.list[i]->name);
        strcat(names, " ");
    }
    fields_free(&fields);
    return names;
}

#define ALL                                                                                     \
    "index url id ok error errormsg exitcode method url_effective scheme http_version "         \
    "response_code content_type redirect_url num_redirects num_retries num_connects remote_ip " \
    "remote_port local_ip local_port size_download size_header size_request size_upload "       \
    "speed_download time_namelookup time_connect time_appconnect time_pretransfer "             \
    "time_starttransfer time_redirect time_total started_at time_start time_end "

Test(record, all_fields_are_in_the_documented_order)
{
    cr_expect_str_eq(selection(NULL, false, false), ALL);
    cr_expect_str_eq(selection(NULL, true, true), ALL "headers trailers body ");
    cr_expect_str_eq(selection(NULL, false, true), ALL "body ");
}

Test(record, named_fields_come_in_the_order_of_the_list)
{
    cr_expect_str_eq(selection("ok,url", false, false), "ok url ");
    cr_expect_str_eq(selection("body,url", false, true), "body url ");
    cr_expect_str_eq(selection("ok", true, true), "ok headers trailers body ");
}

Test(record, an_unknown_field_suggests_the_nearest_one)
{
    cr_expect_str_eq(selection("url,respose_code", false, false),
                     "--fields: unknown field 'respose_code'; did you mean 'response_code'?");
    cr_expect_str_eq(selection("frobnicate", false, false),
                     "--fields: unknown field 'frobnicate'; 'afetch --help fields' lists them");
    cr_expect_str_eq(selection("url,", false, false),
                     "--fields: unknown field ''; 'afetch --help fields' lists them");
    cr_expect_str_eq(selection("url,ok,url", false, false), "--fields: duplicate field 'url'");
}

Test(record, without_a_response_its_fields_are_null)
{
    struct record record = {.index = 3, .url = "x", .time_start = NAN, .time_end = NAN};
    static const char *const known[] = {"index", "url", "ok", "exitcode", "num_retries"};
    for (const struct field *field = record_fields; field->name; field++) {
        bool expected = false;
        for (size_t i = 0; i < sizeof known / sizeof known[0]; i++)
            expected |= strcmp(field->name, known[i]) == 0;
        bool null = field_value(field, &record).type == VALUE_NULL;
        cr_expect(null == !expected, "%s", field->name);
    }
}

Test(record, phases_that_did_not_end_are_null_and_counts_are_not)
{
    af_response response = {.time_total = 5, .method = "GET"};
    struct record record = {.url = "x", .response = &response};
    static const char *const unknown[] = {
        "response_code",      "http_version", "content_type",    "redirect_url",
        "remote_ip",          "remote_port",  "time_namelookup", "time_appconnect",
        "time_starttransfer", "started_at",   "headers",         "body"};
    static const char *const counted[] = {"num_redirects", "num_connects",  "size_download",
                                          "size_header",   "time_redirect", "time_total",
                                          "speed_download"};
    for (size_t i = 0; i < sizeof unknown / sizeof unknown[0]; i++)
        cr_expect(eq(int, value_of(unknown[i], &record).type, VALUE_NULL), "%s", unknown[i]);
    for (size_t i = 0; i < sizeof counted / sizeof counted[0]; i++)
        cr_expect(ne(int, value_of(counted[i], &record).type, VALUE_NULL), "%s", counted[i]);
    cr_expect(eq(long, value_of("time_total", &record).integer, 5));
}

Test(record, the_http_version_is_written_as_by_curl)
{
    static const struct {
        int version;
        const char *text;
    } cases[] = {{10, "1.0"}, {11, "1.1"}, {20, "2"}, {30, "3"}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        af_response response = {.http_version = cases[i].version};
        struct value value = value_of("http_version", &(struct record){.response = &response});
        cr_expect_str_eq(value.string, cases[i].text);
    }
}

Test(record, seconds_become_microseconds)
{
    struct record record = {.time_start = 1.234567, .time_end = 0};
    cr_expect(eq(long, value_of("time_start", &record).integer, 1234567));
    cr_expect(eq(int, value_of("time_end", &record).type, VALUE_MICROSECONDS));
}
