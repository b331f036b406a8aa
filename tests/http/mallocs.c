/* Licensed under the Apache License, Version 2.0; see LICENSE. */
/*
 * Preloaded into httpd: counts what the first thread of a process allocates,
 * in the file that MALLOCS names. In a child of the prefork MPM that is the
 * thread that serves requests.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

void *__libc_malloc(size_t size);
void *__libc_calloc(size_t count, size_t size);
void *__libc_realloc(void *memory, size_t size);

static unsigned long *count;

__attribute__((constructor)) static void begin(void)
{
    const char *name = getenv("MALLOCS");
    int file = name ? open(name, O_RDWR) : -1;
    void *map = file < 0 ? MAP_FAILED
                         : mmap(NULL, sizeof(*count), PROT_READ | PROT_WRITE,
                                MAP_SHARED, file, 0);

    count = map == MAP_FAILED ? NULL : map;
}

static void note(void)
{
    if (count && syscall(SYS_gettid) == getpid()) {
        __atomic_add_fetch(count, 1, __ATOMIC_RELAXED);
    }
}

void *malloc(size_t size)
{
    note();
    return __libc_malloc(size);
}

void *calloc(size_t n, size_t size)
{
    note();
    return __libc_calloc(n, size);
}

void *realloc(void *memory, size_t size)
{
    note();
    return __libc_realloc(memory, size);
}
