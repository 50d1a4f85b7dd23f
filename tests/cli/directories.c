#include "directories.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "failure.h"
#include "match.h"

static void check_file(const struct world *world, const char *path, const cJSON *expected)
{
    struct text content = {0}, wanted = {0};
    if (!text_read_file(&content, path))
        fail("%s: %s", path, strerror(errno));
    const cJSON *size = cJSON_GetObjectItemCaseSensitive(expected, "size");
    const cJSON *pattern = cJSON_GetObjectItemCaseSensitive(expected, "matches");
    if (size && (double)content.length != size->valuedouble)
        fail("%s has %zu bytes", path, content.length);
    if (pattern) {
        world_expand(world, pattern->valuestring, &wanted);
        if (!match_pattern(text_get(&wanted), text_get(&content)))
            fail("%s was to match %s and is: %s", path, text_get(&wanted), text_get(&content));
    } else if (!size) {
        world_expand_content(world, expected, &wanted);
        if (wanted.length != content.length ||
            memcmp(text_get(&wanted), text_get(&content), wanted.length) != 0)
            fail("%s was to be: %s", path, text_get(&wanted));
    }
    text_free(&content);
    text_free(&wanted);
}

static void check_directory(const struct world *world, const cJSON *expected)
{
    char path[512];
    snprintf(path, sizeof path, "%s/%s", world->directory, expected->string);
    DIR *stream = opendir(path);
    if (!stream)
        fail("%s: %s", path, strerror(errno));
    const struct dirent *entry;
    while ((entry = readdir(stream)))
        if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0 &&
            !cJSON_HasObjectItem(expected, entry->d_name))
            fail("nobody expected %s in %s", entry->d_name, path);
    closedir(stream);
    const cJSON *file;
    cJSON_ArrayForEach(file, expected)
    {
        char file_path[1024];
        snprintf(file_path, sizeof file_path, "%s/%s", path, file->string);
        check_file(world, file_path, file);
    }
}

void directories_check(const struct world *world, const cJSON *directories)
{
    const cJSON *directory;
    cJSON_ArrayForEach(directory, directories) check_directory(world, directory);
}
