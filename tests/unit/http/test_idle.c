/* The idle limit: silence alone runs it out, and every byte up or down begins it anew. */
#include <criterion/criterion.h>
#include <netinet/in.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <afetch/http.h>
#include <afetch/run.h>
#include <afetch/stream.h>
#include <afetch/task.h>

TestSuite(idle, .timeout = 60);

static const double LIMIT = 0.3;

/* The pieces of a response, and the pause before each. */
struct talk {
    const char *pieces[16]; /* NULL: it hangs from there on; "": the connection ends */
    double pause;
};

static int hang(af_stream *stream)
{
    char ignored[64];
    while (af_stream_read(stream, ignored, sizeof ignored) > 0)
        ;
    return 0;
}

static int serve(af_stream *stream, void *arg)
{
    const struct talk *talk = arg;
    const char *head;
    size_t length;
    int r = af_stream_read_until(stream, "\r\n\r\n", &head, &length);
    for (const char *const *piece = talk->pieces; r >= 0 && *piece; piece++) {
        if (!**piece)
            return 0;
        r = af_sleep(talk->pause);
        if (r >= 0)
            r = af_stream_write(stream, *piece, strlen(*piece));
    }
    return r < 0 ? r : hang(stream);
}

/* The result of a request to it. */
struct outcome {
    enum af_http_error error;
    enum af_http_limit limit;
    double seconds;
    double total; /* time_total */
};

static struct outcome ask(const char *url, double idle_timeout, af_request request)
{
    const af_client_options options = {.idle_timeout = idle_timeout};
    af_client *client;
    af_future *future;
    request.url = url;
    cr_assert_eq(af_client_new(&options, &client), 0);
    cr_assert_eq(af_client_fetch(client, &request, &future), 0);
    const af_response *response = af_request_response(future);
    struct outcome outcome = {response->error, response->limit, response->end - response->start,
                              (double)response->time_total * 1e-6};
    af_future_unref(future);
    af_client_free(client);
    return outcome;
}

struct idle_case {
    struct talk talk;
    double idle_timeout;
    af_request request;
    struct outcome outcome;
};

static int run_case(void *arg, void **ret_result)
{
    (void)ret_result;
    struct idle_case *idle = arg;
    af_server *server;
    char url[64];
    cr_assert_eq(af_start_server("127.0.0.1", 0, 16, serve, &idle->talk, &server), 0);
    snprintf(url, sizeof url, "http://127.0.0.1:%d/", (int)af_server_port(server));
    idle->outcome = ask(url, idle->idle_timeout, idle->request);
    af_server_close(server);
    cr_assert_eq(af_server_wait_closed(server), 0);
    af_server_free(server);
    return 0;
}

static struct outcome talk_to(struct talk talk)
{
    struct idle_case idle = {.talk = talk, .idle_timeout = LIMIT};
    cr_assert_eq(af_run(NULL, run_case, &idle, NULL), 0);
    return idle.outcome;
}

/* It was silent for SECONDS before; and it does not take another second to notice that. */
static void expect_idle(struct outcome outcome, double seconds)
{
    cr_expect_eq(outcome.error, AF_HTTP_TIMEOUT);
    cr_expect_eq(outcome.limit, AF_HTTP_LIMIT_IDLE);
    cr_expect_geq(outcome.seconds, seconds + LIMIT - 0.01);
    cr_expect_lt(outcome.seconds, seconds + LIMIT + 0.45, "%g s", outcome.seconds);
    cr_expect_geq(outcome.total, outcome.seconds - 0.05);
}

static void expect_ok(struct outcome outcome)
{
    cr_expect_eq(outcome.error, AF_HTTP_OK);
    cr_expect_gt(outcome.seconds, LIMIT); /* else it shows nothing */
}

Test(idle, silence_before_the_first_byte_runs_it_out)
{
    expect_idle(talk_to((struct talk){{NULL}, 0}), 0);
}

Test(idle, silence_within_the_headers_runs_it_out)
{
    expect_idle(talk_to((struct talk){{"HTTP/1.1 200 OK\r\nX-He", NULL}, 0}), 0);
}

Test(idle, silence_within_the_body_runs_it_out)
{
    expect_idle(talk_to((struct talk){{"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhi", NULL}, 0}),
                0);
}

Test(idle, silence_runs_it_out_from_the_last_byte_on)
{
    expect_idle(talk_to((struct talk){
                    {"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n", "a", "b", "c", NULL}, 0.15}),
                4 * 0.15);
}

/* As many bytes at first as one likes do not make up for a stall. */
Test(idle, a_stall_after_much_is_noticed_as_soon)
{
    enum { SIZE = 2 << 20 };
    char *answer = malloc(SIZE + 100);
    int head = sprintf(answer, "HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n", 2 * SIZE);
    memset(answer + head, 'x', SIZE);
    answer[head + SIZE] = '\0';
    struct outcome outcome = talk_to((struct talk){{answer, NULL}, 0});
    cr_expect_eq(outcome.limit, AF_HTTP_LIMIT_IDLE);
    cr_expect_lt(outcome.seconds, 5);
    free(answer);
}

