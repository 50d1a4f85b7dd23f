/* One entry of the list, from its task to its record. */
#ifndef CLI_FETCH_FETCH_H
#define CLI_FETCH_FETCH_H

#include <afetch/afetch.h>

#include "cli/fetch/admission.h"
#include "cli/fetch/effective_request.h"
#include "cli/fetch/memory_budget.h"
#include "cli/fetch/outcome.h"
#include "cli/input/source.h"
#include "cli/observe/observers.h"
#include "cli/options/options.h"
#include "cli/output/body_file.h"
#include "cli/record/record.h"

/* Shared by all fetches of a run. */
struct session {
    const struct options *options;
    struct body_directory *directory; /* --output-dir, or NULL */
    af_client *client;
    struct admission admission;
    struct memory_budget budget;
    double began;                /* on the loop's clock */
    struct observers *observers; /* NULL: none */
    const char *cancelled_by;    /* why fetches are cancelled, for their records; or NULL */
    /* Called for each fetch as it finishes; may be NULL. */
    void (*on_finished)(const struct record *record, void *arg);
    void *on_finished_arg;
};

struct fetch {
    struct session *session;
    struct ticket ticket;
    struct memory_charge charge;
    struct observed observed;  /* has the index, the URL and the number of retries */
    const char *list_name;     /* of the entry; borrowed from the source */
    size_t line;               /* of the entry; 0 for an operand */
    const char *entry_error;   /* why the entry is not valid, or NULL */
    struct json_request *json; /* the line, if it is JSON, else NULL */
    struct effective_request request;
    struct body_file *file; /* NULL: the body is not saved */
    af_future *response;    /* of the last attempt; NULL before the first */
    int result;             /* of the coroutine; AF_CANCELLED until it has run */
    double end;             /* of its time limit or the deadline, on the loop's clock */
    bool finished;          /* the record is made */
    struct record record;
    struct outcome_text text;
    char url[];
};

/* Ownership: ENTRY is copied; the fetch takes over the ticket, on success. Errors: -ENOMEM. */
int fetch_new(struct session *session, const struct entry *entry, const struct ticket *ticket,
              struct fetch **ret_fetch);
void fetch_free(void *fetch);

/* The coroutine of a fetch, which is its argument. Errors: AF_CANCELLED only; whatever else goes
 * wrong is in the record. */
int fetch_run(void *fetch, void **ret_result);

/* The record of a fetch whose task has ended, also if it was cancelled before its first step. The
 * fetch owns it. */
const struct record *fetch_record(struct fetch *fetch);

#endif
