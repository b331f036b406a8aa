/* Licensed under the Apache License, Version 2.0; see LICENSE. */
/* What goes wrong at the other end of the line; a real Redis never does it. */
#include "support.h"

#include <arpa/inet.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "net/auth0_clock.h"
#include "net/auth0_redis.h"
#include "net/auth0_store_redis.h"

#define MS ((int64_t)1000)

/* A budget and what a busy machine adds. */
#define SLOW (AUTH0_REDIS_BUDGET + 150 * MS)

/* Takes the place of the library's: time goes by when a test says so. */
static _Atomic int64_t ahead;

int64_t auth0_clock_monotonic(void)
{
    struct timespec now;
    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * 1000 * MS + now.tv_nsec / 1000 + atomic_load(&ahead);
}

/* What a fake Redis does, for each connection alike. */
typedef struct script_t {
    const char *_Atomic reply;
    bool trickles; /* a byte every 10 ms                        */
    bool stays;    /* else it closes after the reply            */
} script_t;

typedef struct fake_t {
    script_t script;
    int listener;
    atomic_bool is_over;
    atomic_uint connections;
    pthread_t thread;
    auth0_redis_url_t url;
} fake_t;

static void send_reply(int fd, const script_t *script)
{
    const char *reply = script->reply;
    size_t len = strlen(reply);
    size_t step = script->trickles ? 1 : len;
    for (size_t i = 0; i < len; i += step) {
        if (send(fd, reply + i, step, MSG_NOSIGNAL) <= 0) {
            return;
        }
        if (script->trickles) {
            usleep(10000);
        }
    }
}

static void serve(fake_t *fake, int fd)
{
    char bytes[4096];
    while (!atomic_load(&fake->is_over)) {
        struct pollfd poller = {fd, POLLIN, 0};
        if (poll(&poller, 1, 10) == 0) {
            continue;
        }
        if (recv(fd, bytes, sizeof(bytes), 0) <= 0) {
            break;
        }
        send_reply(fd, &fake->script);
        if (!fake->script.stays) {
            break;
        }
    }
    close(fd);
}

static void *run(void *baton)
{
    fake_t *fake = baton;
    while (!atomic_load(&fake->is_over)) {
        struct pollfd poller = {fake->listener, POLLIN, 0};
        if (poll(&poller, 1, 10) > 0) {
            int fd = accept(fake->listener, NULL, NULL);
            atomic_fetch_add(&fake->connections, 1);
            serve(fake, fd);
        }
    }
    return NULL;
}

static int listen_on(struct sockaddr_in *address)
{
    socklen_t len = sizeof(*address);
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    *address = (struct sockaddr_in){.sin_family = AF_INET};
    address->sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    assert_int_equal(bind(fd, (struct sockaddr *)address, len), 0);
    assert_int_equal(getsockname(fd, (struct sockaddr *)address, &len), 0);
    return fd;
}

static void url_of(auth0_redis_url_t *url, const char *format, int fd,
                   apr_pool_t *pool)
{
    struct sockaddr_in address;
    socklen_t len = sizeof(address);
    char port[6];
    assert_int_equal(getsockname(fd, (struct sockaddr *)&address, &len), 0);
    apr_snprintf(port, sizeof(port), "%d", ntohs(address.sin_port));
    const char *text = apr_pstrcat(pool, format, port, NULL);
    assert_null(auth0_redis_url_read(url, text, pool));
}

static fake_t *start(script_t script, const char *format, apr_pool_t *pool)
{
    fake_t *fake = apr_pcalloc(pool, sizeof(*fake));
    struct sockaddr_in address;
    fake->script = script;
    fake->listener = listen_on(&address);
    assert_int_equal(listen(fake->listener, 64), 0);
    url_of(&fake->url, format, fake->listener, pool);
    assert_int_equal(pthread_create(&fake->thread, NULL, run, fake), 0);
    return fake;
}

