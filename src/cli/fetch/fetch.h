/* One URL of the list, from its task to its record. */
#ifndef CLI_FETCH_FETCH_H
#define CLI_FETCH_FETCH_H

#include <afetch/afetch.h>

#include "cli/fetch/admission.h"
#include "cli/fetch/memory_budget.h"
#include "cli/input/source.h"
#include "cli/observe/observers.h"
#include "cli/options/options.h"
#include "cli/output/body_file.h"
#include "cli/record/record.h"

/* What all fetches of a run share. */
struct session {
    const struct options *options;
    struct body_directory *directory; /* where bodies are saved; NULL: nowhere */
    af_client *client;
    struct admission admission;
    struct memory_budget budget;
    double began;                /* on the loop's clock */
    struct observers *observers; /* NULL: none */
    const char
        *cancelled_by; /* why requests were cancelled, for their records; NULL: they were not */
    /* Told of each fetch as it ends; NULL where nobody wants to know. */
    void (*settled)(const struct record *record, void *arg);
    void *settled_arg;
    af_response planned; /* of --dry-run: the response of the last record */
};

struct fetch {
    struct session *session;
    struct ticket ticket;
    const char *origin;          /* the list's name, borrowed from the source */
    size_t line;                 /* of the list; 0 for an operand */
    const char *entry_error;     /* why it is no URL, or NULL */
    struct json_request *asked;  /* more than the URL, or NULL */
    struct body_file *file;      /* NULL where the body is not saved */
    af_future *request;          /* of the last attempt; NULL where none was made */
    int result;                  /* of the coroutine; AF_CANCELLED until it has run */
    double end;                  /* on the loop's clock: its own time limit, or the deadline */
    struct memory_charge charge; /* of the backlog */
    struct observed observed;    /* index, URL and retries are here */
    char errormsg[400];
    char url[];
};

/* A fetch of ENTRY, which is copied, with the pass with which it may begin: its own from then on.
 * -ENOMEM. */
int fetch_new(struct session *session, const struct entry *entry, const struct ticket *ticket,
              struct fetch **ret_fetch);
void fetch_free(void *fetch);

/* The coroutine of a fetch, its argument. Returns 0 even where the request failed: a record says
 * so. */
int fetch_url(void *fetch, void **ret_result);

/* How long all its attempts may take together, in seconds; 0: as long as they like. */
double fetch_time_limit(const struct fetch *fetch);

/* Sets what every request has, and over it what this one says itself. */
void fetch_choose_request(const struct fetch *fetch, af_request *request);

/* The record of a fetch that has ended, or was cancelled. Its strings are the fetch's. */
struct record fetch_record(struct fetch *fetch);

#endif
