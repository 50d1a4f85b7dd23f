#include "cli/options/foreign_options.h"

#include <string.h>

struct foreign_option {
    const char *names; /* without their dashes, and with blanks between and around them */
    const char *advice;
};

static const struct foreign_option foreign_options[] = {
    {" s silent ", "it is -q here"},
    {" S show-error ", "errors are shown anyway"},
    {" f fail fail-with-body fail-early ",
     "a status of 400 or more is a failure anyway, see --accept; --fail-fast ends the run at the "
     "first"},
    {" w write-out ", "choose with --fields what is written"},
    {" i ", "--include-headers shows headers; a list needs no option"},
    {" include show-headers D dump-header ", "it is --include-headers here"},
    {" O remote-name remote-name-all J remote-header-name directory-prefix dir ",
     "it is --output-dir DIR here"},
    {" P ", "-j N has N requests at once; --output-dir DIR saves bodies in a directory"},
    {" Z parallel parallel-immediate ", "requests run at once anyway, -j says how many"},
    {" parallel-max max-concurrent-downloads max-threads max-procs ", "it is -j N here"},
    {" max-connection-per-server ", "it is --per-host N here"},
    {" max-time ", "it is -m SECS here"},
    {" T upload-file ", "-X PUT --data-binary @FILE sends a file"},
    {" F form form-string ", "no forms are made here; --data-binary @FILE sends one that is there"},
    {" G get data-urlencode url-query ", "the query stands in each URL; jq's @uri encodes it"},
    {" r range ", "-H 'Range: bytes=0-99' asks for a part"},
    {" C continue continue-at ", "a body begins anew; --resume goes on with a list where it ended"},
    {" cookie-jar save-cookies load-cookies c ",
     "-b FILE reads cookies, -b \"\" keeps them during the run, and none after it"},
    {" t tries max-tries retries max-retries ", "it is --retry N here"},
    {" retry-all-errors retry-connrefused ", "--retry-on says what is tried again"},
    {" retry-max-time ", "-m SECS holds for all attempts together"},
    {" wait waitretry delay ",
     "--rate, as in 2/s, spreads the requests; --retry-delay is for retries"},
    {" concurrency threads workers split ", "it is -j N here"},
    {" timeout-ms max-time-ms ", "-m SECS takes fractions, such as 0.5"},
    {" post-data ", "it is -d DATA here"},
    {" speed-limit speed-time Y y ", "--idle-timeout SECS ends what stands still"},
    {" proxy-insecure ", "-k holds for an HTTPS proxy as well"},
    {" no-buffer N ", "each record is written as it comes"},
    {" no-verbose nv ", "it is -q here"},
    {" create-dirs p ", "--output-dir makes its directory"},
    {" location-trusted ", "credentials follow no redirect to another host"},
    {" path-as-is g globoff ", "URLs are taken as they are, but for dots in their paths"},
    {" socks5 ", "it is -x socks5://HOST:PORT here"},
    {" socks5-hostname ", "it is -x socks5h://HOST:PORT here"},
    {" socks4 ", "it is -x socks4://HOST:PORT here"},
    {" socks4a ", "it is -x socks4a://HOST:PORT here"},
    {" stderr ", "the shell does that: 2>FILE"},
    {" input-file arg-file a ", "a list needs no option, just its name"},
    {" no-clobber nc skip-existing ",
     "no file is ever written over; -o FILE --resume passes over what has its record"},
    {" no-check-certificate ", "it is -k here"},
    {" # progress-bar ", "it is --progress here"},
    {" no-progress-meter ", "it is --progress=never here"},
    {" limit-rate max-overall-download-limit ",
     "it is requests that are limited here: --rate, --per-host"},
    {" digest ntlm negotiate anyauth ", "-u logs in by basic authentication, and no other"},
    {" noproxy no-proxy ", "the variable no_proxy names hosts that need no proxy"},
    {" next ", "a line of a list in JSON has a method, headers and a body of its own"},
    {" trace trace-ascii ", "-v and --timeline show what happens"},
    {" spider ", "-I asks for the headers alone"},
    {" http3 http2-prior-knowledge ", "HTTP/2 over TLS is the latest here: --http2"},
    {" http1.0 http0.9 ", "use --http1.1 or --http2"},
    {" proto proto-redir proto-default ", "only http:// and https:// URLs are fetched"},
    {" retry-failed resume-failed ", "it is --resume=failed here"},
    {" max-redirect ", "it is --max-redirs N here"},
    {" read-timeout ", "it is --idle-timeout SECS here"},
    {" compression ", "it is --compressed here"},
};

const char *foreign_option_advice(const char *name, size_t length)
{
    if (length == 0 || memchr(name, ' ', length))
        return NULL;
    for (size_t i = 0; i < sizeof foreign_options / sizeof foreign_options[0]; i++) {
        const char *at = foreign_options[i].names;
        while ((at = memmem(at, strlen(at), name, length))) {
            if (at[-1] == ' ' && at[length] == ' ')
                return foreign_options[i].advice;
            at++;
        }
    }
    return NULL;
}
