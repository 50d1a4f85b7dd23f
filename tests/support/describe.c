#include "describe.h"

#include <string.h>

static void json_string(struct text *text, const char *string)
{
    text_json(text, string, strlen(string));
}

/* As httpbin has it: a name that comes more than once has a list of its values. */
static void json_values(struct text *text, const struct fields *fields, size_t first)
{
    const char *name = fields->list[first].name;
    struct text values = {0};
    size_t count = 0;
    for (size_t i = first; i < fields->count; i++) {
        if (strcmp(fields->list[i].name, name) != 0)
            continue;
        if (count++ > 0)
            text_string(&values, ", ");
        json_string(&values, fields->list[i].value);
    }
    text_string(text, count > 1 ? "[" : "");
    text_append(text, values.data, values.length);
    text_string(text, count > 1 ? "]" : "");
    text->failed |= values.failed;
    text_free(&values);
}

static bool seen_before(const struct fields *fields, size_t index)
{
    for (size_t i = 0; i < index; i++)
        if (strcmp(fields->list[i].name, fields->list[index].name) == 0)
            return true;
    return false;
}

static void json_fields(struct text *text, const struct fields *fields)
{
    const char *separator = "{";
    for (size_t i = 0; i < fields->count; i++) {
        if (seen_before(fields, i))
            continue;
        text_string(text, separator);
        json_string(text, fields->list[i].name);
        text_string(text, ": ");
        json_values(text, fields, i);
        separator = ", ";
    }
    text_string(text, fields->count > 0 ? "}" : "{}");
}

static void describe_args(struct text *text, struct exchange *exchange)
{
    json_fields(text, &exchange->request->args);
}

static void describe_data(struct text *text, struct exchange *exchange)
{
    text_json(text, exchange->request->body, exchange->request->body_size);
}

static void describe_empty(struct text *text, struct exchange *exchange)
{
    (void)exchange;
    text_string(text, "{}");
}

static void describe_headers(struct text *text, struct exchange *exchange)
{
    json_fields(text, &exchange->request->headers);
}

static void describe_json(struct text *text, struct exchange *exchange)
{
    (void)exchange;
    text_string(text, "null");
}

static void describe_method(struct text *text, struct exchange *exchange)
{
    json_string(text, exchange->request->method);
}

static void describe_origin(struct text *text, struct exchange *exchange)
{
    af_address address;
    int r = af_stream_peer_address(exchange->stream, &address);
    json_string(text, r < 0 ? "" : address.host);
}

static void describe_true(struct text *text, struct exchange *exchange)
{
    (void)exchange;
    text_string(text, "true");
}

static void describe_url(struct text *text, struct exchange *exchange)
{
    const char *host = request_header(exchange->request, "Host");
    struct text url = {0};
    text_format(&url, "http://%s%s", host ? host : "", exchange->request->target);
    text_json(text, url.data, url.length);
    text->failed |= url.failed;
    text_free(&url);
}

static void describe_user_agent(struct text *text, struct exchange *exchange)
{
    const char *agent = request_header(exchange->request, "User-Agent");
    json_string(text, agent ? agent : "");
}

static const struct member {
    const char *name;
    void (*describe)(struct text *text, struct exchange *exchange);
} members_known[] = {
    {"args", describe_args},
    {"data", describe_data},
    {"files", describe_empty},
    {"form", describe_empty},
    {"gzipped", describe_true},
    {"headers", describe_headers},
    {"json", describe_json},
    {"method", describe_method},
    {"origin", describe_origin},
    {"url", describe_url},
    {"user-agent", describe_user_agent},
};

static const struct member *find_member(const char *name, size_t length)
{
    for (size_t i = 0; i < sizeof members_known / sizeof members_known[0]; i++)
        if (strlen(members_known[i].name) == length &&
            memcmp(members_known[i].name, name, length) == 0)
            return &members_known[i];
    return NULL;
}

void describe(struct text *text, struct exchange *exchange, const char *members)
{
    const char *separator = "{";
    while (*members) {
        size_t length = strcspn(members, " ");
        const struct member *member = find_member(members, length);
        if (member) {
            text_format(text, "%s\"%s\": ", separator, member->name);
            member->describe(text, exchange);
            separator = ", ";
        }
        members += length + strspn(members + length, " ");
    }
    text_string(text, "}\n");
}
