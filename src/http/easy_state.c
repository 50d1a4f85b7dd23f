#include "http/easy_state.h"

CURLcode easy_be_verbose(struct easy *easy, bool is_verbose)
{
    if (easy->is_verbose == is_verbose)
        return CURLE_OK;
    easy->is_verbose = is_verbose;
    return curl_easy_setopt(easy->curl, CURLOPT_VERBOSE, (long)is_verbose);
}

/* NULL for handles of libcurl's own. */
static struct easy *easy_of(CURL *curl)
{
    struct easy *easy = NULL;
    return curl_easy_getinfo(curl, CURLINFO_PRIVATE, &easy) == CURLE_OK ? easy : NULL;
}

bool easy_shares_connection(CURL *curl)
{
    const struct easy *easy = easy_of(curl);
    return easy && easy->waits;
}

void easy_note_socket(CURL *curl, curl_socket_t socket, bool is_watched)
{
    struct easy *easy = easy_of(curl);
    if (!easy)
        return;
    if (is_watched)
        easy->socket = socket;
    else if (easy->socket == socket)
        easy->socket = CURL_SOCKET_BAD;
}

void easy_note_handshake(CURL *curl)
{
    struct easy *easy = easy_of(curl);
    if (easy)
        easy->endpoints = endpoints_of_socket(easy->socket);
}
