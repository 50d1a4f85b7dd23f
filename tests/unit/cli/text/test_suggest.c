#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <string.h>

#include "cli/options/table.h"
#include "cli/text/suggest.h"

static const char *suggest(const char *word)
{
    struct suggestion suggestion = suggestion_for(word, strlen(word));
    for (const struct option_spec *spec = option_table; spec->name; spec++)
        suggestion_offer(&suggestion, spec->name);
    return suggestion.nearest;
}

Test(suggest, a_misspelled_option_has_its_name)
{
    static const char *const words[][2] = {
        {"prxoy", "proxy"},
        {"heder", "header"},
        {"Json", "json"},
        {"retries", NULL},
        {"retyr", "retry"},
        {"htp2", "http2"},
        {"http11", "http1.1"},
        {"outputdir", "output-dir"},
        {"max-redirects", NULL},
        {"include_bodies", NULL},
        {"include_body", "include-body"},
        {"connect-timout", "connect-timeout"},
        {"oauth-bearer", "oauth2-bearer"},
        {"perhost", "per-host"},
        {"ascompleted", "as-completed"},
        {"rate-perhsot", "rate-per-host"},
    };
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        const char *name = suggest(words[i][0]);
        cr_expect(eq(str, (char *)(name ? name : ""), (char *)(words[i][1] ? words[i][1] : "")),
                  "%s", words[i][0]);
    }
}

/* Options of curl, wget and GNU parallel, and those that somebody may hope for. */
Test(suggest, an_option_of_another_meaning_is_not_suggested)
{
    static const char *const words[] = {
        "compressed-ssh", "dns-timeout",  "doh-insecure", "files",       "http-proxy-user",
        "http0.9",        "http1.0",      "minversion",   "no-netrc",    "no-quiet",
        "output-file",    "preproxy",     "proto",        "proxy-basic", "proxy-cacert",
        "proxy-cert",     "proxy-header", "proxy-key",    "proxy1.0",    "proxytunnel",
        "quote",          "retry-failed", "return",       "session",     "warc-file",
        "ipv5",           "http3",        "post301",      "tlsv1.1",     "x",
    };
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        const char *name = suggest(words[i]);
        cr_expect(eq(str, (char *)(name ? name : ""), ""), "%s", words[i]);
    }
}

Test(suggest, a_word_of_any_length_is_compared_up_to_that_of_names)
{
    char word[1000];
    memset(word, 'x', sizeof word - 1);
    word[sizeof word - 1] = '\0';
    cr_expect_null(suggest(word));
    cr_expect_null(suggest(""));
}

Test(suggest, names_whose_digits_differ_are_other_names)
{
    struct suggestion suggestion = suggestion_for("urls-2.txt", strlen("urls-2.txt"));
    suggestion_offer(&suggestion, "urls-1.txt");
    cr_expect_null(suggestion.nearest);
    suggestion_offer(&suggestion, "urls2.txt");
    cr_expect_str_eq(suggestion.nearest, "urls2.txt");
}
