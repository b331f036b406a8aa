/* Licensed under the Apache License, Version 2.0; see LICENSE. */
#include "common.h"

#include <string.h>

#include <apr_strings.h>

#include "core/auth0_form.h"

#define NAME "access_token"

static bool is_same(auth0_span_t a, auth0_span_t b)
{
    return a.ptr == b.ptr && a.len == b.len;
}

/* Nothing but whole pairs and the '&' next to them is gone. */
static bool is_made_of_the_same_pairs(auth0_span_t rest, auth0_span_t text)
{
    auth0_span_t pair;
    auth0_span_t had;
    while (rest.len > 0) {
        (void)auth0_span_cut(&pair, &rest, '&');
        do {
            if (text.len == 0) {
                return pair.len == 0;
            }
            (void)auth0_span_cut(&had, &text, '&');
        } while (!auth0_span_eq(pair, had));
    }
    return true;
}

static void finding_and_cutting_agree(auth0_span_t text, apr_pool_t *pool)
{
    auth0_span_t value;
    auth0_reason_t reason = auth0_form_find(&value, text, NAME, pool);
    auth0_span_t rest = auth0_form_without(text, NAME, pool);
    HOLDS(reason == AUTH0_OK || reason == AUTH0_REQUEST_NO_TOKEN ||
          reason == AUTH0_REQUEST_MALFORMED ||
          reason == AUTH0_REQUEST_MULTIPLE);
    HOLDS(reason == AUTH0_OK || value.len == 0);
    HOLDS(value.len <= text.len);
    HOLDS(is_same(rest, text) == (reason == AUTH0_REQUEST_NO_TOKEN));
    HOLDS(auth0_form_find(&value, rest, NAME, pool) == AUTH0_REQUEST_NO_TOKEN);
    HOLDS(is_made_of_the_same_pairs(rest, text));
}

static void a_url_is_cut_like_its_query(auth0_span_t text, apr_pool_t *pool)
{
    char *url = apr_palloc(pool, text.len + 3);
    memcpy(url, "/a?", 3);
    memcpy(url + 3, text.ptr, text.len);
    auth0_span_t all = auth0_span(url, text.len + 3);
    auth0_span_t query = auth0_span(url + 3, text.len);
    auth0_span_t rest = auth0_form_url_without(all, NAME, pool);
    HOLDS(rest.len <= all.len);
    HOLDS(is_same(auth0_form_url_without(rest, NAME, pool), rest));
    if (!memchr(query.ptr, '#', query.len)) {
        auth0_span_t kept = auth0_form_without(query, NAME, pool);
        HOLDS(is_same(rest, all) == is_same(kept, query));
        HOLDS(kept.len == 0 ||
              auth0_span_eq(auth0_span(rest.ptr + 3, rest.len - 3), kept));
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    apr_pool_t *pool = fuzz_pool();
    auth0_span_t text = fuzz_span(data, size);
    finding_and_cutting_agree(text, pool);
    a_url_is_cut_like_its_query(text, pool);
    apr_pool_destroy(pool);
    return 0;
}
