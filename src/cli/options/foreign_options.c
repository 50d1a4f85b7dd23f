#include "cli/options/foreign_options.h"

#include <string.h>

struct foreign_option {
    const char *names; /* without their dashes, and with blanks between and around them */
    const char *advice;
};

static const struct foreign_option foreign_options[] = {
    {" s silent ", "use -q"},
    {" S show-error ", "errors are always shown"},
    {" f fail fail-with-body fail-early ", "a status of 400 or more is always a failure (see "
                                           "--accept); --fail-fast stops at the first failure"},
    {" w write-out ", "use --fields to select what is written"},
    {" i ", "use --include-headers to show headers; a list is an operand, without an option"},
    {" include show-headers D dump-header ", "use --include-headers"},
    {" O remote-name remote-name-all J remote-header-name directory-prefix dir ",
     "use --output-dir DIR"},
    {" P ", "use -j N for N requests at once, or --output-dir DIR to save bodies in a directory"},
    {" Z parallel parallel-immediate ", "requests are always concurrent; use -j N to limit them"},
    {" parallel-max max-concurrent-downloads max-threads max-procs ", "use -j N"},
    {" max-connection-per-server ", "use --per-host N"},
    {" max-time ", "use -m SECS"},
    {" T upload-file ", "use -X PUT --data-binary @FILE"},
    {" F form form-string ",
     "multipart forms are not supported; use --data-binary @FILE to send a prepared body"},
    {" G get data-urlencode url-query ", "put the query into the URL; jq's @uri encodes it"},
    {" r range ", "use -H 'Range: bytes=0-99'"},
    {" C continue continue-at ",
     "partial downloads are not continued; use --resume to continue a list"},
    {" cookie-jar save-cookies load-cookies c ",
     "use -b FILE to load cookies, -b \"\" to keep them during the run; they are not saved"},
    {" t tries max-tries retries max-retries ", "use --retry N"},
    {" retry-all-errors retry-connrefused ", "use --retry-on to select what is retried"},
    {" retry-max-time ", "use -m SECS, which limits all attempts of a URL together"},
    {" wait waitretry delay ",
     "use --rate, such as 2/s, to space requests, or --retry-delay for retries"},
    {" concurrency threads workers split ", "use -j N"},
    {" timeout-ms max-time-ms ", "use -m SECS, with a fraction such as 0.5"},
    {" post-data ", "use -d DATA"},
    {" speed-limit speed-time Y y ", "use --idle-timeout SECS to end stalled transfers"},
    {" proxy-insecure ", "use -k, which also applies to HTTPS proxies"},
    {" no-buffer N ", "output is not buffered: each record is written as soon as its order allows"},
    {" no-verbose nv ", "use -q"},
    {" create-dirs p ", "--output-dir creates its directory"},
    {" location-trusted ", "credentials are never sent to another host after a redirect"},
    {" path-as-is g globoff ",
     "URLs are not globbed; dot segments in their paths are always removed"},
    {" socks5 ", "use -x socks5://HOST:PORT"},
    {" socks5-hostname ", "use -x socks5h://HOST:PORT"},
    {" socks4 ", "use -x socks4://HOST:PORT"},
    {" socks4a ", "use -x socks4a://HOST:PORT"},
    {" stderr ", "redirect it in the shell: 2>FILE"},
    {" input-file arg-file a ", "give the list as an operand, without an option"},
    {" no-clobber nc skip-existing ",
     "existing files are never overwritten; use -o FILE --resume to skip URLs that have a record"},
    {" no-check-certificate ", "use -k"},
    {" # progress-bar ", "use --progress"},
    {" no-progress-meter ", "use --progress=never"},
    {" limit-rate max-overall-download-limit ",
     "bandwidth is not limited; use --rate or --per-host to limit requests"},
    {" digest ntlm negotiate anyauth ", "only basic authentication is supported: use -u"},
    {" noproxy no-proxy ", "set the environment variable no_proxy"},
    {" next ", "use a list of requests in JSON, each with its own method, headers and body"},
    {" trace trace-ascii ", "use -v or --timeline"},
    {" spider ", "use -I to send HEAD requests"},
    {" http3 http2-prior-knowledge ",
     "use --http2; HTTP/2 over TLS is the latest version supported"},
    {" http1.0 http0.9 ", "use --http1.1 or --http2"},
    {" proto proto-redir proto-default ", "only http:// and https:// URLs are supported"},
    {" retry-failed resume-failed ", "use --resume=failed"},
    {" max-redirect ", "use --max-redirs N"},
    {" read-timeout ", "use --idle-timeout SECS"},
    {" compression ", "use --compressed"},
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
