#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <afetch/error.h>

#include "cli/options/options.h"
#include "cli/options/table.h"

static struct options options;

static void setup(void)
{
    /* The user who runs the tests may have a config file. */
    setenv("XDG_CONFIG_HOME", "/nonexistent", 1);
}

static void teardown(void)
{
    options_free(&options);
}

TestSuite(options, .init = setup, .fini = teardown);

/* The words of LINE, set apart by single blanks, as the arguments of the program. */
static int parse(const char *line)
{
    static char copy[512];
    static char *arguments[64];
    int count = 0;
    cr_assert(strlen(line) < sizeof copy);
    strcpy(copy, line);
    arguments[count++] = (char *)"afetch";
    for (char *word = strtok(copy, " "); word; word = strtok(NULL, " "))
        arguments[count++] = word;
    arguments[count] = NULL;
    options_free(&options);
    options = (struct options){0};
    return options_parse(count, arguments, &options);
}

/* Why LINE is refused. */
static const char *refusal(const char *line)
{
    int r = parse(line);
    cr_assert(eq(int, r, -EINVAL), "%s", line);
    return af_error_text(af_raised(r));
}

static const char *operands(void)
{
    static char text[256];
    text[0] = '\0';
    for (size_t i = 0; i < options.operands.count; i++) {
        strcat(text, options.operands.strings[i]);
        strcat(text, " ");
    }
    return text;
}

Test(options, the_defaults_are_as_documented)
{
    cr_assert(zero(int, parse("")));
    cr_assert(eq(long, options.jobs, 50));
    cr_assert(eq(int, options.order, ORDER_GATHER));
    cr_assert(eq(int, options.format, FORMAT_TEXT));
    cr_assert(eq(dbl, options.timeout, 0));
    cr_assert(eq(dbl, options.client.connect_timeout, 10));
    cr_assert(eq(dbl, options.client.idle_timeout, 30));
    cr_assert(options.client.follow_redirects);
    cr_assert(eq(long, options.client.max_redirects, 10));
    cr_assert(eq(long, options.client.max_body, 0));
    cr_assert(eq(long, options.first, 0));
    cr_assert(eq(int, options.summary, WHEN_AUTO));
    cr_assert(zero(sz, options.operands.count));
}

Test(options, every_way_to_write_a_value_is_parsed)
{
    static const char *const lines[] = {"-j 20",    "-j20",     "--jobs 20", "--jobs=20",
                                        "--job=20", "--jo 20",  "-kj20",     "-kLj 20",
                                        "-j1 -j20", "-j 20 --", "x -j20"};
    for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++) {
        cr_expect(zero(int, parse(lines[i])), "%s", lines[i]);
        cr_expect(eq(long, options.jobs, 20), "%s", lines[i]);
    }
}

Test(options, every_option_of_the_table_is_parsed_by_its_full_name)
{
    static const char *const values[] = {
        [OPTION_NUMBER] = "7",          [OPTION_SECONDS] = "2.5",
        [OPTION_BYTES] = "3k",          [OPTION_STRING] = "text",
        [OPTION_RATE] = "5/2m",         [OPTION_RETRY_CONDITIONS] = "5xx,reset",
        [OPTION_SHARD] = "2/3",         [OPTION_STATUSES] = "200-299,404",
        [OPTION_TOPIC] = "all",         [OPTION_CONFIG] = "/dev/null",
        [OPTION_METHOD] = "PUT",        [OPTION_HEADER] = "Name:value",
        [OPTION_DATA] = "text",         [OPTION_HEADER_VALUE] = "text",
        [OPTION_REFERER] = "text",      [OPTION_USER] = "name:password",
        [OPTION_TOKEN] = "token",       [OPTION_SECRET] = "http://name:password@proxy",
        [OPTION_COOKIE] = "name=value", [OPTION_CERTIFICATE] = "file:password",
    };
    for (const struct option_spec *spec = option_table; spec->name; spec++) {
        char line[128];
        const char *value = values[spec->kind] ? values[spec->kind] : spec->argument;
        if (spec->argument)
            snprintf(line, sizeof line, "--%s=%.*s", spec->name, (int)strcspn(value, "|"), value);
        else
            snprintf(line, sizeof line, "--%s", spec->name);
        if (strcmp(spec->name, "resume") == 0)
            strcat(line, " --jsonl -o records"); /* it is of no use alone */
        cr_expect(zero(int, parse(line)), "%s", line);
    }
}

/* The data of all -d options. */
static const char *data(void)
{
    static char text[64];
    cr_assert(options.data.data && options.data.length < sizeof text);
    memcpy(text, options.data.data, options.data.length);
    text[options.data.length] = '\0';
    return text;
}

