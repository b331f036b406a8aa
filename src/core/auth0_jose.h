/* Licensed under the Apache License, Version 2.0; see LICENSE. */
#ifndef AUTH0_JOSE_H
#define AUTH0_JOSE_H

#include "core/auth0_json.h"
#include "core/auth0_must_use.h"

/* The longest kid, in bytes, of a key or a token. */
#define AUTH0_KID_MAX ((size_t)256)

/*
 * What the headers of JWS and JWE and the keys of JWK have in common. Nothing
 * is copied; thread-safe.
 *
 * The member kid (RFC 7515 section 4.1.4, RFC 7516 section 4.1.6, RFC 7517
 * section 4.5), borrowed from object, and empty where there is none. False,
 * with *kid empty, when it is no string of at most AUTH0_KID_MAX bytes.
 */
AUTH0_MUST_USE bool auth0_jose_kid(auth0_span_t *kid,
                                   const auth0_json_t *object);

/* True when object has a member of one of these names; NULL ends them. */
AUTH0_MUST_USE bool auth0_jose_has_any(const auth0_json_t *object,
                                       const char *const *names);

#endif
