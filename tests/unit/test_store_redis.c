/* Licensed under the Apache License, Version 2.0; see LICENSE. */
/* The store of a fleet on a real Redis; skipped where there is none. */
#include "support.h"

#include <arpa/inet.h>
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "net/auth0_clock.h"
#include "net/auth0_store_redis.h"
#include "net/auth0_store_secret.h"

#define ISSUER "https://tenant.example/"
#define PROCESSES 8
#define THREADS 4
#define NAMES 32

/* Terms in a stream end on the hour. */
#define HOUR ((int64_t)3600)
#define NOW ((int64_t)SUPPORT_NOW_S / HOUR * HOUR)
#define STREAM "mod_auth0:1:d"

static struct {
    pid_t pid;
    auth0_redis_url_t url;
} real;

static int free_port(void)
{
    struct sockaddr_in address = {.sin_family = AF_INET};
    socklen_t len = sizeof(address);
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    assert_int_equal(bind(fd, (struct sockaddr *)&address, len), 0);
    assert_int_equal(getsockname(fd, (struct sockaddr *)&address, &len), 0);
    close(fd);
    return ntohs(address.sin_port);
}

static void become_redis(const char *port)
{
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (!freopen("/dev/null", "w", stdout)) {
        _exit(1);
    }
    execlp("redis-server", "redis-server", "--port", port, "--bind",
           "127.0.0.1", "--save", "", "--appendonly", "no", "--dir", "/tmp",
           "--requirepass", "the password", (char *)NULL);
    _exit(127);
}

static int start_real(void **state)
{
    static apr_pool_t *pool;
    int status = support_start(state);
    apr_pool_create(&pool, NULL);
    const char *port = apr_itoa(pool, free_port());
    const char *text = apr_pstrcat(
        pool, "redis://:the%20password@127.0.0.1:", port, "/3", NULL);
    assert_null(auth0_redis_url_read(&real.url, text, pool));
    real.pid = fork();
    if (real.pid == 0) {
        become_redis(port);
    }
    return status;
}

static int stop_real(void **state)
{
    if (real.pid > 0) {
        kill(real.pid, SIGKILL);
        waitpid(real.pid, NULL, 0);
    }
    return support_stop(state);
}

/* One server of the fleet. */
typedef struct server_t {
    auth0_redis_known_t known;
    auth0_redis_t *redis;
    auth0_store_t store;
    auth0_store_cursor_t cursor;
} server_t;

/* It ends at once when there is no such program. */
static bool is_missing(void)
{
    if (real.pid > 0 && waitpid(real.pid, NULL, WNOHANG) == real.pid) {
        real.pid = 0;
    }
    return real.pid == 0;
}

static bool settle(server_t *server, apr_pool_t *pool)
{
    auth0_found_t found;
    assert_true(auth0_lookup(&found, real.url.host, real.url.port));
    return auth0_store_settle(&server->store, &found, 1000000, pool);
}

static server_t *join_fleet(apr_pool_t *pool)
{
    server_t *server = apr_pcalloc(pool, sizeof(*server));
    apr_global_mutex_t *lock;
    auth0_marks_t *marks = auth0_store_make_marks(4096, pool);
    assert_non_null(marks);
    assert_int_equal(
        apr_global_mutex_create(&lock, NULL, APR_LOCK_PROC_PTHREAD, pool),
        APR_SUCCESS);
    server->redis = auth0_redis_make(&real.url, &server->known, NULL, pool);
    assert_non_null(server->redis);
    server->store = auth0_store_of_redis(server->redis, marks, lock);
    for (int i = 0; !settle(server, pool); i++) {
        if (is_missing()) {
            skip();
        }
        assert_true(i < 500);
        usleep(10000);
    }
    return server;
}

static bool tell(server_t *server, const char *const *texts, size_t count,
                 apr_pool_t *pool)
{
    auth0_span_t words[8];
    const auth0_redis_question_t question = {
        .words = words, .count = count, .kinds = ~0u, .budget = 10000000};
    auth0_span_t reply;
    for (size_t i = 0; i < count; i++) {
        words[i] = support_span(texts[i]);
    }
    return auth0_redis_ask(&reply, server->redis, &question, pool);
}

