/* The barest fetcher on libcurl and libev: what a request costs before anything is built on it. It
 * sets the options that afetch sets, keeps its handles, and writes nothing but a count.
 *
 *     bare JOBS FILE [BUNDLE]    fetches every line of FILE, JOBS at once, on one multi handle,
 * trusts the certificates in BUNDLE, and prints how many succeeded */
#include <curl/curl.h>
#include <ev.h>
#include <openssl/ssl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* More idle connections than any list has hosts. */
static const long IDLE_CONNECTIONS = 16384;

static CURLM *multi;
static struct ev_loop *loop;
static ev_timer timer;
static FILE *list;
static size_t running, succeeded;
static const char *bundle;
static X509_STORE *store; /* of the bundle, once a connection needs it */
static char certificate[64 * 1024];

static size_t discard(char *data, size_t size, size_t count, void *arg)
{
    (void)data, (void)arg;
    return size * count;
}

static curl_socket_t open_socket(void *arg, curlsocktype purpose, struct curl_sockaddr *address)
{
    (void)arg, (void)purpose;
    return socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
}

static int before_request(void *arg, char *remote_ip, char *local_ip, int remote_port,
                          int local_port)
{
    (void)arg, (void)remote_ip, (void)local_ip, (void)remote_port, (void)local_port;
    return CURL_PREREQFUNC_OK;
}

/* ------------------------------------------------------------ certificates */

static X509_STORE *load_store(void)
{
    X509_STORE *loaded = X509_STORE_new();
    if (loaded && X509_STORE_load_locations(loaded, bundle, NULL))
        X509_STORE_set_flags(loaded, X509_V_FLAG_PARTIAL_CHAIN | X509_V_FLAG_TRUSTED_FIRST);
    return loaded;
}

static CURLcode use_store(CURL *easy, void *context, void *arg)
{
    (void)easy, (void)arg;
    if (!store && !(store = load_store()))
        return CURLE_OUT_OF_MEMORY;
    SSL_CTX_set1_cert_store(context, store);
    return CURLE_OK;
}

/* Reads the first certificate of the bundle. */
static int read_certificate(void)
{
    static const char last[] = "-----END CERTIFICATE-----\n";
    FILE *file = fopen(bundle, "r");
    if (!file)
        return -1;
    certificate[fread(certificate, 1, sizeof certificate - 1, file)] = '\0';
    fclose(file);
    char *end = strstr(certificate, last);
    if (!end)
        return -1;
    end[sizeof last - 1] = '\0';
    return 0;
}

/* Gives each connection the one store instead of a bundle of its own. From libcurl 8.17 on, no
 * bundle means the default one unless there is a certificate in memory. */
static void set_store(CURL *easy)
{
    struct curl_blob blob = {.data = certificate, .len = strlen(certificate)};
    curl_easy_setopt(easy, CURLOPT_CAINFO, NULL);
    curl_easy_setopt(easy, CURLOPT_CAPATH, NULL);
    curl_easy_setopt(easy, CURLOPT_SSL_CTX_FUNCTION, use_store);
    if (curl_version_info(CURLVERSION_NOW)->version_num >= 0x081100)
        curl_easy_setopt(easy, CURLOPT_CAINFO_BLOB, &blob);
}

/* --------------------------------------------------------------- transfers */

static CURL *make_handle(CURLSH *share)
{
    static char error[CURL_ERROR_SIZE];
    CURL *easy = curl_easy_init();
    curl_easy_setopt(easy, CURLOPT_SHARE, share);
    curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(easy, CURLOPT_REDIR_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(easy, CURLOPT_DEFAULT_PROTOCOL, "http");
    curl_easy_setopt(easy, CURLOPT_QUICK_EXIT, 1L);
    curl_easy_setopt(easy, CURLOPT_USERAGENT, "afetch/0.1.0");
    curl_easy_setopt(easy, CURLOPT_PROXY, "");
    curl_easy_setopt(easy, CURLOPT_NOPROXY, "*");
    curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 1L);
    curl_easy_setopt(easy, CURLOPT_MAXREDIRS, 10L);
    curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, 10000L);
    curl_easy_setopt(easy, CURLOPT_LOW_SPEED_LIMIT, 1L);
    curl_easy_setopt(easy, CURLOPT_LOW_SPEED_TIME, 30L);
    curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, error);
    curl_easy_setopt(easy, CURLOPT_PRIVATE, easy);
    curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, discard);
    curl_easy_setopt(easy, CURLOPT_WRITEDATA, easy);
    curl_easy_setopt(easy, CURLOPT_OPENSOCKETFUNCTION, open_socket);
    curl_easy_setopt(easy, CURLOPT_PREREQFUNCTION, before_request);
    curl_easy_setopt(easy, CURLOPT_BUFFERSIZE, 64L * 1024);
    curl_easy_setopt(easy, CURLOPT_DNS_CACHE_TIMEOUT, -1L);
    if (bundle)
        set_store(easy);
    return easy;
}