Test(options, data_is_joined_as_curl_does_it)
{
    cr_assert(zero(int, parse("x")));
    cr_assert_null(options.data.data);
    cr_assert(zero(int, parse("-da=1 --data b --data-raw @c x")));
    cr_assert_str_eq(data(), "a=1&b&@c");
    cr_assert(zero(int, parse("--data= x")));
    cr_assert_str_eq(data(), "");
    cr_assert(zero(int, parse("--data= --data= x")));
    cr_assert_str_eq(data(), "&");
}

Test(options, cookies_go_as_a_header_and_files_are_files)
{
    cr_assert(zero(int, parse("-b a=1 -bb=2 -b jar x")));
    cr_assert(eq(sz, options.headers.count, 1));
    cr_assert_str_eq(options.headers.strings[0], "Cookie: a=1; b=2");
    cr_assert(eq(sz, options.cookie_files.count, 1));
    cr_assert_str_eq(options.cookie_files.strings[0], "jar");
    cr_assert(zero(int, parse("-b a=1 -H cookie:x x")));
    cr_assert(eq(sz, options.headers.count, 1));
}

Test(options, a_certificate_may_have_a_password_and_colons)
{
    cr_assert(zero(int, parse("-E file x")));
    cr_assert_str_eq(options.client.certificate, "file");
    cr_assert_null(options.client.certificate_password);
    cr_assert(zero(int, parse("-E other -E C\\:\\\\file:pass:word x")));
    cr_assert_str_eq(options.client.certificate, "C:\\file");
    cr_assert_str_eq(options.client.certificate_password, "pass:word");
}

Test(options, a_referer_may_be_automatic)
{
    cr_assert(zero(int, parse("-e http://a/ x")));
    cr_assert(not(options.client.auto_referer));
    cr_assert(zero(int, parse("-e http://a/ -e http://b/;auto x")));
    cr_assert(options.client.auto_referer);
    cr_assert_str_eq(options.client.referer, "http://b/");
}

Test(options, secrets_are_in_no_message)
{
    static const char *const lines[] = {"-u secret x",       "-U secret x",
                                        "-H secret x",       "-H Authorization:secret\x01 x",
                                        "-b a=secret\x01 x", "--oauth2-bearer secret\x01 x",
                                        "-A secret\x01 x",   "-e http://a:secret@b/\x01 x"};
    for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++) {
        const char *text = refusal(lines[i]);
        cr_expect_null(strstr(text, "secret"), "%s", text);
    }
}

Test(options, contradictory_request_options_are_rejected)
{
    cr_expect_str_eq(refusal("-I -d x y"), "a HEAD request has no body: choose either -I or -d");
    cr_expect_str_eq(refusal("-X HEAD -d x y"),
                     "a HEAD request has no body: choose either -I or -d");
    cr_expect_str_eq(refusal("-I -X PUT y"), "-I and -X PUT cannot be combined: choose one");
    cr_expect_str_eq(refusal("-X A/B y"), "-X A/B: not a valid method, such as PUT");
    cr_expect_str_eq(refusal("-d @/nowhere/file y"),
                     "-d: /nowhere/file: No such file or directory");
    cr_assert(zero(int, parse("-I -X HEAD y")));
    cr_expect_str_eq(options.method, "HEAD");
}

Test(options, options_and_operands_mix_and_operands_keep_their_order)
{
    cr_assert(zero(int, parse("one -k two --jobs 3 - three -- -four --five -- six")));
    cr_assert_str_eq(operands(), "one two - three -four --five -- six ");
    cr_assert_null(options.operands.strings[options.operands.count]);
    cr_assert(options.client.insecure);
    cr_assert(eq(long, options.jobs, 3));
}

Test(options, a_value_may_look_like_an_option)
{
    cr_assert(zero(int, parse("--max-redirs -1 -A -k -o --")));
    cr_assert(eq(long, options.client.max_redirects, -1));
    cr_assert_str_eq(options.client.user_agent, "-k");
    cr_assert_str_eq(options.output, "--");
    cr_assert(not(options.client.insecure));
}

Test(options, an_optional_value_comes_with_an_equals_sign_only)
{
    cr_assert(zero(int, parse("--first three --summary sometimes")));
    cr_assert(eq(long, options.first, 1));
    cr_assert(eq(int, options.summary, WHEN_ALWAYS));
    cr_assert_str_eq(operands(), "three sometimes ");
    cr_expect_str_eq(refusal("--first 3"), "--first 3: the value is optional: write --first=3");
    cr_expect_str_eq(refusal("--summary never"),
                     "--summary never: the value is optional: write --summary=never");

    cr_assert(zero(int, parse("--first=3 --summary=never --color=auto")));
    cr_assert(eq(long, options.first, 3));
    cr_assert(eq(int, options.summary, WHEN_NEVER));
    cr_assert(eq(int, options.color, WHEN_AUTO));
}

