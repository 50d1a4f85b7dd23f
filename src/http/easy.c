#include "http/easy.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "http/transfer.h"

/* ---------------------------------------------------------------- settings */

static int copy_string(char **place, const char *string)
{
    *place = string ? strdup(string) : NULL;
    return string && !*place ? -ENOMEM : 0;
}

static int copy_list(struct curl_slist **place, const char *const *list)
{
    for (; list && *list; list++) {
        struct curl_slist *longer = curl_slist_append(*place, *list);
        if (!longer)
            return -ENOMEM;
        *place = longer;
    }
    return 0;
}

int easy_settings_init(struct easy_settings *settings, const af_client_options *options)
{
    *settings = (struct easy_settings){.options = *options, .share = curl_share_init()};
    if (!settings->share ||
        copy_string(&settings->user_agent,
                    options->user_agent ? options->user_agent : "afetch/" AFETCH_VERSION) < 0 ||
        copy_string(&settings->ca_file, options->ca_file) < 0 ||
        copy_list(&settings->headers, options->headers) < 0 ||
        copy_list(&settings->connect_to, options->connect_to) < 0 ||
        copy_list(&settings->resolve, options->resolve) < 0)
        return -ENOMEM;
    curl_share_setopt(settings->share, CURLSHOPT_SHARE, CURL_LOCK_DATA_DNS);
    curl_share_setopt(settings->share, CURLSHOPT_SHARE, CURL_LOCK_DATA_SSL_SESSION);
    return 0;
}

void easy_settings_free(struct easy_settings *settings)
{
    curl_share_cleanup(settings->share);
    curl_slist_free_all(settings->headers);
    curl_slist_free_all(settings->connect_to);
    curl_slist_free_all(settings->resolve);
    free(settings->user_agent);
    free(settings->ca_file);
}

/* ----------------------------------------------------------------- handles */

static long milliseconds(double seconds)
{
    return seconds < (double)(1L << 30) ? (long)ceil(seconds * 1e3) : 0;
}

/* Whether libcurl has to look for a proxy in the environment at every request. */
static bool environment_names_proxy(void)
{
    static const char *const names[] = {"http_proxy", "https_proxy", "HTTPS_PROXY", "all_proxy",
                                        "ALL_PROXY"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (getenv(names[i]))
            return true;
    return false;
}

struct setter {
    CURL *curl;
    CURLcode result; /* the first failure */
};

#define SET(setter, option, value)                                              \
    do {                                                                        \
        if ((setter)->result == CURLE_OK)                                       \
            (setter)->result = curl_easy_setopt((setter)->curl, option, value); \
    } while (0)

static void set_times(struct setter *setter, const af_client_options *options)
{
    if (options->attempt_timeout > 0)
        SET(setter, CURLOPT_TIMEOUT_MS, milliseconds(options->attempt_timeout));
    if (options->connect_timeout > 0)
        SET(setter, CURLOPT_CONNECTTIMEOUT_MS, milliseconds(options->connect_timeout));
    if (options->idle_timeout > 0) {
        SET(setter, CURLOPT_LOW_SPEED_LIMIT, 1L);
        SET(setter, CURLOPT_LOW_SPEED_TIME, (milliseconds(options->idle_timeout) + 999) / 1000);
    }
}

static void set_shared(struct setter *setter, const struct easy_settings *settings)
{
    const af_client_options *options = &settings->options;
    SET(setter, CURLOPT_SHARE, settings->share);
    SET(setter, CURLOPT_NOSIGNAL, 1L);
    SET(setter, CURLOPT_PROTOCOLS_STR, "http,https");
    SET(setter, CURLOPT_REDIR_PROTOCOLS_STR, "http,https");
    SET(setter, CURLOPT_DEFAULT_PROTOCOL, "http");
    SET(setter, CURLOPT_QUICK_EXIT, 1L); /* a cancel must not wait for a resolver's thread */
    SET(setter, CURLOPT_USERAGENT, settings->user_agent);
    if (!environment_names_proxy()) {
        SET(setter, CURLOPT_PROXY, "");
        SET(setter, CURLOPT_NOPROXY, "*");
    }
    if (options->follow_redirects) {
        SET(setter, CURLOPT_FOLLOWLOCATION, 1L);
        SET(setter, CURLOPT_MAXREDIRS, options->max_redirects);
    }
    if (options->max_body > 0)
        SET(setter, CURLOPT_MAXFILESIZE_LARGE, (curl_off_t)options->max_body);
    if (options->insecure) {
        SET(setter, CURLOPT_SSL_VERIFYPEER, 0L);
        SET(setter, CURLOPT_SSL_VERIFYHOST, 0L);
    }
    if (settings->ca_file)
        SET(setter, CURLOPT_CAINFO, settings->ca_file);
    if (settings->headers)
        SET(setter, CURLOPT_HTTPHEADER, settings->headers);
    if (settings->connect_to)
        SET(setter, CURLOPT_CONNECT_TO, settings->connect_to);
    if (settings->resolve)
        SET(setter, CURLOPT_RESOLVE, settings->resolve);
    set_times(setter, options);
}

int easy_new(const struct easy_settings *settings, struct easy **ret_easy)
{
    struct easy *easy = malloc(sizeof *easy);
    if (!easy)
        return -ENOMEM;
    list_init(&easy->link);
    easy->transfer = NULL;
    easy->hears_headers = false;
    easy->error_text[0] = '\0';
    easy->curl = curl_easy_init();
    if (!easy->curl) {
        free(easy);
        return -ENOMEM;
    }
    struct setter setter = {.curl = easy->curl};
    set_shared(&setter, settings);
    SET(&setter, CURLOPT_PRIVATE, easy);
    SET(&setter, CURLOPT_ERRORBUFFER, easy->error_text);
    SET(&setter, CURLOPT_WRITEFUNCTION, transfer_write);
    SET(&setter, CURLOPT_WRITEDATA, easy);
    SET(&setter, CURLOPT_OPENSOCKETFUNCTION, transfer_open_socket);
    SET(&setter, CURLOPT_OPENSOCKETDATA, easy);
    SET(&setter, CURLOPT_PREREQFUNCTION, transfer_connected);
    SET(&setter, CURLOPT_PREREQDATA, easy);
    if (setter.result != CURLE_OK) {
        easy_free(easy);
        return af_raise(-EINVAL, "libcurl refuses an option: %s",
                        curl_easy_strerror(setter.result));
    }
    *ret_easy = easy;
    return 0;
}

void easy_hear_headers(struct easy *easy, bool hear)
{
    if (easy->hears_headers == hear)
        return;
    easy->hears_headers = hear;
    curl_easy_setopt(easy->curl, CURLOPT_HEADERFUNCTION, hear ? transfer_header : NULL);
    curl_easy_setopt(easy->curl, CURLOPT_HEADERDATA, hear ? easy : NULL);
}

void easy_free(struct easy *easy)
{
    if (!easy)
        return;
    curl_easy_cleanup(easy->curl);
    free(easy);
}
