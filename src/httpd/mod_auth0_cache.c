/* Licensed under the Apache License, Version 2.0; see LICENSE. */
#include "httpd/mod_auth0_cache.h"

#include <stdlib.h>
#include <string.h>

#include <apr_hash.h>
#include <apr_strings.h>

#include "httpd/mod_auth0_keys.h"
#include "httpd/mod_auth0_log.h"

/* A part of a section's policy; sections that inherit it share the pointer. */
typedef struct part_t {
    const void *part;
    uint32_t number; /* 1 and up; 0 stands for nothing said */
} part_t;

/* Written in post_config, inherited by every child, and only read by it. */
static struct {
    const part_t *list; /* in the order of the pointers */
    size_t count;
} parts;

/* What numbers are given by. */
typedef struct numbering_t {
    apr_hash_t *texts;   /* of part_t, by what it says */
    apr_hash_t *numbers; /* of part_t, by the bytes of the pointer */
} numbering_t;

static auth0_cache_t *cache;

static void add(apr_array_header_t *words, const char *word)
{
    APR_ARRAY_PUSH(words, const char *) = word;
}

/* Each text with its length in front: no two lists read as one. */
static void add_texts(apr_array_header_t *words,
                      const apr_array_header_t *spans)
{
    for (int i = 0; i < spans->nelts; i++) {
        auth0_span_t span = APR_ARRAY_IDX(spans, i, auth0_span_t);
        add(words, apr_psprintf(words->pool, "%" APR_SIZE_T_FMT ":", span.len));
        add(words, apr_pstrmemdup(words->pool, span.ptr, span.len));
    }
}

/* An issuer is who signs, and where its keys are. */
static const char *text_of_issuers(const mod_auth0_dir_t *dir, apr_pool_t *pool)
{
    apr_array_header_t *words = apr_array_make(pool, 8, sizeof(const char *));

    add(words, "issuers ");
    add_texts(words, dir->issuers);
    for (int i = 0; i < dir->sources->nelts; i++) {
        const mod_auth0_source_t *source =
            APR_ARRAY_IDX(dir->sources, i, mod_auth0_source_t *);
        add(words, apr_psprintf(pool, "@%" APR_SIZE_T_FMT, source->slot));
    }
    return apr_array_pstrcat(pool, words, '\0');
}

static const char *text_of_audiences(const mod_auth0_dir_t *dir,
                                     apr_pool_t *pool)
{
    apr_array_header_t *words = apr_array_make(pool, 8, sizeof(const char *));

    add(words, "audiences ");
    add_texts(words, dir->audiences);
    return apr_array_pstrcat(pool, words, '\0');
}

/* A secret is told from another by the directive that it was read for. */
static const char *text_of_place(const void *part, apr_pool_t *pool)
{
    return apr_psprintf(pool, "at %pp", part);
}

/* What sections say, by its text; the number is how many there were. */
static void number(numbering_t *to, const void *part, const char *text)
{
    part_t *same = apr_hash_get(to->texts, text, APR_HASH_KEY_STRING);
    part_t *made = apr_palloc(apr_hash_pool_get(to->texts), sizeof(*made));

    made->part = part;
    made->number = same ? same->number : apr_hash_count(to->texts) + 1;
    apr_hash_set(to->texts, text, APR_HASH_KEY_STRING, made);
    apr_hash_set(to->numbers, &made->part, sizeof(made->part), made);
}

static void number_all(numbering_t *to, const mod_auth0_dir_t *dir,
                       apr_pool_t *ptemp)
{
    if (dir->issuers) {
        number(to, dir->issuers, text_of_issuers(dir, ptemp));
    }
    if (dir->audiences) {
        number(to, dir->audiences, text_of_audiences(dir, ptemp));
    }
    if (dir->secret) {
        number(to, dir->secret, text_of_place(dir->secret, ptemp));
    }
    if (dir->decryption) {
        number(to, dir->decryption, text_of_place(dir->decryption, ptemp));
    }
}

static int by_pointer(const void *a, const void *b)
{
    uintptr_t first = (uintptr_t)((const part_t *)a)->part;
    uintptr_t second = (uintptr_t)((const part_t *)b)->part;

    return (first > second) - (first < second);
}

