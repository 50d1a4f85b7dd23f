#include "world.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cases.h"
#include "failure.h"

const char *world_sibling(const char *name)
{
    static char path[4096];
    ssize_t length = readlink("/proc/self/exe", path, sizeof path - 64);
    if (length < 0)
        fail("/proc/self/exe: %s", strerror(errno));
    path[length] = '\0';
    char *slash = strrchr(path, '/');
    snprintf(slash + 1, 64, "%s", name);
    return path;
}

/* --------------------------------------------------------------- addresses */

/* A socket on a free port of the loopback. */
static int bind_socket(unsigned *ret_port)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof address;
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0 || bind(fd, (struct sockaddr *)&address, size) < 0 ||
        getsockname(fd, (struct sockaddr *)&address, &size) < 0)
        fail("a socket: %s", strerror(errno));
    *ret_port = ntohs(address.sin_port);
    return fd;
}

static int connect_socket(unsigned port, int flags)
{
    struct sockaddr_in address = {.sin_family = AF_INET,
                                  .sin_port = htons((uint16_t)port),
                                  .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | flags, 0);
    if (fd < 0 ||
        (connect(fd, (struct sockaddr *)&address, sizeof address) < 0 && errno != EINPROGRESS))
        fail("cannot connect to port %u: %s", port, strerror(errno));
    return fd;
}

/* Of a listener whose queue is full the system drops what else wants to connect. */
static void fill_listener(struct world *world)
{
    world->full_sockets[0] = bind_socket(&world->full_port);
    if (listen(world->full_sockets[0], 0) < 0)
        fail("listen: %s", strerror(errno));
    for (size_t i = 1; i < sizeof world->full_sockets / sizeof world->full_sockets[0]; i++)
        world->full_sockets[i] = connect_socket(world->full_port, SOCK_NONBLOCK);
}

/* -------------------------------------------------------------- the origin */

static void start_origin(struct world *world)
{
    char *arguments[] = {strdup(world_sibling("origin")), "--until-stdin-closes", NULL};
    char line[64];
    helper_start(&world->origin, arguments, line, sizeof line);
    if (sscanf(line, "%u", &world->origin_port) != 1)
        fail("%s has no port: %s", arguments[0], line);
    free(arguments[0]);
    snprintf(world->origin_url, sizeof world->origin_url, "http://127.0.0.1:%u",
             world->origin_port);
}

/* The object that a server on PORT has at PATH; to be deleted. */
static cJSON *get_object(unsigned port, const char *path)
{
    int fd = connect_socket(port, 0);
    if (dprintf(fd, "GET %s HTTP/1.1\r\nHost: origin\r\nConnection: close\r\n\r\n", path) < 0)
        fail("%s: %s", path, strerror(errno));
    struct text answer = {0};
    char block[1024];
    ssize_t size;
    while ((size = read(fd, block, sizeof block)) > 0)
        text_append(&answer, block, (size_t)size);
    close(fd);
    const char *body = strstr(text_get(&answer), "\r\n\r\n");
    cJSON *object = body ? cJSON_Parse(body) : NULL;
    if (!object)
        fail("%s has no object: %s", path, text_get(&answer));
    text_free(&answer);
    return object;
}

double world_statistic(const struct world *world, const char *name)
{
    cJSON *statistics = get_object(world->origin_port, "/stats");
    const cJSON *number = cJSON_GetObjectItemCaseSensitive(statistics, name);
    if (!cJSON_IsNumber(number))
        fail("/stats has no \"%s\"", name);
    double value = number->valuedouble;
    cJSON_Delete(statistics);
    return value;
}

/* -------------------------------------------------------- the HTTP/2 server */

enum { HTTP2_OPTIONS = 16 };

void world_start_http2(struct world *world, const cJSON *options)
{
    struct http2_server *http2 = &world->http2;
    struct text certificate = {0};
    text_format(&certificate, "%s/http2.pem", world->directory);
    char *arguments[HTTP2_OPTIONS + 4] = {strdup(world_sibling("http2-server")),
                                          (char[]){"--certificate"}, certificate.data};
    const cJSON *option;
    size_t count = 3;
    cJSON_ArrayForEach(option, options) if (count < HTTP2_OPTIONS + 3) arguments[count++] =
        option->valuestring;
    char line[64];
    helper_start(&http2->helper, arguments, line, sizeof line);
    if (sscanf(line, "%u %u", &http2->port, &http2->counters_port) != 2)
        fail("%s has no ports: %s", arguments[0], line);
    free(arguments[0]);
    text_free(&certificate);
}

