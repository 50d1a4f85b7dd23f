#include "cases.h"

#include <criterion/criterion.h>
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "failure.h"
#include "text.h"

/* The members of a case. A content is a string or another form that world_expand_content() takes.
 */
static const char *const keys[] = {
    /* Before */
    "name",        /* a promise in words */
    "because",     /* what is not to be seen from the case */
    "at_once",     /* true: it is promised to a program that no wrapper slows down */
    "libcurl",     /* the oldest that can do it, as 0x080300 in decimal; others skip the case */
    "nginx",       /* true: one is started, see tests/cli/nginx */
    "http2",       /* options of the HTTP/2 server that is started, see tests/http2 */
    "busy",        /* how many processes keep the machine busy */
    "arguments",   /* strings */
    "environment", /* an object of strings */
    "files",       /* an object of contents, by name; a name that ends in '/' is a directory,
                       and {"link": target} a symbolic link */
    "stdin",       /* a content; nothing */
    "stdin_from",  /* "terminal", "closed" or a path; /dev/null */
    "stdout_to",   /* the same; a pipe that is read */
    "stderr_to",
    /* Meanwhile */
    "largest_file", /* as many bytes as the program may write to a file */
    "steps",        /* see steps.h */
    /* Afterwards */
    "exit",         /* the status, {"any_of": [...]}, or the name of the signal that ended it */
    "stderr",       /* a pattern; what is not said must be empty */
    "stdout",       /* the exact content, or {"matches": pattern} */
    "stdout_lines", /* how many */
    "lines",        /* a pattern for every line */
    "output",       /* the file that has the output, where it is not stdout, which is empty then */
    "records",      /* what each has, see match.h */
    "sorted",       /* true: by their index before they are looked at */
    "each",         /* what all have */
    "count",        /* how many, a number or {"between": [a, b]} */
    "directories",  /* by name, the files they have: see directories.h */
    "statistics",   /* what the origin has counted */
    "http2_counters", /* what the HTTP/2 server has counted */
    "never",          /* strings that nobody may see */
    "seconds",        /* [least, most], where time itself is what is promised */
    NULL,
};

const char *source_directory(void)
{
    const char *source = getenv("AFETCH_SOURCE");
    return source ? source : ".";
}

/* The array in a file of cases; NULL and a message where it has none. */
static cJSON *read_cases(const char *file)
{
    char path[4096];
    struct text text = {0};
    snprintf(path, sizeof path, "%s/tests/cli/cases/%s", source_directory(), file);
    if (!text_read_file(&text, path)) {
        fprintf(stderr, "%s: %s\n", path, strerror(errno));
        return NULL;
    }
    const char *end = NULL;
    cJSON *cases = cJSON_ParseWithOpts(text_get(&text), &end, true);
    if (!cJSON_IsArray(cases)) {
        struct text before = {0};
        text_append(&before, text.data, end ? (size_t)(end - text.data) : 0);
        fprintf(stderr, "%s:%zu: no JSON array\n", path, text_lines(&before) + 1);
        text_free(&before);
        cJSON_Delete(cases);
        cases = NULL;
    }
    text_free(&text);
    return cases;
}

static const char *case_name(const cJSON *object)
{
    const cJSON *name = cJSON_GetObjectItemCaseSensitive(object, "name");
    return cJSON_IsString(name) ? name->valuestring : "(a case without a name)";
}

struct collection {
    struct case_place *places;
    size_t count;
};

static void collect(struct collection *collection, const char *file)
{
    cJSON *cases = read_cases(file);
    if (!cases)
        exit(2);
    const char *wanted = getenv("AFETCH_CASES");
    const cJSON *object;
    int index = 0;
    cJSON_ArrayForEach(object, cases)
    {
        struct case_place place = {.index = index++};
        snprintf(place.file, sizeof place.file, "%s", file);
        if (wanted && !strstr(file, wanted) && !strstr(case_name(object), wanted))
            continue;
        size_t size = (collection->count + 1) * sizeof place;
        collection->places = realloc(collection->places, size);
        if (!collection->places)
            abort();
        collection->places[collection->count++] = place;
    }
    cJSON_Delete(cases);
}

static int is_cases(const struct dirent *entry)
{
    const char *end = strrchr(entry->d_name, '.');
    return end && strcmp(end, ".json") == 0;
}

struct case_place *cases_find(size_t *ret_count)
{
    char path[4096];
    struct dirent **entries;
    snprintf(path, sizeof path, "%s/tests/cli/cases", source_directory());
    int files = scandir(path, &entries, is_cases, alphasort);
    if (files < 0) {
        fprintf(stderr, "%s: %s (AFETCH_SOURCE names the source)\n", path, strerror(errno));
        exit(2);
    }
    struct collection collection = {0};
    for (int i = 0; i < files; i++) {
        collect(&collection, entries[i]->d_name);
        free(entries[i]);
    }
    free(entries);
    /* Criterion's memory is what the processes of the tests share. */
    size_t size = collection.count * sizeof *collection.places;
    struct case_place *places = cr_malloc(size + 1);
    if (!places)
        abort();
    if (size > 0)
        memcpy(places, collection.places, size);
    free(collection.places);
    *ret_count = collection.count;
    return places;
}

static void check_keys(const cJSON *object)
{
    const cJSON *member;
    cJSON_ArrayForEach(member, object)
    {
        const char *const *key = keys;
        while (*key && strcmp(*key, member->string) != 0)
            key++;
        if (!*key)
            fail("\"%s\": a case has no \"%s\"", case_name(object), member->string);
    }
    static const char *const needed[] = {"name", "arguments", "exit"};
    for (size_t i = 0; i < sizeof needed / sizeof needed[0]; i++)
        if (!cJSON_HasObjectItem(object, needed[i]))
            fail("\"%s\": a case must have \"%s\"", case_name(object), needed[i]);
}

cJSON *case_load(const struct case_place *place)
{
    cJSON *cases = read_cases(place->file);
    cJSON *object = cJSON_DetachItemFromArray(cases, place->index);
    cJSON_Delete(cases);
    if (!object)
        fail("%s has no case %d", place->file, place->index);
    check_keys(object);
    return object;
}
