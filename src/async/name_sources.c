#include "async/name_sources.h"

#include <errno.h>
#include <stdlib.h>

#include "async/dns_client.h"
#include "async/hosts_file.h"

/* Seconds between two checks for changes of the files. */
static const double CHECK_INTERVAL = 5;

struct name_sources {
    af_loop *loop;
    struct name_files files;
    bool configured; /* the files were read */
    double checked;
    struct name_service service;
    struct hosts_file *hosts;
    struct dns_client *dns;
    struct system_resolver *system;
};

/* ------------------------------------------------------------------- files */

static int read_files(struct name_sources *sources)
{
    struct hosts_file *hosts;
    int r = hosts_file_read(sources->files.hosts, &hosts);
    if (r < 0)
        return r;
    r = name_service_read(&sources->files, &sources->service);
    if (r < 0) {
        hosts_file_free(hosts);
        return r;
    }
    hosts_file_free(sources->hosts);
    sources->hosts = hosts;
    dns_client_reset(sources->dns);
    sources->configured = true;
    return 0;
}

int name_sources_update(struct name_sources *sources)
{
    double now = af_loop_time(sources->loop);
    if (!sources->configured) {
        sources->checked = now;
        return read_files(sources);
    }
    if (now < sources->checked + CHECK_INTERVAL)
        return 0;
    sources->checked = now;
    if (name_service_outdated(&sources->service, &sources->files))
        (void)read_files(sources);
    return 0;
}

/* ----------------------------------------------------------------- queries */

static void on_dns_answer(struct name_query *query, const struct name_answer *answer)
{
    query->done = query->answered;
    if (answer->code == -ENOTSUP)
        system_resolver_ask(query->system, query);
    else
        query->answered(query, answer);
}

void name_sources_ask(struct name_sources *sources, struct name_query *query)
{
    struct name_answer answer = {0};
    query->system = sources->system;
    query->done = query->answered;
    if (name_service_wants_system(&sources->service, query->name)) {
        system_resolver_ask(sources->system, query);
        return;
    }
    int count = hosts_file_find(sources->hosts, query->name, query->family, &answer.addresses);
    if (count > 1) {
        system_resolver_ask(sources->system, query); /* it sorts the addresses */
    } else if (count == 0) {
        query->done = on_dns_answer;
        dns_client_ask(sources->dns, query);
    } else {
        answer.code = count < 0 ? count : 0;
        query->answered(query, &answer);
    }
}

/* ----------------------------------------------------------------- sources */

int name_sources_new(af_loop *loop, const struct name_source_options *options,
                     struct name_sources **ret_sources)
{
    struct name_sources *sources = calloc(1, sizeof *sources);
    if (!sources)
        return -ENOMEM;
    sources->loop = loop;
    sources->files = options->files;
    int r = dns_client_new(loop, &sources->service, options->files.resolv_conf, options->servers,
                           &sources->dns);
    if (r >= 0)
        r = system_resolver_new(loop, options->most_threads, options->look_up, &sources->system);
    if (r < 0) {
        name_sources_free(sources);
        return r;
    }
    *ret_sources = sources;
    return 0;
}

void name_sources_free(struct name_sources *sources)
{
    if (!sources)
        return;
    dns_client_free(sources->dns);
    system_resolver_free(sources->system);
    hosts_file_free(sources->hosts);
    free(sources);
}
