/* Licensed under the Apache License, Version 2.0; see LICENSE. */
#include "httpd/mod_auth0_board.h"

#include <stdatomic.h>
#include <string.h>

#include <apr_shm.h>
#include <apr_strings.h>

#define WORDS (MOD_AUTH0_DOCUMENT_MAX / sizeof(uint64_t))
#define READ_TRIES 3

/* The words are atomic, so that a late reader sees nonsense, not a race. */
typedef struct page_t {
    _Atomic uint32_t len;
    _Atomic uint64_t words[WORDS];
} page_t;

/*
 * Editions are counted, and odd ones hang on the one page, even ones on the
 * other: the page in force is never written to.
 */
typedef struct slot_t {
    auth0_keyring_t ring;
    mod_auth0_note_t note;
    _Atomic uint32_t edition;
    page_t pages[2];
} slot_t;

struct mod_auth0_board_t {
    slot_t *slots;
};

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

auth0_keyring_t *mod_auth0_board_ring(const mod_auth0_board_t *board,
                                      size_t slot)
{
    return &board->slots[slot].ring;
}

uint32_t mod_auth0_board_edition(const mod_auth0_board_t *board, size_t slot)
{
    return atomic_load_explicit(&board->slots[slot].edition,
                                memory_order_acquire);
}

/* 0 stands for none, and the page must be another one each time. */
static uint32_t next_edition(uint32_t edition)
{
    return edition == UINT32_MAX ? 2u : edition + 1u;
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
    uint32_t edition = next_edition(mod_auth0_board_edition(board, slot));
    page_t *page = &s->pages[edition & 1u];

    atomic_thread_fence(memory_order_seq_cst);
    atomic_store_explicit(&page->len, (uint32_t)document.len,
                          memory_order_relaxed);
    for (size_t i = 0; i < words_of(document.len); i++) {
        atomic_store_explicit(&page->words[i], word_at(document, i),
                              memory_order_relaxed);
    }
    atomic_store_explicit(&s->edition, edition, memory_order_release);
}

/* NULL when the page was taken down while it was being copied. */
static const uint64_t *copy(size_t *len, const slot_t *s, uint32_t edition,
                            apr_pool_t *pool)
{
    const page_t *page = &s->pages[edition & 1u];

    *len = atomic_load_explicit(&page->len, memory_order_relaxed);
    if (*len > MOD_AUTH0_DOCUMENT_MAX) {
        return NULL;
    }
    uint64_t *words = apr_palloc(pool, words_of(*len) * sizeof(*words) + 1);

    for (size_t i = 0; i < words_of(*len); i++) {
        words[i] = atomic_load_explicit(&page->words[i], memory_order_relaxed);
    }
    atomic_thread_fence(memory_order_acquire);
    return atomic_load_explicit(&s->edition, memory_order_relaxed) == edition
               ? words
               : NULL;
}

uint32_t mod_auth0_board_read(auth0_span_t *document,
                              const mod_auth0_board_t *board, size_t slot,
                              apr_pool_t *pool)
{
    size_t len;

    *document = auth0_span("", 0);
    for (int i = 0; i < READ_TRIES; i++) {
        uint32_t edition = mod_auth0_board_edition(board, slot);
        const uint64_t *words =
            edition ? copy(&len, &board->slots[slot], edition, pool) : NULL;
        if (words) {
            *document = auth0_span((const char *)words, len);
            return edition;
        }
    }
    return 0;
}

mod_auth0_note_t *mod_auth0_board_note(const mod_auth0_board_t *board,
                                       size_t slot)
{
    return &board->slots[slot].note;
}

const char *mod_auth0_board_url(const mod_auth0_board_t *board, size_t slot,
                                apr_pool_t *pool)
{
    const mod_auth0_note_t *note = mod_auth0_board_note(board, slot);
    uint32_t len = atomic_load(&note->url_len);

    return len > 0 ? apr_pstrmemdup(pool, note->url, len) : NULL;
}

/* The length comes last: a URL that is half there is not there. */
void mod_auth0_board_set_url(mod_auth0_board_t *board, size_t slot,
                             const char *url)
{
    mod_auth0_note_t *note = mod_auth0_board_note(board, slot);
    size_t len = strlen(url);

    atomic_store(&note->url_len, 0);
    memcpy(note->url, url, len);
    atomic_store(&note->url_len, (uint32_t)len);
}
