/* Licensed under the Apache License, Version 2.0; see LICENSE. */
#include "core/auth0_siphash.h"

#include <endian.h>
#include <string.h>

#include "core/auth0_ascii.h"

#define WORD sizeof(uint64_t)

typedef struct state_t {
    uint64_t v[4];
} state_t;

static uint64_t rotate(uint64_t word, unsigned bits)
{
    return word << bits | word >> (64 - bits);
}

static void rounds(state_t *s, int count)
{
    for (uint64_t *v = s->v; count > 0; count--) {
        v[0] += v[1];
        v[1] = rotate(v[1], 13) ^ v[0];
        v[0] = rotate(v[0], 32);
        v[2] += v[3];
        v[3] = rotate(v[3], 16) ^ v[2];
        v[0] += v[3];
        v[3] = rotate(v[3], 21) ^ v[0];
        v[2] += v[1];
        v[1] = rotate(v[1], 17) ^ v[2];
        v[2] = rotate(v[2], 32);
    }
}

static void mix(state_t *s, uint64_t word)
{
    s->v[3] ^= word;
    rounds(s, 2);
    s->v[0] ^= word;
}

static uint64_t word_at(const char *bytes, size_t len)
{
    uint64_t word = 0;

    memcpy(&word, bytes, len < WORD ? len : WORD);
    return le64toh(word);
}

static uint64_t lower_word_at(const char *bytes, size_t len)
{
    char lower[WORD];
    size_t count = len < WORD ? len : WORD;

    for (size_t i = 0; i < count; i++) {
        lower[i] = auth0_ascii_lower(bytes[i]);
    }
    return word_at(lower, count);
}

static uint64_t hash(auth0_siphash_key_t key, auth0_span_t text,
                     uint64_t (*read)(const char *, size_t))
{
    state_t s = {{key.k0 ^ UINT64_C(0x736f6d6570736575),
                  key.k1 ^ UINT64_C(0x646f72616e646f6d),
                  key.k0 ^ UINT64_C(0x6c7967656e657261),
                  key.k1 ^ UINT64_C(0x7465646279746573)}};
    size_t whole = text.len - text.len % WORD;

    for (size_t i = 0; i < whole; i += WORD) {
        mix(&s, read(text.ptr + i, WORD));
    }
    mix(&s,
        read(text.ptr + whole, text.len - whole) | (uint64_t)text.len << 56);
    s.v[2] ^= 0xff;
    rounds(&s, 4);
    return s.v[0] ^ s.v[1] ^ s.v[2] ^ s.v[3];
}

uint64_t auth0_siphash(auth0_siphash_key_t key, auth0_span_t text)
{
    return hash(key, text, word_at);
}

uint64_t auth0_siphash_nocase(auth0_siphash_key_t key, auth0_span_t text)
{
    return hash(key, text, lower_word_at);
}
