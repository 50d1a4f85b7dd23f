#include "rules.h"

#include <fnmatch.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

enum { MOST_RULES = 128, MOST_OF_ONE_EVENT = 8 };

/* An event touches the rules of every line whose pattern it matches. Words that stand in no line
 * (fail, caught and the like) is the scenario's own, of which no rule speaks. */
static const struct {
    const char *event;
    int rules[MOST_OF_ONE_EVENT];
} table[] = {
    {"start", {8, 21}},
    {"spawn *", {8, 57}},
    {"skip *", {8}},
    {"end *", {8, 22, 23}},
    {"done *", {13}},
    {"idle *", {1, 3}},
    {"unhandled *", {68}},
    {"log *", {1, 2, 3, 4}},
    {"soon *", {1, 2}},
    {"later *", {2, 3, 4}},

    {"> *", {1, 10}},
    {"[<!] sleep *", {3, 4, 9}},
    {"! * Cancelled*", {19, 20, 21}},
    {"caught Cancelled", {19, 22}},
    {"cancel *", {15, 18}},
    {"ncancel *", {18, 22}},
    {"uncancel *", {24}},

    {"[<!] await *", {10, 11, 19}},
    {"[<!] fwait *", {10, 19}},
    {"fset *", {12}},
    {"fexc *", {12}},
    {"fcancel *", {15}},

    {"< gather *", {10, 25, 26, 28}},
    {"! gather *", {10, 27, 29, 30, 31}},
    {"< wait *", {10, 32, 33, 34, 35}},
    {"! wait *", {32, 36}},
    {"[<!] asc *", {37}},
    {"next *", {10, 37}},
    {"next !Timeout", {38}},
    {"[<!] shield *", {10, 39, 40}},
    {"[<!] waitfor *", {41, 42, 43, 44, 45}},
    {"[<!] timeout *", {46, 47, 48, 50}},
    {"resched *", {49}},
    {"[<!] tg *", {51, 52, 53, 54, 55, 56}},

    {"[<>!] with l*", {58}},
    {"in l*", {58}},
    {"locked l*", {58}},
    {"[<>!] with s*", {59, 60}},
    {"in s*", {59}},
    {"[<!] acq *", {59, 60}},
    {"locked s*", {59}},
    {"rel *", {59, 60}},
    {"[<!] ewait *", {61}},
    {"eset *", {61}},
    {"eclr *", {61}},
    {"[<>!] with c*", {62}},
    {"in c*", {62}},
    {"[<!] cwait *", {62}},
    {"notify *", {62}},
    {"[<!] put *", {63, 65, 67}},
    {"[<!] get *", {63, 64, 65, 67}},
    {"putnw *", {63, 67}},
    {"getnw *", {63, 64, 67}},
    {"tdone *", {66}},
    {"[<!] join *", {66}},
    {"qshut *", {67}},

    {"run *", {68}},
    {"clock *", {3}},
    {"unretrieved*", {16, 27, 40}},
    {"task *", {18, 22, 24, 53}},
    {"state s*", {59, 60}},
    {"state l*", {58}},
    {"state c*", {62}},
    {"state e*", {61}},
    {"state f*", {12, 15}},
    {"state q*", {63, 65, 66, 67}},
};

static char text[1 << 16];
static struct rule {
    const char *heading;
    char *words; /* with the number; NULL where there is no such rule */
} rules[MOST_RULES + 1];

/* A rule begins with its number, behind a full stop or a heading: ". 12 So is". */
static char *find_rule(char *from, int number)
{
    char mark[16];
    snprintf(mark, sizeof mark, " %d ", number);
    for (char *place = from; (place = strstr(place, mark)); place++)
        if (place > from && (place[-1] == '.' || place[-1] == '*'))
            return place + 1;
    return NULL;
}

/* The heading that ends before a rule, "**gather.** 25 Results", or else the one before. */
static const char *heading_of(char *rule, const char *previous)
{
    static const char mark[] = ".** ";
    char *end = rule - strlen(mark);
    if (strncmp(end, mark, strlen(mark)) != 0)
        return previous;
    *end = '\0';
    while (end > text && end[-1] != '*')
        end--;
    return end;
}

/* Ends the words of a rule before the heading that may stand between it and the next. */
static void end_rule(char *begin, char *end)
{
    char *heading = strstr(begin, " **");
    if (heading && heading < end)
        end = heading;
    while (end > begin && end[-1] == ' ')
        end--;
    *end = '\0';
}

int rules_read(const char *path)
{
    FILE *file = fopen(path, "r");
    if (!file)
        return -1;
    size_t length = fread(text, 1, sizeof text - 1, file);
    fclose(file);
    text[length] = '\0';
    for (char *c = text; *c; c++)
        if (*c == '\n')
            *c = ' ';

    char *begin = find_rule(text, 1);
    for (int number = 1; begin && number <= MOST_RULES; number++) {
        char *next = find_rule(begin, number + 1);
        rules[number].heading = heading_of(begin, rules[number - 1].heading);
        rules[number].words = begin;
        end_rule(begin, next ? next - 1 : text + length);
        begin = next;
    }
    return rules[1].words ? 0 : -1;
}

int rules_print(const char *event)
{
    bool printed[MOST_RULES + 1] = {false};
    int count = 0;
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
        if (fnmatch(table[i].event, event, 0) != 0)
            continue;
        for (int j = 0; j < MOST_OF_ONE_EVENT && table[i].rules[j]; j++) {
            int number = table[i].rules[j];
            if (printed[number] || !rules[number].words)
                continue;
            printed[number] = true;
            count++;
            printf("    rule %s (%s)\n", rules[number].words, rules[number].heading);
        }
    }
    return count;
}
