/* Licensed under the Apache License, Version 2.0; see LICENSE. */
#include "httpd/mod_auth0_table.h"

#include "core/auth0_span.h"

#define REDIRECTED "REDIRECT_"

static bool holds(const apr_array_header_t *all, mod_auth0_meant_t *is_meant,
                  const void *what)
{
    for (int i = 0; i < all->nelts; i++) {
        if (is_meant(APR_ARRAY_IDX(all, i, apr_table_entry_t).key, what)) {
            return true;
        }
    }
    return false;
}

/* One by one they would be taken in quadratic time: clients send many. */
bool mod_auth0_table_drop(apr_table_t *table, mod_auth0_meant_t *is_meant,
                          const void *what)
{
    const apr_array_header_t *all = apr_table_elts(table);

    if (!holds(all, is_meant, what)) {
        return false;
    }
    all = apr_array_copy(all->pool, all);
    apr_table_clear(table);
    for (int i = 0; i < all->nelts; i++) {
        const apr_table_entry_t *one =
            &APR_ARRAY_IDX(all, i, apr_table_entry_t);
        if (!is_meant(one->key, what)) {
            apr_table_addn(table, one->key, one->val);
        }
    }
    return true;
}

void mod_auth0_table_set(apr_table_t *to, const apr_table_t *from)
{
    const apr_array_header_t *all = apr_table_elts(from);

    for (int i = 0; i < all->nelts; i++) {
        const apr_table_entry_t *one =
            &APR_ARRAY_IDX(all, i, apr_table_entry_t);
        apr_table_setn(to, one->key, one->val);
    }
}

const char *mod_auth0_variable_name(const char *name)
{
    while (*name == *REDIRECTED &&
           auth0_span_starts(auth0_span_cstr(name), REDIRECTED)) {
        name += sizeof(REDIRECTED) - 1;
    }
    return name;
}