#define TELL(server, pool, ...)                                                \
    assert_true(tell(server, (const char *const[]){__VA_ARGS__},               \
                     COUNT(((const char *const[]){__VA_ARGS__})), pool))

static int64_t count_entries(server_t *server, apr_pool_t *pool)
{
    const auth0_span_t words[] = {support_span("XLEN"), support_span(STREAM)};
    const auth0_redis_question_t question = {
        .words = words, .count = 2, .kinds = AUTH0_RESP_INTEGER};
    auth0_resp_item_t item;
    auth0_span_t reply;
    assert_true(auth0_redis_ask(&reply, server->redis, &question, pool));
    assert_true(auth0_resp_take(&item, &reply, AUTH0_RESP_INTEGER));
    return item.number;
}

static auth0_store_pulled_t pull(server_t *server, int64_t now,
                                 apr_pool_t *pool)
{
    auth0_store_pulled_t all = {0};
    auth0_store_pulled_t pulled;
    do {
        assert_true(auth0_store_pull(&pulled, &server->cursor, &server->store,
                                     now, pool));
        all.read += pulled.read;
        all.malformed += pulled.malformed;
        all.refused += pulled.refused;
    } while (pulled.is_more);
    return all;
}

static auth0_mark_name_t name_of(auth0_mark_kind_t kind, const char *value)
{
    auth0_mark_name_t name = {kind, support_span(ISSUER), support_span(value)};
    return name;
}

static void a_mark_is_new_once_in_the_fleet(void **state)
{
    server_t *here = join_fleet(*state);
    server_t *there = join_fleet(*state);
    auth0_mark_name_t name = name_of(AUTH0_MARK_PROOF, "1");
    auth0_mark_name_t other = name_of(AUTH0_MARK_LOGOUT, "1");
    TELL(here, *state, "FLUSHDB");
    assert_int_equal(
        auth0_store_mark(&here->store, &name, NOW + 9, NOW, *state),
        AUTH0_MARK_NEW);
    assert_int_equal(
        auth0_store_mark(&there->store, &name, NOW + 9, NOW, *state),
        AUTH0_MARK_KNOWN);
    assert_int_equal(
        auth0_store_mark(&there->store, &other, NOW + 9, NOW, *state),
        AUTH0_MARK_NEW);
    assert_int_equal(auth0_store_mark(&there->store, &name, NOW, NOW, *state),
                     AUTH0_MARK_REFUSED);
}

/* Servers of other versions have to find it there: it is what it was. */
static void a_mark_has_the_name_that_the_fleet_agrees_on(void **state)
{
    const auth0_span_t words[] = {
        support_span("GET"),
        support_span("mod_auth0:1:m:"
                     "s9O6xQSahuWMhIu5rSadzC_KyT-NTNd9z7MyJo8Xv1Y")};
    const auth0_redis_question_t question = {
        .words = words, .count = 2, .kinds = AUTH0_RESP_TEXT};
    server_t *server = join_fleet(*state);
    auth0_mark_name_t name = name_of(AUTH0_MARK_PROOF, "1");
    auth0_span_t reply;
    TELL(server, *state, "FLUSHDB");
    assert_int_equal(
        auth0_store_mark(&server->store, &name, NOW + 9, NOW, *state),
        AUTH0_MARK_NEW);
    assert_true(auth0_redis_ask(&reply, server->redis, &question, *state));
}

/* Issuer and value never run into one another, whatever bytes they have. */
static void names_never_meet(void **state)
{
    static const char *const pairs[][2] = {
        {"a", "bc"},
        {"ab", "c"},
        {"", "abc"},
        {"abc", ""},
        {"a:1:b", "c"},
        {"%s%n", "*1\r\n"},
        {"\r\nFLUSHALL\r\n", "x"},
    };
    server_t *server = join_fleet(*state);
    for (size_t i = 0; i < COUNT(pairs); i++) {
        auth0_mark_name_t name = {AUTH0_MARK_PROOF, support_span(pairs[i][0]),
                                  support_span(pairs[i][1])};
        for (int k = 0; k < 2; k++) {
            assert_int_equal(
                auth0_store_mark(&server->store, &name, NOW + 9, NOW, *state),
                k == 0 ? AUTH0_MARK_NEW : AUTH0_MARK_KNOWN);
        }
    }
}

