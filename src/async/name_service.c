#include "async/name_service.h"

#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "async/name_file.h"

/* Milliseconds of the first try, which c-ares doubles for each further one. The C library's five
 * seconds are long for one lost packet. */
enum { FIRST_TIMEOUT = 2000 };

/* Limits of the C library. */
enum { MOST_SECONDS = 30, MOST_TRIES = 5 };

static const char BLANKS[] = " \t\r\n";

static bool begins_with(const char *text, const char *prefix)
{
    return strncmp(text, prefix, strlen(prefix)) == 0;
}

static bool ends_with(const char *text, const char *suffix)
{
    size_t length = strlen(text), end = strlen(suffix);
    return length >= end && strcmp(text + length - end, suffix) == 0;
}

/* ---------------------------------------------------------- nsswitch.conf */

enum { LONGEST_MODULE = 31 };

/* Modules found in the line "hosts:". */
struct modules {
    bool files, dns;
    bool resolved; /* nss-resolve */
};

/* Reads the next module, or an action in brackets, and advances *REST. A module that is too long
 * for the buffer is truncated, and then unknown. False at the end. */
static bool next_module(const char **rest, char module[LONGEST_MODULE + 1])
{
    const char *word = *rest + strspn(*rest, BLANKS);
    size_t length = *word == '[' ? strcspn(word, "]") : strcspn(word, " \t\r\n[");
    *rest = word + length + (word[length] == ']');
    snprintf(module, LONGEST_MODULE + 1, "%.*s", (int)length, word);
    return length > 0;
}

static void add_module(struct name_service *service, struct modules *modules, const char *module)
{
    if (strcmp(module, "files") == 0) {
        modules->files = true;
    } else if (strcmp(module, "dns") == 0) {
        service->system_only |= !modules->files;
        modules->dns = true;
    } else if (begins_with(module, "mdns")) {
        service->multicast = true;
    } else if (strcmp(module, "resolve") == 0) {
        service->multicast = service->single_labels = modules->resolved = true;
    } else if (strcmp(module, "mymachines") == 0) {
        service->single_labels = true;
    } else if (strcmp(module, "myhostname") == 0) {
        service->own_name = true;
    } else {
        service->system_only = true;
    }
}

/* Reads the rest of the line "hosts:". An action after files or dns changes how their answers are
 * used. */
static void read_modules(struct name_service *service, struct modules *modules, const char *line)
{
    bool ours = false;
    char module[LONGEST_MODULE + 1];
    while (next_module(&line, module)) {
        if (module[0] == '[')
            service->system_only |= ours;
        else
            add_module(service, modules, module);
        ours = strcmp(module, "files") == 0 || strcmp(module, "dns") == 0;
    }
    service->system_only |= !modules->files || !modules->dns;
}

/* ------------------------------------------------------------- resolv.conf */

/* Returns the number after PREFIX, at most MOST; 0 if WORD is another option or has no number. */
static int number_of(const char *word, const char *prefix, int most)
{
    if (!begins_with(word, prefix))
        return 0;
    long number = strtol(word + strlen(prefix), NULL, 10);
    return number <= 0 ? 0 : number < most ? (int)number : most;
}

static void read_option(struct name_service *service, const char *word)
{
    int seconds = number_of(word, "timeout:", MOST_SECONDS);
    if (seconds > 0)
        service->timeout = seconds * 1000;
    int tries = number_of(word, "attempts:", MOST_TRIES);
    if (tries > 0)
        service->tries = tries;
    if (strcmp(word, "use-vc") == 0)
        service->tcp = true;
    if (strcmp(word, "no-aaaa") == 0)
        service->ipv6 = IPV6_NEVER;
    /* For servers that cannot handle concurrent queries. */
    if (begins_with(word, "single-request"))
        service->system_only = true;
}

static void read_options(struct name_service *service, char *words)
{
    char *rest, *word = strtok_r(words, BLANKS, &rest);
    for (; word; word = strtok_r(NULL, BLANKS, &rest))
        read_option(service, word);
}

/* True if it is a server of systemd-resolved, which does the same as nss-resolve. */
static bool is_stub(const char *server)
{
    return strcmp(server, "127.0.0.53") == 0 || strcmp(server, "127.0.0.54") == 0;
}

static void read_server(struct name_service *service, struct modules *modules, const char *server)
{
    service->servers++;
    if (is_stub(server))
        modules->resolved = false;
    if (strchr(server, '%'))
        service->system_only = true; /* c-ares would ignore it */
}

/* ------------------------------------------------------------------- lines */

/* Reads a line of any of the files, whose keywords are different. */
static void read_line(struct name_service *service, struct modules *modules, char *line)
{
    line[strcspn(line, "#;")] = 0;
    line += strspn(line, BLANKS);
    if (begins_with(line, "hosts:")) {
        read_modules(service, modules, line + strlen("hosts:"));
        return;
    }
    char *rest, *keyword = strtok_r(line, BLANKS, &rest);
    if (!keyword)
        return;
    if (strcmp(keyword, "options") == 0) {
        read_options(service, rest);
    } else if (strcmp(keyword, "nameserver") == 0) {
        const char *server = strtok_r(NULL, BLANKS, &rest);
        if (server)
            read_server(service, modules, server);
    } else if (strcmp(keyword, "label") == 0 || strcmp(keyword, "precedence") == 0 ||
               strcmp(keyword, "scopev4") == 0) {
        service->system_only = true; /* sorting rules of gai.conf */
    }
}

