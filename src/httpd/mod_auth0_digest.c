/* Licensed under the Apache License, Version 2.0; see LICENSE. */
#include "httpd/mod_auth0_digest.h"

#include <apr_thread_proc.h>
#include <openssl/evp.h>

static struct {
    EVP_MD *sha256;          /* fetched once: to look for it is dear */
    apr_threadkey_t *thread; /* to a context of each thread's own    */
} digests;

static void free_context(void *context)
{
    EVP_MD_CTX_free(context);
}

static apr_status_t stop(void *unused)
{
    (void)unused;
    EVP_MD_free(digests.sha256);
    digests.sha256 = NULL;
    return APR_SUCCESS;
}

void mod_auth0_digest_start(apr_pool_t *pool)
{
    digests.sha256 = EVP_MD_fetch(NULL, "SHA256", NULL);
    if (apr_threadkey_private_create(&digests.thread, free_context, pool) !=
        APR_SUCCESS) {
        digests.thread = NULL;
    }
    apr_pool_cleanup_register(pool, NULL, stop, apr_pool_cleanup_null);
}

/* NULL when memory is short. */
static EVP_MD_CTX *context_of_thread(void)
{
    void *context = NULL;

    if (!digests.thread || !digests.sha256) {
        return NULL;
    }
    (void)apr_threadkey_private_get(&context, digests.thread);
    if (!context) {
        context = EVP_MD_CTX_new();
        (void)apr_threadkey_private_set(context, digests.thread);
    }
    return context;
}

bool mod_auth0_digest_make(mod_auth0_digest_t *digest, auth0_span_t token)
{
    if (digest->of.ptr == token.ptr && digest->of.len == token.len) {
        return true;
    }
    EVP_MD_CTX *context = context_of_thread();
    bool done = context && EVP_DigestInit_ex(context, digests.sha256, NULL) &&
                EVP_DigestUpdate(context, token.ptr, token.len) &&
                EVP_DigestFinal_ex(context, digest->bytes, NULL);

    digest->of = done ? token : auth0_span("", 0);
    return done;
}
