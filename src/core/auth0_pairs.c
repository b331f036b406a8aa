/* Licensed under the Apache License, Version 2.0; see LICENSE. */
#include "core/auth0_pairs.h"

#include <string.h>

unsigned auth0_pairs_count(const auth0_pairs_t *kind, auth0_span_t pair,
                           const char *name)
{
    unsigned count = 0;
    auth0_span_t piece;

    while (pair.len > 0) {
        (void)auth0_span_cut(&piece, &pair, kind->other);
        count += kind->is_named(piece, name);
    }
    return count;
}

auth0_reason_t auth0_pairs_find(auth0_span_t *pair, const auth0_pairs_t *kind,
                                auth0_span_t text, const char *name)
{
    unsigned count = 0;
    auth0_span_t next;

    *pair = auth0_span("", 0);
    while (text.len > 0) {
        (void)auth0_span_cut(&next, &text, kind->separator);
        unsigned more = auth0_pairs_count(kind, next, name);
        *pair = more ? next : *pair;
        count += more;
    }
    if (count != 1) {
        return count ? AUTH0_REQUEST_MULTIPLE : AUTH0_REQUEST_NO_TOKEN;
    }
    return kind->is_named(*pair, name) ? AUTH0_OK : AUTH0_REQUEST_MALFORMED;
}

bool auth0_pairs_bear(const auth0_pairs_t *kind, auth0_span_t text,
                      const char *name)
{
    auth0_span_t pair;

    while (text.len > 0) {
        (void)auth0_span_cut(&pair, &text, kind->separator);
        if (auth0_pairs_count(kind, pair, name)) {
            return true;
        }
    }
    return false;
}

size_t auth0_pairs_without(char *out, const auth0_pairs_t *kind,
                           auth0_span_t text, const char *name)
{
    size_t len = 0;
    bool is_first = true;
    bool is_more;
    auth0_span_t pair;

    do {
        is_more = auth0_span_cut(&pair, &text, kind->separator);
        if (auth0_pairs_count(kind, pair, name)) {
            continue;
        }
        if (!is_first) {
            out[len++] = kind->separator;
        }
        memcpy(out + len, pair.ptr, pair.len);
        len += pair.len;
        is_first = false;
    } while (is_more);
    return len;
}
