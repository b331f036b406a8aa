/* Licensed under the Apache License, Version 2.0; see LICENSE. */
#include "net/auth0_store_redis.h"

#include <apr_strings.h>

#include "core/auth0_b64.h"
#include "core/auth0_digits.h"

#define PREFIX AUTH0_STORE_PREFIX
#define STREAM PREFIX "d"
#define PULLED_MOST "500"
#define SWEPT_MOST 256

/* Seconds: a hundred years. */
#define MARK_MOST ((int64_t)3155760000)

/* Base64url of 32 bytes. */
#define HASH_LEN 43

/*
 * Terms in the stream end on the hour: a logout token that is sent again and
 * again then changes nothing, and leaves one entry.
 */
#define ROUND ((int64_t)3600)

/* Seconds that the clocks of a fleet may differ by. */
#define CLOCKS ((int64_t)86400)

static auth0_span_t word(const char *text)
{
    return auth0_span_cstr(text);
}

/* A fixed text, kind and the length of the issuer stand in front. */
static const char *hash_of(const auth0_mark_name_t *name, apr_pool_t *pool)
{
    const char *head =
        apr_psprintf(pool, PREFIX "%d:%" APR_SIZE_T_FMT ":%" APR_SIZE_T_FMT ":",
                     (int)name->kind, name->issuer.len, name->value.len);
    unsigned char hash[AUTH0_SHA256_BYTES];

    return auth0_mark_digest(hash, word(head), name)
               ? auth0_b64url_encode(
                     auth0_span((const char *)hash, sizeof(hash)), pool)
               : NULL;
}

/* The table of this server knows names by their hashes, as the stream does. */
static auth0_mark_name_t local_name(auth0_mark_kind_t kind, auth0_span_t hash)
{
    return (auth0_mark_name_t){kind, auth0_span("", 0), hash};
}

static auth0_store_t local_store(const auth0_store_t *store)
{
    return auth0_store_of_marks(store->marks, store->lock);
}

/* Redis knows no later end than its clock has, and calls that an error. */
static int64_t ttl_of(int64_t until, int64_t now)
{
    int64_t ttl = until - now;

    return ttl < MARK_MOST ? ttl : MARK_MOST;
}

static auth0_mark_said_t mark(const auth0_store_t *store,
                              const auth0_mark_name_t *name, int64_t until,
                              int64_t now, apr_pool_t *pool)
{
    const char *hash = hash_of(name, pool);

    if (!hash || until <= now) {
        return AUTH0_MARK_REFUSED;
    }
    const auth0_span_t words[] = {
        word("SET"),
        word(apr_pstrcat(pool, PREFIX "m:", hash, NULL)),
        word("1"),
        word("NX"),
        word("EX"),
        word(apr_psprintf(pool, "%" APR_INT64_T_FMT, ttl_of(until, now))),
    };
    const auth0_redis_question_t question =
        AUTH0_REDIS_QUESTION(words, AUTH0_RESP_STATUS | AUTH0_RESP_NIL);
    auth0_resp_item_t item;
    auth0_span_t reply;

    if (!auth0_redis_ask(&reply, store->redis, &question, pool)) {
        return AUTH0_MARK_REFUSED;
    }
    return auth0_resp_take(&item, &reply, AUTH0_RESP_STATUS) ? AUTH0_MARK_NEW
                                                             : AUTH0_MARK_KNOWN;
}

/* All that the table has, the stream has or had. */
static bool is_denied_already(const auth0_store_t *store,
                              const auth0_mark_name_t *name,
                              auth0_mark_terms_t terms, int64_t now)
{
    auth0_mark_terms_t old;
    auth0_mark_key_t key;

    return auth0_marks_key(&key, store->marks, name) &&
           auth0_marks_terms(&old, store->marks, key, now) &&
           old.before >= terms.before && old.until >= terms.until;
}

static bool stream_has_room(const auth0_store_t *store, apr_pool_t *pool)
{
    const auth0_span_t words[] = {word("XLEN"), word(STREAM)};
    const auth0_redis_question_t question =
        AUTH0_REDIS_QUESTION(words, AUTH0_RESP_INTEGER);
    auth0_resp_item_t item;
    auth0_span_t reply;

    return auth0_redis_ask(&reply, store->redis, &question, pool) &&
           auth0_resp_take(&item, &reply, AUTH0_RESP_INTEGER) &&
           item.number < AUTH0_STORE_STREAM_MOST;
}

static bool write_entry(const auth0_store_t *store,
                        const auth0_mark_name_t *name, auth0_mark_terms_t terms,
                        apr_pool_t *pool)
{
    const char *entry = apr_psprintf(
        pool, "%d %.*s %" APR_INT64_T_FMT " %" APR_INT64_T_FMT, (int)name->kind,
        (int)name->value.len, name->value.ptr, terms.before, terms.until);
    const auth0_span_t words[] = {word("XADD"), word(STREAM), word("*"),
                                  word("e"), word(entry)};
    const auth0_redis_question_t question =
        AUTH0_REDIS_QUESTION(words, AUTH0_RESP_TEXT);
    auth0_span_t reply;

    return auth0_redis_ask(&reply, store->redis, &question, pool);
}

