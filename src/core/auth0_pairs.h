/* Licensed under the Apache License, Version 2.0; see LICENSE. */
#ifndef AUTH0_PAIRS_H
#define AUTH0_PAIRS_H

#include "core/auth0_reason.h"
#include "core/auth0_span.h"

/*
 * Text that is a list of pairs of name and value. Other parsers separate at one
 * character more than the standard has; a name that stands behind that counts,
 * so that nothing is hidden from us that such a parser would find, but its pair
 * is never a good one. All functions are pure.
 */
typedef struct auth0_pairs_t {
    char separator;
    char other; /* at which others separate as well */
    bool (*is_named)(auth0_span_t pair, const char *name);
} auth0_pairs_t;

/* How often a pair, with all that hides in it, bears the name. */
unsigned auth0_pairs_count(const auth0_pairs_t *kind, auth0_span_t pair,
                           const char *name);

/*
 * The one pair of this name, borrowed. Otherwise AUTH0_REQUEST_NO_TOKEN when
 * there is none, AUTH0_REQUEST_MULTIPLE when there are several, and
 * AUTH0_REQUEST_MALFORMED when it is hidden behind another.
 */
AUTH0_MUST_USE auth0_reason_t auth0_pairs_find(auth0_span_t *pair,
                                               const auth0_pairs_t *kind,
                                               auth0_span_t text,
                                               const char *name);

/* True when a pair, with all that hides in it, bears the name. */
bool auth0_pairs_bear(const auth0_pairs_t *kind, auth0_span_t text,
                      const char *name);

/*
 * Copy the pairs that do not bear the name into out, which has room for all of
 * text, unchanged and in their order. Returns their length in bytes.
 */
size_t auth0_pairs_without(char *out, const auth0_pairs_t *kind,
                           auth0_span_t text, const char *name);

#endif
