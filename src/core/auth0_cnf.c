/* Licensed under the Apache License, Version 2.0; see LICENSE. */
#include "core/auth0_cnf.h"

#include <openssl/crypto.h>

#include "core/auth0_b64.h"
#include "core/auth0_count.h"
#include "core/auth0_sha256.h"

/* An absent member leaves the span empty; false when it is no thumbprint. */
static bool read_thumbprint(auth0_span_t *value, const auth0_json_t *member)
{
    auth0_span_t text;

    if (!member) {
        return true;
    }
    if (!auth0_json_string(&text, member) || !auth0_b64url_valid(text) ||
        auth0_b64url_decoded_len(text) != AUTH0_SHA256_BYTES) {
        return false;
    }
    *value = text;
    return true;
}

auth0_reason_t auth0_cnf_read(auth0_cnf_t *cnf, const auth0_claims_t *claims)
{
    auth0_cnf_t read = {auth0_span("", 0), auth0_span("", 0),
                        auth0_claims_are_bound(claims)};

    *cnf = read;
    if (!read.is_present) {
        return AUTH0_OK;
    }
    const auth0_json_t *claim = auth0_claims_member(claims, "cnf");

    if (!auth0_json_is_object(claim) ||
        !read_thumbprint(&read.jkt, auth0_json_member(claim, "jkt")) ||
        !read_thumbprint(&read.x5t, auth0_json_member(claim, "x5t#S256"))) {
        return AUTH0_CLAIMS_TYPE;
    }
    *cnf = read;
    return read.jkt.len > 0 || read.x5t.len > 0 ? AUTH0_OK : AUTH0_CNF_UNKNOWN;
}

static bool fits_scheme(const auth0_cnf_t *cnf, auth0_scheme_t scheme,
                        auth0_binding_t dpop)
{
    if (cnf->jkt.len > 0) {
        return scheme == AUTH0_SCHEME_DPOP && dpop != AUTH0_BINDING_DISABLED;
    }
    if (dpop == AUTH0_BINDING_REQUIRED) {
        return false;
    }
    /* Auth0 tells clients to send tokens that mTLS binds as DPoP, too. */
    return scheme != AUTH0_SCHEME_DPOP || cnf->x5t.len > 0;
}

static const char *const bindings[] = {
    [AUTH0_BINDING_DISABLED] = "disabled",
    [AUTH0_BINDING_ALLOWED] = "allowed",
    [AUTH0_BINDING_REQUIRED] = "required",
};

const char *auth0_binding_name(auth0_binding_t binding)
{
    return bindings[binding];
}

bool auth0_binding_find(auth0_binding_t *binding, auth0_span_t name)
{
    for (size_t i = 0; i < AUTH0_COUNT(bindings); i++) {
        if (auth0_span_is_nocase(name, bindings[i])) {
            *binding = (auth0_binding_t)i;
            return true;
        }
    }
    return false;
}

auth0_reason_t auth0_cnf_scheme(const auth0_cnf_t *cnf, auth0_scheme_t scheme,
                                bool has_proof_field, auth0_binding_t dpop)
{
    if (!fits_scheme(cnf, scheme, dpop)) {
        return AUTH0_CNF_SCHEME;
    }
    return has_proof_field && cnf->jkt.len == 0 &&
                   dpop != AUTH0_BINDING_DISABLED
               ? AUTH0_REQUEST_MULTIPLE
               : AUTH0_OK;
}

auth0_reason_t auth0_cnf_certificate(const auth0_cnf_t *cnf,
                                     const unsigned char *sha256,
                                     auth0_binding_t binding)
{
    unsigned char bound[AUTH0_SHA256_BYTES];

    if (cnf->x5t.len == 0) {
        return binding == AUTH0_BINDING_REQUIRED ? AUTH0_CNF_CERTIFICATE
                                                 : AUTH0_OK;
    }
    return sha256 &&
                   auth0_b64url_decode_into(bound, AUTH0_SHA256_BYTES,
                                            cnf->x5t) &&
                   CRYPTO_memcmp(bound, sha256, AUTH0_SHA256_BYTES) == 0
               ? AUTH0_OK
               : AUTH0_CNF_CERTIFICATE;
}