static void stop(fake_t *fake)
{
    atomic_store(&fake->is_over, true);
    pthread_join(fake->thread, NULL);
    close(fake->listener);
}

/* As if it had been resolved: a fake may not speak well enough for that. */
static void know_address(auth0_redis_known_t *known,
                         const auth0_redis_url_t *url)
{
    uint64_t words[AUTH0_BOX_WORDS] = {0};
    struct sockaddr_in address = {.sin_family = AF_INET};
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    address.sin_port = htons((uint16_t)apr_atoi64(url->port));
    memcpy(words, &address, sizeof(address));
    auth0_box_put(&known->address, words);
}

static bool resolve(auth0_redis_t *redis, int64_t budget, apr_pool_t *pool)
{
    const auth0_redis_url_t *url = auth0_redis_url(redis);
    auth0_found_t found;
    const auth0_span_t word = support_span("PING");
    const auth0_redis_question_t trial = {.words = &word,
                                          .count = 1,
                                          .kinds = AUTH0_RESP_STATUS,
                                          .budget = budget,
                                          .is_persistent = true};
    (void)!auth0_lookup(&found, url->host, url->port);
    return auth0_redis_settle(redis, &found, &trial, pool);
}

static bool ping_within(auth0_redis_t *redis, int64_t budget,
                        bool is_persistent, apr_pool_t *pool)
{
    const auth0_span_t word = support_span("PING");
    const auth0_redis_question_t question = {.words = &word,
                                             .count = 1,
                                             .kinds = AUTH0_RESP_STATUS,
                                             .budget = budget,
                                             .is_persistent = is_persistent};
    auth0_span_t reply;
    return auth0_redis_ask(&reply, redis, &question, pool);
}

static bool ping(auth0_redis_t *redis, bool is_persistent, apr_pool_t *pool)
{
    return ping_within(redis, 0, is_persistent, pool);
}

typedef struct row_t {
    const char *name;
    const char *format;
    script_t script;
    auth0_redis_why_t why;
} row_t;

#define PLAIN "redis://127.0.0.1:"
#define WITH_PASSWORD "redis://:secret@127.0.0.1:"

