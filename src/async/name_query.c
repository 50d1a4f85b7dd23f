#include "async/name_query.h"

#include <errno.h>

#include <afetch/error.h>

struct name_answer name_answer_of(const struct address_text *text)
{
    struct name_answer answer = {0};
    if (text->count == 0)
        return (struct name_answer){.code = AF_RESOLVE_ERROR, .final = true};
    answer.code = addresses_new(text->text, &answer.addresses);
    return answer;
}

struct name_answer name_answer_of_error(int code)
{
    if (code == -ENOMEM || code == -ENOTSUP)
        return (struct name_answer){.code = code};
    return (struct name_answer){.code = AF_RESOLVE_ERROR, .reason = af_strerror(code)};
}
