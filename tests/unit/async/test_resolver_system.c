/* The resolver: the hosts file, and lookups by the system. */
#include <criterion/criterion.h>
#include <semaphore.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "resolver_suite.h"

/* ------------------------------------------------------------------- hosts */

Test(resolver, finds_names_in_the_hosts_file_first)
{
    prepare();
    write_file(hosts, "# comment\n\n192.0.2.20 One.test alias # one.test\n"
                      "2001:db8::20\tsix.test\r\nrubbish nobody.test\n192.0.2.21 no-newline.test");
    struct resolver_options options = test_options();
    open_with(&options);
    assert_found("one.test", "192.0.2.20");
    assert_found("alias", "192.0.2.20");
    assert_found("six.test", "[2001:db8::20]");
    assert_found("no-newline.test", "192.0.2.21");
    cr_expect_eq(count_questions(NULL), 0);
    assert_failed("nobody.test", "Could not resolve host: nobody.test");
    assert_found("two.test", "192.0.2.2,192.0.2.3");
    close_all();
}

Test(resolver, asks_dns_for_a_family_that_the_hosts_file_lacks)
{
    prepare();
    write_file(hosts, "192.0.2.20 both.test\n");
    struct resolver_options options = test_options();
    open_with(&options);
    cr_expect_str_eq(look_up_of("both.test", AF_INET)->text, "192.0.2.20");
    cr_expect_str_eq(look_up_of("both.test", AF_INET6)->text, "[2001:db8::2]");
    close_all();
}

Test(resolver, reads_the_hosts_file_again_if_it_changed)
{
    open_all();
    assert_found("one.test", "192.0.2.1");
    write_file(hosts, "192.0.2.20 two.test\n");
    ahead = 6;
    assert_found("two.test", "192.0.2.20");
    close_all();
}

/* Leaves no descriptor to be opened. */
static void use_up_descriptors(struct rlimit *ret_before)
{
    cr_assert_eq(getrlimit(RLIMIT_NOFILE, ret_before), 0);
    int lowest = dup(0);
    cr_assert_geq(lowest, 0);
    close(lowest);
    struct rlimit limit = {.rlim_cur = (rlim_t)lowest, .rlim_max = ret_before->rlim_max};
    cr_assert_eq(setrlimit(RLIMIT_NOFILE, &limit), 0);
}

Test(resolver, says_that_files_cannot_be_read_now)
{
    struct rlimit before;
    prepare();
    write_file(hosts, "192.0.2.20 one.test\n");
    struct resolver_options options = test_options();
    open_with(&options);
    use_up_descriptors(&before);
    assert_failed("one.test", "Could not resolve host: one.test (Too many open files)");
    cr_assert_eq(setrlimit(RLIMIT_NOFILE, &before), 0);
    assert_found("one.test", "192.0.2.20");
    close_all();
}

Test(resolver, goes_on_with_the_old_files_if_the_new_ones_cannot_be_read_now)
{
    struct rlimit before;
    prepare();
    write_file(hosts, "192.0.2.20 one.test\n192.0.2.21 two.test\n");
    struct resolver_options options = test_options();
    open_with(&options);
    assert_found("one.test", "192.0.2.20");
    write_file(hosts, "192.0.2.30 three.test\n");
    use_up_descriptors(&before);
    ahead = 6;
    assert_found("two.test", "192.0.2.21");
    cr_assert_eq(setrlimit(RLIMIT_NOFILE, &before), 0);
    ahead = 12;
    assert_found("three.test", "192.0.2.30");
    close_all();
}

/* -------------------------------------------------------------- the system */

static sem_t begun, held;
static unsigned system_calls;

static int fake_getaddrinfo(const char *host, const char *service, const struct addrinfo *hints,
                            struct addrinfo **ret_found)
{
    __atomic_add_fetch(&system_calls, 1, __ATOMIC_RELAXED);
    if (strcmp(host, "nobody.test") == 0)
        return EAI_NONAME;
    if (strcmp(host, "again.test") == 0)
        return EAI_AGAIN;
    if (strncmp(host, "stuck", 5) == 0) {
        sem_post(&begun);
        sem_wait(&held);
    }
    struct addrinfo numeric = {.ai_flags = AI_NUMERICHOST, .ai_socktype = hints->ai_socktype};
    return getaddrinfo("192.0.2.99", service, &numeric, ret_found);
}

