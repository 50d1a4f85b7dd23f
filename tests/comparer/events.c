#include "events.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void add_final(cJSON *events, const char *kind, const char *name, const cJSON *state)
{
    const char *head[] = {"", "end", kind, name};
    cJSON *event = cJSON_CreateStringArray(head, name ? 4 : 3);
    const cJSON *member;
    if (!cJSON_IsArray(state))
        cJSON_AddItemToArray(event, cJSON_Duplicate(state, true));
    else
        cJSON_ArrayForEach(member, state)
            cJSON_AddItemToArray(event, cJSON_Duplicate(member, true));
    cJSON_AddItemToArray(events, event);
}

cJSON *events_of(const cJSON *trace)
{
    cJSON *events = cJSON_Duplicate(cJSON_GetObjectItem(trace, "trace"), true);
    const cJSON *final = cJSON_GetObjectItem(trace, "final"), *state;
    add_final(events, "run", NULL, cJSON_GetObjectItem(final, "run"));
    add_final(events, "clock", NULL, cJSON_GetObjectItem(final, "end"));
    add_final(events, "unretrieved", NULL, cJSON_GetObjectItem(final, "unretrieved"));
    cJSON_ArrayForEach(state, cJSON_GetObjectItem(final, "tasks"))
        add_final(events, "task", NULL, state);
    cJSON_ArrayForEach(state, cJSON_GetObjectItem(final, "res"))
        add_final(events, "state", state->string, state);
    return events;
}

char *member_text(const cJSON *event, int place)
{
    const cJSON *member = cJSON_GetArrayItem(event, place);
    return cJSON_IsString(member) ? strdup(member->valuestring) : cJSON_PrintUnformatted(member);
}

char *event_text(const cJSON *event, int from)
{
    char *text;
    size_t size;
    FILE *file = open_memstream(&text, &size);
    for (int i = from; i < cJSON_GetArraySize(event); i++) {
        char *member = member_text(event, i);
        fprintf(file, "%s%s", i > from ? " " : "", member);
        free(member);
    }
    fclose(file);
    return text;
}