static const row_t rows[] = {
    {"good", PLAIN, {.reply = "+PONG\r\n", .stays = true}, AUTH0_REDIS_GOOD},
    {"closes afterwards", PLAIN, {.reply = "+PONG\r\n"}, AUTH0_REDIS_GOOD},
    {"error", PLAIN, {.reply = "-ERR no\r\n"}, AUTH0_REDIS_ERROR},
    {"replica",
     PLAIN,
     {.reply = "-READONLY You can't write against a read only replica.\r\n"},
     AUTH0_REDIS_READONLY},
    {"full",
     PLAIN,
     {.reply = "-OOM command not allowed when used memory > 'maxmemory'.\r\n"},
     AUTH0_REDIS_FULL},
    {"cannot save",
     PLAIN,
     {.reply = "-MISCONF Redis is configured to save RDB snapshots\r\n"},
     AUTH0_REDIS_UNSAVED},
    {"too few replicas",
     PLAIN,
     {.reply = "-NOREPLICAS Not enough good replicas to write.\r\n"},
     AUTH0_REDIS_TOO_FEW},
    {"no right",
     PLAIN,
     {.reply = "-NOPERM this user has no permissions\r\n"},
     AUTH0_REDIS_NO_RIGHT},
    {"no such error", PLAIN, {.reply = "-OOMX full\r\n"}, AUTH0_REDIS_ERROR},
    {"one word", PLAIN, {.reply = "-ERR\r\n"}, AUTH0_REDIS_ERROR},
    {"another kind", PLAIN, {.reply = ":1\r\n"}, AUTH0_REDIS_GARBAGE},
    {"nil", PLAIN, {.reply = "$-1\r\n"}, AUTH0_REDIS_GARBAGE},
    {"two replies", PLAIN, {.reply = "+A\r\n+B\r\n"}, AUTH0_REDIS_GARBAGE},
    {"another protocol",
     PLAIN,
     {.reply = "HTTP/1.1 400 Bad Request\r\n\r\n"},
     AUTH0_REDIS_GARBAGE},
    {"too long a text", PLAIN, {.reply = "$99999\r\n"}, AUTH0_REDIS_GARBAGE},
    {"too long an array",
     PLAIN,
     {.reply = "*2147483647\r\n"},
     AUTH0_REDIS_GARBAGE},
    {"closes at once", PLAIN, {.reply = ""}, AUTH0_REDIS_NO_REPLY},
    {"closes in the middle", PLAIN, {.reply = "+PO"}, AUTH0_REDIS_NO_REPLY},
    {"stays in the middle",
     PLAIN,
     {.reply = "+PO", .stays = true},
     AUTH0_REDIS_NO_REPLY},
    {"says nothing", PLAIN, {.reply = "", .stays = true}, AUTH0_REDIS_NO_REPLY},
    {"trickles",
     PLAIN,
     {.reply = "+PONG PONG PONG PONG PONG\r\n", .trickles = true},
     AUTH0_REDIS_NO_REPLY},
    {"refuses the password",
     WITH_PASSWORD,
     {.reply = "-WRONGPASS no\r\n"},
     AUTH0_REDIS_NO_LOGIN},
    {"takes another password",
     WITH_PASSWORD,
     {.reply = "+QUEUED\r\n"},
     AUTH0_REDIS_NO_LOGIN},
    {"does not speak TLS",
     "rediss://127.0.0.1:",
     {.reply = "-ERR no\r\n"},
     AUTH0_REDIS_NO_TLS},
    {"says nothing where TLS is expected",
     "rediss://127.0.0.1:",
     {.reply = "", .stays = true},
     AUTH0_REDIS_NO_TLS},
};

static unsigned check(const row_t *row, apr_pool_t *pool)
{
    fake_t *fake = start(row->script, row->format, pool);
    auth0_redis_known_t known = {0};
    apr_pool_t *own;
    unsigned wrong = 0;
    assert_int_equal(apr_pool_create(&own, pool), APR_SUCCESS);
    auth0_redis_t *redis = auth0_redis_make(&fake->url, &known, NULL, own);
    assert_non_null(redis);
    know_address(&known, &fake->url);
    int64_t began = auth0_clock_monotonic();
    bool is_good = ping(redis, true, own);
    int64_t took = auth0_clock_monotonic() - began;
    wrong += support_equal(row->name, is_good, row->why == AUTH0_REDIS_GOOD);
    wrong += support_equal(row->name, auth0_redis_why(redis), row->why);
    wrong += support_equal(row->name, took < SLOW, 1);
    apr_pool_destroy(own);
    stop(fake);
    return wrong;
}

static void every_fault_is_found_in_time(void **state)
{
    unsigned wrong = 0;
    for (size_t i = 0; i < COUNT(rows); i++) {
        wrong += check(&rows[i], *state);
    }
    assert_int_equal(wrong, 0);
}

/* Nobody listens: the port is bound only. */
static void nobody_there_is_a_fault(void **state)
{
    struct sockaddr_in address;
    auth0_redis_known_t known = {0};
    auth0_redis_url_t url;
    int fd = listen_on(&address);
    url_of(&url, PLAIN, fd, *state);
    auth0_redis_t *redis = auth0_redis_make(&url, &known, NULL, *state);
    assert_false(ping(redis, true, *state));
    assert_int_equal(auth0_redis_why(redis), AUTH0_REDIS_NO_ADDRESS);
    know_address(&known, &url);
    assert_false(ping(redis, true, *state));
    assert_int_equal(auth0_redis_why(redis), AUTH0_REDIS_NO_CONNECTION);
    assert_false(resolve(redis, 50 * MS, *state));
    close(fd);
}

