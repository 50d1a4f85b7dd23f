#include "name_server.h"

#include <arpa/inet.h>
#include <criterion/criterion.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { HEADER = 12, LONGEST = 65535, MOST_NAMES = 32, MOST_HELD = 64, TYPE_A = 1, TYPE_AAAA = 28 };

/* A received question, parsed. */
struct question {
    unsigned char bytes[512];
    size_t length; /* size of header and question */
    char name[256];
    unsigned type;
    struct sockaddr_in from;
};

static struct {
    af_loop *loop;
    const struct zone_entry *zone;
    int udp, tcp, connection;
    char address[32];
    unsigned questions, tcp_questions, ports;
    bool port_seen[65536];
    struct {
        char name[256];
        unsigned questions;
    } names[MOST_NAMES];
    struct question held[MOST_HELD];
    size_t held_count;
    bool released;
} server;

/* --------------------------------------------------------------- questions */

static void parse(struct question *question)
{
    char *text = question->name;
    const unsigned char *label = question->bytes + HEADER;
    for (; *label; label += *label + 1) {
        memcpy(text, label + 1, *label);
        text += *label;
        *text++ = '.';
    }
    text[-1] = 0;
    question->type = (unsigned)(label[1] << 8 | label[2]);
    question->length = (size_t)(label + 5 - question->bytes);
}

static bool matches(const char *pattern, const char *name)
{
    size_t length = strlen(name), end = strlen(pattern + 1);
    return pattern[0] == '*' ? length >= end && strcmp(name + length - end, pattern + 1) == 0
                             : strcmp(name, pattern) == 0;
}

static const struct zone_entry *find_entry(const struct question *question)
{
    const struct zone_entry *entry = server.zone;
    while (entry->name && !matches(entry->name, question->name))
        entry++;
    if (!entry->name)
        return NULL;
    return question->type == TYPE_AAAA && entry->ipv6 ? entry->ipv6 : entry;
}

/* Counts a question, for the first MOST_NAMES names. Returns the number for this name. */
static unsigned count_name(const char *name)
{
    server.questions++;
    for (size_t i = 0; i < MOST_NAMES; i++) {
        if (!server.names[i].name[0])
            snprintf(server.names[i].name, sizeof server.names[i].name, "%s", name);
        if (strcmp(server.names[i].name, name) == 0)
            return ++server.names[i].questions;
    }
    return 0;
}

unsigned count_questions(const char *name)
{
    if (!name)
        return server.questions;
    for (size_t i = 0; i < MOST_NAMES; i++)
        if (strcmp(server.names[i].name, name) == 0)
            return server.names[i].questions;
    return 0;
}

unsigned count_tcp_questions(void)
{
    return server.tcp_questions;
}

unsigned count_ports(void)
{
    return server.ports;
}

/* ----------------------------------------------------------------- answers */

static size_t write_record(unsigned char *at, unsigned type, const char *address)
{
    unsigned char start[] = {0xc0, HEADER, 0, (unsigned char)type, 0, 1, 0, 0, 0, 0, 0, 4};
    if (type == TYPE_AAAA)
        start[11] = 16;
    memcpy(at, start, sizeof start);
    inet_pton(type == TYPE_A ? AF_INET : AF_INET6, address, at + sizeof start);
    return sizeof start + start[11];
}

/* Returns the length of the response, which is truncated if it exceeds LONGEST_ANSWER. */
static size_t write_answer(const struct question *question, size_t longest_answer,
                           unsigned char *answer)
{
    const struct zone_entry *entry = find_entry(question);
    size_t length = question->length, count = 0, copies = entry && entry->copies;
    memcpy(answer, question->bytes, length);
    memset(answer + 6, 0, 6);
    answer[2] |= 0x80;
    answer[3] = (unsigned char)(0x80 | (entry ? entry->code : 3));
    for (size_t i = 0; entry && i < (copies ? entry->copies : 3); i++) {
        const char *address = entry->addresses[copies ? 0 : i];
        if (!address || (strchr(address, ':') != NULL) != (question->type == TYPE_AAAA))
            continue;
        if (length + 28 > longest_answer) {
            answer[2] |= 2;
            break;
        }
        length += write_record(answer + length, question->type, address);
        count++;
    }
    answer[6] = (unsigned char)(count >> 8);
    answer[7] = (unsigned char)count;
    return length;
}

static void send_answer(const struct question *question)
{
    unsigned char answer[512];
    size_t length = write_answer(question, sizeof answer, answer);
    sendto(server.udp, answer, length, 0, (const struct sockaddr *)&question->from,
           sizeof question->from);
}