double world_http2_counter(const struct world *world, const char *name)
{
    cJSON *counters = get_object(world->http2.counters_port, "/");
    const cJSON *number = cJSON_GetObjectItemCaseSensitive(counters, name);
    double value = number ? number->valuedouble : 0;
    cJSON_Delete(counters);
    return value;
}

/* -------------------------------------------------------------------- load */

_Noreturn static void work(pid_t parent)
{
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    while (getppid() == parent)
        for (volatile int i = 0; i < 1000000; i++)
            ;
    _exit(0);
}

void world_start_load(struct world *world, int count)
{
    pid_t parent = getpid();
    for (int i = 0; i < count; i++) {
        world->load[i] = fork();
        if (world->load[i] < 0)
            fail("fork: %s", strerror(errno));
        if (world->load[i] == 0)
            work(parent);
    }
}

static void stop_load(struct world *world)
{
    for (size_t i = 0; i < sizeof world->load / sizeof world->load[0] && world->load[i] > 0; i++) {
        kill(world->load[i], SIGKILL);
        waitpid(world->load[i], NULL, 0);
        world->load[i] = 0;
    }
}

/* ------------------------------------------------------------------- nginx */

static bool can_run(const char *program)
{
    char command[128];
    snprintf(command, sizeof command, "PATH=$PATH:/usr/sbin:/sbin command -v %s >/dev/null",
             program);
    return system(command) == 0;
}

bool world_start_nginx(struct world *world)
{
    if (!can_run("nginx") || !can_run("openssl"))
        return false;
    struct nginx *nginx = &world->nginx;
    struct text script = {0}, directory = {0}, port = {0};
    char line[64];
    text_format(&script, "%s/tests/cli/nginx", source_directory());
    text_format(&directory, "%s/nginx", world->directory);
    text_format(&port, "%u", world->origin_port);
    char *arguments[] = {script.data, directory.data, strdup(world_sibling("origin")), port.data,
                         NULL};
    helper_start(&nginx->helper, arguments, line, sizeof line);
    if (sscanf(line, "%u %u %u %u %u", &nginx->http, &nginx->https, &nginx->client, &nginx->proxy,
               &nginx->secure_proxy) != 5)
        fail("nginx has no ports: %s", line);
    free(arguments[2]);
    text_free(&script);
    text_free(&directory);
    text_free(&port);
    return true;
}

/* ------------------------------------------------------------------- files */

static int remove_file(const char *path, const struct stat *status, int type, struct FTW *where)
{
    (void)status, (void)type, (void)where;
    return remove(path);
}

static void create_file(const char *path, const struct text *content)
{
    FILE *file = fopen(path, "we");
    if (!file || fwrite(text_get(content), 1, content->length, file) != content->length ||
        fclose(file) != 0)
        fail("%s: %s", path, strerror(errno));
}

void world_create_files(const struct world *world, const cJSON *files)
{
    for (const cJSON *file = files ? files->child : NULL; file; file = file->next) {
        char path[512];
        struct text content = {0};
        snprintf(path, sizeof path, "%s/%s", world->directory, file->string);
        if (path[strlen(path) - 1] == '/') {
            if (mkdir(path, 0777) < 0)
                fail("%s: %s", path, strerror(errno));
            continue;
        }
        const cJSON *link = cJSON_GetObjectItemCaseSensitive(file, "link");
        if (link) {
            if (symlink(link->valuestring, path) < 0)
                fail("%s: %s", path, strerror(errno));
            continue;
        }
        const cJSON *zeros = cJSON_GetObjectItemCaseSensitive(file, "zeros");
        const cJSON *head = zeros ? cJSON_GetObjectItemCaseSensitive(file, "after") : file;
        if (head)
            world_expand_content(world, head, &content);
        create_file(path, &content);
        if (zeros && truncate(path, (off_t)zeros->valuedouble) < 0)
            fail("%s: %s", path, strerror(errno));
        text_free(&content);
    }
}

