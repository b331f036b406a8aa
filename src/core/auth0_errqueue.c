/* Licensed under the Apache License, Version 2.0; see LICENSE. */
#include "core/auth0_errqueue.h"

#include <apr_strings.h>
#include <openssl/err.h>

typedef struct entry_t {
    unsigned long code;
    const char *file;
    int line;
    const char *func;
    const char *data;
} entry_t;

/* OpenSSL's own queue holds no more than this. */
#define QUEUE_MAX 16

struct auth0_errqueue_t {
    entry_t entries[QUEUE_MAX];
    unsigned count;
};

auth0_errqueue_t *auth0_errqueue_take(apr_pool_t *pool)
{
    if (ERR_peek_error() == 0) {
        return NULL;
    }
    auth0_errqueue_t *kept = apr_pcalloc(pool, sizeof(*kept));
    entry_t e;
    int flags;

    while ((e.code = ERR_get_error_all(&e.file, &e.line, &e.func, &e.data,
                                       &flags)) != 0) {
        e.file = apr_pstrdup(pool, e.file);
        e.func = apr_pstrdup(pool, e.func);
        e.data = flags & ERR_TXT_STRING ? apr_pstrdup(pool, e.data) : NULL;
        if (kept->count < QUEUE_MAX) {
            kept->entries[kept->count++] = e;
        }
    }
    return kept;
}

static void raise_again(const entry_t *e)
{
    int lib = ERR_GET_LIB(e->code);
    int reason = ERR_GET_REASON(e->code);

    ERR_new();
    ERR_set_debug(e->file, e->line, e->func);
    if (e->data) {
        ERR_set_error(lib, reason, "%s", e->data);
        return;
    }
    ERR_set_error(lib, reason, NULL);
}

void auth0_errqueue_restore(const auth0_errqueue_t *kept)
{
    if (ERR_peek_error() != 0) {
        ERR_clear_error();
    }
    for (unsigned i = 0; kept && i < kept->count; i++) {
        raise_again(&kept->entries[i]);
    }
}
