/* Licensed under the Apache License, Version 2.0; see LICENSE. */
/* A resolver that finds whatever a test wants, or hangs. */
#include "support.h"

#include <arpa/inet.h>
#include <netdb.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "net/auth0_clock.h"
#include "net/auth0_lookup.h"

#define MS ((int64_t)1000)

/* What a busy machine adds. */
#define SLOW (500 * MS)

static atomic_bool hangs;
static atomic_int signals_taken;

static struct addrinfo *info_of(int number, struct addrinfo *next)
{
    struct addrinfo *info = calloc(1, sizeof(*info));
    struct sockaddr_in *address = calloc(1, sizeof(*address));
    address->sin_family = AF_INET;
    address->sin_addr.s_addr = htonl(INADDR_LOOPBACK + (in_addr_t)number);
    info->ai_addr = (struct sockaddr *)address;
    info->ai_addrlen = sizeof(*address);
    info->ai_next = next;
    return info;
}

/* Takes the place of the system's: a host has as many addresses as it says. */
int getaddrinfo(const char *host, const char *port,
                const struct addrinfo *hints, struct addrinfo **found)
{
    sigset_t mask;
    (void)port, (void)hints;
    while (atomic_load(&hangs)) {
        usleep(10000);
    }
    pthread_sigmask(SIG_SETMASK, NULL, &mask);
    atomic_store(&signals_taken, !sigismember(&mask, SIGTERM));
    *found = NULL;
    for (int i = (int)apr_atoi64(host); i > 0; i--) {
        *found = info_of(i, *found);
    }
    return *found ? 0 : EAI_NONAME;
}

void freeaddrinfo(struct addrinfo *info)
{
    while (info) {
        struct addrinfo *next = info->ai_next;
        free(info->ai_addr);
        free(info);
        info = next;
    }
}

static bool by_itself(auth0_found_t *found, const char *host)
{
    return auth0_lookup(found, host, "6379");
}

static bool by_process(auth0_found_t *found, const char *host)
{
    return auth0_lookup_by_process(found, host, "6379", 10000 * MS);
}

static bool by_thread(auth0_found_t *found, const char *host)
{
    auth0_lookup_t *lookup = auth0_lookup_begin(host, "6379");
    assert_non_null(lookup);
    while (!auth0_lookup_is_over(lookup)) {
        usleep(1000);
    }
    return auth0_lookup_end(found, lookup);
}

static const struct {
    const char *name;
    bool (*look_up)(auth0_found_t *found, const char *host);
} ways[] = {
    {"by itself", by_itself},
    {"by a process", by_process},
    {"by a thread", by_thread},
};

static const struct {
    const char *host;
    size_t count;
} hosts[] = {{"0", 0}, {"1", 1}, {"3", 3}, {"16", 16}, {"17", 16}};

static bool has_all(const auth0_found_t *found, size_t count)
{
    bool is_good = found->count == count;
    for (size_t i = 0; is_good && i < count; i++) {
        is_good = ntohl(found->addresses[i].v4.sin_addr.s_addr) ==
                  INADDR_LOOPBACK + i + 1;
    }
    return is_good;
}

static void every_way_finds_the_same(void **state)
{
    unsigned wrong = 0;
    (void)state;
    for (size_t i = 0; i < COUNT(ways) * COUNT(hosts); i++) {
        const char *name = ways[i / COUNT(hosts)].name;
        const char *host = hosts[i % COUNT(hosts)].host;
        size_t count = hosts[i % COUNT(hosts)].count;
        auth0_found_t found;
        bool is_found = ways[i / COUNT(hosts)].look_up(&found, host);
        wrong += support_equal(name, is_found, count > 0);
        wrong += support_equal(name, !is_found || has_all(&found, count), 1);
    }
    assert_int_equal(wrong, 0);
}

static void a_process_is_left_in_time(void **state)
{
    auth0_found_t found;
    (void)state;
    atomic_store(&hangs, true);
    int64_t began = auth0_clock_monotonic();
    assert_false(auth0_lookup_by_process(&found, "1", "6379", 100 * MS));
    int64_t took = auth0_clock_monotonic() - began;
    atomic_store(&hangs, false);
    assert_true(took >= 100 * MS && took < 100 * MS + SLOW);
    assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
}

/* Whatever it still needs is its own, and is freed by it. */
static void a_thread_is_left_behind(void **state)
{
    auth0_found_t found;
    (void)state;
    atomic_store(&hangs, true);
    int64_t began = auth0_clock_monotonic();
    auth0_lookup_t *lookup = auth0_lookup_begin("1", "6379");
    assert_non_null(lookup);
    assert_false(auth0_lookup_is_over(lookup));
    assert_false(auth0_lookup_end(&found, lookup));
    assert_true(auth0_clock_monotonic() - began < SLOW);
    atomic_store(&hangs, false);
    usleep(50000);
}

static void a_thread_takes_no_signals(void **state)
{
    auth0_found_t found;
    (void)state;
    assert_true(by_itself(&found, "1"));
    assert_true(atomic_load(&signals_taken));
    assert_true(by_thread(&found, "1"));
    assert_false(atomic_load(&signals_taken));
    assert_true(by_itself(&found, "1"));
    assert_true(atomic_load(&signals_taken));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SUPPORT_TEST(every_way_finds_the_same),
        SUPPORT_TEST(a_process_is_left_in_time),
        SUPPORT_TEST(a_thread_is_left_behind),
        SUPPORT_TEST(a_thread_takes_no_signals),
    };
    return SUPPORT_RUN(tests);
}
