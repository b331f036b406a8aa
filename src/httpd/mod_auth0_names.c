/* Licensed under the Apache License, Version 2.0; see LICENSE. */
#include "httpd/mod_auth0_names.h"

#include <apr_strings.h>

bool mod_auth0_names_hold(const apr_array_header_t *names, auth0_span_t name)
{
    for (int i = 0; i < names->nelts; i++) {
        if (auth0_span_is(name, APR_ARRAY_IDX(names, i, const char *))) {
            return true;
        }
    }
    return false;
}

void mod_auth0_names_add(apr_array_header_t *names, auth0_span_t name)
{
    if (!mod_auth0_names_hold(names, name)) {
        APR_ARRAY_PUSH(names, const char *) =
            apr_pstrmemdup(names->pool, name.ptr, name.len);
    }
}

void mod_auth0_names_add_words(apr_array_header_t *names, const char *text)
{
    auth0_span_t rest = auth0_span_cstr(text);
    auth0_span_t word;

    while (auth0_span_word(&word, &rest)) {
        mod_auth0_names_add(names, word);
    }
}
