/* Licensed under the Apache License, Version 2.0; see LICENSE. */
#include "support.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "net/auth0_store.h"

#define NOW ((int64_t)SUPPORT_NOW_S)
#define ISSUER "https://tenant.example/"
#define PROCESSES 4
#define THREADS 2
#define NAMES 500

static auth0_store_t make(size_t marks, apr_pool_t *pool)
{
    apr_global_mutex_t *lock;
    auth0_marks_t *made = auth0_store_make_marks(marks, pool);
    assert_non_null(made);
    assert_int_equal(
        apr_global_mutex_create(&lock, NULL, APR_LOCK_PROC_PTHREAD, pool),
        APR_SUCCESS);
    return auth0_store_of_marks(made, lock);
}

static auth0_mark_name_t name_of(auth0_mark_kind_t kind, const char *value)
{
    auth0_mark_name_t name = {kind, support_span(ISSUER), support_span(value)};
    return name;
}

static void a_store_tells_new_from_known(void **state)
{
    auth0_store_t store = make(1024, *state);
    auth0_mark_name_t name = name_of(AUTH0_MARK_LOGOUT, "1");
    auth0_mark_name_t other = name_of(AUTH0_MARK_SID, "1");
    assert_int_equal(auth0_store_mark(&store, &name, NOW + 9, NOW, *state),
                     AUTH0_MARK_NEW);
    assert_int_equal(auth0_store_mark(&store, &name, NOW + 9, NOW, *state),
                     AUTH0_MARK_KNOWN);
    assert_int_equal(auth0_store_mark(&store, &other, NOW + 9, NOW, *state),
                     AUTH0_MARK_NEW);
    assert_int_equal(auth0_store_mark(&store, &name, NOW + 99, NOW + 9, *state),
                     AUTH0_MARK_NEW);
    assert_false(auth0_store_is_denying(&store, NOW));
}

static void a_store_denies_by_name(void **state)
{
    auth0_store_t store = make(1024, *state);
    auth0_mark_name_t name = name_of(AUTH0_MARK_SUB, "auth0|1");
    auth0_mark_name_t other = name_of(AUTH0_MARK_SUB, "auth0|2");
    auth0_mark_terms_t terms = {NOW - 5, NOW + 9};
    int64_t before;
    assert_int_equal(auth0_store_deny(&store, &name, terms, NOW, *state),
                     AUTH0_MARK_NEW);
    assert_true(auth0_store_is_denying(&store, NOW));
    assert_true(auth0_store_find(&before, &store, &name, NOW, *state));
    assert_int_equal(before, NOW - 5);
    assert_false(auth0_store_find(&before, &store, &other, NOW, *state));
    assert_false(auth0_store_find(&before, &store, &name, NOW + 9, *state));
    assert_false(auth0_store_is_denying(&store, NOW + 9));
}

static void a_full_store_refuses(void **state)
{
    auth0_store_t store = make(16, *state);
    auth0_mark_name_t name = name_of(AUTH0_MARK_SID, "the last");
    auth0_mark_terms_t terms = {INT64_MAX, NOW + 9};
    for (int i = 0; i < 100; i++) {
        auth0_mark_name_t filler =
            name_of(AUTH0_MARK_LOGOUT, apr_psprintf(*state, "%d", i));
        (void)!auth0_store_mark(&store, &filler, NOW + 9, NOW, *state);
    }
    assert_int_equal(auth0_store_deny(&store, &name, terms, NOW, *state),
                     AUTH0_MARK_REFUSED);
    terms.until = NOW + 99;
    assert_int_equal(auth0_store_deny(&store, &name, terms, NOW + 9, *state),
                     AUTH0_MARK_NEW);
}

/* 32 MiB are asked for, and a few pages are used. */
static void memory_is_taken_up_as_it_is_used(void **state)
{
    auth0_store_t store = make(AUTH0_STORE_MARKS, *state);
    uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE);
    uintptr_t first = (uintptr_t)store.marks / page * page;
    unsigned char used[16384];
    size_t pages = auth0_marks_size(AUTH0_STORE_MARKS) / page;
    size_t count = 0;
    auth0_mark_name_t name = name_of(AUTH0_MARK_LOGOUT, "1");
    assert_int_equal(AUTH0_STORE_MARKS * 32, 32 << 20);
    assert_int_equal(auth0_store_mark(&store, &name, NOW + 9, NOW, *state),
                     AUTH0_MARK_NEW);
    assert_true(pages <= sizeof(used));
    assert_int_equal(mincore((void *)first, pages * page, used), 0);
    for (size_t i = 0; i < pages; i++) {
        count += used[i] & 1u;
    }
    assert_in_range(count, 1, 4);
}

typedef struct worker_t {
    const auth0_store_t *store;
    pthread_t thread;
    unsigned news;
} worker_t;

static void *mark_all(void *baton)
{
    worker_t *worker = baton;
    apr_pool_t *pool;
    if (apr_pool_create_unmanaged_ex(&pool, NULL, NULL) != APR_SUCCESS) {
        return NULL;
    }
    for (int i = 0; i < NAMES; i++) {
        auth0_mark_name_t name = {AUTH0_MARK_LOGOUT, auth0_span_cstr(ISSUER),
                                  auth0_span_cstr(apr_itoa(pool, i))};
        worker->news += auth0_store_mark(worker->store, &name, NOW + 9, NOW,
                                         pool) == AUTH0_MARK_NEW;
    }
    apr_pool_destroy(pool);
    return NULL;
}