static void a_mark_may_last_for_ever(void **state)
{
    server_t *server = join_fleet(*state);
    auth0_mark_name_t name = name_of(AUTH0_MARK_LOGOUT, "lasting");
    for (int i = 0; i < 2; i++) {
        assert_int_equal(
            auth0_store_mark(&server->store, &name, INT64_MAX, NOW, *state),
            i == 0 ? AUTH0_MARK_NEW : AUTH0_MARK_KNOWN);
    }
}

static void a_mark_is_forgotten_in_time(void **state)
{
    server_t *server = join_fleet(*state);
    auth0_mark_name_t name = name_of(AUTH0_MARK_PROOF, "brief");
    assert_int_equal(
        auth0_store_mark(&server->store, &name, NOW + 1, NOW, *state),
        AUTH0_MARK_NEW);
    usleep(1200000);
    assert_int_equal(
        auth0_store_mark(&server->store, &name, NOW + 9, NOW, *state),
        AUTH0_MARK_NEW);
}

static void the_fleet_hears_of_a_denial(void **state)
{
    server_t *here = join_fleet(*state);
    server_t *there = join_fleet(*state);
    auth0_mark_name_t name = name_of(AUTH0_MARK_SUB, "auth0|1");
    auth0_mark_terms_t terms = {NOW - 5, NOW + 9};
    int64_t before;
    TELL(here, *state, "FLUSHDB");
    assert_int_equal(auth0_store_deny(&here->store, &name, terms, NOW, *state),
                     AUTH0_MARK_NEW);
    assert_true(auth0_store_find(&before, &here->store, &name, NOW, *state));
    assert_int_equal(before, NOW - 5);
    assert_false(auth0_store_is_denying(&there->store, NOW));
    assert_int_equal(pull(there, NOW, *state).read, 1);
    assert_true(auth0_store_is_denying(&there->store, NOW));
    assert_true(auth0_store_find(&before, &there->store, &name, NOW, *state));
    assert_int_equal(before, NOW - 5);
    name.issuer = support_span("https://else.example/");
    assert_false(auth0_store_find(&before, &there->store, &name, NOW, *state));
    server_t *late = join_fleet(*state);
    assert_int_equal(pull(late, NOW, *state).read, 1);
    assert_int_equal(pull(late, NOW, *state).read, 0);
    assert_true(auth0_store_is_denying(&late->store, NOW));
}

static void the_later_of_both_terms_count(void **state)
{
    server_t *here = join_fleet(*state);
    server_t *there = join_fleet(*state);
    auth0_mark_name_t name = name_of(AUTH0_MARK_SUB, "auth0|2");
    auth0_mark_terms_t first = {NOW + 5, NOW + HOUR};
    auth0_mark_terms_t second = {NOW - 5, NOW + 2 * HOUR};
    int64_t before;
    TELL(here, *state, "FLUSHDB");
    assert_int_equal(auth0_store_deny(&here->store, &name, first, NOW, *state),
                     AUTH0_MARK_NEW);
    assert_int_equal(
        auth0_store_deny(&there->store, &name, second, NOW, *state),
        AUTH0_MARK_NEW);
    (void)pull(here, NOW, *state);
    (void)pull(there, NOW, *state);
    const server_t *both[] = {here, there};
    for (size_t i = 0; i < 2; i++) {
        assert_true(auth0_store_find(&before, &both[i]->store, &name,
                                     NOW + 2 * HOUR - 1, *state));
        assert_int_equal(before, NOW + 5);
        assert_false(auth0_store_find(&before, &both[i]->store, &name,
                                      NOW + 2 * HOUR, *state));
    }
}

