/* The origin: an HTTP/1.1 server for the demo, the tests and the benchmarks, on the loopback only.
 * It is written on the library's own streams. */
#include <arpa/inet.h>
#include <errno.h>
#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <afetch/run.h>

#include "descriptors.h"
#include "routes.h"

/* Connections that may wait to be accepted: thousands arrive at once. */
static const int BACKLOG = 16384;

struct options {
    const char *host;
    uint16_t port;
    bool until_stdin_closes;
    struct origin *origin;
};

/* ----------------------------------------------------------------- routing */

/* Returns the rest of the path after the route's; NULL if it is another route's. */
static const char *match(const struct route *route, const char *path)
{
    size_t length = strlen(route->path);
    if (strncmp(route->path, path, length) != 0)
        return NULL;
    bool is_prefix = length > 1 && route->path[length - 1] == '/';
    return is_prefix || path[length] == '\0' ? path + length : NULL;
}

static int get_stats(struct exchange *exchange)
{
    const struct origin *origin = exchange->origin;
    struct text body = {0};
    text_format(&body,
                "{\"requests\": %zu, \"active\": %zu, \"peak\": %zu, \"connections\": %zu}\n",
                origin->requests, origin->active, origin->peak, origin->connections);
    return send_text(exchange, 200, "application/json", &body);
}

static int answer_counted(struct exchange *exchange, const struct route *route, const char *rest)
{
    struct origin *origin = exchange->origin;
    origin->requests++;
    origin->active++;
    if (origin->active > origin->peak)
        origin->peak = origin->active;
    int r = route ? route->handle(exchange, rest) : send_status(exchange, 404);
    origin->active--;
    return r;
}

static int answer(struct exchange *exchange)
{
    static const struct route *const tables[] = {httpbin_routes, hostile_routes};
    const char *path = exchange->request->path, *rest;
    if (strcmp(path, "/stats") == 0)
        return get_stats(exchange);
    for (size_t i = 0; i < sizeof tables / sizeof tables[0]; i++)
        for (const struct route *route = tables[i]; route->path; route++)
            if ((rest = match(route, path)))
                return answer_counted(exchange, route, rest);
    return answer_counted(exchange, NULL, NULL);
}

/* ------------------------------------------------------------- connections */

/* One request and its answer: 1 where another may follow. */
static int serve_request(af_stream *stream, struct origin *origin)
{
    struct exchange exchange = {.origin = origin, .stream = stream};
    int r = request_read(stream, &exchange.request);
    if (r <= REFUSED(100) && r > REFUSED(600))
        return send_status(&exchange, REFUSED(0) - r);
    if (r <= 0)
        return r;
    exchange.keep_alive = exchange.request->keep_alive;
    r = answer(&exchange);
    request_free(exchange.request);
    return r < 0 ? r : exchange.keep_alive;
}

static int serve_connection(af_stream *stream, void *arg)
{
    struct origin *origin = arg;
    origin->connections++;
    af_stream_set_limit(stream, MAX_HEAD);
    int r;
    do
        r = serve_request(stream, origin);
    while (r > 0);
    return r;
}

/* ----------------------------------------------------------------- the end */

static int set_stop(void *arg)
{
    af_future *stop = arg;
    if (!af_future_done(stop))
        af_future_set_result(stop, NULL, NULL);
    return 0;
}

static int on_stdin(void *arg)
{
    char ignored[512];
    return read(STDIN_FILENO, ignored, sizeof ignored) > 0 ? 0 : set_stop(arg);
}

static int watch_for_end(const struct options *options, af_future *stop)
{
    af_loop *loop = af_running_loop();
    int r = af_loop_add_signal_handler(loop, SIGTERM, set_stop, stop);
    if (r >= 0)
        r = af_loop_add_signal_handler(loop, SIGINT, set_stop, stop);
    if (r >= 0 && options->until_stdin_closes)
        r = af_loop_add_reader(loop, STDIN_FILENO, on_stdin, stop);
    return r;
}

static void report(af_loop *loop, const af_exception_context *context, void *arg)
{
    (void)loop, (void)arg;
    fprintf(stderr, "origin: %s: %s\n", context->message, af_error_text(context->error));
}

static int listen_until(af_future *stop, const struct options *options)
{
    af_server *server;
    int r = af_start_server(options->host, options->port, BACKLOG, serve_connection,
                            options->origin, &server);
    if (r < 0)
        return r;
    printf("%u\n", af_server_port(server));
    r = fflush(stdout) == 0 ? af_await(stop, NULL) : -errno;
    af_server_free(server);
    return r;
}

static int serve(void *arg, void **ret_result)
{
    (void)ret_result;
    const struct options *options = arg;
    af_loop *loop = af_running_loop();
    af_loop_set_exception_handler(loop, report, NULL);
    af_future *stop;
    int r = af_create_future(&stop);
    if (r < 0)
        return r;
    r = watch_for_end(options, stop);
    if (r >= 0)
        r = listen_until(stop, options);
    if (r < 0)
        fprintf(stderr, "origin: %s\n", af_error_text(af_raised(r)));
    af_loop_remove_signal_handler(loop, SIGTERM);
    af_loop_remove_signal_handler(loop, SIGINT);
    af_loop_remove_reader(loop, STDIN_FILENO);
    af_future_unref(stop);
    return r;
}

/* ------------------------------------------------------------- the program */

static bool is_loopback(const char *host)
{
    struct in_addr ipv4;
    if (inet_pton(AF_INET, host, &ipv4) == 1)
        return ntohl(ipv4.s_addr) >> 24 == IN_LOOPBACKNET;
    return strcmp(host, "::1") == 0 || strcmp(host, "localhost") == 0;
}

static bool parse_options(int argc, char **argv, struct options *options)
{
    static const struct option known[] = {
        {"host", required_argument, NULL, 'h'},
        {"port", required_argument, NULL, 'p'},
        {"until-stdin-closes", no_argument, NULL, 's'},
        {NULL, 0, NULL, 0},
    };
    int64_t port;
    int option;
    while ((option = getopt_long(argc, argv, "", known, NULL)) != -1) {
        switch (option) {
        case 'h':
            options->host = optarg;
            break;
        case 'p':
            if (!read_count(optarg, UINT16_MAX, &port))
                return false;
            options->port = (uint16_t)port;
            break;
        case 's':
            options->until_stdin_closes = true;
            break;
        default:
            return false;
        }
    }
    return optind == argc && is_loopback(options->host);
}

int main(int argc, char **argv)
{
    struct origin origin = {0};
    struct options options = {.host = "127.0.0.1", .origin = &origin};
    if (!parse_options(argc, argv, &options)) {
        fputs("usage: origin [--host LOOPBACK-ADDRESS] [--port N] [--until-stdin-closes]\n",
              stderr);
        return 2;
    }
    descriptors_raise_limit();
    int r = af_run(NULL, serve, &options, NULL);
    forget_flakes(&origin);
    return r < 0 ? 1 : 0;
}
