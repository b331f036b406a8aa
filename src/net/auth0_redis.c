/* Licensed under the Apache License, Version 2.0; see LICENSE. */
#include "net/auth0_redis.h"

#include <string.h>

#include <apr_thread_cond.h>
#include <apr_thread_mutex.h>
#include <openssl/ssl.h>

#include "core/auth0_errqueue.h"
#include "net/auth0_clock.h"
#include "net/auth0_link.h"

/* Bytes of a reply: at first, and at most. */
#define REPLY_LEAST ((size_t)4096)
#define REPLY_MOST ((size_t)1048576)

/*
 * What lies between may forget a connection that nobody uses, and tell neither
 * side. Half a minute is less than firewalls and balancers are set to.
 */
#define IDLE_MOST ((int64_t)30000000)

typedef struct seat_t {
    auth0_link_t link;
    auth0_address_t address; /* where the link leads */
    int64_t used;            /* when it was last */
    bool is_taken;
} seat_t;

struct auth0_redis_t {
    const auth0_redis_url_t *url;
    auth0_redis_known_t *known;
    SSL_CTX *context; /* NULL without TLS */
    apr_thread_mutex_t *lock;
    apr_thread_cond_t *is_given;
    seat_t seats[AUTH0_REDIS_LINKS];
};

auth0_redis_why_t auth0_redis_why(const auth0_redis_t *redis)
{
    return (auth0_redis_why_t)atomic_load(&redis->known->why);
}

const auth0_redis_url_t *auth0_redis_url(const auth0_redis_t *redis)
{
    return redis->url;
}

const char *auth0_redis_shown(const auth0_redis_t *redis)
{
    return redis->url->shown;
}

/* The address in a box: its words, and one that says that there is one. */
_Static_assert(sizeof(auth0_address_t) <=
                   (AUTH0_BOX_WORDS - 1) * sizeof(uint64_t),
               "an address fits into a box");

static bool find_address(auth0_address_t *address, const auth0_redis_t *redis)
{
    uint64_t words[AUTH0_BOX_WORDS];

    if (!auth0_box_get(words, &redis->known->address)) {
        return false;
    }
    memcpy(address, words, sizeof(*address));
    return true;
}

static void publish(const auth0_redis_t *redis, const auth0_address_t *address)
{
    uint64_t words[AUTH0_BOX_WORDS] = {0};

    memcpy(words, address, sizeof(*address));
    auth0_box_put(&redis->known->address, words);
}

/* Bytes as they come in. */
typedef struct reading_t {
    char *bytes;
    size_t len;
    size_t room;
} reading_t;

static bool make_room(reading_t *reading, apr_pool_t *pool)
{
    size_t room = reading->room > 0 ? 2 * reading->room : REPLY_LEAST;

    if (reading->len < reading->room) {
        return true;
    }
    if (room > REPLY_MOST) {
        return false;
    }
    char *bytes = apr_palloc(pool, room);

    if (reading->len > 0) {
        memcpy(bytes, reading->bytes, reading->len);
    }
    reading->bytes = bytes;
    reading->room = room;
    return true;
}

/* So many whole replies, and not a byte after them: nothing else was asked. */
static auth0_resp_found_t cut(auth0_span_t *replies, size_t count,
                              const reading_t *reading)
{
    auth0_span_t rest = auth0_span(reading->bytes, reading->len);

    for (size_t i = 0; i < count; i++) {
        auth0_resp_found_t found = auth0_resp_reply(&replies[i], &rest);
        if (found != AUTH0_RESP_FOUND) {
            return found;
        }
    }
    return rest.len == 0 ? AUTH0_RESP_FOUND : AUTH0_RESP_BROKEN;
}

