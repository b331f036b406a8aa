/* Licensed under the Apache License, Version 2.0; see LICENSE. */
#include "httpd/mod_auth0_binding.h"

#include <http_ssl.h>
#include <apr_strings.h>

#include "core/auth0_certificate.h"
#include "core/auth0_dpop.h"
#include "httpd/mod_auth0_nonce.h"
#include "httpd/mod_auth0_origin.h"
#include "httpd/mod_auth0_store.h"

/* What is looked at of one request. */
typedef struct judged_t {
    request_rec *r;
    mod_auth0_request_t *state;
    mod_auth0_bindings_t bindings;
    auth0_cnf_t cnf;
    const char *field; /* DPoP; NULL: none */
} judged_t;

/* Possession is shown by the handshake, whoever has signed it: RFC 8705. */
static auth0_reason_t check_certificate(const judged_t *judged)
{
    request_rec *r = judged->r;
    unsigned char digest[AUTH0_SHA256_BYTES];
    const char *pem = judged->cnf.x5t.len > 0
                          ? ap_ssl_var_lookup(r->pool, r->server, r->connection,
                                              r, "SSL_CLIENT_CERT")
                          : NULL;
    bool is_there = pem && *pem && auth0_certificate_digest(digest, pem);

    return auth0_cnf_certificate(&judged->cnf, is_there ? digest : NULL,
                                 judged->bindings.certificate);
}

static bool is_spent_here(const mod_auth0_request_t *first,
                          const auth0_dpop_proof_t *proof)
{
    return auth0_span_eq(first->proof.jti, proof->jti) &&
           auth0_span_is(first->proof.key, proof->thumbprint);
}

/* Requests within the request live shorter than it does. */
static void note_spent(request_rec *first, const auth0_dpop_proof_t *proof)
{
    mod_auth0_request_make(first)->proof = (mod_auth0_spent_t){
        auth0_span(apr_pstrmemdup(first->pool, proof->jti.ptr, proof->jti.len),
                   proof->jti.len),
        auth0_span_cstr(apr_pstrdup(first->pool, proof->thumbprint))};
}

/*
 * From then on its iat alone refuses it, even at a server whose clock is behind
 * ours. Two more make up for the fractions of seconds.
 */
static int64_t forgotten_at(const judged_t *judged,
                            const auth0_dpop_proof_t *proof)
{
    return apr_time_sec(proof->issued) + judged->bindings.past +
           MOD_AUTH0_CLOCKS_DIFFER + 2;
}

/* RFC 9449 section 11.1: one proof, one request. */
static auth0_reason_t spend(const judged_t *judged,
                            const auth0_dpop_proof_t *proof)
{
    request_rec *first = mod_auth0_request_first(judged->r);

    if (is_spent_here(mod_auth0_request_make(first), proof)) {
        return AUTH0_OK;
    }
    auth0_mark_name_t name = {AUTH0_MARK_PROOF,
                              auth0_span_cstr(proof->thumbprint), proof->jti};
    auth0_mark_said_t said =
        auth0_store_mark(mod_auth0_store(), &name, forgotten_at(judged, proof),
                         apr_time_sec(apr_time_now()), judged->r->pool);

    if (said != AUTH0_MARK_NEW) {
        return said == AUTH0_MARK_KNOWN ? AUTH0_CNF_REPLAY : AUTH0_CNF_STORE;
    }
    note_spent(first, proof);
    return AUTH0_OK;
}

/* RFC 9449 section 4.3. */
static auth0_reason_t check_proof(const judged_t *judged)
{
    request_rec *r = judged->r;
    const mod_auth0_bindings_t *bindings = &judged->bindings;
    auth0_dpop_expected_t expected = {
        .method = mod_auth0_origin_method(r),
        .url = auth0_span_cstr(mod_auth0_origin_url(r)),
        .token = judged->state->token,
        .jkt = judged->cnf.jkt,
        .past = bindings->past,
        .future = bindings->future,
        .is_nonce_wanted = bindings->is_nonce_wanted};
    auth0_dpop_proof_t proof;
    auth0_reason_t reason = auth0_dpop_check(&proof, judged->field, &expected,
                                             apr_time_now(), r->pool);

    judged->state->detail = proof.why;
    if (reason == AUTH0_OK && bindings->is_nonce_wanted) {
        reason = mod_auth0_nonce_check(r, proof.nonce);
    }
    return reason == AUTH0_OK ? spend(judged, &proof) : reason;
}

auth0_reason_t mod_auth0_binding_check(mod_auth0_request_t *state,
                                       request_rec *r)
{
    judged_t judged = {.r = r,
                       .state = state,
                       .bindings = mod_auth0_dir_bindings(mod_auth0_dir(r)),
                       .field = apr_table_get(r->headers_in, "DPoP")};
    auth0_reason_t reason = auth0_cnf_read(&judged.cnf, state->claims);

    if (reason == AUTH0_OK) {
        reason = auth0_cnf_scheme(&judged.cnf, state->scheme,
                                  judged.field != NULL, judged.bindings.dpop);
    }
    if (reason == AUTH0_OK) {
        reason = check_certificate(&judged);
    }
    return reason == AUTH0_OK && judged.cnf.jkt.len > 0 ? check_proof(&judged)
                                                        : reason;
}
