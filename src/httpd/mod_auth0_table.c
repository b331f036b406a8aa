/* Licensed under the Apache License, Version 2.0; see LICENSE. */
#include "httpd/mod_auth0_table.h"

bool mod_auth0_table_drop(apr_table_t *table, mod_auth0_meant_t *is_meant,
                          const void *what)
{
    const apr_array_header_t *all = apr_table_elts(table);
    int kept = 0;
    bool is_dropped = false;

    while (kept < all->nelts) {
        const char *name = APR_ARRAY_IDX(all, kept, apr_table_entry_t).key;
        if (!is_meant(name, what)) {
            kept++;
            continue;
        }
        /* Those behind it move up. */
        apr_table_unset(table, name);
        is_dropped = true;
    }
    return is_dropped;
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