static void a_name_without_addresses_is_a_fault(void **state)
{
    auth0_redis_known_t known = {0};
    auth0_redis_url_t url;
    assert_null(auth0_redis_url_read(&url, "redis://nobody.invalid", *state));
    auth0_redis_t *redis = auth0_redis_make(&url, &known, NULL, *state);
    assert_false(resolve(redis, 50 * MS, *state));
    assert_int_equal(auth0_redis_why(redis), AUTH0_REDIS_NO_ADDRESS);
}

/* localhost is ::1 first on many machines, where nobody listens here. */
static void a_name_is_resolved_to_where_it_answers(void **state)
{
    script_t script = {.reply = "+PONG\r\n", .stays = true};
    fake_t *fake = start(script, "redis://localhost:", *state);
    auth0_redis_known_t known = {0};
    auth0_redis_t *redis = auth0_redis_make(&fake->url, &known, NULL, *state);
    assert_false(auth0_redis_is_settled(redis));
    assert_true(resolve(redis, 1000 * MS, *state));
    assert_true(auth0_redis_is_settled(redis));
    assert_true(ping(redis, false, *state));
    auth0_redis_hang_up(redis);
    stop(fake);
}

/* It can be read from, until there is a better one. */
static void
an_address_that_replies_with_an_error_is_better_than_none(void **state)
{
    static const char *const replies[] = {"", "-OOM no\r\n", "+PONG\r\n"};
    script_t script = {.stays = true};
    for (size_t i = 0; i < COUNT(replies); i++) {
        script.reply = replies[i];
        fake_t *fake = start(script, PLAIN, *state);
        auth0_redis_known_t known = {0};
        auth0_redis_t *redis =
            auth0_redis_make(&fake->url, &known, NULL, *state);
        assert_int_equal(resolve(redis, 50 * MS, *state), i == 2);
        assert_int_equal(auth0_redis_is_settled(redis), i > 0);
        stop(fake);
    }
}

/* After three failures no request so much as connects; who persists does. */
static void who_is_away_is_left_alone(void **state)
{
    script_t script = {.reply = ""};
    fake_t *fake = start(script, PLAIN, *state);
    auth0_redis_known_t known = {0};
    auth0_redis_t *redis = auth0_redis_make(&fake->url, &known, NULL, *state);
    know_address(&known, &fake->url);
    for (int i = 0; i < 3; i++) {
        assert_false(auth0_breaker_is_open(&known.breaker));
        assert_false(ping(redis, false, *state));
    }
    assert_true(auth0_breaker_is_open(&known.breaker));
    assert_int_equal(atomic_load(&fake->connections), 3);
    int64_t began = auth0_clock_monotonic();
    for (int i = 0; i < 1000; i++) {
        assert_false(ping(redis, false, *state));
    }
    assert_true(auth0_clock_monotonic() - began < 50 * MS);
    assert_int_equal(atomic_load(&fake->connections), 3);
    assert_false(ping(redis, true, *state));
    assert_int_equal(atomic_load(&fake->connections), 4);
    fake->script.reply = "+PONG\r\n";
    assert_true(ping(redis, true, *state));
    assert_false(auth0_breaker_is_open(&known.breaker));
    stop(fake);
}

/* Reading goes on meanwhile, and does not let requests near it. */
static void who_can_be_read_from_is_away_still(void **state)
{
    const auth0_span_t word = support_span("PING");
    const auth0_redis_question_t reading = {.words = &word,
                                            .count = 1,
                                            .kinds = AUTH0_RESP_STATUS,
                                            .is_persistent = true,
                                            .is_reading = true};
    script_t script = {.reply = "-OOM no\r\n", .stays = true};
    fake_t *fake = start(script, PLAIN, *state);
    auth0_redis_known_t known = {0};
    auth0_span_t reply;
    auth0_redis_t *redis = auth0_redis_make(&fake->url, &known, NULL, *state);
    know_address(&known, &fake->url);
    for (int i = 0; i < 3; i++) {
        assert_false(ping(redis, false, *state));
    }
    fake->script.reply = "+PONG\r\n";
    assert_true(auth0_redis_ask(&reply, redis, &reading, *state));
    assert_true(auth0_breaker_is_open(&known.breaker));
    assert_true(ping(redis, true, *state));
    assert_false(auth0_breaker_is_open(&known.breaker));
    auth0_redis_hang_up(redis);
    stop(fake);
}