static unsigned mark_by_threads(const auth0_store_t *store)
{
    worker_t workers[THREADS];
    unsigned news = 0;
    for (size_t i = 0; i < THREADS; i++) {
        workers[i] = (worker_t){.store = store};
        if (pthread_create(&workers[i].thread, NULL, mark_all, &workers[i])) {
            return NAMES + 1;
        }
    }
    for (size_t i = 0; i < THREADS; i++) {
        pthread_join(workers[i].thread, NULL);
        news += workers[i].news;
    }
    return news;
}

/* Words that a process and its children share. */
static atomic_uint *share(void)
{
    void *words = mmap(NULL, 4096, PROT_READ | PROT_WRITE,
                       MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    assert_ptr_not_equal(words, MAP_FAILED);
    return words;
}

static void join(pid_t child)
{
    int status;
    while (waitpid(child, &status, 0) == -1 && errno == EINTR) {
    }
}

static void of_many_one_is_first(void **state)
{
    auth0_store_t store = make(4096, *state);
    atomic_uint *news = share();
    pid_t children[PROCESSES];
    for (size_t i = 0; i < PROCESSES; i++) {
        children[i] = fork();
        if (children[i] == 0) {
            atomic_fetch_add(news, mark_by_threads(&store));
            _exit(0);
        }
        assert_true(children[i] > 0);
    }
    for (size_t i = 0; i < PROCESSES; i++) {
        join(children[i]);
    }
    assert_int_equal(atomic_load(news), NAMES);
    munmap((void *)news, 4096);
}

static void a_holder_that_dies_does_not_keep_the_lock(void **state)
{
    auth0_store_t store = make(1024, *state);
    atomic_uint *held = share();
    pid_t child = fork();
    if (child == 0) {
        atomic_store(held, apr_global_mutex_lock(store.lock) == APR_SUCCESS);
        pause();
        _exit(0);
    }
    assert_true(child > 0);
    while (!atomic_load(held)) {
        usleep(1000);
    }
    kill(child, SIGKILL);
    join(child);
    auth0_mark_name_t name = name_of(AUTH0_MARK_LOGOUT, "1");
    for (int i = 0; i < 2; i++) {
        assert_int_equal(auth0_store_mark(&store, &name, NOW + 9, NOW, *state),
                         i == 0 ? AUTH0_MARK_NEW : AUTH0_MARK_KNOWN);
    }
    munmap((void *)held, 4096);
}

/* before is made from the name, so that halves of two do not go together. */
static int64_t before_of(unsigned i)
{
    return (int64_t)i * 1000000007;
}

static auth0_mark_name_t number_name(unsigned i, apr_pool_t *pool)
{
    return name_of(AUTH0_MARK_SUB, apr_psprintf(pool, "%u", i));
}

/* Slots are taken, are over a moment later and are taken again. */
static void write_for_ever(const auth0_store_t *store, atomic_uint *clock)
{
    apr_pool_t *pool;
    if (apr_pool_create_unmanaged_ex(&pool, NULL, NULL) != APR_SUCCESS) {
        _exit(1);
    }
    for (unsigned i = 0;; i = (i + 1) % NAMES) {
        int64_t now = NOW + atomic_fetch_add(clock, 1) / 8;
        auth0_mark_name_t name = number_name(i, pool);
        auth0_mark_terms_t terms = {before_of(i), now + 3};
        (void)!auth0_store_deny(store, &name, terms, now, pool);
        apr_pool_clear(pool);
    }
}

static unsigned check_whole(const auth0_store_t *store, int64_t now,
                            apr_pool_t *pool)
{
    unsigned found = 0;
    for (unsigned i = 0; i < NAMES; i++) {
        auth0_mark_name_t name = number_name(i, pool);
        int64_t before;
        if (auth0_store_find(&before, store, &name, now, pool)) {
            assert_true(before == before_of(i));
            found++;
        }
    }
    return found;
}

static void a_writer_that_dies_leaves_nothing_half_done(void **state)
{
    auth0_store_t store = make(64, *state);
    atomic_uint *clock = share();
    auth0_mark_name_t lasting = name_of(AUTH0_MARK_SID, "lasting");
    auth0_mark_terms_t terms = {42, INT64_MAX};
    unsigned found = 0;
    int64_t before;
    assert_int_equal(auth0_store_deny(&store, &lasting, terms, NOW, *state),
                     AUTH0_MARK_NEW);
    for (unsigned round = 0; round < 100; round++) {
        pid_t child = fork();
        if (child == 0) {
            write_for_ever(&store, clock);
        }
        assert_true(child > 0);
        usleep(500 + round * 37 % 1000);
        kill(child, SIGKILL);
        join(child);
        int64_t now = NOW + atomic_load(clock) / 8;
        found += check_whole(&store, now, *state);
        assert_true(auth0_store_find(&before, &store, &lasting, now, *state));
        assert_int_equal(before, 42);
    }
    print_message("%u steps, %u marks found\n", atomic_load(clock), found);
    assert_true(found > 0);
    munmap((void *)clock, 4096);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SUPPORT_TEST(a_store_tells_new_from_known),
        SUPPORT_TEST(a_store_denies_by_name),
        SUPPORT_TEST(a_full_store_refuses),
        SUPPORT_TEST(memory_is_taken_up_as_it_is_used),
        SUPPORT_TEST(of_many_one_is_first),
        SUPPORT_TEST(a_holder_that_dies_does_not_keep_the_lock),
        SUPPORT_TEST(a_writer_that_dies_leaves_nothing_half_done),
    };
    return SUPPORT_RUN(tests);
}
