/* The options that all easy handles of a client share, in the form that libcurl takes. */
#ifndef HTTP_SETTINGS_H
#define HTTP_SETTINGS_H

#include <curl/curl.h>

#include <afetch/http.h>

#include "http/ca_store.h"
#include "http/proxies.h"
#include "http/resolve_list.h"

struct settings {
    af_client_options options;  /* the strings are copies; the lists are those below */
    struct curl_slist *headers; /* without cookies */
    char *cookies;              /* of the headers, in one line; NULL: none */
    struct curl_slist *connect_to;
    struct proxies proxies;
    struct resolve_list given;  /* of --resolve */
    struct curl_slist *resolve; /* the same, where libcurl itself has to look names up */
    struct ca_store *ca_store;  /* NULL: any certificate is accepted */
    CURLSH *share; /* names, TLS sessions and cookies; connections belong to the pumps */
};

/* Copies OPTIONS. -ENOMEM; -EINVAL with a text where one of them cannot be; the settings may be
 * freed all the same. */
int settings_init(struct settings *settings, const af_client_options *options);
void settings_free(struct settings *settings);

/* Sets them on a new handle, which is then one for http://. Returns libcurl's code for the first
 * that it refuses. The settings are borrowed. */
CURLcode settings_apply(const struct settings *settings, CURL *curl);

/* Sets what https:// alone needs, or takes back what costs memory without it. */
CURLcode settings_apply_scheme(const struct settings *settings, CURL *curl, bool is_secure);

/* True if libcurl itself has to look names up, in threads: a request may need two of them, or
 * --resolve is for all hosts. */
bool settings_leave_names(const struct settings *settings);

/* True if the name that a request needs may be another than that of its URL: a proxy's, or one of
 * --connect-to. */
bool settings_redirect_names(const struct settings *settings);

/* A time limit as libcurl takes it: at least 1, since 0 is none. */
long settings_milliseconds(double seconds);

#endif
