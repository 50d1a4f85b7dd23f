#include "cli/options/help_topics.h"

#include "cli/record/record.h"

const char introduction[] =
    "Fetch many URLs concurrently and write one record per URL. Each operand is a URL (with "
    "'://'), a file of URLs (one per line), or '-' for stdin, the default.";

static const char list_text[] =
    "One URL per line. Blank lines and lines that begin with # are skipped. Blanks around a URL, "
    "CRLF line ends, a byte order mark and a missing newline at the end are accepted. A URL "
    "without a scheme means http://. A line that is not a valid URL gets a record with the error "
    "'url', so lines and records correspond. A line that begins with { is a request in JSON, whose "
    "keys override the options of the command line:";

static const struct help_entry list_entries[] = {
    {"url", "the URL; the only required key"},
    {"method", "request method; default: -X, otherwise POST with a body and GET without"},
    {"headers",
     "an object; a value is a string, an array of strings for several headers of that name, or "
     "null for no header. They override headers of the same name from -H, -A, -e, -u and -b "
     "\"NAME=VALUE\"; cookies kept with -b FILE are sent as well, in the same Cookie header"},
    {"body", "request body, instead of -d: a string, or an object or array, which is sent as JSON "
             "with Content-Type: application/json"},
    {"body_base64", "request body in base64, for binary data"},
    {"timeout", "time limit in seconds, instead of -m"},
    {"filename", "file name of the body in --output-dir; unsafe characters are replaced"},
    {"id", "a string or a number, which is copied into the record"},
    {NULL, NULL},
};

static const char record_text[] =
    "One for each URL that was started, whether it succeeded or not. Names and units are those of "
    "curl's -w '%{json}': times in seconds from the start of the transfer, sizes in bytes, and "
    "null for unknown values. --fields selects fields, and their order:";

static const char errors_text[] = "Values of the field 'error' of a failed request:";

static const struct help_entry error_entries[] = {
    {"url", "not a valid URL, or a scheme other than http and https"},
    {"resolve", "no address for the host name"},
    {"connect", "the connection to the host failed"},
    {"tls", "the TLS handshake failed, or the certificate is not trusted"},
    {"timeout", "a time limit was exceeded"},
    {"reset", "the connection was closed before the response was complete"},
    {"protocol", "the response is not valid HTTP"},
    {"redirect", "too many redirects, or one that cannot be followed"},
    {"too_large", "the body exceeds --max-filesize or the decompression limit, or the response "
                  "headers exceed 4 MiB or a limit of libcurl"},
    {"http", "the response is complete, but its status is not accepted (--accept)"},
    {"io", "a file could not be read or written"},
    {"cancelled", "the run ended before the request was complete"},
    {"other", "any other failure; see errormsg"},
    {NULL, NULL},
};

static const char config_text[] =
    "-K FILE reads options from a file, as in curl. Options of the command line override them; the "
    "values of repeatable options are added. One option per line: its long name, with or without "
    "dashes, or its letter with its dash; its value follows after blanks, '=' or ':'. A value with "
    "blanks must be quoted, \"...\"; \\\\, \\\", \\t, \\n and \\r are escapes. Blank lines and "
    "comments, from # to the end of the line, are skipped. Example:";

static const struct help_entry config_entries[] = {
    {"jobs = 20", "same as -j 20"},
    {"header \"Accept: text/html\"", "same as -H \"Accept: text/html\""},
    {"fail-fast", "same as --fail-fast"},
    {"url = example.com", "same as the operand http://example.com"},
    {"config = other.config", "read the options of that file here"},
    {NULL, NULL},
};

static const struct help_entry file_entries[] = {
    {"$XDG_CONFIG_HOME/afetch/config",
     "default config file, read first if it exists, unless --no-config is given; without the "
     "variable: ~/.config/afetch/config"},
    {NULL, NULL},
};

static const struct help_entry status_entries[] = {
    {"0", "every request is ok: the response is complete and its status is accepted; with --first: "
          "enough of them are"},
    {"1", "at least one request failed"},
    {"2", "the command line is invalid"},
    {"3", "a list could not be read, or the output could not be written"},
    {"124", "the deadline was exceeded (--deadline)"},
    {"130", "interrupted by SIGINT (143: by SIGTERM, 129: by SIGHUP)"},
    {NULL, NULL},
};

static const struct help_entry environment_entries[] = {
    {"NO_COLOR", "if set, no colours, unless --color=always is given"},
    {"TERM", "if 'dumb', no colours and no progress line"},
    {"XDG_CONFIG_HOME", "base directory of the config file (default ~/.config)"},
    {"AFETCH_DEBUG",
     "1 enables the debug mode of the event loop, which reports slow callbacks, as asyncio's does"},
    {"http_proxy, https_proxy, all_proxy, no_proxy", "proxies, as for curl"},
    {"CURL_CA_BUNDLE, SSL_CERT_FILE, SSL_CERT_DIR", "CA certificates, as for curl"},
    {NULL, NULL},
};

static const struct help_entry example_entries[] = {
    {"afetch urls.txt", "Print a line per URL, and a summary."},
    {"afetch -j 200 --as-completed --jsonl -o records.jsonl < urls.txt",
     "Write records for a program, 200 requests at once, in order of completion."},
    {"afetch --jsonl urls.txt | jq -r 'select(.ok | not) | [.error, .url] | @tsv'",
     "Show the URLs that failed, and why."},
    {"afetch --fields time_total,ok,url urls.txt | sort -n",
     "Sort by time; 'false' marks failures."},
    {"seq 100 | sed 's|.*|https://one.example/item/&|' | afetch --output-dir items",
     "Save a hundred API responses as files."},
    {"afetch --first https://one.example/file https://two.example/file",
     "Race mirrors: the first success wins, the other request is cancelled."},
    {"afetch --rate 10/s --retry 3 urls.txt",
     "Start ten requests per second, and retry transient failures."},
    {NULL, NULL},
};

const struct help_topic help_topics[] = {
    {"list", "The list", .text = list_text, .entries = list_entries},
    {"fields", "The record", .text = record_text, .has_fields = true},
    {"errors", "Errors", .text = errors_text, .entries = error_entries},
    {"config", "Config files", .text = config_text, .entries = config_entries},
    {"exit", "Exit status", .entries = status_entries},
    {"environment", "Environment", .entries = environment_entries},
    {"files", "Files", .entries = file_entries},
    {"examples", "Examples", .entries = example_entries, .has_commands = true},
    {.name = NULL},
};

bool help_topic_entry(const struct help_topic *topic, size_t index, struct help_entry *ret_entry)
{
    struct help_entry entry = {NULL, NULL};
    if (topic->has_fields)
        entry = (struct help_entry){record_fields[index].name, record_fields[index].help};
    else if (topic->entries)
        entry = topic->entries[index];
    if (entry.term)
        *ret_entry = entry;
    return entry.term;
}
