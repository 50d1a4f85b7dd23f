/* An easy handle with all that every request of a client shares set once, so that a request has
 * only its URL to set. */
#ifndef HTTP_EASY_H
#define HTTP_EASY_H

#include <curl/curl.h>

#include <afetch/http.h>

#include "base/list.h"

struct transfer;

struct easy {
    struct list link; /* among the idle ones of its client */
    CURL *curl;
    struct transfer *transfer; /* NULL while idle */
    bool hears_headers;        /* gives them to transfer_header() */
    char error_text[CURL_ERROR_SIZE];
};

/* What the handles of a client are set to, kept in the shape in which libcurl wants it. */
struct easy_settings {
    af_client_options options;
    char *user_agent;
    char *ca_file;
    struct curl_slist *headers;
    struct curl_slist *connect_to;
    struct curl_slist *resolve;
    CURLSH *share; /* names and TLS sessions; connections belong to the pumps */
};

/* Copies OPTIONS. -ENOMEM; the settings may be freed all the same. */
int easy_settings_init(struct easy_settings *settings, const af_client_options *options);
void easy_settings_free(struct easy_settings *settings);

/* -ENOMEM; -EINVAL with a text where libcurl refuses an option. The settings are borrowed. */
int easy_new(const struct easy_settings *settings, struct easy **ret_easy);
void easy_free(struct easy *easy);

/* Whether the next transfer is given its headers. */
void easy_hear_headers(struct easy *easy, bool hear);

#endif
