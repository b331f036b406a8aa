/* Licensed under the Apache License, Version 2.0; see LICENSE. */
#include "core/auth0_box.h"

#define TRIES 100

/* Each store is seen with all that came before it, the odd turn first. */
void auth0_box_put(auth0_box_t *box, const uint64_t words[AUTH0_BOX_WORDS])
{
    uint64_t turn = atomic_load_explicit(&box->turn, memory_order_relaxed) | 1u;

    atomic_store_explicit(&box->turn, turn, memory_order_relaxed);
    for (int i = 0; i < AUTH0_BOX_WORDS; i++) {
        atomic_store_explicit(&box->words[i], words[i], memory_order_release);
    }
    atomic_store_explicit(&box->turn, turn + 1, memory_order_release);
}

static bool try_to_get(uint64_t words[AUTH0_BOX_WORDS], const auth0_box_t *box)
{
    uint64_t turn = atomic_load_explicit(&box->turn, memory_order_acquire);

    for (int i = 0; i < AUTH0_BOX_WORDS; i++) {
        words[i] = atomic_load_explicit(&box->words[i], memory_order_acquire);
    }
    return turn > 0 && turn % 2 == 0 &&
           turn == atomic_load_explicit(&box->turn, memory_order_acquire);
}

/* A writer needs no longer, unless it has died. */
bool auth0_box_get(uint64_t words[AUTH0_BOX_WORDS], const auth0_box_t *box)
{
    for (int i = 0; i < TRIES; i++) {
        if (try_to_get(words, box)) {
            return true;
        }
    }
    return false;
}