/* What comes before anything was asked is no answer to what is asked later. */
static void a_connection_that_was_closed_is_not_used_again(void **state)
{
    script_t script = {.reply = "+PONG\r\n"};
    fake_t *fake = start(script, PLAIN, *state);
    auth0_redis_known_t known = {0};
    auth0_redis_t *redis = auth0_redis_make(&fake->url, &known, NULL, *state);
    know_address(&known, &fake->url);
    for (unsigned i = 1; i <= 5; i++) {
        assert_true(ping(redis, false, *state));
        assert_int_equal(atomic_load(&fake->connections), i);
        usleep(20000);
    }
    stop(fake);
}

static void a_connection_that_is_good_is_used_again(void **state)
{
    script_t script = {.reply = "+PONG\r\n", .stays = true};
    fake_t *fake = start(script, PLAIN, *state);
    auth0_redis_known_t known = {0};
    auth0_redis_t *redis = auth0_redis_make(&fake->url, &known, NULL, *state);
    know_address(&known, &fake->url);
    for (int i = 0; i < 100; i++) {
        assert_true(ping(redis, false, *state));
    }
    assert_int_equal(atomic_load(&fake->connections), 1);
    auth0_redis_hang_up(redis);
    stop(fake);
}

/* A firewall may have forgotten it by then: no question is lost to find out. */
static void a_connection_that_was_idle_is_not_used_again(void **state)
{
    static const struct {
        int64_t idle;
        unsigned connections;
    } steps[] = {{0, 1}, {29, 1}, {29, 1}, {31, 2}, {29, 2}, {3600, 3}};
    script_t script = {.reply = "+PONG\r\n", .stays = true};
    fake_t *fake = start(script, PLAIN, *state);
    auth0_redis_known_t known = {0};
    auth0_redis_t *redis = auth0_redis_make(&fake->url, &known, NULL, *state);
    know_address(&known, &fake->url);
    for (size_t i = 0; i < COUNT(steps); i++) {
        atomic_fetch_add(&ahead, steps[i].idle * 1000 * MS);
        assert_true(ping(redis, false, *state));
        assert_int_equal(atomic_load(&fake->connections), steps[i].connections);
    }
    auth0_redis_hang_up(redis);
    stop(fake);
}

/* What is left at a former address is not asked, though it would answer. */
static void a_connection_to_elsewhere_is_not_used_again(void **state)
{
    script_t script = {.reply = "+PONG\r\n", .stays = true};
    fake_t *here = start(script, PLAIN, *state);
    fake_t *there = start(script, PLAIN, *state);
    auth0_redis_known_t known = {0};
    auth0_redis_t *redis = auth0_redis_make(&here->url, &known, NULL, *state);
    know_address(&known, &here->url);
    assert_true(ping(redis, false, *state));
    know_address(&known, &there->url);
    assert_true(ping(redis, false, *state));
    assert_true(ping(redis, false, *state));
    assert_int_equal(atomic_load(&here->connections), 1);
    assert_int_equal(atomic_load(&there->connections), 1);
    auth0_redis_hang_up(redis);
    stop(here);
    stop(there);
}

#define THREADS 40

typedef struct asker_t {
    auth0_redis_t *redis;
    pthread_t thread;
    int64_t longest;
} asker_t;

