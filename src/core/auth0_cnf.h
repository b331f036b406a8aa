/* Licensed under the Apache License, Version 2.0; see LICENSE. */
#ifndef AUTH0_CNF_H
#define AUTH0_CNF_H

#include "core/auth0_bearer.h"
#include "core/auth0_claims.h"

/*
 * What an access token is bound to (RFC 7800 section 3.1). The spans borrow
 * from the claims and are empty when the token is not bound in that way. All
 * functions are pure, so any number of threads may ask at once.
 */
typedef struct auth0_cnf_t {
    auth0_span_t jkt; /* a key's thumbprint: RFC 9449 section 6.1        */
    auth0_span_t x5t; /* x5t#S256, a certificate's: RFC 8705 section 3.1 */
    bool is_present;  /* there is a cnf, whatever stands in it           */
} auth0_cnf_t;

/*
 * Read the claim cnf. AUTH0_OK, also when there is none; AUTH0_CLAIMS_TYPE
 * when it is no object or a thumbprint in it is not 43 bytes of canonical
 * base64url; AUTH0_CNF_UNKNOWN when it has neither of the two. Members that
 * are not known beside one that is are ignored.
 */
AUTH0_MUST_USE auth0_reason_t auth0_cnf_read(auth0_cnf_t *cnf,
                                             const auth0_claims_t *claims);

/* What a section thinks of a kind of binding. */
typedef enum auth0_binding_t {
    AUTH0_BINDING_DISABLED, /* it is not offered; what is bound is refused */
    AUTH0_BINDING_ALLOWED,  /* tokens may be bound                         */
    AUTH0_BINDING_REQUIRED  /* tokens have to be bound                     */
} auth0_binding_t;

/* As administrators write it: "disabled" and so on. Static storage. */
const char *auth0_binding_name(auth0_binding_t binding);

/* The one of a name, whatever its case; false when there is none. */
AUTH0_MUST_USE bool auth0_binding_find(auth0_binding_t *binding,
                                       auth0_span_t name);

/*
 * Whether a token came in a way that fits its binding (RFC 9449 sections 7.1
 * and 7.2), before any proof is looked at:
 * - bound to a key, in any mode: under DPoP only, and not where that is
 *   disabled. The proof is then to be judged by auth0_dpop_check;
 * - bound to nothing: not under DPoP, and not where DPoP is required;
 * - bound to a certificate only: not where DPoP is required.
 * AUTH0_CNF_SCHEME otherwise. Then AUTH0_REQUEST_MULTIPLE when a proof came
 * with a token that is not bound to a key, unless DPoP is disabled.
 */
AUTH0_MUST_USE auth0_reason_t auth0_cnf_scheme(const auth0_cnf_t *cnf,
                                               auth0_scheme_t scheme,
                                               bool has_proof_field,
                                               auth0_binding_t dpop);

/*
 * Whether the TLS connection's client certificate is the one that the token is
 * bound to (RFC 8705 section 3). sha256 is the 32 bytes of the SHA-256 of its
 * DER, NULL when there is none. A token that is bound needs an equal one in
 * any mode; where it is required, each token has to be bound. AUTH0_OK or
 * AUTH0_CNF_CERTIFICATE; compared in constant time.
 */
AUTH0_MUST_USE auth0_reason_t auth0_cnf_certificate(const auth0_cnf_t *cnf,
                                                    const unsigned char *sha256,
                                                    auth0_binding_t binding);

#endif
