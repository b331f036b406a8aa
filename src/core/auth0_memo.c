/* Licensed under the Apache License, Version 2.0; see LICENSE. */
#include "core/auth0_memo.h"

#include <apr_hash.h>
#include <apr_strings.h>
#include <apr_thread_mutex.h>

/* A kid is shorter than the text that it was read from. */
typedef struct slot_t {
    unsigned algs;
    auth0_profile_t profile;
    const auth0_alg_t *alg;
    size_t text_len; /* 0: the slot is empty */
    size_t kid_len;
    char text[AUTH0_MEMO_TEXT_MAX];
    char kid[AUTH0_MEMO_TEXT_MAX];
} slot_t;

struct auth0_memo_t {
    apr_thread_mutex_t *mutex;
    slot_t slots[AUTH0_MEMO_HEADERS_MAX];
};

auth0_memo_t *auth0_memo_make(apr_pool_t *pool)
{
    auth0_memo_t *memo = apr_pcalloc(pool, sizeof(*memo));

    return apr_thread_mutex_create(&memo->mutex, APR_THREAD_MUTEX_DEFAULT,
                                   pool) == APR_SUCCESS
               ? memo
               : NULL;
}

/* NULL when there is no place, or somebody else is at the memo. */
static slot_t *open_slot(auth0_span_t text, const auth0_policy_t *policy)
{
    auth0_memo_t *memo = policy->memo;
    apr_ssize_t len = (apr_ssize_t)text.len;

    if (!memo || text.len == 0 || text.len > AUTH0_MEMO_TEXT_MAX ||
        apr_thread_mutex_trylock(memo->mutex) != APR_SUCCESS) {
        return NULL;
    }
    unsigned hash = apr_hashfunc_default(text.ptr, &len);

    /* Sections that differ in what they accept do not take turns in one. */
    return &memo->slots[(hash ^ policy->algs ^ (unsigned)policy->profile << 4) %
                        AUTH0_MEMO_HEADERS_MAX];
}

static void close_slot(const auth0_policy_t *policy)
{
    apr_thread_mutex_unlock(policy->memo->mutex);
}

bool auth0_memo_recall(auth0_header_t *header, auth0_span_t text,
                       const auth0_policy_t *policy, apr_pool_t *pool)
{
    const slot_t *slot = open_slot(text, policy);

    if (!slot) {
        return false;
    }
    bool is_known = slot->algs == policy->algs &&
                    slot->profile == policy->profile &&
                    auth0_span_eq(auth0_span(slot->text, slot->text_len), text);

    if (is_known) {
        header->alg = slot->alg;
        header->kid = auth0_span(apr_pstrmemdup(pool, slot->kid, slot->kid_len),
                                 slot->kid_len);
    }
    close_slot(policy);
    return is_known;
}

void auth0_memo_keep(const auth0_header_t *header, auth0_span_t text,
                     const auth0_policy_t *policy)
{
    slot_t *slot =
        header->kid.len <= AUTH0_MEMO_TEXT_MAX ? open_slot(text, policy) : NULL;

    if (!slot) {
        return;
    }
    slot->algs = policy->algs;
    slot->profile = policy->profile;
    slot->alg = header->alg;
    slot->text_len = text.len;
    slot->kid_len = header->kid.len;
    memcpy(slot->text, text.ptr, text.len);
    memcpy(slot->kid, header->kid.ptr, header->kid.len);
    close_slot(policy);
}
