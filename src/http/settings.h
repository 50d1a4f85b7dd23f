/* What the easy handles of a client have in common, kept in the shape in which libcurl wants it. */
#ifndef HTTP_SETTINGS_H
#define HTTP_SETTINGS_H

#include <curl/curl.h>

#include <afetch/http.h>

#include "http/ca_store.h"

struct settings {
    af_client_options options; /* the strings are copies; the lists are those below */
    struct curl_slist *headers;
    struct curl_slist *connect_to;
    struct curl_slist *resolve;
    struct ca_store *ca_store; /* NULL: any certificate is accepted */
    CURLSH *share; /* names, TLS sessions and cookies; connections belong to the pumps */
};

/* Copies OPTIONS. -ENOMEM; -EINVAL with a text where one of them cannot be; the settings may be
 * freed all the same. */
int settings_init(struct settings *settings, const af_client_options *options);
void settings_free(struct settings *settings);

/* Sets them on a new handle. Returns libcurl's code for the first that it refuses. The settings are
 * borrowed. */
CURLcode settings_apply(const struct settings *settings, CURL *curl);

#endif
