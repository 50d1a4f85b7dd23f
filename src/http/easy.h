/* An easy handle with all that every request of a client shares set once, so that a request has
 * only its URL to set. */
#ifndef HTTP_EASY_H
#define HTTP_EASY_H

#include "base/list.h"
#include "http/settings.h"
#include "http/watchdog.h"

struct transfer;

struct easy {
    struct list link; /* among the idle ones of its client */
    CURL *curl;
    const struct settings *settings;
    struct watchdog *watchdog; /* of its connections */
    struct transfer *transfer; /* NULL while idle */
    bool altered;              /* has what only its last request asked for */
    char error_text[CURL_ERROR_SIZE];
};

/* -ENOMEM; -EINVAL with a text where libcurl refuses an option. The settings and the watchdog,
 * which may be NULL, are borrowed. */
int easy_new(const struct settings *settings, struct watchdog *watchdog, struct easy **ret_easy);
void easy_free(struct easy *easy);

/* Changes the error text of a transfer that ended with RESULT where libcurl's says too little:
 * where the CA certificates could not be read, it names the file. */
void easy_explain(struct easy *easy, CURLcode result);

/* The headers of a request that has some of its own or a content; NULL where the settings' do as
 * they are. The caller frees the list. -ENOMEM. */
int easy_make_headers(const struct settings *settings, const af_request *request,
                      struct curl_slist **ret_headers);

/* Sets what only REQUEST asks for, HEADERS being those made for it, and takes back what the request
 * before it did. -ENOMEM. */
int easy_alter(struct easy *easy, const struct settings *settings, const af_request *request,
               struct curl_slist *headers);

#endif
