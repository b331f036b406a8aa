/* Licensed under the Apache License, Version 2.0; see LICENSE. */
#include "httpd/mod_auth0_nonce.h"

#include <apr_general.h>

#include "core/auth0_nonce.h"
#include "httpd/mod_auth0_store.h"

/* Seconds. */
#define GOOD_FOR 300
#define RENEWED_AFTER 150

static int64_t wall_seconds(void)
{
    return apr_time_sec(apr_time_now());
}

/* NULL when the system gives no random bytes, or the processes no secret. */
static const char *make(apr_pool_t *pool)
{
    unsigned char secret[AUTH0_NONCE_SECRET];
    unsigned char random[AUTH0_NONCE_RANDOM];
    int64_t now = wall_seconds();

    return mod_auth0_store_secret(secret, auth0_secrets_epoch(now)) &&
                   apr_generate_random_bytes(random, sizeof(random)) ==
                       APR_SUCCESS
               ? auth0_nonce_make(secret, now, random, pool)
               : NULL;
}

void mod_auth0_nonce_offer(request_rec *r)
{
    request_rec *first = mod_auth0_request_first(r);
    const char *nonce = make(first->pool);

    if (nonce) {
        apr_table_setn(first->err_headers_out, "DPoP-Nonce", nonce);
    }
}

/* -1 when it is none of ours. */
static int64_t issued_at(auth0_span_t nonce)
{
    unsigned char secret[AUTH0_NONCE_SECRET];
    int64_t epoch = auth0_nonce_epoch(nonce, AUTH0_SECRETS_PERIOD);

    return epoch >= 0 && epoch <= UINT32_MAX &&
                   mod_auth0_store_secret(secret, (uint32_t)epoch)
               ? auth0_nonce_issued(nonce, secret)
               : -1;
}

auth0_reason_t mod_auth0_nonce_check(request_rec *r, auth0_span_t nonce)
{
    int64_t issued = issued_at(nonce);
    int64_t age = wall_seconds() - issued;

    if (issued < 0 || age < -MOD_AUTH0_CLOCKS_DIFFER || age > GOOD_FOR) {
        return AUTH0_CNF_NONCE;
    }
    if (age > RENEWED_AFTER) {
        mod_auth0_nonce_offer(r);
        apr_table_setn(mod_auth0_request_first(r)->err_headers_out,
                       "Cache-Control", "no-store");
    }
    return AUTH0_OK;
}
