/* Licensed under the Apache License, Version 2.0; see LICENSE. */
#include "core/auth0_marks.h"

#include <stdatomic.h>
#include <string.h>

#include "core/auth0_count.h"

#define WAYS 8

/* Of the slots of a bucket, those that the modest leave to others. */
#define SPARED 2

/*
 * until is 0 while nothing is here or something is being written, and never
 * goes back to a value it had: a slot is taken again only when it is over, for
 * something that is not. So it tells a reader whether the rest is of one piece.
 */
typedef struct slot_t {
    _Atomic uint64_t words[2];
    _Atomic int64_t before;
    _Atomic int64_t until;
} slot_t;

typedef struct bucket_t {
    slot_t slots[WAYS];
} bucket_t;

struct auth0_marks_t {
    _Atomic int64_t denies_until; /* of all that deny, the latest */
    uint64_t mask;                /* over the number of buckets   */
    unsigned char salt[AUTH0_MARKS_SALT];
    _Alignas(64) bucket_t buckets[];
};

_Static_assert(sizeof(slot_t) == 32, "no slot lies on two cache lines");
_Static_assert(ATOMIC_LLONG_LOCK_FREE == 2, "processes share no locks");

/* What stands in front of a name. */
typedef struct head_t {
    unsigned char salt[AUTH0_MARKS_SALT];
    uint64_t kind;
    uint64_t issuer; /* its length */
} head_t;

_Static_assert(sizeof(head_t) == AUTH0_MARKS_SALT + 16, "a head has no gaps");

size_t auth0_marks_size(size_t marks)
{
    return sizeof(auth0_marks_t) + marks * sizeof(slot_t);
}

auth0_marks_t *auth0_marks_make(void *memory, size_t marks,
                                const unsigned char *salt)
{
    auth0_marks_t *made = memory;

    made->mask = marks / WAYS - 1;
    memcpy(made->salt, salt, sizeof(made->salt));
    return made;
}

bool auth0_mark_digest(unsigned char digest[AUTH0_SHA256_BYTES],
                       auth0_span_t head, const auth0_mark_name_t *name)
{
    const auth0_span_t parts[] = {head, name->issuer, name->value};

    return auth0_sha256(digest, parts, AUTH0_COUNT(parts));
}

/* Salt, kind and the length of the issuer stand in front: no two names meet. */
bool auth0_marks_key(auth0_mark_key_t *key, const auth0_marks_t *marks,
                     const auth0_mark_name_t *name)
{
    head_t head = {.kind = (uint64_t)name->kind, .issuer = name->issuer.len};
    unsigned char digest[AUTH0_SHA256_BYTES];

    memcpy(head.salt, marks->salt, sizeof(head.salt));
    if (!auth0_mark_digest(
            digest, auth0_span((const char *)&head, sizeof(head)), name)) {
        return false;
    }
    memcpy(key->words, digest, sizeof(key->words));
    return true;
}

static size_t bucket_of(const auth0_marks_t *marks, auth0_mark_key_t key, int i)
{
    size_t first = key.words[0] & marks->mask;
    size_t second = key.words[1] & marks->mask;

    if (i == 0) {
        return first;
    }
    return second == first ? (first ^ 1u) & marks->mask : second;
}

static bool is_of(const slot_t *slot, auth0_mark_key_t key)
{
    return atomic_load_explicit(&slot->words[0], memory_order_acquire) ==
               key.words[0] &&
           atomic_load_explicit(&slot->words[1], memory_order_acquire) ==
               key.words[1];
}

static int64_t until_of(const slot_t *slot)
{
    return atomic_load_explicit(&slot->until, memory_order_acquire);
}

/* Each store is seen with all that came before it, until = 0 first. */
static void put(slot_t *slot, auth0_mark_key_t key, auth0_mark_terms_t terms)
{
    atomic_store_explicit(&slot->until, 0, memory_order_relaxed);
    for (size_t i = 0; i < 2; i++) {
        atomic_store_explicit(&slot->words[i], key.words[i],
                              memory_order_release);
    }
    atomic_store_explicit(&slot->before, terms.before, memory_order_release);
    atomic_store_explicit(&slot->until, terms.until, memory_order_release);
}

/* The first slot of a bucket that is free, and how many there are. */
static size_t count_free(slot_t **free, bucket_t *bucket, int64_t now)
{
    size_t count = 0;

    for (size_t i = 0; i < WAYS; i++) {
        if (until_of(&bucket->slots[i]) <= now) {
            *free = count == 0 ? &bucket->slots[i] : *free;
            count++;
        }
    }
    return count;
}