static void *ask_often(void *baton)
{
    asker_t *asker = baton;
    apr_pool_t *pool;
    if (apr_pool_create_unmanaged_ex(&pool, NULL, NULL) != APR_SUCCESS) {
        return NULL;
    }
    for (int i = 0; i < 10; i++) {
        int64_t began = auth0_clock_monotonic();
        (void)ping(asker->redis, true, pool);
        int64_t took = auth0_clock_monotonic() - began;
        asker->longest = took > asker->longest ? took : asker->longest;
        apr_pool_clear(pool);
    }
    apr_pool_destroy(pool);
    return NULL;
}

/* More threads than connections, at a Redis that never says anything. */
static void nobody_waits_for_longer_than_the_budget(void **state)
{
    script_t script = {.reply = "", .stays = true};
    fake_t *fake = start(script, PLAIN, *state);
    auth0_redis_known_t known = {0};
    asker_t askers[THREADS];
    int64_t longest = 0;
    auth0_redis_t *redis = auth0_redis_make(&fake->url, &known, NULL, *state);
    know_address(&known, &fake->url);
    for (size_t i = 0; i < THREADS; i++) {
        askers[i] = (asker_t){.redis = redis};
        assert_int_equal(
            pthread_create(&askers[i].thread, NULL, ask_often, &askers[i]), 0);
    }
    for (size_t i = 0; i < THREADS; i++) {
        pthread_join(askers[i].thread, NULL);
        longest = askers[i].longest > longest ? askers[i].longest : longest;
    }
    print_message("%d threads, the longest question %d ms\n", THREADS,
                  (int)(longest / MS));
    assert_true(longest < SLOW);
    stop(fake);
}

static void *ask_for_long(void *baton)
{
    asker_t *asker = baton;
    apr_pool_t *pool;
    if (apr_pool_create_unmanaged_ex(&pool, NULL, NULL) != APR_SUCCESS) {
        return NULL;
    }
    (void)ping_within(asker->redis, 500 * MS, true, pool);
    apr_pool_destroy(pool);
    return NULL;
}

/* That a process has no connection left says nothing about the Redis. */
static void a_busy_process_does_not_hide_why(void **state)
{
    script_t script = {.reply = "", .stays = true};
    fake_t *fake = start(script, PLAIN, *state);
    auth0_redis_known_t known = {0};
    asker_t askers[AUTH0_REDIS_LINKS];
    auth0_redis_t *redis = auth0_redis_make(&fake->url, &known, NULL, *state);
    know_address(&known, &fake->url);
    assert_false(ping(redis, true, *state));
    assert_int_equal(auth0_redis_why(redis), AUTH0_REDIS_NO_REPLY);
    for (size_t i = 0; i < AUTH0_REDIS_LINKS; i++) {
        askers[i] = (asker_t){.redis = redis};
        assert_int_equal(
            pthread_create(&askers[i].thread, NULL, ask_for_long, &askers[i]),
            0);
    }
    usleep(100000);
    assert_false(ping(redis, false, *state));
    assert_int_equal(auth0_redis_why(redis), AUTH0_REDIS_NO_REPLY);
    for (size_t i = 0; i < AUTH0_REDIS_LINKS; i++) {
        pthread_join(askers[i].thread, NULL);
    }
    stop(fake);
}

/* What Redis could say, but not to XRANGE. */
static const char *const no_ranges[] = {
    "*1\r\n+x\r\n",
    "*1\r\n*0\r\n",
    "*1\r\n*2\r\n:1\r\n*0\r\n",
    "*1\r\n*2\r\n$1\r\nx\r\n*0\r\n",
    "*1\r\n*2\r\n$3\r\n1-1\r\n$1\r\nx\r\n",
    "*1\r\n*2\r\n$3\r\n1-1\r\n*1\r\n:1\r\n",
};