static int read_lines(const char *path, struct name_service *service, struct modules *modules)
{
    size_t size = 256;
    char *line = malloc(size);
    if (!line)
        return -ENOMEM;
    FILE *file;
    int r = name_file_open(path, &file);
    if (r > 0) {
        while (getline(&line, &size, file) >= 0)
            read_line(service, modules, line);
        r = name_file_close(file);
    }
    free(line);
    return r;
}

static int read_environment(struct name_service *service)
{
    if (getenv("HOSTALIASES"))
        service->system_only = true;
    const char *options = getenv("RES_OPTIONS");
    if (!options)
        return 0;
    char *copy = strdup(options);
    if (!copy)
        return -ENOMEM;
    read_options(service, copy);
    free(copy);
    return 0;
}

/* -------------------------------------------------------------------- IPv6 */

/* Connects a UDP socket to a global address, which sends nothing but needs a route. */
static bool has_ipv6_route(int fd)
{
    struct sockaddr_in6 address = {.sin6_family = AF_INET6, .sin6_port = htons(53)};
    address.sin6_addr.s6_addr[0] = 0x20;
    address.sin6_addr.s6_addr[15] = 1;
    return connect(fd, (const struct sockaddr *)&address, sizeof address) == 0;
}

static int find_ipv6_use(enum ipv6_use *ret_use)
{
    int fd = socket(AF_INET6, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (fd < 0 && (errno == EMFILE || errno == ENFILE || errno == ENOMEM || errno == ENOBUFS))
        return -errno;
    if (fd < 0) {
        *ret_use = errno == EAFNOSUPPORT ? IPV6_NEVER : IPV6_FALLBACK;
        return 0;
    }
    *ret_use = has_ipv6_route(fd) ? IPV6_WANTED : IPV6_FALLBACK;
    close(fd);
    return 0;
}

/* ------------------------------------------------------------ name service */

static void stat_files(const struct name_files *files, struct stat ret_files[NAME_FILES])
{
    const char *paths[NAME_FILES] = {files->hosts, files->nsswitch, files->resolv_conf,
                                     files->gai_conf};
    for (size_t i = 0; i < NAME_FILES; i++)
        if (stat(paths[i], &ret_files[i]) < 0)
            ret_files[i] = (struct stat){0};
}

/* Fewer tries per server if there are several. */
static int default_tries(size_t servers)
{
    return servers < 2 ? 3 : 2;
}

int name_service_read(const struct name_files *files, struct name_service *ret_service)
{
    struct name_service service = {.timeout = FIRST_TIMEOUT};
    struct modules modules = {0};
    int r = find_ipv6_use(&service.ipv6);
    if (r < 0)
        return r;
    service.ipv6_route = service.ipv6 == IPV6_WANTED;
    gethostname(service.host_name, HOST_NAME_MAX);
    stat_files(files, service.files);
    r = read_lines(files->nsswitch, &service, &modules);
    if (r >= 0)
        r = read_lines(files->resolv_conf, &service, &modules);
    if (r >= 0)
        r = read_lines(files->gai_conf, &service, &modules);
    if (r >= 0)
        r = read_environment(&service);
    if (r < 0)
        return r;
    service.system_only |= modules.resolved;
    if (service.tries == 0)
        service.tries = default_tries(service.servers);
    *ret_service = service;
    return 0;
}

static bool is_same_file(const struct stat *a, const struct stat *b)
{
    return a->st_ino == b->st_ino && a->st_size == b->st_size &&
           a->st_mtim.tv_sec == b->st_mtim.tv_sec && a->st_mtim.tv_nsec == b->st_mtim.tv_nsec;
}

bool name_service_outdated(const struct name_service *service, const struct name_files *files)
{
    struct stat now[NAME_FILES];
    stat_files(files, now);
    for (size_t i = 0; i < NAME_FILES; i++)
        if (!is_same_file(&now[i], &service->files[i]))
            return true;
    enum ipv6_use ipv6;
    return find_ipv6_use(&ipv6) >= 0 && service->ipv6_route != (ipv6 == IPV6_WANTED);
}

static bool is_own_name(const struct name_service *service, const char *name)
{
    return strcasecmp(name, service->host_name) == 0 || strcmp(name, "_gateway") == 0 ||
           strcmp(name, "_outbound") == 0;
}

bool name_service_wants_system(const struct name_service *service, const char *name)
{
    return service->system_only ||
           (service->multicast && (ends_with(name, ".local") || ends_with(name, ".local."))) ||
           (service->single_labels && !strchr(name, '.')) ||
           (service->own_name && is_own_name(service, name));
}