/* Who sends the same logout token for ever does not fill the stream. */
static void what_changes_nothing_leaves_no_entry(void **state)
{
    server_t *here = join_fleet(*state);
    server_t *there = join_fleet(*state);
    auth0_mark_name_t name = name_of(AUTH0_MARK_SID, "s");
    auth0_mark_terms_t terms = {INT64_MAX, NOW + 9};
    TELL(here, *state, "FLUSHDB");
    for (int i = 0; i < 100; i++) {
        terms.until++;
        assert_int_equal(
            auth0_store_deny(&here->store, &name, terms, NOW, *state),
            i == 0 ? AUTH0_MARK_NEW : AUTH0_MARK_KNOWN);
    }
    (void)pull(there, NOW, *state);
    assert_int_equal(auth0_store_deny(&there->store, &name, terms, NOW, *state),
                     AUTH0_MARK_KNOWN);
    assert_int_equal(count_entries(here, *state), 1);
}

#define HASH "0123456789012345678901234567890123456789012"
#define HASH_A "012345678901234567890123456789012345678901A"

static const char *const malformed[] = {
    "",
    "x",
    "2 " HASH_A,
    "2 " HASH_A " 1",
    "2 " HASH_A " 1 ",
    "2 " HASH_A " 1 x",
    "2 " HASH_A " 1 1 1",
    "2  " HASH_A " 1 1",
    " 2 " HASH_A " 1 1",
    "1 " HASH_A " 1 1700003600",
    "5 " HASH_A " 1 1700003600",
    "02 " HASH_A " 1 1700003600",
    "2 " HASH_A "A 1 1700003600",
    "2 " HASH " 1 1700003600", /* not canonical */
    "2 012345678901234567890123456789012345678901= 1 1700003600",
    "2 " HASH_A " -1 1700003600",
    "2 " HASH_A " 01 1700003600",
    "2 " HASH_A " 1 01700003600",
    "2 " HASH_A " 9223372036854775806 1700003600",
    "2 " HASH_A " 9223372036854775808 1700003600",
    "2 " HASH_A " 1 9223372036854775807",
    "2 " HASH_A " 1 99999999999999999999",
};

static void what_is_malformed_is_skipped(void **state)
{
    server_t *server = join_fleet(*state);
    const char *good =
        apr_psprintf(*state, "2 " HASH_A " 1 %" APR_INT64_T_FMT, NOW + 60);
    TELL(server, *state, "FLUSHDB");
    for (size_t i = 0; i < COUNT(malformed); i++) {
        TELL(server, *state, "XADD", STREAM, "*", "e", malformed[i]);
    }
    TELL(server, *state, "XADD", STREAM, "*", "f", good);
    TELL(server, *state, "XADD", STREAM, "*", "e", good, "e", good);
    TELL(server, *state, "XADD", STREAM, "*", "e", good, "f", good);
    auth0_store_pulled_t pulled = pull(server, NOW, *state);
    assert_int_equal(pulled.malformed, COUNT(malformed) + 3);
    assert_false(auth0_store_is_denying(&server->store, NOW));
    TELL(server, *state, "XADD", STREAM, "*", "e", good);
    pulled = pull(server, NOW, *state);
    assert_int_equal(pulled.malformed, 0);
    assert_true(auth0_store_is_denying(&server->store, NOW));
}

/* A key of the wrong type stops the pulling, and nothing else. */
static void what_is_no_stream_is_a_fault(void **state)
{
    server_t *server = join_fleet(*state);
    auth0_mark_name_t name = name_of(AUTH0_MARK_SID, "s");
    auth0_mark_terms_t terms = {INT64_MAX, NOW + 9};
    auth0_store_pulled_t pulled;
    TELL(server, *state, "FLUSHDB");
    TELL(server, *state, "SET", STREAM, "text");
    assert_false(auth0_store_pull(&pulled, &server->cursor, &server->store, NOW,
                                  *state));
    assert_int_equal(auth0_redis_why(server->redis), AUTH0_REDIS_ERROR);
    assert_int_equal(
        auth0_store_deny(&server->store, &name, terms, NOW, *state),
        AUTH0_MARK_REFUSED);
    TELL(server, *state, "FLUSHDB");
}

