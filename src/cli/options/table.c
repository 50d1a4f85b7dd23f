#include "cli/options/table.h"

#include <limits.h>

#include "cli/options/request_options.h"

const struct options option_defaults = {
    .jobs = 50,
    .order = ORDER_GATHER,
    .client.connect_timeout = 10,
    .client.idle_timeout = 30,
    .retry_delay = 1,
    .retry_max_delay = 60,
    .client.follow_redirects = true,
    .client.max_redirects = 10,
    .data = {.maximum = DATA_MAXIMUM},
    .cookies = {.maximum = DATA_MAXIMUM},
    .client.max_body = -1, /* not given: what holds then depends on --include-body */
    .format = FORMAT_TEXT,
    .summary = WHEN_AUTO,
    .progress = WHEN_AUTO,
    .color = WHEN_AUTO,
    .resume = RESUME_NOTHING,
    .generate = GENERATE_NOTHING,
};

const struct option_section_name option_sections[SECTION_COUNT] = {
    [SECTION_CONCURRENCY] = {"concurrency", "Concurrency"},
    [SECTION_TIME] = {"time", "Time limits, in seconds (2.5; 0 for none)"},
    [SECTION_RETRY] = {"retries", "Retries"},
    [SECTION_REQUEST] = {"requests", "Requests"},
    [SECTION_CONNECTION] = {"connections", "Connections"},
    [SECTION_RECORD] = {"records", "Records"},
    [SECTION_MESSAGE] = {"messages", "Messages"},
    [SECTION_PROGRAM] = {"program", "The program itself"},
};

/* The kind and the member of an option. Compilation fails if the member has another type than the
 * kind sets. */
#define MEMBER(kind, member, type)                    \
    OPTION_##kind, offsetof(struct options, member) + \
                       0 * sizeof(char[_Generic(&((struct options *)NULL)->member, type * : 1)])
#define FLAG(member) MEMBER(FLAG, member, bool)
#define WORD(member) MEMBER(WORD, member, unsigned)
#define VERSION(member) MEMBER(WORD, member, int)
#define NUMBER(member) MEMBER(NUMBER, member, long)
#define SECONDS(member) MEMBER(SECONDS, member, double)
#define BYTES(member) MEMBER(BYTES, member, int64_t)
#define RATE(member) MEMBER(RATE, member, struct rate)
#define RETRY_CONDITIONS(member) MEMBER(RETRY_CONDITIONS, member, struct retry_conditions)
#define SHARD(member) MEMBER(SHARD, member, struct shard)
#define STATUSES(member) MEMBER(STATUSES, member, struct status_set)
#define STRING(member) MEMBER(STRING, member, const char *)
#define HOSTS(member) MEMBER(HOSTS, member, struct string_list)
#define URL(member) MEMBER(URL, member, struct string_list)
#define CONFIG(member) MEMBER(CONFIG, member, struct string_list)
#define TOPIC(member) MEMBER(TOPIC, member, const char *)
#define METHOD(member) MEMBER(METHOD, member, const char *)
#define HEADER(member) MEMBER(HEADER, member, struct string_list)
#define DATA(member) MEMBER(DATA, member, struct buffer)
#define HEADER_VALUE(member) MEMBER(HEADER_VALUE, member, const char *)
#define REFERER(member) MEMBER(REFERER, member, const char *)
#define USER(member) MEMBER(USER, member, const char *)
#define TOKEN(member) MEMBER(TOKEN, member, const char *)
#define SECRET(member) MEMBER(SECRET, member, const char *)
#define COOKIE(member) MEMBER(COOKIE, member, struct buffer)
#define CERTIFICATE(member) MEMBER(CERTIFICATE, member, const char *)

