/* Licensed under the Apache License, Version 2.0; see LICENSE. */
#include "httpd/mod_auth0_challenge.h"

#include <http_core.h>
#include <apr_strings.h>

#include "httpd/mod_auth0_metadata.h"
#include "httpd/mod_auth0_nonce.h"

/* mod_authn_core hands AuthName out with its quotes escaped already. */
static const char *unescape(const char *text, apr_pool_t *pool)
{
    char *plain = apr_pstrdup(pool, text);
    char *out = plain;

    for (; *text; text++) {
        if (*text == '\\' && text[1] != '\0') {
            text++;
        }
        *out++ = *text;
    }
    *out = '\0';
    return plain;
}

static const char *realm_of(request_rec *r)
{
    const char *name = ap_auth_name(r);

    if (name) {
        return unescape(name, r->pool);
    }
    return r->server->server_hostname ? r->server->server_hostname : "httpd";
}

/* Who has been refused otherwise has found the way to a token already. */
static const char *metadata_of(request_rec *r, auth0_reason_t reason)
{
    return auth0_reason_info(reason)->status == HTTP_UNAUTHORIZED
               ? mod_auth0_metadata_url(r)
               : NULL;
}

static void add(request_rec *r, auth0_challenge_t challenge,
                auth0_scheme_t scheme)
{
    challenge.realm = realm_of(r);
    challenge.metadata = metadata_of(r, challenge.reason);
    challenge.scheme = scheme;
    apr_table_addn(r->err_headers_out, "WWW-Authenticate",
                   scheme == AUTH0_SCHEME_DPOP
                       ? auth0_dpop_challenge(&challenge, r->pool)
                       : auth0_bearer_challenge(&challenge, r->pool));
}

static void invite(request_rec *r, auth0_scheme_t scheme)
{
    add(r, (auth0_challenge_t){.reason = AUTH0_REQUEST_NO_TOKEN}, scheme);
}

/* Some clients read no other than the first. */
static void invite_all(request_rec *r, auth0_binding_t dpop)
{
    if (dpop != AUTH0_BINDING_REQUIRED) {
        invite(r, AUTH0_SCHEME_BEARER);
    }
    if (dpop != AUTH0_BINDING_DISABLED) {
        invite(r, AUTH0_SCHEME_DPOP);
    }
}

void mod_auth0_challenge(request_rec *r, const auth0_challenge_t *challenge)
{
    auth0_binding_t dpop = mod_auth0_dir_bindings(mod_auth0_dir(r)).dpop;
    bool is_dpop = dpop == AUTH0_BINDING_REQUIRED ||
                   (dpop == AUTH0_BINDING_ALLOWED &&
                    challenge->scheme == AUTH0_SCHEME_DPOP);

    apr_table_unset(r->err_headers_out, "WWW-Authenticate");
    if (!auth0_reason_info(challenge->reason)->error) {
        invite_all(r, dpop);
        return;
    }
    add(r, *challenge, is_dpop ? AUTH0_SCHEME_DPOP : AUTH0_SCHEME_BEARER);
    if (challenge->reason == AUTH0_CNF_SCHEME && !is_dpop &&
        dpop != AUTH0_BINDING_DISABLED) {
        invite(r, AUTH0_SCHEME_DPOP);
    }
    if (challenge->reason == AUTH0_CNF_NONCE) {
        mod_auth0_nonce_offer(r);
    }
}