static void check_no_range(const char *reply, apr_pool_t *pool)
{
    script_t script = {.reply = reply, .stays = true};
    fake_t *fake = start(script, PLAIN, pool);
    auth0_redis_known_t known = {0};
    auth0_store_cursor_t cursor = {0};
    auth0_store_pulled_t pulled;
    auth0_redis_t *redis = auth0_redis_make(&fake->url, &known, NULL, pool);
    auth0_store_t store = auth0_store_of_redis(redis, NULL, NULL);
    know_address(&known, &fake->url);
    assert_false(auth0_store_pull(&pulled, &cursor, &store, 0, pool));
    assert_int_equal(auth0_redis_why(redis), AUTH0_REDIS_GARBAGE);
    fake->script.reply = "";
    assert_false(ping(redis, true, pool));
    assert_int_equal(auth0_redis_why(redis), AUTH0_REDIS_NO_REPLY);
    fake->script.reply = reply;
    assert_false(auth0_store_sweep(&store, SUPPORT_NOW_S, pool));
    assert_int_equal(auth0_redis_why(redis), AUTH0_REDIS_GARBAGE);
    auth0_redis_hang_up(redis);
    stop(fake);
}

/* The log tells so, and not "it answers" or what was wrong before. */
static void what_is_no_range_is_told(void **state)
{
    for (size_t i = 0; i < COUNT(no_ranges); i++) {
        check_no_range(no_ranges[i], *state);
    }
}

/* More than were asked for. */
static void too_long_a_range_is_not_swept(void **state)
{
    const char *entry = "*2\r\n$3\r\n1-1\r\n*2\r\n$1\r\ne\r\n$1\r\nx\r\n";
    script_t script = {.stays = true};
    script.reply = apr_pstrcat(*state, "*257\r\n",
                               support_repeat(entry, 257, *state), NULL);
    fake_t *fake = start(script, PLAIN, *state);
    auth0_redis_known_t known = {0};
    auth0_redis_t *redis = auth0_redis_make(&fake->url, &known, NULL, *state);
    auth0_store_t store = auth0_store_of_redis(redis, NULL, NULL);
    know_address(&known, &fake->url);
    assert_false(auth0_store_sweep(&store, SUPPORT_NOW_S, *state));
    assert_int_equal(auth0_redis_why(redis), AUTH0_REDIS_GARBAGE);
    auth0_redis_hang_up(redis);
    stop(fake);
}

static void every_why_has_words(void **state)
{
    (void)state;
    for (int why = AUTH0_REDIS_GOOD; why <= AUTH0_REDIS_BUSY; why++) {
        assert_non_null(auth0_redis_why_text((auth0_redis_why_t)why));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SUPPORT_TEST(every_fault_is_found_in_time),
        SUPPORT_TEST(nobody_there_is_a_fault),
        SUPPORT_TEST(a_name_without_addresses_is_a_fault),
        SUPPORT_TEST(a_name_is_resolved_to_where_it_answers),
        SUPPORT_TEST(an_address_that_replies_with_an_error_is_better_than_none),
        SUPPORT_TEST(who_is_away_is_left_alone),
        SUPPORT_TEST(who_can_be_read_from_is_away_still),
        SUPPORT_TEST(a_connection_that_was_closed_is_not_used_again),
        SUPPORT_TEST(a_connection_that_is_good_is_used_again),
        SUPPORT_TEST(a_connection_that_was_idle_is_not_used_again),
        SUPPORT_TEST(a_connection_to_elsewhere_is_not_used_again),
        SUPPORT_TEST(nobody_waits_for_longer_than_the_budget),
        SUPPORT_TEST(a_busy_process_does_not_hide_why),
        SUPPORT_TEST(what_is_no_range_is_told),
        SUPPORT_TEST(too_long_a_range_is_not_swept),
        SUPPORT_TEST(every_why_has_words),
    };
    (void)signal(SIGPIPE, SIG_IGN);
    return SUPPORT_RUN(tests);
}
