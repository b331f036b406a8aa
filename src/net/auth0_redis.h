/* Licensed under the Apache License, Version 2.0; see LICENSE. */
#ifndef AUTH0_REDIS_H
#define AUTH0_REDIS_H

#include "core/auth0_box.h"
#include "core/auth0_breaker.h"
#include "core/auth0_redis_url.h"
#include "core/auth0_resp.h"
#include "net/auth0_lookup.h"
#include "net/auth0_redis_why.h"

/*
 * A Redis, asked by the threads of one process over a few connections that are
 * kept. One question costs a request AUTH0_REDIS_BUDGET at most, connection,
 * TLS and password included, and next to nothing while the Redis is known to be
 * out of reach. Names are not looked up here: who does tells what was found.
 */
typedef struct auth0_redis_t auth0_redis_t;

/* Microseconds that a question may take, and one that no request waits for. */
#define AUTH0_REDIS_BUDGET ((int64_t)50000)
#define AUTH0_REDIS_PATIENCE ((int64_t)250000)

/* Connections of one process. */
#define AUTH0_REDIS_LINKS 16

/*
 * What the processes of a server know of it together. All bytes zero is how it
 * begins; it may lie in memory that they share.
 */
typedef struct auth0_redis_known_t {
    auth0_breaker_t breaker;
    auth0_box_t address;  /* one writer: auth0_redis_settle */
    _Atomic uint32_t why; /* see auth0_redis_why             */
} auth0_redis_known_t;

/*
 * url, known and ca_pem (authorities; NULL: the system's) have to live as long
 * as pool, which closes all connections at its end. To be made before there are
 * processes, each of which makes connections of its own. NULL when threads or
 * TLS cannot be had.
 */
auth0_redis_t *auth0_redis_make(const auth0_redis_url_t *url,
                                auth0_redis_known_t *known, const char *ca_pem,
                                apr_pool_t *pool);

/* What is asked. */
typedef struct auth0_redis_question_t {
    const auth0_span_t *words;
    size_t count;
    unsigned kinds;     /* of auth0_resp_kind_t: replies that make sense   */
    int64_t budget;     /* microseconds; 0: AUTH0_REDIS_BUDGET             */
    bool is_persistent; /* ask although it is known to be out of reach, and
                           keep why it fails for auth0_redis_why           */
    bool is_reading;    /* an answer does not tell that it takes marks     */
} auth0_redis_question_t;

/* One of an array of words, with all else as a request asks it. */
#define AUTH0_REDIS_QUESTION(what, expected)                                   \
    {                                                                          \
        .words = (what), .count = sizeof(what) / sizeof(*(what)),              \
        .kinds = (expected)                                                    \
    }

/*
 * The whole reply, from pool; false when there is none that makes sense. An
 * error is none. Thread-safe.
 */
AUTH0_MUST_USE bool auth0_redis_ask(auth0_span_t *reply, auth0_redis_t *redis,
                                    const auth0_redis_question_t *question,
                                    apr_pool_t *pool);

/*
 * Of the addresses that its host was found to have, settle for the first at
 * which trial, a persistent question, is answered, within its budget for each.
 * One that replies with an error is taken while there is none at all. One
 * process at a time.
 */
bool auth0_redis_settle(auth0_redis_t *redis, const auth0_found_t *found,
                        const auth0_redis_question_t *trial, apr_pool_t *pool);

/* True when it has an address, of now or earlier. */
bool auth0_redis_is_settled(const auth0_redis_t *redis);

/*
 * Why a persistent question failed, the last that did. What other questions
 * come to makes no difference.
 */
auth0_redis_why_t auth0_redis_why(const auth0_redis_t *redis);

/* Tell that the reply to a persistent question makes no sense after all. */
void auth0_redis_reject(auth0_redis_t *redis);

const auth0_redis_url_t *auth0_redis_url(const auth0_redis_t *redis);

/* The URL without user and password. */
const char *auth0_redis_shown(const auth0_redis_t *redis);

/* Close the connections that nobody uses. */
void auth0_redis_hang_up(auth0_redis_t *redis);

#endif
