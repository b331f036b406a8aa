/* Licensed under the Apache License, Version 2.0; see LICENSE. */
#include "httpd/mod_auth0_board.h"

#include <stdatomic.h>
#include <string.h>

#include <apr_shm.h>

#define WORDS (MOD_AUTH0_DOCUMENT_MAX / sizeof(uint64_t))

/*
 * A sequence lock: odd while a document is written, and the words are atomic
 * so that a reader that comes at the wrong time sees nonsense, not a race.
 */
typedef struct slot_t {
    _Atomic uint32_t sequence;
    _Atomic uint32_t len;
    _Atomic uint64_t words[WORDS];
} slot_t;

struct mod_auth0_board_t {
    slot_t *slots;
};

/* Two editions, even numbers 2 apart, never share a number. */
static uint32_t next_even(uint32_t sequence)
{
    uint32_t next = (sequence | 1u) + 1u;

    return next ? next : 2u;
}

mod_auth0_board_t *mod_auth0_board_make(size_t slots, apr_pool_t *pool)
{
    mod_auth0_board_t *board = apr_pcalloc(pool, sizeof(*board));
    apr_shm_t *shm;

    if (apr_shm_create(&shm, (slots ? slots : 1) * sizeof(slot_t), NULL,
                       pool) != APR_SUCCESS) {
        return NULL;
    }
    board->slots = apr_shm_baseaddr_get(shm);
    return board;
}

uint32_t mod_auth0_board_edition(const mod_auth0_board_t *board, size_t slot)
{
    return atomic_load_explicit(&board->slots[slot].sequence,
                                memory_order_acquire) &
           ~1u;
}

static uint64_t word_at(auth0_span_t document, size_t i)
{
    uint64_t word = 0;
    size_t begin = i * sizeof(word);
    size_t left = document.len - begin;

    memcpy(&word, document.ptr + begin,
           left < sizeof(word) ? left : sizeof(word));
    return word;
}

static size_t words_of(size_t len)
{
    return (len + sizeof(uint64_t) - 1) / sizeof(uint64_t);
}

void mod_auth0_board_write(mod_auth0_board_t *board, size_t slot,
                           auth0_span_t document)
{
    slot_t *s = &board->slots[slot];
    uint32_t sequence =
        atomic_load_explicit(&s->sequence, memory_order_relaxed);

    atomic_store_explicit(&s->sequence, sequence | 1u, memory_order_relaxed);
    atomic_thread_fence(memory_order_release);
    atomic_store_explicit(&s->len, (uint32_t)document.len,
                          memory_order_relaxed);
    for (size_t i = 0; i < words_of(document.len); i++) {
        atomic_store_explicit(&s->words[i], word_at(document, i),
                              memory_order_relaxed);
    }
    atomic_store_explicit(&s->sequence, next_even(sequence),
                          memory_order_release);
}

static void copy(uint64_t *words, slot_t *s, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        words[i] = atomic_load_explicit(&s->words[i], memory_order_relaxed);
    }
}

uint32_t mod_auth0_board_read(auth0_span_t *document,
                              const mod_auth0_board_t *board, size_t slot,
                              apr_pool_t *pool)
{
    slot_t *s = &board->slots[slot];
    uint32_t before = atomic_load_explicit(&s->sequence, memory_order_acquire);
    size_t len = atomic_load_explicit(&s->len, memory_order_relaxed);

    if (before == 0 || (before & 1u) || len > MOD_AUTH0_DOCUMENT_MAX) {
        return 0;
    }
    uint64_t *words = apr_palloc(pool, words_of(len) * sizeof(uint64_t) + 1);

    copy(words, s, words_of(len));
    atomic_thread_fence(memory_order_acquire);
    if (atomic_load_explicit(&s->sequence, memory_order_relaxed) != before) {
        return 0;
    }
    *document = auth0_span((const char *)words, len);
    return before;
}