Test(options, the_last_of_several_wins)
{
    cr_assert(zero(int, parse("--json --csv --as-completed --gather --no-location -L")));
    cr_assert(eq(int, options.format, FORMAT_CSV));
    cr_assert(eq(int, options.order, ORDER_GATHER));
    cr_assert(options.client.follow_redirects);

    cr_assert(zero(int, parse("--csv --format=jsonl --order completed -L --no-location")));
    cr_assert(eq(int, options.format, FORMAT_JSONL));
    cr_assert(eq(int, options.order, ORDER_COMPLETED));
    cr_assert(not(options.client.follow_redirects));
}

Test(options, a_repeated_list_keeps_every_word)
{
    cr_assert(zero(int, parse("-H A:1 --header=B:2 -HC:3")));
    cr_assert(eq(sz, options.headers.count, 3));
    cr_assert_str_eq(options.headers.strings[0], "A:1");
    cr_assert_str_eq(options.headers.strings[2], "C:3");
    cr_assert_null(options.headers.strings[3]);
}

Test(options, sizes_have_units_of_1024)
{
    static const struct {
        const char *line;
        int64_t bytes;
    } cases[] = {{"--max-filesize 4096", 4096},
                 {"--max-filesize 512k", 512 << 10},
                 {"--max-filesize 10M", 10 << 20},
                 {"--max-filesize 2g", INT64_C(2) << 30},
                 {"--max-filesize 7B", 7},
                 {"--max-filesize 0", -1},
                 {"--include-body", 16 << 20},
                 {"--fields url,body", 16 << 20},
                 {"--include-body --max-filesize 0", -1}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        cr_expect(zero(int, parse(cases[i].line)), "%s", cases[i].line);
        cr_expect(eq(long, options.client.max_body, cases[i].bytes), "%s", cases[i].line);
    }
}

static bool retries_status(long status)
{
    return retry_conditions_match(&options.retry_on, &(af_response){.status = status});
}

static bool retries_error(enum af_http_error error)
{
    return retry_conditions_match(&options.retry_on, &(af_response){.error = error, .status = 200});
}

Test(options, a_rate_is_a_number_in_a_time)
{
    static const struct {
        const char *line;
        double count, period;
    } cases[] = {{"--rate 10/s", 10, 1},          {"--rate 5/15s", 5, 15},
                 {"--rate 100/m", 100, 60},       {"--rate=3/2h", 3, 7200},
                 {"--rate .5/s", 0.5, 1},         {"--rate 1/0.1s", 1, 0.1},
                 {"--rate 1/s --rate 2/m", 2, 60}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        cr_expect(zero(int, parse(cases[i].line)), "%s", cases[i].line);
        cr_expect(eq(dbl, options.rate.count, cases[i].count), "%s", cases[i].line);
        cr_expect(eq(dbl, options.rate.period, cases[i].period), "%s", cases[i].line);
        cr_expect(zero(dbl, options.rate_per_host.count), "%s", cases[i].line);
    }
}

Test(options, transient_failures_are_retried_by_default)
{
    cr_assert(zero(int, parse("--retry 3")));
    for (long status = 0; status < 1100; status++) {
        bool transient =
            status == 408 || status == 429 || status == 500 || (status >= 502 && status <= 504);
        cr_expect_eq(retries_status(status), transient, "%ld", status);
    }
    for (enum af_http_error error = AF_HTTP_URL; error <= AF_HTTP_OTHER; error++) {
        bool transient = error == AF_HTTP_RESOLVE || error == AF_HTTP_CONNECT ||
                         error == AF_HTTP_TIMEOUT || error == AF_HTTP_RESET;
        cr_expect_eq(retries_error(error), transient, "%d", (int)error);
    }
}

Test(options, retry_conditions_are_statuses_and_errors)
{
    cr_assert(zero(int, parse("--retry-on 202,5xx,4XX,tls,other")));
    cr_expect(retries_status(202) && retries_status(400) && retries_status(599));
    cr_expect(not(retries_status(200) || retries_status(399) || retries_status(600)));
    cr_expect(retries_error(AF_HTTP_TLS) && retries_error(AF_HTTP_OTHER));
    cr_expect(not(retries_error(AF_HTTP_TIMEOUT) || retries_error(AF_HTTP_OK)));
}