static auth0_redis_why_t receive(auth0_span_t *replies, size_t count,
                                 auth0_link_t *link, int64_t deadline,
                                 apr_pool_t *pool)
{
    auth0_resp_found_t found = AUTH0_RESP_MORE;
    reading_t reading = {NULL, 0, 0};

    while (found == AUTH0_RESP_MORE) {
        if (!make_room(&reading, pool)) {
            return AUTH0_REDIS_GARBAGE;
        }
        size_t len =
            auth0_link_receive(reading.bytes + reading.len,
                               reading.room - reading.len, link, deadline);
        if (len == 0 || auth0_clock_monotonic() > deadline) {
            return AUTH0_REDIS_NO_REPLY;
        }
        reading.len += len;
        found = cut(replies, count, &reading);
    }
    return found == AUTH0_RESP_FOUND ? AUTH0_REDIS_GOOD : AUTH0_REDIS_GARBAGE;
}

static auth0_redis_why_t judge(auth0_span_t reply, unsigned kinds)
{
    auth0_resp_item_t item;

    if (auth0_resp_next(&item, &reply) != AUTH0_RESP_FOUND) {
        return AUTH0_REDIS_GARBAGE;
    }
    if (item.kind == AUTH0_RESP_ERROR) {
        return auth0_redis_why_of(item.text);
    }
    return item.kind & kinds ? AUTH0_REDIS_GOOD : AUTH0_REDIS_GARBAGE;
}

static auth0_redis_why_t exchange(auth0_span_t *reply, auth0_link_t *link,
                                  const auth0_redis_question_t *question,
                                  int64_t deadline, apr_pool_t *pool)
{
    auth0_span_t command =
        auth0_resp_command(question->words, question->count, pool);

    if (!auth0_link_send(link, command, deadline)) {
        return AUTH0_REDIS_NO_REPLY;
    }
    auth0_redis_why_t why = receive(reply, 1, link, deadline, pool);

    return why == AUTH0_REDIS_GOOD ? judge(*reply, question->kinds) : why;
}

static bool is_ok(auth0_span_t reply)
{
    auth0_resp_item_t item;

    return auth0_resp_take(&item, &reply, AUTH0_RESP_STATUS) &&
           auth0_span_is(item.text, "OK");
}

static auth0_redis_why_t say(auth0_link_t *link, const auth0_span_t *words,
                             size_t count, int64_t deadline, apr_pool_t *pool)
{
    const auth0_redis_question_t question = {
        .words = words, .count = count, .kinds = AUTH0_RESP_STATUS};
    auth0_span_t reply;
    auth0_redis_why_t why = exchange(&reply, link, &question, deadline, pool);

    if (why == AUTH0_REDIS_NO_REPLY) {
        return why;
    }
    return why == AUTH0_REDIS_GOOD && is_ok(reply) ? why : AUTH0_REDIS_NO_LOGIN;
}

static auth0_redis_why_t log_in(auth0_link_t *link,
                                const auth0_redis_url_t *url, int64_t deadline,
                                apr_pool_t *pool)
{
    auth0_span_t auth[3] = {auth0_span_cstr("AUTH"), url->password};
    auth0_span_t choice[2] = {auth0_span_cstr("SELECT"),
                              auth0_span_cstr(url->db)};
    auth0_redis_why_t why = AUTH0_REDIS_GOOD;
    size_t count = 2;

    if (url->user.len > 0) {
        auth[1] = url->user;
        auth[2] = url->password;
        count = 3;
    }
    if (url->password.len > 0) {
        why = say(link, auth, count, deadline, pool);
    }
    return why == AUTH0_REDIS_GOOD && !auth0_span_is(choice[1], "0")
               ? say(link, choice, 2, deadline, pool)
               : why;
}

static auth0_redis_why_t call(auth0_link_t *link, const auth0_redis_t *redis,
                              const auth0_address_t *to, int64_t deadline,
                              apr_pool_t *pool)
{
    if (!auth0_link_open(link, to, deadline)) {
        return AUTH0_REDIS_NO_CONNECTION;
    }
    if (redis->context &&
        !auth0_link_secure(link, redis->context, redis->url->host, deadline)) {
        return AUTH0_REDIS_NO_TLS;
    }
    return log_in(link, redis->url, deadline, pool);
}