const struct option_spec option_table[] = {
    {SECTION_CONCURRENCY, NUMBER(jobs), 'j', "jobs", "N",
     .brief = "requests in flight at once (default 50)", .help = "requests in flight at once",
     .minimum = 1, .maximum = 65535},
    {SECTION_CONCURRENCY, NUMBER(per_host), 0, "per-host", "N",
     .help = "of these, at most N to one host", .minimum = 1, .maximum = 65535},
    {SECTION_CONCURRENCY, RATE(rate), 0, "rate", "N/UNIT",
     .brief = "start at most so many requests: 10/s, 100/m",
     .help = "start at most N requests a second (10/s), a minute (100/m), an hour (1000/h) or any "
             "time (5/15s), spread evenly; retries count"},
    {SECTION_CONCURRENCY, RATE(rate_per_host), 0, "rate-per-host", "N/UNIT",
     .help = "the same for each host"},
    {SECTION_CONCURRENCY, WORD(order), 0, "order", "gather|completed",
     .help = "records in input order, or as each finishes"},
    {SECTION_CONCURRENCY, WORD(order), 0, "gather", NULL, .help = "the same as --order=gather",
     .value = ORDER_GATHER},
    {SECTION_CONCURRENCY, WORD(order), 0, "as-completed", NULL,
     .brief = "records as the requests finish", .help = "the same as --order=completed",
     .value = ORDER_COMPLETED},
    {SECTION_CONCURRENCY, NUMBER(first), 0, "first", "N",
     .help = "a race: N successes are enough (1), the rest is cancelled", .optional = true,
     .value = 1, .minimum = 1, .maximum = INT_MAX},
    {SECTION_CONCURRENCY, FLAG(fail_fast), 0, "fail-fast", NULL,
     .help = "the first failure cancels the rest", .value = true},
    {SECTION_CONCURRENCY, FLAG(dedupe), 0, "dedupe", NULL,
     .help = "skip duplicate URLs, without a record", .value = true},
    {SECTION_CONCURRENCY, SHARD(shard), 0, "shard", "I/N",
     .help = "share the list among N machines: take the Ith share, from 1, of its hosts"},
    {SECTION_CONCURRENCY, FLAG(compare), 0, "compare", NULL,
     .help =
         "fetch the list one after another, then concurrently; show both times and the speed-up",
     .value = true},
    {SECTION_CONCURRENCY, FLAG(dry_run), 0, "dry-run", NULL,
     .brief = "what would be requested, without a request",
     .help =
         "show what would be requested, on stdout and in the format asked for, without a request",
     .value = true},
    {SECTION_TIME, SECONDS(timeout), 'm', "timeout", "SECS",
     .brief = "the longest that one URL may take",
     .help = "the whole time one URL may take, retries and the waits between them included"},
    {SECTION_TIME, SECONDS(client.attempt_timeout), 0, "attempt-timeout", "SECS",
     .help = "one attempt at it"},
    {SECTION_TIME, SECONDS(client.connect_timeout), 0, "connect-timeout", "SECS",
     .help = "until the connection stands, handshakes of TLS and proxies included; 0: libcurl's "
             "own limit, 300"},
    {SECTION_TIME, SECONDS(client.idle_timeout), 0, "idle-timeout", "SECS",
     .help = "time without data received or sent, from the sending of the request on"},
    {SECTION_TIME, SECONDS(deadline), 0, "deadline", "SECS",
     .help = "the whole run; what is not done by then is cancelled and reported"},
    {SECTION_RETRY, NUMBER(retries), 0, "retry", "N", .brief = "try again what may succeed later",
     .help = "try again up to N times what failed and may succeed later (default 0)", .minimum = 0,
     .maximum = INT_MAX},
    {SECTION_RETRY, SECONDS(retry_delay), 0, "retry-delay", "SECS",
     .help = "before the first retry wait up to SECS, by chance; before each that follows up to "
             "twice as long"},
    {SECTION_RETRY, SECONDS(retry_max_delay), 0, "retry-max-delay", "SECS",
     .help = "but never longer than SECS, not even where a server asks for it with Retry-After"},
    {SECTION_RETRY, RETRY_CONDITIONS(retry_on), 0, "retry-on", "LIST",
     .help = "what to try again: statuses and errors, as in 429,5xx,timeout,reset (default: "
             "resolve, connect, timeout, reset, 408, 429, 500, 502, 503, 504)"},
    {SECTION_REQUEST, URL(operands), 0, "url", "URL",
     .help = "fetch URL, also where it lacks its http://; repeatable"},
    {SECTION_REQUEST, FLAG(client.follow_redirects), 'L', "location", NULL,
     .help = "follow redirects, which is the default", .value = true},
    {SECTION_REQUEST, FLAG(client.follow_redirects), 0, "no-location", NULL,
     .help = "do not follow them", .value = false},
    {SECTION_REQUEST, NUMBER(client.max_redirects), 0, "max-redirs", "N",
     .help = "follow at most N, or any number: -1", .minimum = -1, .maximum = INT_MAX},
    {SECTION_REQUEST, METHOD(method), 'X', "request", "METHOD",
     .help = "use this method, not GET, or POST with -d"},
    {SECTION_REQUEST, FLAG(head), 'I', "head", NULL,
     .help = "ask for the headers alone (HEAD); --include-headers shows them", .value = true},
    {SECTION_REQUEST, HEADER(headers), 'H', "header", "LINE",
     .brief = "send this header, \"Name: value\"",
     .help = "send this header, \"Name: value\" (\"Name:\" sends none, \"Name;\" an empty one), or "
             "those in @FILE; repeatable"},
    {SECTION_REQUEST, DATA(data), 'd', "data", "DATA", .brief = "send DATA, or @FILE, by POST",
     .help = "send DATA, or @FILE without its line ends, by POST; repeated, with '&' between",
     .value = DATA_TEXT},
    {SECTION_REQUEST, DATA(data), 0, "data-binary", "DATA", .help = "the same, but @FILE as it is",
     .value = DATA_BINARY},
    {SECTION_REQUEST, DATA(data), 0, "data-raw", "DATA", .help = "the same, but '@' means nothing",
     .value = DATA_RAW},
    {SECTION_REQUEST, HEADER_VALUE(client.user_agent), 'A', "user-agent", "NAME",
     .help = "send NAME as the User-Agent"},
    {SECTION_REQUEST, REFERER(client.referer), 'e', "referer", "URL",
     .help = "send URL as the Referer; with \";auto\" behind it, after redirects where they came "
             "from"},
    {SECTION_REQUEST, COOKIE(cookies), 'b', "cookie", "DATA|FILE",
     .help = "send the cookies \"NAME=VALUE; ...\"; or keep cookies during the run and begin with "
             "those in FILE (\"\" for none)"},
    {SECTION_REQUEST, USER(client.user), 'u', "user", "NAME:PASSWORD",
     .help = "log in with basic authentication"},
    {SECTION_REQUEST, TOKEN(client.bearer_token), 0, "oauth2-bearer", "TOKEN",
     .help = "send this bearer token"},
    {SECTION_REQUEST, FLAG(client.netrc), 'n', "netrc", NULL,
     .help = "log in with what ~/.netrc has for the host", .value = true},
    {SECTION_REQUEST, STRING(client.netrc_file), 0, "netrc-file", "FILE",
     .help = "the same with this file"},
    {SECTION_REQUEST, FLAG(client.decompress), 0, "compressed", NULL,
     .help = "ask for compressed bodies, and decompress them; more than 64 MiB that is over "
             "1,100 times what was received is an error, unless --max-filesize is given (0 for "
             "any size)",
     .value = true},
    {SECTION_CONNECTION, VERSION(client.http_version), 0, "http1.1", NULL,
     .help = "use HTTP/1.1 only", .value = 11},
    {SECTION_CONNECTION, VERSION(client.http_version), 0, "http2", NULL,
     .help = "use HTTP/2 where the server can, with many requests on one connection", .value = 20},
    {SECTION_CONNECTION, SECRET(client.proxy), 'x', "proxy", "URL",
     .help = "use this proxy: http, https, socks4, socks5, or socks5h, which looks up the hosts' "
             "names itself (default: what http_proxy, https_proxy and all_proxy say); \"\" for "
             "none"},
    {SECTION_CONNECTION, USER(client.proxy_user), 'U', "proxy-user", "NAME:PASSWORD",
     .help = "log in at the proxy"},
    {SECTION_CONNECTION, VERSION(client.ip_version), '4', "ipv4", NULL,
     .help = "use IPv4 addresses only", .value = 4},
    {SECTION_CONNECTION, VERSION(client.ip_version), '6', "ipv6", NULL,
     .help = "use IPv6 addresses only", .value = 6},
    {SECTION_CONNECTION, FLAG(client.insecure), 'k', "insecure", NULL,
     .help = "accept any certificate, also of an HTTPS proxy", .value = true},
    {SECTION_CONNECTION, STRING(client.ca_file), 0, "cacert", "FILE",
     .help = "trust the certificates in FILE, also for an HTTPS proxy"},
    {SECTION_CONNECTION, CERTIFICATE(client.certificate), 'E', "cert", "FILE[:PASSWORD]",
     .help = "the client certificate for servers that ask for one, in PEM"},
    {SECTION_CONNECTION, STRING(client.key), 0, "key", "FILE",
     .help = "the private key of the client certificate, where it is in another file"},
    {SECTION_CONNECTION, HOSTS(connect_to), 0, "connect-to", "HOST1:PORT1:HOST2:PORT2",
     .help = "connect to the second where the first is asked for; repeatable"},
    {SECTION_CONNECTION, HOSTS(resolve), 0, "resolve", "HOST:PORT:ADDRESS",
     .help = "use this address for the host; repeatable"},
    {SECTION_RECORD, STATUSES(accept), 0, "accept", "RANGES",
     .help = "which statuses are a success: 200-399,404 (default 200-399)"},
    {SECTION_RECORD, WORD(format), 0, "format", "text|json|jsonl|csv",
     .help = "lines for a person, one JSON array, one JSON object a line, or RFC 4180"},
    {SECTION_RECORD, WORD(format), 0, "json", NULL, .help = "the same as --format=json",
     .value = FORMAT_JSON},
    {SECTION_RECORD, WORD(format), 0, "jsonl", NULL,
     .brief = "records as JSON, one a line; also --json, --csv",
     .help = "the same as --format=jsonl", .value = FORMAT_JSONL},
    {SECTION_RECORD, WORD(format), 0, "csv", NULL, .help = "the same as --format=csv",
     .value = FORMAT_CSV},
    {SECTION_RECORD, STRING(fields), 0, "fields", "LIST",
     .brief = "which fields: url,response_code,time_total",
     .help =
         "which fields, in this order: url,response_code (default all); as text, with tabs between "
         "them"},
    {SECTION_RECORD, FLAG(include_headers), 0, "include-headers", NULL,
     .help = "the response's headers and trailers too", .value = true},
    {SECTION_RECORD, FLAG(include_body), 0, "include-body", NULL,
     .brief = "the responses' bodies in the records", .help = "the response's body too",
     .value = true},
    {SECTION_RECORD, STRING(output), 'o', "output", "FILE",
     .brief = "write the records to FILE, not to stdout",
     .help = "write the records to FILE, not to stdout"},
    {SECTION_RECORD, WORD(resume), 0, "resume", "missing|failed",
     .help = "with -o FILE and --jsonl or --csv: keep the records that are there, fetch what is "
             "missing, and finish the file; failed: fetch again what failed, too",
     .optional = true, .value = RESUME_MISSING},
    {SECTION_RECORD, STRING(output_dir), 0, "output-dir", "DIR",
     .brief = "save each body as a file in DIR",
     .help = "save each body in DIR under the name that its URL ends in, or a line's filename; the "
             "record has its filename"},
    {SECTION_RECORD, BYTES(client.max_body), 0, "max-filesize", "BYTES",
     .help = "a larger body is an error: 512k, 10M, 1G; 0 for any size (default 0, or 16M with "
             "--include-body)"},
    {SECTION_MESSAGE, WORD(summary), 0, "summary", "auto|always|never",
     .help = "totals and percentiles, on stderr; auto: on a terminal, of a few requests one line",
     .optional = true, .value = WHEN_ALWAYS},
    {SECTION_MESSAGE, WORD(progress), 0, "progress", "auto|always|never",
     .help = "how far it is and how long it will take, in one line on stderr; auto: on a terminal, "
             "unless a pipe leads to another program there",
     .optional = true, .value = WHEN_ALWAYS},
    {SECTION_MESSAGE, STRING(timeline), 0, "timeline", "FILE",
     .help = "draw the first million attempts: FILE.html is a page to look at, FILE.json trace "
             "events for Perfetto"},
    {SECTION_MESSAGE, WORD(color), 0, "color", "auto|always|never",
     .help = "colours in text and messages", .optional = true, .value = WHEN_ALWAYS},
    {SECTION_MESSAGE, FLAG(quiet), 'q', "quiet", NULL, .help = "no messages but errors",
     .value = true},
    {SECTION_MESSAGE, FLAG(verbose), 'v', "verbose", NULL,
     .brief = "say what happens, as it happens; -q: errors only",
     .help = "say what happens, as it happens", .value = true},
    {SECTION_PROGRAM, CONFIG(configs), 'K', "config", "FILE", .early = true,
     .help =
         "read options from FILE too, one a line, or from stdin: -; see 'afetch --help config'"},
    {SECTION_PROGRAM, FLAG(no_config), 0, "no-config", NULL, .early = true,
     .help = "do not read the default config file", .value = true},
    {SECTION_PROGRAM, TOPIC(help), 'h', "help", "SECTION", .early = true,
     .help = "show the first page, a section, an option, or all", .optional = true},
    {SECTION_PROGRAM, FLAG(version), 'V', "version", NULL, .early = true,
     .help = "show the versions of afetch and libcurl", .value = true},
    {SECTION_PROGRAM, WORD(generate), 0, "generate", "man|bash|zsh|fish", .early = true,
     .help = "write the manual page, or what completes command lines in a shell, to stdout"},
    {.name = NULL},
};
