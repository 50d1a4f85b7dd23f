/* A DNS server for the rig: answers every name with an address in 127.0.0.0/8, each answer after a
 * delay.
 *
 *     dns PORT DELAY LOG [SUFFIX=BEHAVIOUR]...
 *
 * It serves UDP on 127.0.0.1, prints its port when it does, and ends with its standard input. PORT
 * is 0 for any free one. DELAY is in milliseconds. Each query is appended to LOG as a line "TYPE
 * NAME" before it is answered. BEHAVIOUR is that of SUFFIX and the names below it; the first that
 * matches counts:
 *
 *     nxdomain, servfail    that response code
 *     mute                  no answer
 *     MILLISECONDS          another delay
 *     A.B.C.D               this address
 *
 * The address of a name whose first label ends in a number is made of the number: no two numbers
 * below 2^22 share one. Any other name gets the address that its hash gives. Types other than A
 * exist for every name, and are empty. */
#include <arpa/inet.h>
#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum {
    HEADER = 12,
    MAX_MESSAGE = 512,
    MAX_NAME = 256,
    TYPE_A = 1,
    TYPE_AAAA = 28,
    NXDOMAIN = 3,
    SERVFAIL = 2,
    ANSWER = 16, /* bytes of an answer that points to the question's name */
    RECEIVE_BUFFER = 4 << 20,
};

struct rule {
    const char *suffix;
    int code;
    bool mute;
    long delay;
    in_addr_t address; /* in network order; 0 for that of the name */
};

struct question {
    char name[MAX_NAME];
    unsigned type;
    size_t end; /* of the question in its message */
};

/* An answer that waits for its time, in a list ordered by time. */
struct pending {
    struct pending *previous, *next;
    int64_t due;
    struct sockaddr_in client;
    size_t length;
    unsigned char message[MAX_MESSAGE];
};

static struct rule *rules; /* the last has no suffix */
static struct rule other_names;
static int server, query_log;
static struct pending queue = {.previous = &queue, .next = &queue};

/* ------------------------------------------------------------------- delay */

static int64_t now(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (int64_t)time.tv_sec * 1000 + time.tv_nsec / 1000000;
}

/* Sends the answers that are due. One that cannot be sent is lost, as datagrams are. */
static void send_due(void)
{
    int64_t time = now();
    while (queue.next != &queue && queue.next->due <= time) {
        struct pending *pending = queue.next;
        sendto(server, pending->message, pending->length, 0, (struct sockaddr *)&pending->client,
               sizeof pending->client);
        queue.next = pending->next;
        pending->next->previous = &queue;
        free(pending);
    }
}

/* Searches from the end: most answers have the same delay. */
static void enqueue(struct pending *pending)
{
    struct pending *before = queue.previous;
    while (before != &queue && before->due > pending->due)
        before = before->previous;
    pending->previous = before;
    pending->next = before->next;
    before->next->previous = pending;
    before->next = pending;
}

/* The time until the next answer is due, for poll(). */
static int time_left(void)
{
    if (queue.next == &queue)
        return -1;
    int64_t left = queue.next->due - now();
    return left > 0 ? (int)left : 0;
}

/* --------------------------------------------------------------- questions */

/* Reads the one question of a message, its name in lower case. False where it has none. */
static bool read_question(const unsigned char *message, size_t length,
                          struct question *ret_question)
{
    size_t at = HEADER, written = 0;
    if (length < HEADER || message[2] & 0x80 || message[4] != 0 || message[5] != 1)
        return false;
    while (at < length && message[at] != 0) {
        size_t label = message[at++];
        if (label > 63 || at + label >= length || written + label + 1 >= MAX_NAME)
            return false;
        for (size_t i = 0; i < label; i++)
            ret_question->name[written++] = (char)tolower(message[at++]);
        ret_question->name[written++] = '.';
    }
    if (at + 5 > length || written == 0)
        return false;
    ret_question->name[written - 1] = '\0';
    ret_question->type = (unsigned)message[at + 1] << 8 | message[at + 2];
    ret_question->end = at + 5;
    return true;
}

static const struct rule *find_rule(const char *name)
{
    size_t length = strlen(name);
    for (const struct rule *rule = rules; rule->suffix; rule++) {
        size_t suffix = strlen(rule->suffix);
        if (length >= suffix && strcmp(name + length - suffix, rule->suffix) == 0 &&
            (length == suffix || name[length - suffix - 1] == '.'))
            return rule;
    }
    return &other_names;
}

/* Finds the number at the end of the first label; -1 where there is none. */
static long number_in(const char *name)
{
    size_t end = strcspn(name, "."), start = end;
    while (start > 0 && isdigit((unsigned char)name[start - 1]))
        start--;
    return start == end ? -1 : strtol(name + start, NULL, 10);
}

/* 127.1.0.0 and on for numbers, 127.128.0.0 and on for hashes (FNV-1a). */
static in_addr_t address_of(const char *name)
{
    long number = number_in(name);
    if (number >= 0)
        return htonl(0x7f010000 + ((uint32_t)number & 0x3fffff));
    uint32_t hash = 2166136261;
    for (const char *letter = name; *letter; letter++)
        hash = (hash ^ (unsigned char)*letter) * 16777619;
    return htonl(0x7f800000 + (hash & 0x3fffff));
}

static void log_query(const struct question *question)
{
    char line[MAX_NAME + 16];
    int length;
    if (question->type == TYPE_A || question->type == TYPE_AAAA)
        length = snprintf(line, sizeof line, "%s %s\n", question->type == TYPE_A ? "A" : "AAAA",
                          question->name);
    else
        length = snprintf(line, sizeof line, "TYPE%u %s\n", question->type, question->name);
    if (write(query_log, line, (size_t)length) < 0)
        perror("dns: the log");
}