/*
 * Of two buckets the emptier one, which fills them alike; NULL when no more
 * slots of it are free than are to be spared.
 */
static slot_t *find_free(auth0_marks_t *marks, auth0_mark_key_t key,
                         size_t spared, int64_t now)
{
    slot_t *free[2] = {NULL, NULL};
    size_t count[2];

    for (int i = 0; i < 2; i++) {
        count[i] = count_free(&free[i],
                              &marks->buckets[bucket_of(marks, key, i)], now);
    }
    int emptier = count[1] > count[0];

    return count[emptier] > spared ? free[emptier] : NULL;
}

static slot_t *find_live(auth0_marks_t *marks, auth0_mark_key_t key,
                         int64_t now)
{
    for (int i = 0; i < 2; i++) {
        bucket_t *bucket = &marks->buckets[bucket_of(marks, key, i)];
        for (size_t k = 0; k < WAYS; k++) {
            if (until_of(&bucket->slots[k]) > now &&
                is_of(&bucket->slots[k], key)) {
                return &bucket->slots[k];
            }
        }
    }
    return NULL;
}

static auth0_mark_said_t add(auth0_marks_t *marks, auth0_mark_key_t key,
                             auth0_mark_terms_t terms, size_t spared,
                             int64_t now)
{
    if (find_live(marks, key, now)) {
        return AUTH0_MARK_KNOWN;
    }
    slot_t *slot = find_free(marks, key, spared, now);

    if (!slot || terms.until <= now) {
        return AUTH0_MARK_REFUSED;
    }
    put(slot, key, terms);
    return AUTH0_MARK_NEW;
}

auth0_mark_said_t auth0_marks_add(auth0_marks_t *marks, auth0_mark_key_t key,
                                  auth0_mark_terms_t terms, int64_t now)
{
    return add(marks, key, terms, 0, now);
}

auth0_mark_said_t auth0_marks_add_modestly(auth0_marks_t *marks,
                                           auth0_mark_key_t key,
                                           auth0_mark_terms_t terms,
                                           int64_t now)
{
    return add(marks, key, terms, SPARED, now);
}

/* True when the value was smaller. */
static bool raise_to(_Atomic int64_t *value, int64_t least)
{
    if (atomic_load_explicit(value, memory_order_relaxed) >= least) {
        return false;
    }
    atomic_store_explicit(value, least, memory_order_release);
    return true;
}

auth0_mark_said_t auth0_marks_deny(auth0_marks_t *marks, auth0_mark_key_t key,
                                   auth0_mark_terms_t terms, int64_t now)
{
    slot_t *slot = find_live(marks, key, now);

    (void)raise_to(&marks->denies_until, terms.until);
    if (!slot) {
        return add(marks, key, terms, 0, now);
    }
    bool is_later = raise_to(&slot->before, terms.before);

    return raise_to(&slot->until, terms.until) || is_later ? AUTH0_MARK_NEW
                                                           : AUTH0_MARK_KNOWN;
}

bool auth0_marks_is_denying(const auth0_marks_t *marks, int64_t now)
{
    return atomic_load_explicit(&marks->denies_until, memory_order_acquire) >
           now;
}

/* Until the slot has kept still for as long as it takes to read it. */
static bool read_slot(auth0_mark_terms_t *terms, const slot_t *slot,
                      auth0_mark_key_t key, int64_t now)
{
    int64_t until = until_of(slot);

    while (until > now) {
        bool found = is_of(slot, key);
        terms->before =
            atomic_load_explicit(&slot->before, memory_order_acquire);
        terms->until = until;
        until = until_of(slot);
        if (until == terms->until) {
            return found;
        }
    }
    return false;
}

bool auth0_marks_terms(auth0_mark_terms_t *terms, const auth0_marks_t *marks,
                       auth0_mark_key_t key, int64_t now)
{
    for (int i = 0; i < 2; i++) {
        const bucket_t *bucket = &marks->buckets[bucket_of(marks, key, i)];
        for (size_t k = 0; k < WAYS; k++) {
            if (read_slot(terms, &bucket->slots[k], key, now)) {
                return true;
            }
        }
    }
    return false;
}

bool auth0_marks_find(int64_t *before, const auth0_marks_t *marks,
                      auth0_mark_key_t key, int64_t now)
{
    auth0_mark_terms_t terms;

    if (!auth0_marks_terms(&terms, marks, key, now)) {
        return false;
    }
    *before = terms.before;
    return true;
}
