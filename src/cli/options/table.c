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
    [SECTION_TIME] = {"time", "Time limits in seconds (fractions allowed; 0: no limit)"},
    [SECTION_RETRY] = {"retries", "Retries"},
    [SECTION_REQUEST] = {"requests", "Requests"},
    [SECTION_CONNECTION] = {"connections", "Connections"},
    [SECTION_RECORD] = {"records", "Records"},
    [SECTION_MESSAGE] = {"messages", "Messages"},
    [SECTION_PROGRAM] = {"program", "Program"},
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
     .help = "maximum number of requests in flight to one host", .minimum = 1, .maximum = 65535},
    {SECTION_CONCURRENCY, RATE(rate), 0, "rate", "N/UNIT",
     .brief = "limit on requests started: 10/s, 100/m",
     .help = "start at most N requests per second (10/s), minute (100/m), hour (1000/h) or other "
             "interval (5/15s), evenly spaced; retries count"},
    {SECTION_CONCURRENCY, RATE(rate_per_host), 0, "rate-per-host", "N/UNIT",
     .help = "as --rate, but for each host"},
    {SECTION_CONCURRENCY, WORD(order), 0, "order", "gather|completed",
     .help = "write records in input order, or as requests complete"},
    {SECTION_CONCURRENCY, WORD(order), 0, "gather", NULL, .help = "same as --order=gather",
     .value = ORDER_GATHER},
    {SECTION_CONCURRENCY, WORD(order), 0, "as-completed", NULL,
     .brief = "write records as requests complete", .help = "same as --order=completed",
     .value = ORDER_COMPLETED},
    {SECTION_CONCURRENCY, NUMBER(first), 0, "first", "N",
     .help = "stop after N successes (1 if N is omitted) and cancel the other requests",
     .optional = true, .value = 1, .minimum = 1, .maximum = INT_MAX},
    {SECTION_CONCURRENCY, FLAG(fail_fast), 0, "fail-fast", NULL,
     .help = "stop at the first failure and cancel the other requests", .value = true},
    {SECTION_CONCURRENCY, FLAG(dedupe), 0, "dedupe", NULL,
     .help = "skip duplicate URLs; they have no record", .value = true},
    {SECTION_CONCURRENCY, SHARD(shard), 0, "shard", "I/N",
     .help =
         "split the list by host among N processes or machines, and fetch only part I (1 to N)"},
    {SECTION_CONCURRENCY, FLAG(compare), 0, "compare", NULL,
     .help = "fetch the list sequentially, then concurrently; show both times and the speed-up",
     .value = true},
    {SECTION_CONCURRENCY, FLAG(dry_run), 0, "dry-run", NULL,
     .brief = "show the requests without sending them",
     .help = "show the requests on stdout, in the selected format, without sending them",
     .value = true},
    {SECTION_TIME, SECONDS(timeout), 'm', "timeout", "SECS",
     .brief = "time limit per URL, retries included",
     .help = "time limit per URL, including retries and the waits between them; the time in the "
             "queue does not count"},
    {SECTION_TIME, SECONDS(client.attempt_timeout), 0, "attempt-timeout", "SECS",
     .help = "time limit per attempt"},
    {SECTION_TIME, SECONDS(client.connect_timeout), 0, "connect-timeout", "SECS",
     .help = "time limit for connecting, including name lookup and the handshakes of TLS and "
             "proxies; 0: libcurl's limit, 300"},
    {SECTION_TIME, SECONDS(client.idle_timeout), 0, "idle-timeout", "SECS",
     .help = "time limit without data received or sent, counted from the sending of the request"},
    {SECTION_TIME, SECONDS(deadline), 0, "deadline", "SECS",
     .help = "time limit for the whole run; requests that are not complete by then are cancelled "
             "and reported"},
    {SECTION_RETRY, NUMBER(retries), 0, "retry", "N",
     .brief = "retry transient failures up to N times",
     .help = "retry transient failures up to N times, with exponential back-off and full jitter "
             "(default 0)",
     .minimum = 0, .maximum = INT_MAX},
    {SECTION_RETRY, SECONDS(retry_delay), 0, "retry-delay", "SECS",
     .help = "base of the back-off: each wait is random, from 0 to a limit, which is SECS at first "
             "and doubles with each retry"},
    {SECTION_RETRY, SECONDS(retry_max_delay), 0, "retry-max-delay", "SECS",
     .help = "maximum wait before a retry, also if the server requests more with Retry-After"},
    {SECTION_RETRY, RETRY_CONDITIONS(retry_on), 0, "retry-on", "LIST",
     .help = "statuses and errors to retry, such as 429,5xx,timeout,reset (default: resolve, "
             "connect, timeout, reset, 408, 429, 500, 502, 503, 504)"},
    {SECTION_REQUEST, URL(operands), 0, "url", "URL",
     .help = "fetch URL; its scheme may be omitted (http://); repeatable"},
    {SECTION_REQUEST, FLAG(client.follow_redirects), 'L', "location", NULL,
     .help = "follow redirects (the default)", .value = true},
    {SECTION_REQUEST, FLAG(client.follow_redirects), 0, "no-location", NULL,
     .help = "do not follow redirects", .value = false},
    {SECTION_REQUEST, NUMBER(client.max_redirects), 0, "max-redirs", "N",
     .help = "maximum number of redirects to follow; -1: no limit", .minimum = -1,
     .maximum = INT_MAX},
    {SECTION_REQUEST, METHOD(method), 'X', "request", "METHOD",
     .help = "request method, instead of GET, or POST with -d"},
    {SECTION_REQUEST, FLAG(head), 'I', "head", NULL,
     .help = "send HEAD requests; --include-headers shows the headers", .value = true},
    {SECTION_REQUEST, HEADER(headers), 'H', "header", "LINE",
     .brief = "add a request header, \"Name: value\"",
     .help = "add a request header, \"Name: value\" (\"Name:\" removes it, \"Name;\" sends it "
             "empty), or the headers in @FILE; repeatable"},
    {SECTION_REQUEST, DATA(data), 'd', "data", "DATA",
     .brief = "send DATA, or the content of @FILE, with POST",
     .help = "send DATA, or @FILE without its line ends, with POST; repeated values are joined "
             "with '&'",
     .value = DATA_TEXT},
    {SECTION_REQUEST, DATA(data), 0, "data-binary", "DATA",
     .help = "as --data, but @FILE is sent unchanged", .value = DATA_BINARY},
    {SECTION_REQUEST, DATA(data), 0, "data-raw", "DATA",
     .help = "as --data, but @ has no special meaning", .value = DATA_RAW},
    {SECTION_REQUEST, HEADER_VALUE(client.user_agent), 'A', "user-agent", "NAME",
     .help = "send NAME as the User-Agent"},
    {SECTION_REQUEST, REFERER(client.referer), 'e', "referer", "URL",
     .help =
         "send URL as the Referer; \";auto\" at its end sends the previous URL after redirects"},
    {SECTION_REQUEST, COOKIE(cookies), 'b', "cookie", "DATA|FILE",
     .help = "send the cookies \"NAME=VALUE; ...\"; or keep cookies during the run, starting with "
             "those in FILE (\"\": none)"},
    {SECTION_REQUEST, USER(client.user), 'u', "user", "NAME:PASSWORD",
     .help = "user name and password for basic authentication"},
    {SECTION_REQUEST, TOKEN(client.bearer_token), 0, "oauth2-bearer", "TOKEN",
     .help = "send this OAuth 2.0 bearer token"},
    {SECTION_REQUEST, FLAG(client.netrc), 'n', "netrc", NULL,
     .help = "read user names and passwords from ~/.netrc", .value = true},
    {SECTION_REQUEST, STRING(client.netrc_file), 0, "netrc-file", "FILE",
     .help = "as --netrc, but from FILE"},
    {SECTION_REQUEST, FLAG(client.decompress), 0, "compressed", NULL,
     .help = "request compressed bodies and decompress them; more than 64 MiB that is also more "
             "than 1,100 times the compressed size is an error, unless --max-filesize is given (0: "
             "no limit)",
     .value = true},
    {SECTION_CONNECTION, VERSION(client.http_version), 0, "http1.1", NULL,
     .help = "use HTTP/1.1 only", .value = 11},
    {SECTION_CONNECTION, VERSION(client.http_version), 0, "http2", NULL,
     .help = "use HTTP/2 if the server supports it, over TLS only (the default)", .value = 20},
    {SECTION_CONNECTION, SECRET(client.proxy), 'x', "proxy", "URL",
     .help = "use this proxy: http, https, socks4, socks5, or socks5h, which resolves the host "
             "names itself (default: http_proxy, https_proxy and all_proxy); \"\": no proxy"},
    {SECTION_CONNECTION, USER(client.proxy_user), 'U', "proxy-user", "NAME:PASSWORD",
     .help = "user name and password for the proxy"},
    {SECTION_CONNECTION, VERSION(client.ip_version), '4', "ipv4", NULL,
     .help = "use IPv4 addresses only", .value = 4},
    {SECTION_CONNECTION, VERSION(client.ip_version), '6', "ipv6", NULL,
     .help = "use IPv6 addresses only", .value = 6},
    {SECTION_CONNECTION, FLAG(client.insecure), 'k', "insecure", NULL,
     .help = "do not verify TLS certificates, including those of HTTPS proxies", .value = true},
    {SECTION_CONNECTION, STRING(client.ca_file), 0, "cacert", "FILE",
     .help = "trust only the CA certificates in FILE, also for HTTPS proxies"},
    {SECTION_CONNECTION, CERTIFICATE(client.certificate), 'E', "cert", "FILE[:PASSWORD]",
     .help = "client certificate for servers that request one, in PEM format"},
    {SECTION_CONNECTION, STRING(client.key), 0, "key", "FILE",
     .help = "private key of the client certificate, if it is in another file"},
    {SECTION_CONNECTION, HOSTS(connect_to), 0, "connect-to", "HOST1:PORT1:HOST2:PORT2",
     .help = "connect to HOST2:PORT2 instead of HOST1:PORT1; repeatable"},
    {SECTION_CONNECTION, HOSTS(resolve), 0, "resolve", "HOST:PORT:ADDRESS",
     .help = "use ADDRESS for HOST:PORT instead of a name lookup; repeatable"},
    {SECTION_RECORD, STATUSES(accept), 0, "accept", "RANGES",
     .help = "statuses that are a success, such as 200-399,404 (default 200-399)"},
    {SECTION_RECORD, WORD(format), 0, "format", "text|json|jsonl|csv",
     .help = "text for people, a JSON array, one JSON object per line, or CSV (RFC 4180)"},
    {SECTION_RECORD, WORD(format), 0, "json", NULL, .help = "same as --format=json",
     .value = FORMAT_JSON},
    {SECTION_RECORD, WORD(format), 0, "jsonl", NULL,
     .brief = "records in JSON, one per line; also --json, --csv", .help = "same as --format=jsonl",
     .value = FORMAT_JSONL},
    {SECTION_RECORD, WORD(format), 0, "csv", NULL, .help = "same as --format=csv",
     .value = FORMAT_CSV},
    {SECTION_RECORD, STRING(fields), 0, "fields", "LIST",
     .brief = "fields of the records: url,response_code,error",
     .help = "fields of the records, in this order: url,response_code (default all); in text they "
             "are separated by tabs"},
    {SECTION_RECORD, FLAG(include_headers), 0, "include-headers", NULL,
     .help = "include the headers and trailers of the responses in the records", .value = true},
    {SECTION_RECORD, FLAG(include_body), 0, "include-body", NULL,
     .brief = "include the response bodies in the records",
     .help = "include the response bodies in the records", .value = true},
    {SECTION_RECORD, STRING(output), 'o', "output", "FILE",
     .brief = "write the records to FILE instead of stdout",
     .help = "write the records to FILE instead of stdout"},
    {SECTION_RECORD, WORD(resume), 0, "resume", "missing|failed",
     .help = "with -o FILE and --jsonl or --csv: keep the records in FILE and fetch the missing "
             "ones; failed: fetch failed ones again, too",
     .optional = true, .value = RESUME_MISSING},
    {SECTION_RECORD, STRING(output_dir), 0, "output-dir", "DIR",
     .brief = "save each response body as a file in DIR",
     .help = "save each body in DIR, named after the last segment of the URL's path, or by the "
             "line's filename; the record has the name"},
    {SECTION_RECORD, BYTES(client.max_body), 0, "max-filesize", "BYTES",
     .help = "maximum body size: 512k, 10M, 1G; a larger body is an error; 0: no limit (default 0, "
             "or 16M with --include-body)"},
    {SECTION_MESSAGE, WORD(summary), 0, "summary", "auto|always|never",
     .help = "print totals and percentiles to stderr; auto: if it is a terminal, and fewer than 5 "
             "requests in one line",
     .optional = true, .value = WHEN_ALWAYS},
    {SECTION_MESSAGE, WORD(progress), 0, "progress", "auto|always|never",
     .help = "show progress and remaining time in one line on stderr; auto: if it is a terminal, "
             "unless stdout is a pipe to a program on that terminal",
     .optional = true, .value = WHEN_ALWAYS},
    {SECTION_MESSAGE, STRING(timeline), 0, "timeline", "FILE",
     .help = "draw the first million attempts: FILE.html is a self-contained page, FILE.json has "
             "trace events for Perfetto"},
    {SECTION_MESSAGE, WORD(color), 0, "color", "auto|always|never",
     .help = "use colours in text and messages", .optional = true, .value = WHEN_ALWAYS},
    {SECTION_MESSAGE, FLAG(quiet), 'q', "quiet", NULL, .help = "print errors only", .value = true},
    {SECTION_MESSAGE, FLAG(verbose), 'v', "verbose", NULL,
     .brief = "print the events of each request; -q: errors only",
     .help = "print the events of each request", .value = true},
    {SECTION_PROGRAM, CONFIG(configs), 'K', "config", "FILE", .early = true,
     .help = "read options from FILE (-: stdin), one per line; see 'afetch --help config'"},
    {SECTION_PROGRAM, FLAG(no_config), 0, "no-config", NULL, .early = true,
     .help = "do not read the default config file", .value = true},
    {SECTION_PROGRAM, TOPIC(help), 'h', "help", "SECTION", .early = true,
     .help = "show the common options, a section, an option, or all", .optional = true},
    {SECTION_PROGRAM, FLAG(version), 'V', "version", NULL, .early = true,
     .help = "print the versions of afetch and libcurl", .value = true},
    {SECTION_PROGRAM, WORD(generate), 0, "generate", "man|bash|zsh|fish", .early = true,
     .help = "write the manual page, or a completion script for a shell, to stdout"},
    {.name = NULL},
};