/* ----------------------------------------------------------------- answers */

static void append_address(struct pending *pending, in_addr_t address)
{
    static const unsigned char head[] = {0xc0, HEADER, 0, TYPE_A, 0, 1, 0, 0, 0, 60, 0, 4};
    unsigned char *end = pending->message + pending->length;
    memcpy(end, head, sizeof head);
    memcpy(end + sizeof head, &address, sizeof address);
    pending->length += ANSWER;
    pending->message[7] = 1;
}

/* Makes the query's message its own answer: whatever followed the question is left out. */
static void write_answer(struct pending *pending, const struct question *question,
                         const struct rule *rule)
{
    unsigned char *message = pending->message;
    message[2] = 0x84 | (message[2] & 1);
    message[3] = 0x80 | (unsigned char)rule->code;
    memset(message + 6, 0, HEADER - 6);
    pending->length = question->end;
    if (question->type == TYPE_A && rule->code == 0)
        append_address(pending, rule->address ? rule->address : address_of(question->name));
    pending->due = now() + rule->delay;
}

/* Returns true if there was a message. */
static bool receive(struct pending *pending)
{
    socklen_t size = sizeof pending->client;
    ssize_t length = recvfrom(server, pending->message, MAX_MESSAGE - ANSWER, 0,
                              (struct sockaddr *)&pending->client, &size);
    pending->length = length > 0 ? (size_t)length : 0;
    return length >= 0;
}

static void receive_all(void)
{
    struct pending *pending;
    while ((pending = malloc(sizeof *pending)) && receive(pending)) {
        struct question question;
        const struct rule *rule = NULL;
        if (read_question(pending->message, pending->length, &question)) {
            log_query(&question);
            rule = find_rule(question.name);
        }
        if (rule && !rule->mute) {
            write_answer(pending, &question, rule);
            enqueue(pending);
        } else {
            free(pending);
        }
    }
    free(pending);
}

/* ------------------------------------------------------------- the program */

static bool read_number(const char *text, long *ret_number)
{
    char *end;
    long number = strtol(text, &end, 10);
    if (end == text || *end || number < 0)
        return false;
    *ret_number = number;
    return true;
}

/* Splits "SUFFIX=BEHAVIOUR" where it stands. */
static bool read_rule(char *text, struct rule *ret_rule)
{
    char *behaviour = strchr(text, '=');
    struct rule rule = {.suffix = text, .delay = other_names.delay};
    if (!behaviour)
        return false;
    *behaviour++ = '\0';
    if (strcmp(behaviour, "nxdomain") == 0)
        rule.code = NXDOMAIN;
    else if (strcmp(behaviour, "servfail") == 0)
        rule.code = SERVFAIL;
    else if (strcmp(behaviour, "mute") == 0)
        rule.mute = true;
    else if (inet_pton(AF_INET, behaviour, &rule.address) != 1 &&
             !read_number(behaviour, &rule.delay))
        return false;
    *ret_rule = rule;
    return true;
}

static bool read_rules(int count, char **texts)
{
    rules = calloc((size_t)count + 1, sizeof *rules);
    for (int i = 0; rules && i < count; i++)
        if (!read_rule(texts[i], &rules[i]))
            return false;
    return rules;
}

/* Makes room for thousands of queries in the same moment; without privileges it is what the system
 * permits. */
static void widen_buffer(void)
{
    int size = RECEIVE_BUFFER;
    if (setsockopt(server, SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof size) < 0)
        setsockopt(server, SOL_SOCKET, SO_RCVBUF, &size, sizeof size);
}

static int open_server(long port)
{
    struct sockaddr_in address = {.sin_family = AF_INET,
                                  .sin_port = htons((uint16_t)port),
                                  .sin_addr = {htonl(INADDR_LOOPBACK)}};
    socklen_t length = sizeof address;
    server = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (server < 0)
        return -errno;
    widen_buffer();
    if (bind(server, (struct sockaddr *)&address, length) < 0 ||
        getsockname(server, (struct sockaddr *)&address, &length) < 0)
        return -errno;
    printf("%u\n", ntohs(address.sin_port));
    return fflush(stdout) == 0 ? 0 : -errno;
}

static bool stdin_has_ended(void)
{
    char ignored[512];
    return read(STDIN_FILENO, ignored, sizeof ignored) <= 0;
}

static void serve(void)
{
    struct pollfd watched[] = {{.fd = server, .events = POLLIN}, {.fd = 0, .events = POLLIN}};
    int count;
    while ((count = poll(watched, 2, time_left())) >= 0 || errno == EINTR) {
        if (count > 0 && watched[1].revents && stdin_has_ended())
            return;
        receive_all();
        send_due();
    }
}

int main(int argc, char **argv)
{
    long port;
    if (argc < 4 || !read_number(argv[1], &port) || port > UINT16_MAX ||
        !read_number(argv[2], &other_names.delay) || !read_rules(argc - 4, argv + 4)) {
        fprintf(stderr, "usage: dns PORT DELAY LOG [SUFFIX=BEHAVIOUR]...\n");
        return 2;
    }
    query_log = open(argv[3], O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0666);
    int r = query_log < 0 ? -errno : open_server(port);
    if (r < 0) {
        fprintf(stderr, "dns: %s\n", strerror(-r));
        return 1;
    }
    serve();
    return 0;
}
