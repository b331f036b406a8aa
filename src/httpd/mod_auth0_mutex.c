/* Licensed under the Apache License, Version 2.0; see LICENSE. */
#include "httpd/mod_auth0_mutex.h"

#include <apr_strings.h>
#include <util_mutex.h>

#include "core/auth0_count.h"
#include "core/auth0_span.h"
#include "httpd/mod_auth0_tree.h"

static const char *const types[] = {MOD_AUTH0_MUTEX_REFRESH,
                                    MOD_AUTH0_MUTEX_STORE};

void mod_auth0_mutex_register(apr_pool_t *pconf)
{
    for (size_t i = 0; i < AUTH0_COUNT(types); i++) {
        (void)ap_mutex_register(pconf, types[i], NULL, APR_LOCK_DEFAULT, 0);
    }
}

/* Mutex mechanism [type] ... [OmitPID]; without a type it is the default. */
static bool is_for(const ap_directive_t *node, const char *type,
                   apr_pool_t *pool)
{
    const char *args = node->args;
    bool has_type = false;

    (void)ap_getword_conf(pool, &args);
    while (*args) {
        const char *word = ap_getword_conf(pool, &args);
        if (auth0_span_is(auth0_span_cstr(word), type)) {
            return true;
        }
        has_type =
            has_type || !auth0_span_is_nocase(auth0_span_cstr(word), "OmitPID");
    }
    return !has_type && auth0_span_is(auth0_span_cstr("default"), type);
}

static const ap_directive_t *last_for(const char *type, apr_pool_t *pool)
{
    const ap_directive_t *last = NULL;

    for (const ap_directive_t *node = ap_conftree; node; node = node->next) {
        if (mod_auth0_tree_is(node, "Mutex") && is_for(node, type, pool)) {
            last = node;
        }
    }
    return last;
}

/*
 * A semaphore of POSIX knows no owner. APR has no other mechanism that does not
 * let go when a process dies, and chooses this one for nobody who did not ask.
 */
static bool outlives_its_holder(const ap_directive_t *mutex, apr_pool_t *pool)
{
    apr_lockmech_e mechanism;
    const char *file;
    const char *word = mod_auth0_tree_word(mutex, 0, pool);

    return ap_parse_mutex(word, pool, &mechanism, &file) == APR_SUCCESS &&
           mechanism == APR_LOCK_POSIXSEM;
}

const char *mod_auth0_mutex_check(apr_pool_t *pool)
{
    for (size_t i = 0; i < AUTH0_COUNT(types); i++) {
        const ap_directive_t *own = last_for(types[i], pool);
        const ap_directive_t *mutex = own ? own : last_for("default", pool);
        if (mutex && outlives_its_holder(mutex, pool)) {
            return apr_psprintf(
                pool,
                "Syntax error on line %d of %s: Mutex %s would leave %s "
                "locked for ever when the process that holds it dies: write "
                "below it Mutex default " MOD_AUTH0_MUTEX_REFRESH
                " " MOD_AUTH0_MUTEX_STORE,
                mutex->line_num, mutex->filename, mutex->args, types[i]);
        }
    }
    return NULL;
}
