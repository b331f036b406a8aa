/* Licensed under the Apache License, Version 2.0; see LICENSE. */
/*
 * To be preloaded: a thread that is about to end gives up the processor for
 * LATE_US microseconds whenever it lets a lock of readers and writers go, as
 * OpenSSL does while it frees what the thread had of it.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <pthread.h>
#include <stdlib.h>
#include <time.h>

static __thread int is_ending;
static long late_ns;
static int (*unlock)(pthread_rwlock_t *lock);
static void (*end)(void *result) __attribute__((noreturn));

__attribute__((constructor)) static void find(void)
{
    const char *late_us = getenv("LATE_US");

    late_ns = late_us ? 1000 * atol(late_us) : 0;
    *(void **)&unlock = dlsym(RTLD_NEXT, "pthread_rwlock_unlock");
    *(void **)&end = dlsym(RTLD_NEXT, "pthread_exit");
    /* The first thread to end would load it, and that takes longer. */
    (void)dlopen("libgcc_s.so.1", RTLD_NOW);
}

void pthread_exit(void *result)
{
    is_ending = 1;
    end(result);
}

int pthread_rwlock_unlock(pthread_rwlock_t *lock)
{
    int status = unlock(lock);

    if (is_ending) {
        (void)nanosleep(&(struct timespec){0, late_ns}, NULL);
    }
    return status;
}
