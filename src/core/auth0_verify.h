/* Licensed under the Apache License, Version 2.0; see LICENSE. */
#ifndef AUTH0_VERIFY_H
#define AUTH0_VERIFY_H

#include "core/auth0_claims.h"
#include "core/auth0_policy.h"

/*
 * The whole of the core in one question, and the only way to claims: is this
 * token good under this policy, with these keys, at this time? Same arguments,
 * same answer. now is wall clock, microseconds since 1970. On AUTH0_OK *claims
 * is allocated from pool; on any other reason it is NULL. Thread-safe as long
 * as no other thread uses pool. An encrypted token is opened first where the
 * policy has keys for that, and then judged by what is in it.
 *
 * THE BINDING IS NOT JUDGED. A token whose cnf names a key or a certificate
 * passes here, since what proves it is not part of the token. Whoever asks has
 * to go on, each time, cached verdicts included, with auth0_cnf_read,
 * auth0_cnf_scheme, auth0_cnf_certificate and, when there is a jkt,
 * auth0_dpop_check: without them a stolen token is as good as the owner's.
 *
 * Six arguments, one over the usual budget, so that the answer visibly
 * depends on nothing else.
 */
AUTH0_MUST_USE auth0_reason_t auth0_verify(auth0_claims_t **claims,
                                           auth0_span_t token,
                                           const auth0_policy_t *policy,
                                           auth0_keys_t keys, apr_time_t now,
                                           apr_pool_t *pool);

/*
 * True when the token claims, NOT verified, to be of one of the issuers of the
 * policy: good only to decide whether an issuer is worth asking for a key that
 * is not known. Same limits as above. An encrypted token is opened once more
 * for this, which happens only after auth0_verify has opened it as well.
 */
AUTH0_MUST_USE bool auth0_verify_is_worth_asking(auth0_span_t token,
                                                 const auth0_policy_t *policy,
                                                 apr_pool_t *pool);

#endif