Test(options, a_field_asked_for_by_name_is_included)
{
    cr_assert(zero(int, parse("--fields headers,url")));
    cr_assert(options.keep_headers);
    cr_assert(zero(int, parse("--fields url,trailers")));
    cr_assert(options.keep_headers);
    cr_assert(zero(int, parse("--fields url")));
    cr_assert(not(options.keep_headers));
    cr_assert(not(options.include_body));
    cr_assert(zero(int, parse("--fields url,bodyguard")));
    cr_assert(not(options.include_body));
}

Test(options, help_and_version_ignore_later_arguments)
{
    cr_assert(zero(int, parse("-j3 --help --no-such-thing")));
    cr_assert_str_eq(options.help, "--no-such-thing");
    cr_assert(zero(int, parse("-V -j")));
    cr_assert(options.version);
}

Test(options, an_invalid_value_is_reported_with_the_valid_ones)
{
    static const struct {
        const char *line, *text;
    } cases[] = {
        {"-j 0", "-j 0: not a number from 1 to 65535"},
        {"--jobs=65536", "--jobs 65536: not a number from 1 to 65535"},
        {"--job 1x", "--jobs 1x: not a number from 1 to 65535"},
        {"-j+5", "-j +5: not a number from 1 to 65535"},
        {"-j=5", "-j =5: not a number from 1 to 65535"},
        {"-j99999999999999999999", "-j 99999999999999999999: not a number from 1 to 65535"},
        {"--jobs=", "--jobs : not a number from 1 to 65535"},
        {"--first=0", "--first 0: not a number from 1 to 2147483647"},
        {"--max-redirs -2", "--max-redirs -2: not a number from -1 to 2147483647"},
        {"-m -1", "-m -1: not a number of seconds from 0 to 1000000000"},
        {"-m nan", "-m nan: not a number of seconds from 0 to 1000000000"},
        {"-m inf", "-m inf: not a number of seconds from 0 to 1000000000"},
        {"-m 0x10", "-m 0x10: not a number of seconds from 0 to 1000000000"},
        {"-m 1e3", "-m 1e3: not a number of seconds from 0 to 1000000000"},
        {"-m 1.2.3", "-m 1.2.3: not a number of seconds from 0 to 1000000000"},
        {"-m .", "-m .: not a number of seconds from 0 to 1000000000"},
        {"--deadline 1000000001",
         "--deadline 1000000001: not a number of seconds from 0 to 1000000000"},
        {"--max-filesize 1T",
         "--max-filesize 1T: not a number of bytes, such as 4096, 512k, 10M or 1G"},
        {"--max-filesize 1kk",
         "--max-filesize 1kk: not a number of bytes, such as 4096, 512k, 10M or 1G"},
        {"--max-filesize -1",
         "--max-filesize -1: not a number of bytes, such as 4096, 512k, 10M or 1G"},
        {"--max-filesize k",
         "--max-filesize k: not a number of bytes, such as 4096, 512k, 10M or 1G"},
        {"--max-filesize 9999999999G",
         "--max-filesize 9999999999G: not a number of bytes, such as 4096, 512k, 10M or 1G"},
        {"--rate 10", "--rate 10: not a rate, such as 10/s, 5/15s, 100/m or 1000/h"},
        {"--rate 10/", "--rate 10/: not a rate, such as 10/s, 5/15s, 100/m or 1000/h"},
        {"--rate /s", "--rate /s: not a rate, such as 10/s, 5/15s, 100/m or 1000/h"},
        {"--rate 0/s", "--rate 0/s: not a rate, such as 10/s, 5/15s, 100/m or 1000/h"},
        {"--rate 1/0s", "--rate 1/0s: not a rate, such as 10/s, 5/15s, 100/m or 1000/h"},
        {"--rate -1/s", "--rate -1/s: not a rate, such as 10/s, 5/15s, 100/m or 1000/h"},
        {"--rate 1/d", "--rate 1/d: not a rate, such as 10/s, 5/15s, 100/m or 1000/h"},
        {"--rate 1/sec", "--rate 1/sec: not a rate, such as 10/s, 5/15s, 100/m or 1000/h"},
        {"--rate 1e3/s", "--rate 1e3/s: not a rate, such as 10/s, 5/15s, 100/m or 1000/h"},
        {"--rate 1.2.3/s", "--rate 1.2.3/s: not a rate, such as 10/s, 5/15s, 100/m or 1000/h"},
        {"--rate ./s", "--rate ./s: not a rate, such as 10/s, 5/15s, 100/m or 1000/h"},
        {"--rate-per-host 9999999999/s",
         "--rate-per-host 9999999999/s: not a rate, such as 10/s, 5/15s, 100/m or 1000/h"},
        {"--rate 1000000000000000000000000000000000000000/s",
         "--rate 1000000000000000000000000000000000000000/s: not a rate, such as 10/s, 5/15s, "
         "100/m or 1000/h"},
        {"--per-host 0", "--per-host 0: not a number from 1 to 65535"},
        {"--retry -1", "--retry -1: not a number from 0 to 2147483647"},
        {"--retry-on 429,tmeout",
         "--retry-on 429,tmeout: 'tmeout' is neither a status (429, 5xx) nor an error: resolve, "
         "connect, tls, timeout, reset, protocol, redirect, too_large, io, other"},
        {"--order fast", "--order fast: not one of gather|completed"},
        {"--order gather|completed", "--order gather|completed: not one of gather|completed"},
        {"--format jso", "--format jso: not one of text|json|jsonl|csv; did you mean json?"},
        {"--color=", "--color : not one of auto|always|never"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        cr_expect_str_eq(refusal(cases[i].line), cases[i].text);
}

Test(options, unknown_retry_conditions_are_rejected)
{
    static const char *const lists[] = {"",     ",",   "429,",   ",429", "42",  "4290",
                                        "0xx",  "5x5", "x5x",    "5XXX", "url", "cancelled",
                                        "http", "4 9", "reset ", "RESET"};
    for (size_t i = 0; i < sizeof lists / sizeof lists[0]; i++) {
        struct retry_conditions conditions = {.given = false};
        cr_expect(eq(int, retry_conditions_parse(lists[i], &conditions), -EINVAL), "%s", lists[i]);
        cr_expect(not(conditions.given), "%s", lists[i]);
    }
}

Test(options, a_missing_or_superfluous_value_is_reported)
{
    cr_expect_str_eq(refusal("-j"), "option '-j' requires a value: N");
    cr_expect_str_eq(refusal("x --fields"), "option '--fields' requires a value: LIST");
    cr_expect_str_eq(refusal("--insecure=1"), "option '--insecure' takes no value");
}

Test(options, an_unknown_option_suggests_the_nearest_one)
{
    cr_expect_str_eq(refusal("--timout=3"),
                     "unknown option '--timout'; did you mean '--timeout'? Try 'afetch --help'");
    cr_expect_str_eq(refusal("--ouptut"),
                     "unknown option '--ouptut'; did you mean '--output'? Try 'afetch --help'");
    cr_expect_str_eq(refusal("--jsno"),
                     "unknown option '--jsno'; did you mean '--json'? Try 'afetch --help'");
    cr_expect_str_eq(refusal("--frobnicate"), "unknown option '--frobnicate'; try 'afetch --help'");
    cr_expect_str_eq(refusal("--=3"), "unknown option '--'; try 'afetch --help'");
    cr_expect_str_eq(refusal("-kz"), "unknown option '-z'; try 'afetch --help'");
    cr_expect_str_eq(refusal("-\xC3\xA9z"), "unknown option '-\xC3\xA9'; try 'afetch --help'");
}

Test(options, a_foreign_option_names_ours)
{
    cr_expect_str_eq(refusal("--max-time 3"), "unknown option '--max-time': use -m SECS");
    cr_expect_str_eq(refusal("--fail"),
                     "unknown option '--fail': a status of 400 or more is always a failure (see "
                     "--accept); --fail-fast stops at the first failure");
    cr_expect_str_eq(refusal("-qs"), "unknown option '-s': use -q");
    cr_expect_str_eq(refusal("-nc"), "unknown option '-nc': existing files are never overwritten; "
                                     "use -o FILE --resume to skip URLs that have a record");
    cr_expect_str_eq(refusal("--retries 3"), "unknown option '--retries': use --retry N");
    cr_expect(zero(int, parse("--fail-f")));
    cr_expect(options.fail_fast);
}

Test(options, an_ambiguous_abbreviation_lists_all_candidates)
{
    cr_expect_str_eq(refusal("--js"), "option '--js' is ambiguous: --json, --jsonl");
    cr_assert(zero(int, parse("--json")));
    cr_expect(eq(int, options.format, FORMAT_JSON));
}

Test(options, an_empty_command_line_is_valid)
{
    char *none[] = {NULL};
    cr_assert(zero(int, options_parse(0, none, &options)));
}

Test(options, a_failure_leaves_the_options_unchanged)
{
    char *arguments[] = {(char *)"afetch", (char *)"url", (char *)"-j0", NULL};
    options.jobs = 4711;
    cr_assert(eq(int, options_parse(3, arguments, &options), -EINVAL));
    cr_assert(eq(long, options.jobs, 4711));
}