/* First where all can see it: then no table has what the stream has not. */
static auth0_mark_said_t deny(const auth0_store_t *store,
                              const auth0_mark_name_t *name,
                              auth0_mark_terms_t terms, int64_t now,
                              apr_pool_t *pool)
{
    const char *hash = hash_of(name, pool);
    auth0_mark_name_t own = local_name(name->kind, word(hash));
    auth0_store_t local = local_store(store);

    terms.until = (terms.until + ROUND - 1) / ROUND * ROUND;
    if (!hash) {
        return AUTH0_MARK_REFUSED;
    }
    if (is_denied_already(store, &own, terms, now)) {
        return AUTH0_MARK_KNOWN;
    }
    return stream_has_room(store, pool) && write_entry(store, &own, terms, pool)
               ? auth0_store_deny(&local, &own, terms, now, pool)
               : AUTH0_MARK_REFUSED;
}

static bool is_denying(const auth0_store_t *store, int64_t now)
{
    return auth0_marks_is_denying(store->marks, now);
}

static bool find(int64_t *before, const auth0_store_t *store,
                 const auth0_mark_name_t *name, int64_t now, apr_pool_t *pool)
{
    const char *hash = hash_of(name, pool);
    auth0_mark_name_t own = local_name(name->kind, word(hash));
    auth0_store_t local = local_store(store);

    *before = INT64_MAX;
    return !hash || auth0_store_find(before, &local, &own, now, pool);
}

static const auth0_store_ops_t redis_ops = {mark, deny, is_denying, find};

auth0_store_t auth0_store_of_redis(auth0_redis_t *redis, auth0_marks_t *marks,
                                   apr_global_mutex_t *lock)
{
    return (auth0_store_t){&redis_ops, marks, lock, redis};
}

/* Nobody reads what it writes, so that is gone soon. */
static auth0_redis_question_t probe(auth0_span_t words[5], int64_t budget)
{
    words[0] = word("SET");
    words[1] = word(PREFIX "w");
    words[2] = word("1");
    words[3] = word("EX");
    words[4] = word("60");
    return (auth0_redis_question_t){.words = words,
                                    .count = 5,
                                    .kinds = AUTH0_RESP_STATUS,
                                    .budget = budget,
                                    .is_persistent = true};
}

bool auth0_store_takes_writes(const auth0_store_t *store, apr_pool_t *pool)
{
    auth0_span_t words[5];
    const auth0_redis_question_t question = probe(words, AUTH0_REDIS_PATIENCE);
    auth0_span_t reply;

    return auth0_redis_ask(&reply, store->redis, &question, pool);
}

bool auth0_store_settle(const auth0_store_t *store, const auth0_found_t *found,
                        int64_t budget, apr_pool_t *pool)
{
    auth0_span_t words[5];
    const auth0_redis_question_t question = probe(words, budget);

    return auth0_redis_settle(store->redis, found, &question, pool);
}

static bool read_id(auth0_store_cursor_t *id, auth0_span_t text)
{
    auth0_span_t ms;

    return auth0_span_cut(&ms, &text, '-') &&
           auth0_digits_read_canonical(&id->ms, ms, INT64_MAX) &&
           auth0_digits_read_canonical(&id->seq, text, INT64_MAX - 1);
}

typedef struct entry_t {
    uint64_t kind;
    auth0_span_t hash;
    uint64_t before;
    uint64_t until;
} entry_t;

/* What is denied, and not merely known to have been there. */
static bool is_denial(uint64_t kind)
{
    return kind == AUTH0_MARK_SID || kind == AUTH0_MARK_SUB ||
           kind == AUTH0_MARK_SUB_SESSIONLESS;
}

static bool is_sane(const entry_t *entry, int64_t now)
{
    uint64_t latest = (uint64_t)(now + CLOCKS);

    return is_denial(entry->kind) && entry->hash.len == HASH_LEN &&
           auth0_b64url_valid(entry->hash) &&
           (entry->before <= latest || entry->before == INT64_MAX) &&
           entry->until <= latest + AUTH0_STORE_DENIED_MOST;
}

static bool read_entry(entry_t *entry, auth0_span_t text, int64_t now)
{
    auth0_span_t kind;
    auth0_span_t before;

    return auth0_span_cut(&kind, &text, ' ') &&
           auth0_span_cut(&entry->hash, &text, ' ') &&
           auth0_span_cut(&before, &text, ' ') &&
           auth0_digits_read_canonical(&entry->kind, kind, UINT8_MAX) &&
           auth0_digits_read_canonical(&entry->before, before, INT64_MAX) &&
           auth0_digits_read_canonical(&entry->until, text, INT64_MAX) &&
           is_sane(entry, now);
}

static void merge(auth0_store_pulled_t *pulled, const entry_t *entry,
                  const auth0_store_t *store, int64_t now, apr_pool_t *pool)
{
    auth0_mark_name_t name =
        local_name((auth0_mark_kind_t)entry->kind, entry->hash);
    auth0_mark_terms_t terms = {(int64_t)entry->before, (int64_t)entry->until};
    auth0_store_t local = local_store(store);

    if (terms.until > now && !is_denied_already(store, &name, terms, now) &&
        auth0_store_deny(&local, &name, terms, now, pool) ==
            AUTH0_MARK_REFUSED) {
        pulled->refused++;
    }
}

