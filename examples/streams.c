/* Streams: reads messages prefixed by their length: up to a separator, an exact size, and the end
 * of the stream. The server runs until it is cancelled. */
#include <stdio.h>
#include <stdlib.h>

#include <afetch/afetch.h>

static int greet(af_stream *stream, void *arg)
{
    static const char messages[] = "5:Hello6:stream";
    int r = af_stream_write(stream, messages, sizeof messages - 1);
    return r < 0 ? r : af_stream_drain(stream);
}

static int serve(void *server, void **ret_result)
{
    int r = af_server_serve_forever(server);
    puts("the server is closed");
    return r;
}

static int read_message(af_stream *stream)
{
    const char *number;
    size_t length;
    char message[10];
    int r = af_stream_read_until(stream, ":", &number, &length);
    if (r < 0)
        return r;
    size_t size = strtoul(number, NULL, 10);
    if (size > sizeof message)
        return AF_VALUE_ERROR;
    r = af_stream_read_exactly(stream, message, size);
    if (r >= 0)
        printf("%zu bytes: %.*s\n", size, (int)size, message);
    return r;
}

static int read_all(uint16_t port)
{
    af_stream *stream;
    char byte;
    int r = af_open_connection("127.0.0.1", port, &stream);
    if (r < 0)
        return r;
    for (int i = 0; r >= 0 && i < 2; i++)
        r = read_message(stream);
    if (r >= 0 && af_stream_read(stream, &byte, 1) == 0)
        puts("end of stream");
    af_stream_free(stream);
    return r;
}

static int main_task(void *arg, void **ret_result)
{
    af_server *server;
    af_task *serving;
    int r = af_start_server("127.0.0.1", 0, 100, greet, NULL, &server);
    if (r < 0)
        return r;
    r = af_create_task(serve, server, NULL, &serving);
    if (r >= 0) {
        r = read_all(af_server_port(server));
        af_future_cancel(serving);
        int done = af_wait(&serving, 1, AF_FOREVER, AF_ALL_COMPLETED);
        r = r < 0 ? r : done;
        af_future_unref(serving);
    }
    af_server_free(server);
    return r;
}

int main(void)
{
    return af_run(NULL, main_task, NULL, NULL) < 0;
}