static void open_with_system(const char *nsswitch_text)
{
    prepare();
    sem_init(&begun, 0, 0);
    sem_init(&held, 0, 0);
    write_file(nsswitch, nsswitch_text);
    struct resolver_options options = test_options();
    options.look_up = fake_getaddrinfo;
    options.most_threads = 2;
    open_with(&options);
}

Test(resolver, asks_the_system_about_modules_it_does_not_know)
{
    static const struct {
        const char *line;
        const char *source;
    } cases[] = {
        {"hosts: files dns\n", DNS},
        {"hosts:files dns # comment\n", DNS},
        {"passwd: files\n", DNS},
        {"hosts: mymachines files mdns4_minimal [NOTFOUND=return] dns myhostname\n", DNS},
        {"hosts: dns files\n", SYSTEM},
        {"hosts: files\n", SYSTEM},
        {"hosts: dns\n", SYSTEM},
        {"hosts: files ldap dns\n", SYSTEM},
        {"hosts: files dns wins\n", SYSTEM},
        {"hosts: files[NOTFOUND=return]dns\n", SYSTEM},
        {"hosts: files resolve [!UNAVAIL=return] dns\n", SYSTEM},
    };
    open_with_system("");
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        ahead += 100;
        write_file(nsswitch, "\n");
        write_file(nsswitch, cases[i].line);
        const struct outcome *outcome = look_up_of("one.test", AF_INET);
        cr_expect_str_eq(outcome->text, cases[i].source, "%s", cases[i].line);
    }
    close_all();
}

Test(resolver, asks_the_system_about_names_that_dns_does_not_have)
{
    open_with_system("hosts: files mdns4_minimal [NOTFOUND=return] resolve dns\n");
    write_file(resolv_conf, "nameserver 127.0.0.53\n");
    assert_found("printer.local", SYSTEM);
    assert_found("short", SYSTEM);
    assert_found("one.test", DNS);
    close_all();
}

Test(resolver, asks_the_system_if_addresses_are_sorted_by_rules)
{
    open_with_system("hosts: files dns\n");
    write_file(gai_conf, "precedence ::ffff:0:0/96 100\n");
    assert_found("one.test", SYSTEM);
    close_all();
}

Test(resolver, asks_the_system_to_sort_what_the_hosts_file_has)
{
    open_with_system("hosts: files dns\n");
    write_file(hosts, "192.0.2.20 twice.test\n2001:db8::20 twice.test\n");
    assert_found("twice.test", SYSTEM);
    cr_expect_eq(system_calls, 1);
    close_all();
}

Test(resolver, tells_failures_of_the_system_apart)
{
    open_with_system("hosts: ldap\n");
    assert_failed("nobody.test", "Could not resolve host: nobody.test");
    assert_failed("nobody.test", "Could not resolve host: nobody.test");
    cr_expect_eq(system_calls, 1);
    assert_failed("again.test",
                  "Could not resolve host: again.test (DNS server failure or time-out)");
    assert_failed("again.test",
                  "Could not resolve host: again.test (DNS server failure or time-out)");
    cr_expect_eq(system_calls, 3);
    close_all();
}

Test(resolver, looks_up_more_names_than_it_has_threads)
{
    enum { NAMES = 200 };
    open_with_system("hosts: ldap\n");
    struct outcome outcomes[NAMES];
    for (size_t i = 0; i < NAMES; i++) {
        char name[32];
        snprintf(name, sizeof name, "%zu.test", i);
        cr_assert_eq(begin(name, &outcomes[i]), 0);
    }
    run_until_finished(NAMES);
    for (size_t i = 0; i < NAMES; i++)
        cr_expect_str_eq(outcomes[i].text, SYSTEM);
    close_all();
}

/* The threads go on, and end after the loop is gone. */
Test(resolver, is_freed_at_once_while_the_system_is_stuck)
{
    open_with_system("hosts: ldap\n");
    struct outcome stuck[2], waiting, cancelled;
    cr_assert_eq(begin("stuck1.test", &stuck[0]), 0);
    cr_assert_eq(begin("stuck2.test", &stuck[1]), 0);
    cr_assert_eq(begin("one.test", &waiting), 0);
    cr_assert_eq(begin("two.test", &cancelled), 0);
    cr_assert_eq(af_loop_run_once(loop), 0);
    sem_wait(&begun);
    sem_wait(&begun);
    resolver_lookup_cancel(cancelled.lookup);
    close_all();
    cr_expect_eq(finished, 0);
    cr_expect_eq(system_calls, 2);
    sem_post(&held);
    sem_post(&held);
}