/* A free seat, best with a connection; NULL when there is none. */
static seat_t *find_seat(auth0_redis_t *redis)
{
    seat_t *found = NULL;

    for (int i = 0; i < AUTH0_REDIS_LINKS; i++) {
        seat_t *seat = &redis->seats[i];
        if (!seat->is_taken && seat->link.fd >= 0) {
            return seat;
        }
        if (!seat->is_taken && !found) {
            found = seat;
        }
    }
    return found;
}

static seat_t *take_seat(auth0_redis_t *redis, int64_t deadline)
{
    int64_t left = deadline - auth0_clock_monotonic();

    apr_thread_mutex_lock(redis->lock);
    seat_t *seat = find_seat(redis);

    while (!seat && left > 0) {
        (void)apr_thread_cond_timedwait(redis->is_given, redis->lock, left);
        seat = find_seat(redis);
        left = deadline - auth0_clock_monotonic();
    }
    if (seat) {
        seat->is_taken = true;
    }
    apr_thread_mutex_unlock(redis->lock);
    return seat;
}

static void give_seat(auth0_redis_t *redis, seat_t *seat)
{
    apr_thread_mutex_lock(redis->lock);
    seat->used = auth0_clock_monotonic();
    seat->is_taken = false;
    apr_thread_cond_signal(redis->is_given);
    apr_thread_mutex_unlock(redis->lock);
}

/*
 * To ask once more by another connection is no way out where one is dead: the
 * Redis may have done what it was told. What one that has gone since the last
 * question leaves is not believed, and one at a former address is none of it.
 */
static bool is_usable(const seat_t *seat, const auth0_address_t *address)
{
    return seat->link.fd >= 0 &&
           auth0_span_same((const char *)&seat->address, (const char *)address,
                           sizeof(*address)) &&
           auth0_clock_monotonic() - seat->used < IDLE_MOST &&
           auth0_link_is_quiet(&seat->link);
}

static auth0_redis_why_t connect_seat(seat_t *seat, const auth0_redis_t *redis,
                                      int64_t deadline, apr_pool_t *pool)
{
    auth0_address_t address;

    if (!find_address(&address, redis)) {
        return AUTH0_REDIS_NO_ADDRESS;
    }
    if (is_usable(seat, &address)) {
        return AUTH0_REDIS_GOOD;
    }
    auth0_link_close(&seat->link);
    seat->address = address;
    return call(&seat->link, redis, &address, deadline, pool);
}

static auth0_redis_why_t ask(auth0_span_t *reply, auth0_redis_t *redis,
                             const auth0_redis_question_t *question,
                             int64_t deadline, apr_pool_t *pool)
{
    seat_t *seat = take_seat(redis, deadline);

    if (!seat) {
        return AUTH0_REDIS_BUSY;
    }
    auth0_redis_why_t why = connect_seat(seat, redis, deadline, pool);

    why = why == AUTH0_REDIS_GOOD
              ? exchange(reply, &seat->link, question, deadline, pool)
              : why;
    if (why != AUTH0_REDIS_GOOD) {
        auth0_link_close(&seat->link);
    }
    give_seat(redis, seat);
    return why;
}

/*
 * That this process is busy does not speak against the Redis, and that it can
 * be read from does not speak for it. Requests fail for reasons of their own,
 * and many at once: the log tells that of whoever looks after the Redis.
 */
static bool conclude(auth0_redis_t *redis,
                     const auth0_redis_question_t *question,
                     auth0_breaker_pass_t pass, auth0_redis_why_t why)
{
    auth0_breaker_t *breaker = &redis->known->breaker;

    if (why == AUTH0_REDIS_GOOD) {
        if (!question->is_reading) {
            auth0_breaker_succeeded(breaker);
        }
        return true;
    }
    if (question->is_persistent) {
        atomic_store(&redis->known->why, (uint32_t)why);
    }
    if (why != AUTH0_REDIS_BUSY) {
        auth0_breaker_failed(breaker, pass, auth0_clock_monotonic());
    }
    return false;
}