static void a_stream_without_room_refuses(void **state)
{
    static const char fill[] = "for i=1,100000 do redis.call('XADD',KEYS[1],"
                               "'*','e','x') end return 1";
    server_t *server = join_fleet(*state);
    auth0_mark_name_t name = name_of(AUTH0_MARK_SID, "s");
    auth0_mark_terms_t terms = {INT64_MAX, NOW + 9};
    TELL(server, *state, "FLUSHDB");
    TELL(server, *state, "EVAL", fill, "1", STREAM);
    assert_int_equal(
        auth0_store_deny(&server->store, &name, terms, NOW, *state),
        AUTH0_MARK_REFUSED);
    int64_t began = auth0_clock_monotonic();
    assert_int_equal(pull(server, NOW, *state).malformed, 100000);
    print_message("100000 entries are read in %d ms\n",
                  (int)((auth0_clock_monotonic() - began) / 1000));
    TELL(server, *state, "FLUSHDB");
}

/* It answers all the while, so that it is not what one would call away. */
static void what_takes_no_writes_is_no_use(void **state)
{
    static const struct {
        const char *ill[4];
        const char *well[4];
        auth0_redis_why_t why;
    } rows[] = {
        {{"REPLICAOF", "127.0.0.1", "1"},
         {"REPLICAOF", "NO", "ONE"},
         AUTH0_REDIS_READONLY},
        {{"CONFIG", "SET", "maxmemory", "1"},
         {"CONFIG", "SET", "maxmemory", "0"},
         AUTH0_REDIS_FULL},
        {{"CONFIG", "SET", "min-replicas-to-write", "1"},
         {"CONFIG", "SET", "min-replicas-to-write", "0"},
         AUTH0_REDIS_TOO_FEW},
        {{"ACL", "SETUSER", "default", "-set"},
         {"ACL", "SETUSER", "default", "+set"},
         AUTH0_REDIS_NO_RIGHT},
    };
    server_t *server = join_fleet(*state);
    auth0_store_pulled_t pulled;
    for (size_t i = 0; i < COUNT(rows); i++) {
        const char *const *ill = rows[i].ill;
        const char *const *well = rows[i].well;
        assert_true(auth0_store_takes_writes(&server->store, *state));
        assert_true(tell(server, ill, ill[3] ? 4 : 3, *state));
        assert_false(auth0_store_takes_writes(&server->store, *state));
        assert_int_equal(auth0_redis_why(server->redis), rows[i].why);
        assert_false(settle(server, *state));
        assert_int_equal(auth0_redis_why(server->redis), rows[i].why);
        assert_true(auth0_store_pull(&pulled, &server->cursor, &server->store,
                                     NOW, *state));
        assert_true(tell(server, well, well[3] ? 4 : 3, *state));
        assert_true(settle(server, *state));
    }
}

static void what_is_long_over_is_swept(void **state)
{
    server_t *server = join_fleet(*state);
    int64_t now = apr_time_sec(apr_time_now());
    TELL(server, *state, "FLUSHDB");
    TELL(server, *state, "XADD", STREAM, "1000-1", "e", "x");
    TELL(server, *state, "XADD", STREAM, "1000-2", "e", "x", "f", "y");
    TELL(server, *state, "XADD", STREAM, "*", "e", "x");
    assert_true(auth0_store_sweep(&server->store, now, *state));
    assert_int_equal(count_entries(server, *state), 1);
    assert_true(auth0_store_sweep(&server->store, now, *state));
    assert_int_equal(count_entries(server, *state), 1);
}

static void the_fleet_agrees_on_a_secret(void **state)
{
    server_t *here = join_fleet(*state);
    server_t *there = join_fleet(*state);
    static auth0_secrets_t ours;
    static auth0_secrets_t theirs;
    unsigned char one[AUTH0_SECRET_BYTES];
    unsigned char two[AUTH0_SECRET_BYTES];
    TELL(here, *state, "FLUSHDB");
    assert_true(auth0_store_fill_secret(&ours, 7, &here->store, *state));
    assert_true(auth0_store_fill_secret(&theirs, 7, &there->store, *state));
    assert_true(auth0_secrets_find(one, &ours, 7));
    assert_true(auth0_secrets_find(two, &theirs, 7));
    assert_memory_equal(one, two, sizeof(one));
    assert_int_equal(auth0_secrets_scope(&ours, 7), AUTH0_SECRET_FLEET);
    TELL(here, *state, "SET", "mod_auth0:1:s:8", "garbage");
    assert_true(auth0_store_fill_secret(&ours, 8, &here->store, *state));
    assert_int_equal(auth0_secrets_scope(&ours, 8), AUTH0_SECRET_SERVER);
    TELL(here, *state, "FLUSHDB");
    assert_true(auth0_store_fill_secret(&ours, 8, &here->store, *state));
    assert_int_equal(auth0_secrets_scope(&ours, 8), AUTH0_SECRET_FLEET);
}

