/* Streams: a server that echoes every line, and a client. */
#include <stdio.h>
#include <string.h>

#include <afetch/afetch.h>

static int echo(af_stream *stream, void *arg)
{
    const char *line;
    size_t length;
    int r;
    while ((r = af_stream_read_line(stream, &line, &length)) >= 0 && length > 0) {
        printf("server: %.*s", (int)length, line);
        r = af_stream_write(stream, line, length);
        if (r >= 0)
            r = af_stream_drain(stream);
        if (r < 0)
            break;
    }
    return r;
}

static int exchange(af_stream *stream, const char *text)
{
    const char *line;
    size_t length;
    int r = af_stream_write(stream, text, strlen(text));
    if (r >= 0)
        r = af_stream_drain(stream);
    if (r >= 0)
        r = af_stream_read_line(stream, &line, &length);
    if (r >= 0)
        printf("client: %.*s", (int)length, line);
    return r;
}

static int run_client(uint16_t port)
{
    af_stream *stream;
    int r = af_open_connection("127.0.0.1", port, &stream);
    if (r < 0)
        return r;
    r = exchange(stream, "Hello\n");
    if (r >= 0)
        r = exchange(stream, "Goodbye\n");
    af_stream_close(stream);
    if (r >= 0)
        r = af_stream_wait_closed(stream);
    af_stream_free(stream);
    return r;
}

static int main_task(void *arg, void **ret_result)
{
    af_server *server;
    int r = af_start_server("127.0.0.1", 0, 100, echo, NULL, &server);
    if (r < 0)
        return r;
    r = run_client(af_server_port(server));
    af_server_close(server);
    if (r >= 0)
        r = af_server_wait_closed(server);
    af_server_free(server);
    return r;
}

int main(void)
{
    return af_run(NULL, main_task, NULL, NULL) < 0;
}