static void make_list(apr_hash_t *numbers, apr_pool_t *pconf, apr_pool_t *ptemp)
{
    part_t *list =
        apr_palloc(pconf, (apr_hash_count(numbers) + 1) * sizeof(*list));
    size_t count = 0;

    for (apr_hash_index_t *i = apr_hash_first(ptemp, numbers); i;
         i = apr_hash_next(i)) {
        list[count++] = *(const part_t *)apr_hash_this_val(i);
    }
    qsort(list, count, sizeof(*list), by_pointer);
    parts.list = list;
    parts.count = count;
}

void mod_auth0_cache_prepare(apr_pool_t *pconf, apr_pool_t *ptemp)
{
    const apr_array_header_t *sections = mod_auth0_sections();
    numbering_t to = {apr_hash_make(ptemp), apr_hash_make(ptemp)};

    for (int i = 0; i < sections->nelts; i++) {
        number_all(&to, APR_ARRAY_IDX(sections, i, mod_auth0_section_t).dir,
                   ptemp);
    }
    make_list(to.numbers, pconf, ptemp);
}

static apr_status_t forget(void *unused)
{
    (void)unused;
    cache = NULL;
    return APR_SUCCESS;
}

void mod_auth0_cache_start(size_t entries, apr_pool_t *pool)
{
    cache = entries ? auth0_cache_make(entries, pool) : NULL;
    apr_pool_cleanup_register(pool, NULL, forget, apr_pool_cleanup_null);
}

/* False for a part that no section has been seen to say. */
static bool number_of(uint32_t *number, const void *part)
{
    const part_t wanted = {part, 0};
    const part_t *found = part ? bsearch(&wanted, parts.list, parts.count,
                                         sizeof(wanted), by_pointer)
                               : NULL;

    *number = found ? found->number : 0;
    return found || !part;
}

bool mod_auth0_cache_key(auth0_cache_key_t *key, const unsigned char *digest,
                         const mod_auth0_dir_t *dir,
                         const auth0_policy_t *policy)
{
    if (!cache) {
        return false;
    }
    memcpy(key->token, digest, sizeof(key->token));
    key->policy[4] = policy->algs;
    key->policy[5] =
        (uint32_t)policy->profile << 1 | (uint32_t)policy->is_encrypted_only;
    key->policy[6] = policy->skew;
    key->policy[7] = policy->max_age;
    return number_of(&key->policy[0], dir->issuers) &&
           number_of(&key->policy[1], dir->audiences) &&
           number_of(&key->policy[2], dir->secret) &&
           number_of(&key->policy[3], dir->decryption);
}

/* By the key set that is in force now; what a secret verified stays so. */
static bool is_in_force(const auth0_cached_t *cached,
                        const mod_auth0_dir_t *dir)
{
    return cached->edition == 0 ||
           cached->edition ==
               mod_auth0_keys_edition_in_force(APR_ARRAY_IDX(
                   dir->sources, (int)cached->issuer, mod_auth0_source_t *));
}

static apr_status_t give_back(void *cached)
{
    auth0_cache_give(cached);
    return APR_SUCCESS;
}

const auth0_claims_t *mod_auth0_cache_recall(request_rec *r,
                                             const auth0_cache_key_t *key,
                                             apr_time_t now)
{
    const auth0_cached_t *cached =
        auth0_cache_take(cache, key, apr_time_sec(now));

    if (!cached) {
        return NULL;
    }
    if (!is_in_force(cached, mod_auth0_dir(r))) {
        auth0_cache_give(cached);
        return NULL;
    }
    apr_pool_cleanup_register(r->pool, cached, give_back,
                              apr_pool_cleanup_null);
    ap_log_rerror(APLOG_MARK, APLOG_TRACE1, 0, r,
                  "the token is in the cache: it was verified before");
    return cached->claims;
}

/* The second in which it expires is its last but one: until is exclusive. */
void mod_auth0_cache_keep(const auth0_cache_key_t *key,
                          const auth0_cached_t *found,
                          const auth0_policy_t *policy, apr_time_t now)
{
    double exp;

    if (auth0_claims_number(&exp, found->claims, "exp")) {
        auth0_cache_keep(cache, key, found, (int64_t)exp + policy->skew + 1,
                         apr_time_sec(now));
    }
}