/* A server on its own has secrets of its own, and keeps them. */
static void without_a_fleet_a_secret_is_the_servers(void **state)
{
    static auth0_secrets_t secrets;
    auth0_store_t store = join_fleet(*state)->store;
    unsigned char one[AUTH0_SECRET_BYTES];
    unsigned char two[AUTH0_SECRET_BYTES];
    store.redis = NULL;
    assert_true(auth0_store_fill_secret(&secrets, 7, &store, *state));
    assert_true(auth0_secrets_find(one, &secrets, 7));
    assert_true(auth0_store_fill_secret(&secrets, 7, &store, *state));
    assert_true(auth0_store_fill_secret(&secrets, 8, &store, *state));
    assert_true(auth0_secrets_find(two, &secrets, 7));
    assert_memory_equal(one, two, sizeof(one));
    assert_true(auth0_secrets_find(two, &secrets, 8));
    assert_memory_not_equal(one, two, sizeof(one));
}

static atomic_uint *share(void)
{
    void *words = mmap(NULL, 4096, PROT_READ | PROT_WRITE,
                       MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    assert_ptr_not_equal(words, MAP_FAILED);
    return words;
}

typedef struct worker_t {
    const auth0_store_t *store;
    pthread_t thread;
    unsigned said[AUTH0_MARK_REFUSED + 1];
} worker_t;

/* Threads of all processes ask for the same names at the same time. */
static void *mark_all(void *baton)
{
    worker_t *worker = baton;
    apr_pool_t *pool;
    if (apr_pool_create_unmanaged_ex(&pool, NULL, NULL) != APR_SUCCESS) {
        return NULL;
    }
    for (int i = 0; i < NAMES; i++) {
        auth0_mark_name_t name =
            name_of(AUTH0_MARK_PROOF, apr_psprintf(pool, "of many %d", i));
        worker->said[auth0_store_mark(worker->store, &name, NOW + 60, NOW,
                                      pool)]++;
    }
    apr_pool_destroy(pool);
    return NULL;
}

static void mark_by_threads(atomic_uint *said, const auth0_store_t *store)
{
    worker_t workers[THREADS];
    for (size_t i = 0; i < THREADS; i++) {
        workers[i] = (worker_t){.store = store};
        (void)pthread_create(&workers[i].thread, NULL, mark_all, &workers[i]);
    }
    for (size_t i = 0; i < THREADS; i++) {
        pthread_join(workers[i].thread, NULL);
        for (size_t k = 0; k <= AUTH0_MARK_REFUSED; k++) {
            atomic_fetch_add(&said[k], workers[i].said[k]);
        }
    }
}

/* 1,024 in all: whoever is refused by a busy machine is refused, not let in. */
static void of_many_one_is_first(void **state)
{
    server_t *server = join_fleet(*state);
    atomic_uint *said = share();
    pid_t children[PROCESSES];
    TELL(server, *state, "FLUSHDB");
    auth0_redis_hang_up(server->redis);
    for (size_t i = 0; i < PROCESSES; i++) {
        children[i] = fork();
        if (children[i] == 0) {
            mark_by_threads(said, &server->store);
            _exit(0);
        }
        assert_true(children[i] > 0);
    }
    for (size_t i = 0; i < PROCESSES; i++) {
        while (waitpid(children[i], NULL, 0) == -1 && errno == EINTR) {
        }
    }
    unsigned refused = atomic_load(&said[AUTH0_MARK_REFUSED]);
    print_message("%u new, %u known, %u refused\n", atomic_load(&said[0]),
                  atomic_load(&said[1]), refused);
    assert_true(atomic_load(&said[AUTH0_MARK_NEW]) <= NAMES);
    assert_true(atomic_load(&said[AUTH0_MARK_NEW]) + refused >= NAMES);
    assert_int_equal(atomic_load(&said[0]) + atomic_load(&said[1]) + refused,
                     PROCESSES * THREADS * NAMES);
    munmap((void *)said, 4096);
}

#define MARKS 5000

static void time_marks(const char *what, const auth0_store_t *store,
                       apr_pool_t *parent)
{
    apr_pool_t *pool;
    int64_t began = auth0_clock_monotonic();
    assert_int_equal(apr_pool_create(&pool, parent), APR_SUCCESS);
    for (int i = 0; i < MARKS; i++) {
        auth0_mark_name_t name =
            name_of(AUTH0_MARK_PROOF, apr_psprintf(pool, "timed %d", i));
        assert_int_equal(auth0_store_mark(store, &name, NOW + 60, NOW, pool),
                         AUTH0_MARK_NEW);
        apr_pool_clear(pool);
    }
    int64_t took = auth0_clock_monotonic() - began;
    print_message("a mark in %s takes %d.%02d us\n", what, (int)(took / MARKS),
                  (int)(took * 100 / MARKS % 100));
}

static void marks_take_so_long(void **state)
{
    server_t *server = join_fleet(*state);
    auth0_store_t own = auth0_store_of_marks(
        auth0_store_make_marks(16384, *state), server->store.lock);
    TELL(server, *state, "FLUSHDB");
    time_marks("Redis", &server->store, *state);
    time_marks("shared memory", &own, *state);
}

/* Last, for it stops the Redis. */
static void without_it_marks_are_refused_and_denials_stay(void **state)
{
    server_t *server = join_fleet(*state);
    auth0_mark_name_t name = name_of(AUTH0_MARK_SUB, "auth0|stays");
    auth0_mark_name_t other = name_of(AUTH0_MARK_SUB, "auth0|other");
    auth0_mark_terms_t terms = {NOW, NOW + 9};
    static auth0_secrets_t secrets;
    int64_t before;
    assert_int_equal(
        auth0_store_deny(&server->store, &name, terms, NOW, *state),
        AUTH0_MARK_NEW);
    kill(real.pid, SIGSTOP);
    int64_t began = auth0_clock_monotonic();
    for (int i = 0; i < 100; i++) {
        assert_int_equal(
            auth0_store_mark(&server->store, &other, NOW + 9, NOW, *state),
            AUTH0_MARK_REFUSED);
        assert_int_equal(
            auth0_store_deny(&server->store, &other, terms, NOW, *state),
            AUTH0_MARK_REFUSED);
    }
    int64_t took = auth0_clock_monotonic() - began;
    print_message("200 questions while it is down: %d ms\n",
                  (int)(took / 1000));
    assert_true(took < 1000000);
    assert_true(auth0_store_find(&before, &server->store, &name, NOW, *state));
    assert_true(auth0_store_fill_secret(&secrets, 9, &server->store, *state));
    assert_int_equal(auth0_secrets_scope(&secrets, 9), AUTH0_SECRET_SERVER);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SUPPORT_TEST(a_mark_is_new_once_in_the_fleet),
        SUPPORT_TEST(a_mark_has_the_name_that_the_fleet_agrees_on),
        SUPPORT_TEST(names_never_meet),
        SUPPORT_TEST(a_mark_may_last_for_ever),
        SUPPORT_TEST(a_mark_is_forgotten_in_time),
        SUPPORT_TEST(the_fleet_hears_of_a_denial),
        SUPPORT_TEST(the_later_of_both_terms_count),
        SUPPORT_TEST(what_changes_nothing_leaves_no_entry),
        SUPPORT_TEST(what_is_malformed_is_skipped),
        SUPPORT_TEST(what_is_no_stream_is_a_fault),
        SUPPORT_TEST(a_stream_without_room_refuses),
        SUPPORT_TEST(what_takes_no_writes_is_no_use),
        SUPPORT_TEST(what_is_long_over_is_swept),
        SUPPORT_TEST(the_fleet_agrees_on_a_secret),
        SUPPORT_TEST(without_a_fleet_a_secret_is_the_servers),
        SUPPORT_TEST(of_many_one_is_first),
        SUPPORT_TEST(marks_take_so_long),
        SUPPORT_TEST(without_it_marks_are_refused_and_denials_stay),
    };
    return cmocka_run_group_tests(tests, start_real, stop_real);
}
