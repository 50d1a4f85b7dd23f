/* Compares our traces with CPython's, and at a difference says which rules it touches:
 *
 *     comparer EXPECTED RULES ALONE <OURS
 *
 * Traces are JSON lines, and equal to the byte or not at all. RULES is docs/rules.md; ALONE is the
 * command that runs one scenario alone, with the word SEED in place of its seed. Exits with 0 where
 * all are equal, with 1 where one is not. */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "events.h"
#include "rules.h"

/* Around a difference so many events are shown, and so many differences whole. */
enum { EVENTS_BEFORE = 6, EVENTS_AFTER = 4, MOST_SHOWN = 3 };

static int smaller(int a, int b)
{
    return a < b ? a : b;
}

static int larger(int a, int b)
{
    return a > b ? a : b;
}

/* ------------------------------------------------------------ side by side */

/* An event as one side of a row; the caller frees it. */
static char *side_of(const cJSON *event)
{
    if (!event)
        return strdup("");
    char *side, *tick = member_text(event, 0), *actor = member_text(event, 1);
    char *text = event_text(event, 2);
    if (asprintf(&side, "%4s  %-4s  %s", tick, actor, text) < 0)
        abort();
    free(tick);
    free(actor);
    free(text);
    return side;
}

static void print_side_by_side(const cJSON *expected, const cJSON *ours, int difference)
{
    int first = larger(difference - EVENTS_BEFORE, 0);
    int size = larger(cJSON_GetArraySize(expected), cJSON_GetArraySize(ours));
    int end = smaller(difference + 1 + EVENTS_AFTER, size), width = 0;
    for (int i = first; i < end; i++) {
        char *left = side_of(cJSON_GetArrayItem(expected, i));
        width = larger(width, (int)strlen(left));
        free(left);
    }
    printf("     %-*s     %s\n", width, "tick        CPython", "tick        afetch");
    for (int i = first; i < end; i++) {
        char *left = side_of(cJSON_GetArrayItem(expected, i));
        char *right = side_of(cJSON_GetArrayItem(ours, i));
        printf("  %s %-*s  |  %s\n", i == difference ? "->" : "  ", width, left, right);
        free(left);
        free(right);
    }
}

/* -------------------------------------------------------------- a scenario */

/* Returns the number of equal events from the beginning. */
static int common_events(const cJSON *expected, const cJSON *ours)
{
    const cJSON *a = expected->child, *b = ours->child;
    int count = 0;
    for (; a && b && cJSON_Compare(a, b, true); a = a->next, b = b->next)
        count++;
    return count;
}

static void print_rules(const cJSON *event)
{
    char *text = event_text(event, 2);
    printf("\n  docs/rules.md on \"%s\":\n", text);
    if (rules_print(text) == 0)
        printf("    nothing: look at the scenarios' runner first\n");
    free(text);
}

static void print_alone(const char *alone, int seed)
{
    const char *mark = strstr(alone, "SEED");
    printf("\n  It alone: %.*s%d%s\n\n", (int)(mark - alone), alone, seed, mark + strlen("SEED"));
}

/* BRIEF: only where the difference is. */
static void print_difference(int seed, const cJSON *expected, const cJSON *ours, const char *alone,
                             bool brief)
{
    int place = common_events(expected, ours);
    const cJSON *event = cJSON_GetArrayItem(expected, place);
    if (!event)
        event = cJSON_GetArrayItem(ours, place);
    if (!event) {
        printf("seed %d: the same events, but other bytes\n", seed);
        return;
    }
    char *side = side_of(event);
    printf("seed %d differs first in event %d: %s\n", seed, place, side);
    free(side);
    if (brief)
        return;
    printf("\n");
    print_side_by_side(expected, ours, place);
    print_rules(event);
    print_alone(alone, seed);
}

/* ---------------------------------------------------------------- the files */

static cJSON *parse(const char *line, const char *whose)
{
    cJSON *trace = cJSON_Parse(line);
    if (!cJSON_HasObjectItem(trace, "final")) {
        fprintf(stderr, "comparer: a line of %s is no trace\n", whose);
        exit(2);
    }
    return trace;
}

/* OURS is missing if the runner died before it. True if the two are equal. */
static bool compare(const char *expected, const char *ours, const char *alone, bool brief,
                    int *ret_events)
{
    cJSON *expected_trace = parse(expected, "CPython's");
    int seed = cJSON_GetObjectItem(expected_trace, "seed")->valueint;
    *ret_events = cJSON_GetArraySize(cJSON_GetObjectItem(expected_trace, "trace"));
    bool equal = ours && strcmp(expected, ours) == 0;
    if (!ours && !brief) {
        printf("seed %d has no trace: the runner ended before\n", seed);
        print_alone(alone, seed);
    } else if (ours && !equal) {
        cJSON *our_trace = parse(ours, "ours");
        cJSON *expected_events = events_of(expected_trace), *our_events = events_of(our_trace);
        print_difference(seed, expected_events, our_events, alone, brief);
        cJSON_Delete(expected_events);
        cJSON_Delete(our_events);
        cJSON_Delete(our_trace);
    }
    cJSON_Delete(expected_trace);
    return equal;
}

int main(int argc, char **argv)
{
    FILE *file = argc == 4 ? fopen(argv[1], "r") : NULL;
    if (!file || rules_read(argv[2]) < 0 || !strstr(argv[3], "SEED")) {
        fputs("usage: comparer EXPECTED RULES ALONE <OURS\n", stderr);
        return 2;
    }
    char *expected = NULL, *ours = NULL;
    size_t expected_size = 0, our_size = 0;
    int count = 0, different = 0, events = 0;
    while (getline(&expected, &expected_size, file) > 0) {
        bool answered = getline(&ours, &our_size, stdin) > 0;
        int of_this;
        if (!compare(expected, answered ? ours : NULL, argv[3], different >= MOST_SHOWN, &of_this))
            different++;
        count++;
        events += of_this;
    }
    if (different > 0)
        printf("%d of %d scenarios differ\n", different, count);
    else
        printf("%d scenarios, %d events: all equal, to the byte\n", count, events);
    free(expected);
    free(ours);
    fclose(file);
    return different > 0 || count == 0;
}
