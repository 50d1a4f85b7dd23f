#include "cli/options/help_topics.h"

#include "cli/record/record.h"

const char introduction[] =
    "Fetch many URLs concurrently and write one record per URL. Each operand is a URL (with "
    "'://'), a file of URLs (one a line), or '-': standard input, the default.";

static const char list_text[] =
    "One URL a line. Blank lines and lines that begin with # are skipped; blanks around a URL, "
    "CRs, a byte order mark and a missing last line end do no harm. A URL without a scheme means "
    "http://. A line that is no URL has its record too, with the error 'url', so that lines and "
    "records always correspond. A line that begins with { is one request in JSON, and what it says "
    "goes before what the command line says for all:";

static const struct help_entry list_entries[] = {
    {"url", "the URL, which is all that must be there"},
    {"method", "instead of that of the command line, of GET, or of POST with a body"},
    {"headers",
     "an object: a value is a string, an array of them for more than one header of that "
     "name, or null for none; they take the place of those of -H, -A, -e and -u, and of a -b "
     "\"NAME=VALUE\"; cookies kept with -b FILE go out beside them, in one line"},
    {"body", "a string, instead of what -d has; or an object or an array, which is sent as JSON, "
             "with the Content-Type application/json"},
    {"body_base64", "the same in base64, for what is no text"},
    {"timeout", "seconds, instead of -m"},
    {"filename", "under which the body is saved with --output-dir, as far as it is safe"},
    {"id", "a string or a number, which the record has too"},
    {NULL, NULL},
};

static const char record_text[] =
    "One for each URL that was begun, whatever happens to it. Names and units are those of curl's "
    "-w '%{json}': times are seconds from the start of the transfer, sizes are bytes, and what is "
    "not known is null. --fields picks some of these fields, in its order:";

static const char errors_text[] = "What the field 'error' says of a request that failed:";

static const struct help_entry error_entries[] = {
    {"url", "it is no URL, or of a scheme other than http and https"},
    {"resolve", "the host's name has no address"},
    {"connect", "no connection to the host"},
    {"tls", "no secure connection, or a certificate that cannot be trusted"},
    {"timeout", "one of the time limits has passed"},
    {"reset", "the connection was closed before the response was whole"},
    {"protocol", "what came is no HTTP"},
    {"redirect", "too many redirects, or one that cannot be followed"},
    {"too_large", "the body is larger than --max-filesize, or the headers than anybody needs"},
    {"http", "a whole response, but its status is no success"},
    {"io", "a file could not be read or written"},
    {"cancelled", "the run ended before the request did"},
    {"other", "anything else; errormsg says what"},
    {NULL, NULL},
};

static const char config_text[] =
    "-K FILE reads options from a file, in the way of curl, before those of the command line, "
    "which win; what is repeatable is added. Each stands on a line of its own, by its long name, "
    "with dashes or without, or by its letter; its value follows behind blanks, '=' or ':'. A "
    "value with blanks in it wants quotes, \"...\", in which \\\\, \\\", \\t, \\n and \\r are "
    "escapes. Blank lines and what follows a # are skipped. An example:";

static const struct help_entry config_entries[] = {
    {"jobs = 20", "as -j 20"},
    {"header \"Accept: text/html\"", "as -H \"Accept: text/html\""},
    {"fail-fast", "as --fail-fast"},
    {"url = example.com", "as the operand http://example.com"},
    {"config = other.config", "the options of that file, here"},
    {NULL, NULL},
};

static const struct help_entry file_entries[] = {
    {"$XDG_CONFIG_HOME/afetch/config",
     "a config file that is read first where it is there, unless there is --no-config; without the "
     "variable, ~/.config/afetch/config"},
    {NULL, NULL},
};

static const struct help_entry status_entries[] = {
    {"0", "every request is ok: a whole response, and its status is a success"},
    {"1", "at least one is not"},
    {"2", "the command line is wrong"},
    {"3", "a list cannot be read, or the output cannot be written"},
    {"124", "the deadline ended the run"},
    {"130", "interrupted (143: by SIGTERM, 129: by SIGHUP)"},
    {NULL, NULL},
};

static const struct help_entry environment_entries[] = {
    {"NO_COLOR", "no colours where it is set, unless --color=always"},
    {"TERM", "no colours on a terminal that is 'dumb'"},
    {"XDG_CONFIG_HOME", "where the directory of the config file is (default ~/.config)"},
    {"AFETCH_DEBUG",
     "1 has the event loop tell what keeps it waiting, as asyncio's debug mode does"},
    {"http_proxy, https_proxy, all_proxy, no_proxy", "the proxies, as for curl"},
    {"CURL_CA_BUNDLE, SSL_CERT_FILE, SSL_CERT_DIR", "the CA certificates, as for curl"},
    {NULL, NULL},
};

static const struct help_entry example_entries[] = {
    {"afetch urls.txt", "A line for each URL in the file, and a summary."},
    {"afetch -j 200 --as-completed --jsonl -o records.jsonl < urls.txt",
     "Records for a program, 200 requests at once, each written as it completes."},
    {"afetch --jsonl urls.txt | jq -r 'select(.ok | not) | [.error, .url] | @tsv'",
     "The URLs that failed, and why."},
    {"afetch --fields time_total,ok,url urls.txt | sort -n",
     "Sorted by time, the slowest last; 'false' marks those that failed."},
    {"seq 100 | sed 's|.*|https://one.example/item/&|' | afetch --output-dir items",
     "A hundred responses of an API, each saved as a file."},
    {"afetch --first https://one.example/file https://two.example/file",
     "The first mirror to succeed; the other request is cancelled."},
    {"afetch --rate 10/s --retry 3 urls.txt",
     "Start ten requests a second, and retry transient failures."},
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
