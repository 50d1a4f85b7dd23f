#include "match.h"

#include <regex.h>
#include <string.h>

#include "failure.h"

bool match_pattern(const char *pattern, const char *text)
{
    regex_t regex;
    if (regcomp(&regex, pattern, REG_EXTENDED | REG_NOSUB) != 0)
        fail("no regular expression: %s", pattern);
    bool found = regexec(&regex, text, 0, NULL, 0) == 0;
    regfree(&regex);
    return found;
}

static bool match_string(const struct world *world, const char *expected, const char *actual,
                         bool is_pattern)
{
    struct text text = {0};
    world_expand(world, expected, &text);
    bool matches =
        is_pattern ? match_pattern(text_get(&text), actual) : strcmp(text_get(&text), actual) == 0;
    text_free(&text);
    return matches;
}

static bool match_range(const cJSON *range, const cJSON *actual)
{
    const cJSON *least = cJSON_GetArrayItem(range, 0), *most = cJSON_GetArrayItem(range, 1);
    if (!cJSON_IsNumber(least) || !cJSON_IsNumber(most))
        fail("\"between\" needs two numbers");
    return cJSON_IsNumber(actual) && actual->valuedouble >= least->valuedouble &&
           actual->valuedouble <= most->valuedouble;
}

static bool match_any(const struct world *world, const cJSON *values, const cJSON *actual)
{
    const cJSON *value;
    struct text ignored = {0};
    bool found = false;
    cJSON_ArrayForEach(value, values) found |= match_value(world, value, actual, &ignored);
    text_free(&ignored);
    return found;
}

static bool match_array(const struct world *world, const cJSON *expected, const cJSON *actual,
                        struct text *why)
{
    if (cJSON_GetArraySize(expected) != cJSON_GetArraySize(actual))
        return false;
    const cJSON *value = actual->child, *item;
    cJSON_ArrayForEach(item, expected)
    {
        if (!match_value(world, item, value, why))
            return false;
        value = value->next;
    }
    return true;
}

static bool match_members(const struct world *world, const cJSON *expected, const cJSON *actual,
                          struct text *why)
{
    const cJSON *member;
    cJSON_ArrayForEach(member, expected)
    {
        const cJSON *value = cJSON_GetObjectItemCaseSensitive(actual, member->string);
        if (!match_value(world, member, value, why))
            return false;
    }
    return true;
}

/* An object of one of these names is a question, not a value. */
static bool match_question(const struct world *world, const cJSON *question, const cJSON *actual,
                           bool *ret_matches)
{
    const char *name = question->string;
    if (question->next || question->prev != question)
        return false;
    if (strcmp(name, "matches") == 0)
        *ret_matches = cJSON_IsString(question) && cJSON_IsString(actual) &&
                       match_string(world, question->valuestring, actual->valuestring, true);
    else if (strcmp(name, "between") == 0)
        *ret_matches = match_range(question, actual);
    else if (strcmp(name, "present") == 0)
        *ret_matches = (actual && !cJSON_IsNull(actual)) == cJSON_IsTrue(question);
    else if (strcmp(name, "any_of") == 0)
        *ret_matches = match_any(world, question, actual);
    else
        return false;
    return true;
}

static bool is_match(const struct world *world, const cJSON *expected, const cJSON *actual,
                     struct text *why)
{
    bool matches;
    if (cJSON_IsObject(expected) && expected->child &&
        match_question(world, expected->child, actual, &matches))
        return matches;
    if (!actual || (expected->type & 0xFF) != (actual->type & 0xFF))
        return false;
    if (cJSON_IsString(expected))
        return match_string(world, expected->valuestring, actual->valuestring, false);
    if (cJSON_IsNumber(expected))
        return expected->valuedouble == actual->valuedouble;
    if (cJSON_IsArray(expected))
        return match_array(world, expected, actual, why);
    return !cJSON_IsObject(expected) || match_members(world, expected, actual, why);
}

static void describe(const cJSON *expected, const cJSON *actual, struct text *why)
{
    char *wanted = cJSON_PrintUnformatted(expected);
    char *found = actual ? cJSON_PrintUnformatted(actual) : NULL;
    text_format(why, "\"%s\" should be %s and is ", expected->string ? expected->string : "value",
                wanted ? wanted : "?");
    const char *shown = found ? found : "missing";
    text_show(why, shown, strlen(shown));
    cJSON_free(wanted);
    cJSON_free(found);
}

bool match_value(const struct world *world, const cJSON *expected, const cJSON *actual,
                 struct text *why)
{
    bool matches = is_match(world, expected, actual, why);
    /* The innermost says it best. */
    if (!matches && why->length == 0)
        describe(expected, actual, why);
    return matches;
}
