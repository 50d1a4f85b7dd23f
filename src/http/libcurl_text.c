#include "http/libcurl_text.h"

#include <stddef.h>
#include <string.h>

/* From libcurl 7.88 to 8.21. The first line that fits counts. Text from a server may be within a
 * text, but neither begins nor ends one. */
static const struct {
    const char *start;
    const char *end;
    enum libcurl_meaning meaning;
} texts[] = {
    /* A trailer: 7.88 has the code of a connection that was lost. */
    {"Out of memory", " in chunked-encoding", LIBCURL_MEANS_HEADERS},
    {"Too large response headers: ", "", LIBCURL_MEANS_HEADERS},
    {"Too many response headers, ", "", LIBCURL_MEANS_HEADERS},
    {"", " in chunked-encoding", LIBCURL_MEANS_CHUNK},
    {"chunk hex-length ", "", LIBCURL_MEANS_CHUNK},
    {"invalid chunk size: ", "", LIBCURL_MEANS_CHUNK},
    {"Could not resolve", "", LIBCURL_MEANS_UNRESOLVED},
    {"Couldn't resolve", "", LIBCURL_MEANS_UNRESOLVED},
    {"Failed to resolve", "", LIBCURL_MEANS_UNRESOLVED},
    {"Resolving timed out after ", "", LIBCURL_MEANS_TIMEOUT},
    {"Connection time", "", LIBCURL_MEANS_TIMEOUT}, /* "timed out", "timeout", "time-out" */
    {"connect timeout", "", LIBCURL_MEANS_TIMEOUT},
    {"name lookup timed out", "", LIBCURL_MEANS_TIMEOUT},
    {"Operation timed out after ", "", LIBCURL_MEANS_TIMEOUT},
    {"SSL connection timeout", "", LIBCURL_MEANS_TIMEOUT},
    {"Proxy CONNECT aborted due to timeout", "", LIBCURL_MEANS_TIMEOUT},
    {"Failed to connect to ", "", LIBCURL_MEANS_TIMEOUT}, /* where the system gave up */
};

static bool fits(const char *text, const char *start, const char *end)
{
    size_t length = strlen(text), start_length = strlen(start), end_length = strlen(end);
    return length >= start_length + end_length && strncmp(text, start, start_length) == 0 &&
           strcmp(text + length - end_length, end) == 0;
}

enum libcurl_meaning libcurl_text_meaning(const char *text)
{
    for (size_t i = 0; text && i < sizeof texts / sizeof texts[0]; i++)
        if (fits(text, texts[i].start, texts[i].end))
            return texts[i].meaning;
    return LIBCURL_MEANS_CODE;
}

bool libcurl_text_suits(CURLcode code, const char *text)
{
    enum libcurl_meaning meaning = libcurl_text_meaning(text);
    if (code == CURLE_COULDNT_RESOLVE_HOST || code == CURLE_COULDNT_RESOLVE_PROXY)
        return meaning == LIBCURL_MEANS_UNRESOLVED;
    if (code == CURLE_OPERATION_TIMEDOUT)
        return meaning == LIBCURL_MEANS_TIMEOUT || meaning == LIBCURL_MEANS_UNRESOLVED;
    return true;
}
