#include "cli/fetch/effective_request.h"

#include <math.h>
#include <string.h>

static void apply_line(struct effective_request *request, const struct json_request *line)
{
    const char *method = request->method;
    request->headers = line->headers.strings;
    if (line->has_body) {
        request->content = line->body.data;
        request->content_size = line->body.length;
    }
    request->keep_method = method && !line->method;
    if (line->method)
        request->method = line->method;
    else if (line->has_body && method && strcmp(method, "HEAD") == 0)
        request->method = NULL; /* HEAD would not send the body */
    request->timeout_is_own = !isnan(line->timeout);
    if (request->timeout_is_own)
        request->timeout = line->timeout;
}

struct effective_request effective_request_make(const struct options *options,
                                                const struct json_request *line)
{
    struct effective_request request = {
        .method = options->method,
        .keep_method = options->method,
        .content = options->data.data,
        .content_size = options->data.length,
        .timeout = options->timeout,
    };
    if (line)
        apply_line(&request, line);
    return request;
}

const char *effective_request_method(const struct effective_request *request)
{
    if (request->method)
        return request->method;
    return request->content ? "POST" : "GET";
}

void effective_request_apply(const struct effective_request *effective, af_request *request)
{
    request->method = effective->method;
    request->keep_method = effective->keep_method;
    request->headers = effective->headers;
    request->content = effective->content;
    request->content_size = effective->content_size;
}
