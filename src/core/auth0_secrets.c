/* Licensed under the Apache License, Version 2.0; see LICENSE. */
#include "core/auth0_secrets.h"

#include <string.h>

/* The first word of a box says what the others are. */
static uint64_t label_of(uint32_t epoch, auth0_secret_scope_t scope)
{
    return (uint64_t)epoch << 2 | (uint64_t)scope;
}

_Static_assert((AUTH0_BOX_WORDS - 1) * sizeof(uint64_t) == AUTH0_SECRET_BYTES,
               "a label and a secret fill a box");

uint32_t auth0_secrets_epoch(int64_t now)
{
    return (uint32_t)(now / AUTH0_SECRETS_PERIOD);
}

static bool get(uint64_t words[AUTH0_BOX_WORDS], const auth0_secrets_t *secrets,
                uint32_t epoch)
{
    return auth0_box_get(words, &secrets->boxes[epoch % AUTH0_SECRETS_KEPT]) &&
           words[0] >> 2 == epoch;
}

bool auth0_secrets_find(unsigned char secret[AUTH0_SECRET_BYTES],
                        const auth0_secrets_t *secrets, uint32_t epoch)
{
    uint64_t words[AUTH0_BOX_WORDS];

    if (!get(words, secrets, epoch)) {
        return false;
    }
    memcpy(secret, words + 1, AUTH0_SECRET_BYTES);
    return true;
}

auth0_secret_scope_t auth0_secrets_scope(const auth0_secrets_t *secrets,
                                         uint32_t epoch)
{
    uint64_t words[AUTH0_BOX_WORDS];

    return get(words, secrets, epoch) ? (auth0_secret_scope_t)(words[0] & 3)
                                      : AUTH0_SECRET_NONE;
}

void auth0_secrets_put(auth0_secrets_t *secrets, uint32_t epoch,
                       auth0_secret_scope_t scope,
                       const unsigned char secret[AUTH0_SECRET_BYTES])
{
    uint64_t words[AUTH0_BOX_WORDS] = {label_of(epoch, scope)};

    memcpy(words + 1, secret, AUTH0_SECRET_BYTES);
    auth0_box_put(&secrets->boxes[epoch % AUTH0_SECRETS_KEPT], words);
}