/* Gives the handle the next line of the list. */
static void next(CURL *easy)
{
    char url[4096];
    if (!fgets(url, sizeof url, list))
        return;
    url[strcspn(url, "\r\n")] = '\0';
    curl_easy_setopt(easy, CURLOPT_URL, url);
    curl_easy_setopt(easy, CURLOPT_PIPEWAIT, (long)(strncmp(url, "https:", 6) == 0));
    curl_multi_add_handle(multi, easy);
    running++;
}

static int is_success(const CURLMsg *message)
{
    long status = 0;
    curl_easy_getinfo(message->easy_handle, CURLINFO_RESPONSE_CODE, &status);
    return message->data.result == CURLE_OK && status < 400;
}

static void act(curl_socket_t fd, int events)
{
    int left;
    curl_multi_socket_action(multi, fd, events, &left);
    CURLMsg *message;
    while ((message = curl_multi_info_read(multi, &left))) {
        CURL *easy = message->easy_handle;
        succeeded += (size_t)is_success(message);
        curl_multi_remove_handle(multi, easy);
        running--;
        next(easy);
    }
    if (running == 0)
        ev_break(loop, EVBREAK_ALL);
}

static void on_timer(struct ev_loop *ev, ev_timer *watcher, int events)
{
    (void)ev, (void)watcher, (void)events;
    act(CURL_SOCKET_TIMEOUT, 0);
}

static void on_socket(struct ev_loop *ev, ev_io *io, int events)
{
    (void)ev;
    act(io->fd,
        (events & EV_READ ? CURL_CSELECT_IN : 0) | (events & EV_WRITE ? CURL_CSELECT_OUT : 0));
}

static int change_timer(CURLM *handle, long milliseconds, void *arg)
{
    (void)handle, (void)arg;
    ev_timer_stop(loop, &timer);
    if (milliseconds >= 0) {
        ev_timer_set(&timer, (double)milliseconds * 1e-3, 0);
        ev_timer_start(loop, &timer);
    }
    return 0;
}

static int change_socket(CURL *easy, curl_socket_t fd, int what, void *arg, void *socket_arg)
{
    (void)easy, (void)arg;
    ev_io *io = socket_arg;
    if (io)
        ev_io_stop(loop, io);
    if (what == CURL_POLL_REMOVE) {
        free(io);
        return 0;
    }
    if (!io && !(io = malloc(sizeof *io)))
        return -1;
    ev_io_init(io, on_socket, fd,
               (what & CURL_POLL_IN ? EV_READ : 0) | (what & CURL_POLL_OUT ? EV_WRITE : 0));
    ev_io_start(loop, io);
    curl_multi_assign(multi, fd, io);
    return 0;
}

int main(int argc, char *argv[])
{
    bundle = argc == 4 ? argv[3] : NULL;
    if (argc < 3 || argc > 4 || !(list = fopen(argv[2], "r")) ||
        (bundle && read_certificate() < 0)) {
        fprintf(stderr, "usage: bare JOBS FILE [BUNDLE]\n");
        return 2;
    }
    curl_global_init(CURL_GLOBAL_DEFAULT);
    loop = ev_default_loop(0);
    multi = curl_multi_init();
    ev_timer_init(&timer, on_timer, 0, 0);
    curl_multi_setopt(multi, CURLMOPT_SOCKETFUNCTION, change_socket);
    curl_multi_setopt(multi, CURLMOPT_TIMERFUNCTION, change_timer);
    curl_multi_setopt(multi, CURLMOPT_MAXCONNECTS, IDLE_CONNECTIONS);
    CURLSH *share = curl_share_init();
    curl_share_setopt(share, CURLSHOPT_SHARE, CURL_LOCK_DATA_DNS);
    curl_share_setopt(share, CURLSHOPT_SHARE, CURL_LOCK_DATA_SSL_SESSION);
    for (int i = atoi(argv[1]); i > 0; i--)
        next(make_handle(share));
    ev_run(loop, 0);
    printf("%zu\n", succeeded);
    return 0;
}