Test(idle, bytes_that_trickle_in_a_body_reset_it)
{
    expect_ok(talk_to((struct talk){
        {"HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\n", "a", "b", "c", "d", "e", "f", NULL},
        0.15}));
}

Test(idle, bytes_that_trickle_in_half_a_header_line_reset_it)
{
    expect_ok(talk_to((struct talk){{"HTTP/1.1 200 OK\r\nX-A: ", "a", "b", "c", "d", "e", "f",
                                     "\r\nContent-Length: 0\r\n\r\n", NULL},
                                    0.15}));
}

Test(idle, bytes_that_trickle_in_a_status_line_reset_it)
{
    expect_ok(talk_to((struct talk){
        {"HTTP", "/", "1", ".", "1 ", "200", " OK\r\n", "Content-Length: 0\r\n\r\n", NULL}, 0.15}));
}

Test(idle, bytes_that_trickle_in_the_size_of_a_chunk_reset_it)
{
    expect_ok(talk_to((struct talk){{"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", "0",
                                     "0", "0", "0", "0", "1", "\r\nx\r\n0\r\n\r\n", NULL},
                                    0.15}));
}

Test(idle, interim_responses_reset_it)
{
    static const char hints[] = "HTTP/1.1 103 Early Hints\r\nLink: <a>\r\n\r\n";
    expect_ok(talk_to((struct talk){
        {hints, hints, hints, hints, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", NULL}, 0.15}));
}

Test(idle, without_a_limit_silence_is_fine)
{
    struct idle_case idle = {.talk = {{"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", NULL}, 1.2}};
    cr_assert_eq(af_run(NULL, run_case, &idle, NULL), 0);
    cr_expect_eq(idle.outcome.error, AF_HTTP_OK);
    cr_expect_gt(idle.outcome.seconds, 1);
}

/* ----------------------------------------------------------------------- uploads */

/* Takes the request slowly, in a thread, with little room in the kernel. */
struct slow_reader {
    int socket;
    size_t wanted; /* bytes before it answers or, where it STOPS, reads no more */
    bool stops;
    int stop[2]; /* ends it */
};

static void *read_slowly(void *arg)
{
    struct slow_reader *reader = arg;
    static char data[16 << 10];
    int fd = accept(reader->socket, NULL, NULL);
    for (size_t total = 0; total < reader->wanted;) {
        usleep(20000);
        ssize_t r = read(fd, data, sizeof data);
        if (r <= 0)
            break;
        total += (size_t)r;
    }
    static const char answer[] = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n";
    if (!reader->stops && write(fd, answer, strlen(answer)) < 0)
        perror("write");
    char ignored;
    if (read(reader->stop[0], &ignored, 1) < 0)
        perror("read");
    close(fd);
    return NULL;
}

struct upload {
    char url[64];
    af_request request;
    struct outcome outcome;
};

static int run_upload(void *arg, void **ret_result)
{
    (void)ret_result;
    struct upload *upload = arg;
    upload->outcome = ask(upload->url, LIMIT, upload->request);
    return 0;
}

static void start_reader(struct slow_reader *reader, struct upload *upload, pthread_t *ret_thread)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t length = sizeof address;
    reader->socket = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    setsockopt(reader->socket, SOL_SOCKET, SO_RCVBUF, &(int){8192}, sizeof(int));
    cr_assert_eq(bind(reader->socket, (struct sockaddr *)&address, length), 0);
    cr_assert_eq(getsockname(reader->socket, (struct sockaddr *)&address, &length), 0);
    cr_assert_eq(listen(reader->socket, 1), 0);
    cr_assert_eq(pipe(reader->stop), 0);
    cr_assert_eq(pthread_create(ret_thread, NULL, read_slowly, reader), 0);
    snprintf(upload->url, sizeof upload->url, "http://127.0.0.1:%d/", (int)ntohs(address.sin_port));
}

static struct outcome send_to(struct slow_reader reader, size_t size)
{
    pthread_t thread;
    char *content = calloc(1, size);
    struct upload upload = {.request = {.content = content, .content_size = size}};
    start_reader(&reader, &upload, &thread);
    cr_assert_eq(af_run(NULL, run_upload, &upload, NULL), 0);
    close(reader.stop[1]);
    pthread_join(thread, NULL);
    close(reader.stop[0]);
    close(reader.socket);
    free(content);
    return upload.outcome;
}

Test(idle, an_upload_that_the_peer_takes_slowly_resets_it)
{
    enum { SIZE = 512 << 10 };
    struct outcome outcome = send_to((struct slow_reader){.wanted = SIZE}, SIZE);
    cr_expect_eq(outcome.error, AF_HTTP_OK);
    cr_expect_gt(outcome.seconds, 2 * LIMIT); /* else it shows nothing */
}

Test(idle, an_upload_that_the_peer_takes_no_more_runs_it_out)
{
    struct outcome outcome =
        send_to((struct slow_reader){.wanted = 32 << 10, .stops = true}, 16 << 20);
    cr_expect_eq(outcome.error, AF_HTTP_TIMEOUT);
    cr_expect_eq(outcome.limit, AF_HTTP_LIMIT_IDLE);
    cr_expect_lt(outcome.seconds, 3);
}
