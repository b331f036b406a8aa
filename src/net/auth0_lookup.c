/* Licensed under the Apache License, Version 2.0; see LICENSE. */
#include "net/auth0_lookup.h"

#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "net/auth0_clock.h"

struct auth0_lookup_t {
    char *host;
    char *port;
    atomic_int users; /* the last one frees it */
    atomic_bool is_over;
    auth0_found_t found;
};

static void collect(auth0_found_t *found, const struct addrinfo *info)
{
    for (; info && found->count < AUTH0_FOUND_MOST; info = info->ai_next) {
        auth0_address_t *address = &found->addresses[found->count];
        if (info->ai_addrlen <= sizeof(*address)) {
            memcpy(address, info->ai_addr, info->ai_addrlen);
            found->count++;
        }
    }
}

bool auth0_lookup(auth0_found_t *found, const char *host, const char *port)
{
    const struct addrinfo hints = {.ai_socktype = SOCK_STREAM};
    struct addrinfo *info = NULL;

    memset(found, 0, sizeof(*found));
    if (getaddrinfo(host, port, &hints, &info) != 0) {
        return false;
    }
    collect(found, info);
    freeaddrinfo(info);
    return found->count > 0;
}

static void report(int fd, const char *host, const char *port)
{
    auth0_found_t found;

    if (auth0_lookup(&found, host, port)) {
        (void)!send(fd, &found, sizeof(found), MSG_NOSIGNAL);
    }
    _exit(0);
}

/* The message comes as a whole, or not at all. */
static bool receive(auth0_found_t *found, int fd, int64_t deadline)
{
    auth0_link_t link = {fd, NULL};

    return fcntl(fd, F_SETFL, O_NONBLOCK) == 0 &&
           auth0_link_receive((char *)found, sizeof(*found), &link, deadline) ==
               sizeof(*found);
}

static void end(pid_t pid)
{
    (void)kill(pid, SIGKILL);
    while (waitpid(pid, NULL, 0) == -1 && errno == EINTR) {
    }
}

bool auth0_lookup_by_process(auth0_found_t *found, const char *host,
                             const char *port, int64_t budget)
{
    int64_t deadline = auth0_clock_monotonic() + budget;
    int ends[2];

    if (socketpair(AF_UNIX, SOCK_SEQPACKET, 0, ends) != 0) {
        return false;
    }
    pid_t pid = fork();

    if (pid == 0) {
        report(ends[1], host, port);
    }
    (void)close(ends[1]);
    bool is_found = pid > 0 && receive(found, ends[0], deadline);

    (void)close(ends[0]);
    if (pid > 0) {
        end(pid);
    }
    return is_found;
}

static void release(auth0_lookup_t *lookup)
{
    if (atomic_fetch_sub(&lookup->users, 1) == 1) {
        free(lookup->host);
        free(lookup->port);
        free(lookup);
    }
}

static void *run(void *baton)
{
    auth0_lookup_t *lookup = baton;

    (void)!auth0_lookup(&lookup->found, lookup->host, lookup->port);
    atomic_store(&lookup->is_over, true);
    release(lookup);
    return NULL;
}

/*
 * A handler of the program may end the process, and this thread may hold locks
 * of the resolver: so signals are for other threads.
 */
static bool start(auth0_lookup_t *lookup)
{
    pthread_t thread;
    sigset_t all;
    sigset_t old;

    (void)sigfillset(&all);
    (void)pthread_sigmask(SIG_SETMASK, &all, &old);
    bool is_started = pthread_create(&thread, NULL, run, lookup) == 0;

    (void)pthread_sigmask(SIG_SETMASK, &old, NULL);
    return is_started && pthread_detach(thread) == 0;
}

auth0_lookup_t *auth0_lookup_begin(const char *host, const char *port)
{
    auth0_lookup_t *lookup = calloc(1, sizeof(*lookup));

    if (!lookup) {
        return NULL;
    }
    lookup->host = strdup(host);
    lookup->port = strdup(port);
    atomic_store(&lookup->users, 2);
    if (lookup->host && lookup->port && start(lookup)) {
        return lookup;
    }
    atomic_store(&lookup->users, 1);
    release(lookup);
    return NULL;
}

bool auth0_lookup_is_over(const auth0_lookup_t *lookup)
{
    return atomic_load(&lookup->is_over);
}

bool auth0_lookup_end(auth0_found_t *found, auth0_lookup_t *lookup)
{
    bool is_over = auth0_lookup_is_over(lookup);

    if (is_over) {
        *found = lookup->found;
    }
    release(lookup);
    return is_over && found->count > 0;
}