/*
 * Fields and values of one entry. Of those with other fields nothing is known,
 * but where the next entry begins.
 */
static bool read_fields(auth0_span_t *text, auth0_span_t *rest)
{
    auth0_resp_item_t all;
    auth0_resp_item_t item = {0};
    bool is_known = false;

    *text = auth0_span("", 0);
    if (!auth0_resp_take(&all, rest, AUTH0_RESP_ARRAY)) {
        return false;
    }
    for (int64_t i = 0; i < all.number; i++) {
        if (!auth0_resp_take(&item, rest, AUTH0_RESP_TEXT)) {
            return false;
        }
        is_known = (i == 0 && auth0_span_is(item.text, "e")) ||
                   (i == 1 && is_known && all.number == 2);
    }
    if (is_known) {
        *text = item.text;
    }
    return true;
}

/* False when this is no entry of a reply to XRANGE. */
static bool read_one(auth0_store_cursor_t *id, auth0_span_t *text,
                     auth0_span_t *rest)
{
    auth0_resp_item_t item;

    return auth0_resp_take(&item, rest, AUTH0_RESP_ARRAY) && item.number == 2 &&
           auth0_resp_take(&item, rest, AUTH0_RESP_TEXT) &&
           read_id(id, item.text) && read_fields(text, rest);
}

static bool reject(const auth0_store_t *store)
{
    auth0_redis_reject(store->redis);
    return false;
}

static const char *text_of(const auth0_store_cursor_t *id, apr_pool_t *pool)
{
    return apr_psprintf(pool, "%" APR_UINT64_T_FMT "-%" APR_UINT64_T_FMT,
                        id->ms, id->seq);
}

static bool ask_range(auth0_span_t *reply, int64_t *count,
                      const auth0_span_t ends[3], const auth0_store_t *store,
                      apr_pool_t *pool)
{
    const auth0_span_t words[] = {word("XRANGE"), word(STREAM),  ends[0],
                                  ends[1],        word("COUNT"), ends[2]};
    const auth0_redis_question_t question = {
        .words = words,
        .count = 6,
        .kinds = AUTH0_RESP_ARRAY,
        .budget = AUTH0_REDIS_PATIENCE,
        .is_persistent = true,
        .is_reading = true,
    };
    auth0_resp_item_t item;

    if (!auth0_redis_ask(reply, store->redis, &question, pool) ||
        !auth0_resp_take(&item, reply, AUTH0_RESP_ARRAY)) {
        return false;
    }
    *count = item.number;
    return true;
}

bool auth0_store_pull(auth0_store_pulled_t *pulled,
                      auth0_store_cursor_t *cursor, const auth0_store_t *store,
                      int64_t now, apr_pool_t *pool)
{
    auth0_store_cursor_t id = {cursor->ms, cursor->seq + 1};
    const auth0_span_t ends[3] = {word(text_of(&id, pool)), word("+"),
                                  word(PULLED_MOST)};
    auth0_span_t rest;
    auth0_span_t text;
    int64_t count;

    *pulled = (auth0_store_pulled_t){0};
    if (!ask_range(&rest, &count, ends, store, pool)) {
        return false;
    }
    for (int64_t i = 0; i < count; i++) {
        entry_t entry = {0};
        if (!read_one(&id, &text, &rest)) {
            return reject(store);
        }
        pulled->read++;
        *cursor = id;
        if (read_entry(&entry, text, now)) {
            merge(pulled, &entry, store, now, pool);
        }
        else {
            pulled->malformed++;
        }
    }
    pulled->is_more = count > 0;
    return true;
}

bool auth0_store_sweep(const auth0_store_t *store, int64_t now,
                       apr_pool_t *pool)
{
    int64_t oldest = now - AUTH0_STORE_DENIED_MOST - CLOCKS;
    const auth0_span_t ends[3] = {
        word("-"), word(apr_psprintf(pool, "%" APR_INT64_T_FMT, oldest * 1000)),
        word(apr_itoa(pool, SWEPT_MOST))};
    auth0_span_t words[SWEPT_MOST + 2] = {word("XDEL"), word(STREAM)};
    auth0_redis_question_t question = {.words = words,
                                       .count = 2,
                                       .kinds = AUTH0_RESP_INTEGER,
                                       .budget = AUTH0_REDIS_PATIENCE,
                                       .is_persistent = true};
    auth0_span_t rest;
    int64_t count;

    if (!ask_range(&rest, &count, ends, store, pool)) {
        return false;
    }
    if (count > SWEPT_MOST) {
        return reject(store);
    }
    for (int64_t i = 0; i < count; i++) {
        auth0_store_cursor_t id;
        if (!read_one(&id, &(auth0_span_t){0}, &rest)) {
            return reject(store);
        }
        words[question.count++] = word(text_of(&id, pool));
    }
    return count == 0 || auth0_redis_ask(&rest, store->redis, &question, pool);
}