void world_open(struct world *world)
{
    *world = (struct world){.directory = "/tmp/afetch-test-XXXXXX"};
    if (!mkdtemp(world->directory)) {
        world->directory[0] = '\0';
        fail("a temporary directory: %s", strerror(errno));
    }
    world->closed_socket = bind_socket(&world->closed_port);
    fill_listener(world);
    start_origin(world);
}

void world_close(struct world *world)
{
    stop_load(world);
    helper_stop(&world->http2.helper);
    helper_stop(&world->nginx.helper);
    helper_stop(&world->origin);
    if (world->directory[0])
        nftw(world->directory, remove_file, 16, FTW_DEPTH | FTW_PHYS);
    world->directory[0] = '\0';
}

/* --------------------------------------------------------------- expanding */

void world_expand(const struct world *world, const char *string, struct text *to)
{
    const struct {
        const char *name;
        const char *host;
        unsigned port;
    } places[] = {
        {"{origin}", world->origin_url, 0},
        {"{port}", "", world->origin_port},
        {"{closed}", "http://127.0.0.1:", world->closed_port},
        {"{full}", "http://127.0.0.1:", world->full_port},
        {"{directory}", world->directory, 0},
        {"{http}", "http://127.0.0.1:", world->nginx.http},
        {"{http_port}", "", world->nginx.http},
        {"{https}", "https://127.0.0.1:", world->nginx.https},
        {"{https_port}", "", world->nginx.https},
        {"{client}", "https://127.0.0.1:", world->nginx.client},
        {"{proxy}", "127.0.0.1:", world->nginx.proxy},
        {"{secure_proxy}", "127.0.0.1:", world->nginx.secure_proxy},
        {"{http2}", "https://127.0.0.1:", world->http2.port},
        {"{http2_port}", "", world->http2.port},
    };
    while (*string) {
        size_t plain = strcspn(string, "{"), i = 0, count = sizeof places / sizeof places[0];
        text_append(to, string, plain);
        string += plain;
        while (i < count && strncmp(string, places[i].name, strlen(places[i].name)) != 0)
            i++;
        if (i < count) {
            text_string(to, places[i].host);
            if (places[i].port > 0)
                text_format(to, "%u", places[i].port);
            string += strlen(places[i].name);
        } else if (*string) {
            text_append(to, string++, 1);
        }
    }
}

/* Appends TEXT with COUNT for every {n}. */
static void append_numbered(const struct text *text, int count, struct text *to)
{
    const char *at = text_get(text), *number;
    const char *end = at + text->length;
    while ((number = memmem(at, (size_t)(end - at), "{n}", 3))) {
        text_append(to, at, (size_t)(number - at));
        text_format(to, "%d", count);
        at = number + 3;
    }
    text_append(to, at, (size_t)(end - at));
}

static void expand_object(const struct world *world, const cJSON *object, struct text *to)
{
    const cJSON *bytes = cJSON_GetObjectItemCaseSensitive(object, "bytes"), *byte;
    const cJSON *repeat = cJSON_GetObjectItemCaseSensitive(object, "repeat");
    const cJSON *times = cJSON_GetObjectItemCaseSensitive(object, "times");
    if (!(bytes && object->child == bytes && !bytes->next) && !(repeat && cJSON_IsNumber(times)))
        fail("a content is neither {\"bytes\": [...]} nor {\"repeat\": ..., \"times\": N}");
    cJSON_ArrayForEach(byte, bytes)
        text_append(to, &(unsigned char){(unsigned char)byte->valueint}, 1);
    struct text once = {0};
    if (repeat)
        world_expand_content(world, repeat, &once);
    for (int i = 0; repeat && i < times->valueint; i++)
        append_numbered(&once, i, to);
    text_free(&once);
}

void world_expand_content(const struct world *world, const cJSON *content, struct text *to)
{
    const cJSON *part;
    if (cJSON_IsString(content))
        world_expand(world, content->valuestring, to);
    else if (cJSON_IsObject(content))
        expand_object(world, content, to);
    else
        cJSON_ArrayForEach(part, content) world_expand_content(world, part, to);
}
