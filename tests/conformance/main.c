/* Reads scenarios as JSON lines on stdin, runs each on the library under a virtual clock, and
 * prints its trace as a JSON line. */
#include <stdio.h>
#include <stdlib.h>

#include "simulation.h"

int main(void)
{
    char *line = NULL;
    size_t size = 0;
    while (getline(&line, &size, stdin) > 0) {
        cJSON *scenario = cJSON_Parse(line);
        if (!scenario) {
            fprintf(stderr, "conformance: a line is no JSON\n");
            return 2;
        }
        cJSON *answer = simulation_run(scenario);
        char *text = cJSON_PrintUnformatted(answer);
        puts(text);
        fflush(stdout); /* should a later scenario crash, this one's trace is out */
        free(text);
        cJSON_Delete(answer);
        cJSON_Delete(scenario);
    }
    free(line);
    return ferror(stdout) ? 1 : 0;
}