static void answer_packet(struct question *question)
{
    parse(question);
    uint16_t port = question->from.sin_port;
    server.ports += !server.port_seen[port];
    server.port_seen[port] = true;
    const struct zone_entry *entry = find_entry(question);
    unsigned count = count_name(question->name);
    if (entry && (entry->mute || (entry->lost && count <= entry->lost)))
        return;
    if (!entry || !entry->held || server.released) {
        send_answer(question);
        return;
    }
    cr_assert_lt(server.held_count, MOST_HELD);
    server.held[server.held_count++] = *question;
}

void release_answers(void)
{
    server.released = true;
    for (size_t i = 0; i < server.held_count; i++)
        send_answer(&server.held[i]);
    server.held_count = 0;
}

static int on_packet(void *arg)
{
    (void)arg;
    struct question question;
    socklen_t size = sizeof question.from;
    while (recvfrom(server.udp, question.bytes, sizeof question.bytes, MSG_DONTWAIT,
                    (struct sockaddr *)&question.from, &size) > 0)
        answer_packet(&question);
    return 0;
}

/* --------------------------------------------------------------------- TCP */

static void close_connection(void)
{
    if (server.connection < 0)
        return;
    af_loop_remove_reader(server.loop, server.connection);
    close(server.connection);
    server.connection = -1;
}

static int on_bytes(void *arg)
{
    (void)arg;
    static unsigned char answer[2 + LONGEST];
    struct question question;
    unsigned char prefix[2];
    if (recv(server.connection, prefix, 2, MSG_WAITALL) != 2) {
        close_connection();
        return 0;
    }
    size_t length = (size_t)(prefix[0] << 8 | prefix[1]);
    cr_assert_leq(length, sizeof question.bytes);
    cr_assert_eq(recv(server.connection, question.bytes, length, MSG_WAITALL), (ssize_t)length);
    parse(&question);
    server.tcp_questions++;
    length = write_answer(&question, LONGEST, answer + 2);
    answer[0] = (unsigned char)(length >> 8);
    answer[1] = (unsigned char)length;
    cr_assert_eq(send(server.connection, answer, length + 2, 0), (ssize_t)length + 2);
    return 0;
}

static int on_connection(void *arg)
{
    (void)arg;
    close_connection();
    server.connection = accept(server.tcp, NULL, NULL);
    cr_assert_geq(server.connection, 0);
    cr_assert_eq(af_loop_add_reader(server.loop, server.connection, on_bytes, NULL), 0);
    return 0;
}

/* ------------------------------------------------------------------ server */

/* Opens a socket bound to *PORT, or to a free port if that is 0; -1 if it is in use. */
static int bind_to(int type, uint16_t *port)
{
    struct sockaddr_in address = {
        .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK), .sin_port = htons(*port)};
    socklen_t size = sizeof address;
    int fd = socket(AF_INET, type | SOCK_CLOEXEC, 0);
    cr_assert_geq(fd, 0);
    if (bind(fd, (struct sockaddr *)&address, size) < 0) {
        close(fd);
        return -1;
    }
    cr_assert_eq(getsockname(fd, (struct sockaddr *)&address, &size), 0);
    *port = ntohs(address.sin_port);
    return fd;
}

void open_name_server(af_loop *loop, const struct zone_entry *zone)
{
    server.loop = loop;
    server.zone = zone;
    server.connection = -1;
    uint16_t port;
    do {
        port = 0;
        server.udp = bind_to(SOCK_DGRAM, &port);
        server.tcp = bind_to(SOCK_STREAM, &port);
        if (server.tcp < 0)
            close(server.udp);
    } while (server.tcp < 0);
    cr_assert_eq(listen(server.tcp, 5), 0);
    snprintf(server.address, sizeof server.address, "127.0.0.1:%u", port);
    cr_assert_eq(af_loop_add_reader(loop, server.udp, on_packet, NULL), 0);
    cr_assert_eq(af_loop_add_reader(loop, server.tcp, on_connection, NULL), 0);
}

void close_name_server(void)
{
    close_connection();
    af_loop_remove_reader(server.loop, server.udp);
    af_loop_remove_reader(server.loop, server.tcp);
    close(server.udp);
    close(server.tcp);
}

void set_zone(const struct zone_entry *zone)
{
    server.zone = zone;
}

const char *name_server_address(void)
{
    return server.address;
}