bool auth0_redis_ask(auth0_span_t *reply, auth0_redis_t *redis,
                     const auth0_redis_question_t *question, apr_pool_t *pool)
{
    auth0_breaker_t *breaker = &redis->known->breaker;
    int64_t now = auth0_clock_monotonic();
    int64_t budget = question->budget ? question->budget : AUTH0_REDIS_BUDGET;
    auth0_breaker_pass_t pass = question->is_persistent
                                    ? auth0_breaker_pass_always(breaker)
                                    : auth0_breaker_pass(breaker, now);

    if (pass == AUTH0_BREAKER_NO) {
        return false;
    }
    auth0_errqueue_t *kept = auth0_errqueue_take(pool);
    auth0_redis_why_t why = ask(reply, redis, question, now + budget, pool);

    auth0_errqueue_restore(kept);
    return conclude(redis, question, pass, why);
}

void auth0_redis_reject(auth0_redis_t *redis)
{
    atomic_store(&redis->known->why, AUTH0_REDIS_GARBAGE);
}

bool auth0_redis_is_settled(const auth0_redis_t *redis)
{
    auth0_address_t address;

    return find_address(&address, redis);
}

/* Better one that may be read from than none. */
static auth0_redis_why_t try_address(auth0_redis_t *redis,
                                     const auth0_address_t *address,
                                     const auth0_redis_question_t *trial,
                                     apr_pool_t *pool)
{
    int64_t deadline = auth0_clock_monotonic() + trial->budget;
    auth0_link_t link = AUTH0_LINK_NONE;
    auth0_span_t reply;
    auth0_redis_why_t why = call(&link, redis, address, deadline, pool);

    if (why == AUTH0_REDIS_GOOD) {
        why = exchange(&reply, &link, trial, deadline, pool);
    }
    auth0_link_close(&link);
    if (why == AUTH0_REDIS_GOOD ||
        (auth0_redis_why_is_error(why) && !auth0_redis_is_settled(redis))) {
        publish(redis, address);
    }
    return why;
}

bool auth0_redis_settle(auth0_redis_t *redis, const auth0_found_t *found,
                        const auth0_redis_question_t *trial, apr_pool_t *pool)
{
    auth0_breaker_pass_t pass =
        auth0_breaker_pass_always(&redis->known->breaker);
    auth0_redis_why_t why = AUTH0_REDIS_NO_ADDRESS;

    for (size_t i = 0; i < found->count && why != AUTH0_REDIS_GOOD; i++) {
        why = try_address(redis, &found->addresses[i], trial, pool);
    }
    return conclude(redis, trial, pass, why);
}

void auth0_redis_hang_up(auth0_redis_t *redis)
{
    apr_thread_mutex_lock(redis->lock);
    for (int i = 0; i < AUTH0_REDIS_LINKS; i++) {
        if (!redis->seats[i].is_taken) {
            auth0_link_close(&redis->seats[i].link);
        }
    }
    apr_thread_mutex_unlock(redis->lock);
}

static apr_status_t end(void *data)
{
    auth0_redis_t *redis = data;

    auth0_redis_hang_up(redis);
    SSL_CTX_free(redis->context);
    return APR_SUCCESS;
}

auth0_redis_t *auth0_redis_make(const auth0_redis_url_t *url,
                                auth0_redis_known_t *known, const char *ca_pem,
                                apr_pool_t *pool)
{
    auth0_redis_t *redis = apr_pcalloc(pool, sizeof(*redis));

    redis->url = url;
    redis->known = known;
    for (int i = 0; i < AUTH0_REDIS_LINKS; i++) {
        redis->seats[i].link = AUTH0_LINK_NONE;
    }
    if (apr_thread_mutex_create(&redis->lock, APR_THREAD_MUTEX_DEFAULT, pool) !=
            APR_SUCCESS ||
        apr_thread_cond_create(&redis->is_given, pool) != APR_SUCCESS) {
        return NULL;
    }
    redis->context = url->is_tls ? auth0_link_context(ca_pem) : NULL;
    apr_pool_cleanup_register(pool, redis, end, apr_pool_cleanup_null);
    return url->is_tls && !redis->context ? NULL : redis;
}
