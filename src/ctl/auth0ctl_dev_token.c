/* Licensed under the Apache License, Version 2.0; see LICENSE. */
#include "ctl/auth0ctl_dev_token.h"

#include <apr_strings.h>
#include <jansson.h>

#include "ctl/auth0ctl_dev_file.h"

#define DEFAULT_CLIENT "dev-client"
#define MACHINE "@clients"
#define USUAL_LIFETIME 3600

/* The part of a machine's subject that names its client, empty for a user. */
static auth0_span_t machine_client(auth0_span_t subject)
{
    auth0_span_t suffix = auth0_span_cstr(MACHINE);
    auth0_span_t none = auth0_span("", 0);

    if (subject.len < suffix.len) {
        return none;
    }
    size_t len = subject.len - suffix.len;

    return auth0_span_eq(auth0_span(subject.ptr + len, suffix.len), suffix)
               ? auth0_span(subject.ptr, len)
               : none;
}

static const char *subject_of(const auth0ctl_token_t *wanted, apr_pool_t *pool)
{
    if (wanted->subject) {
        return wanted->subject;
    }
    return apr_pstrcat(pool, wanted->client ? wanted->client : DEFAULT_CLIENT,
                       MACHINE, NULL);
}

static const char *client_of(const auth0ctl_token_t *wanted,
                             auth0_span_t machine, apr_pool_t *pool)
{
    if (wanted->client) {
        return wanted->client;
    }
    return machine.len ? apr_pstrmemdup(pool, machine.ptr, machine.len)
                       : DEFAULT_CLIENT;
}

static json_t *audience_of(const auth0ctl_token_t *wanted)
{
    const char *const *ids = (const char *const *)wanted->audiences->elts;

    if (wanted->audiences->nelts == 1) {
        return json_string(ids[0]);
    }
    json_t *list = json_array();

    for (int i = 0; i < wanted->audiences->nelts; i++) {
        json_array_append_new(list, json_string(ids[i]));
    }
    return list;
}

/* An expired token was once good: it was issued before it expired. */
static apr_int64_t issued_at(apr_int64_t seconds, apr_int64_t expires_in)
{
    return expires_in > 0 ? seconds : seconds + expires_in - USUAL_LIFETIME;
}

/* The members stand in the order in which Auth0 sends them. */
static json_t *default_claims(const auth0ctl_token_t *wanted,
                              const char *issuer, apr_time_t now,
                              apr_pool_t *pool)
{
    apr_int64_t seconds = apr_time_sec(now);
    const char *subject = subject_of(wanted, pool);
    auth0_span_t machine = machine_client(auth0_span_cstr(subject));

    return json_pack("{s:s, s:s, s:o, s:I, s:I, s:s*, s:s*, s:s}", "iss",
                     issuer, "sub", subject, "aud", audience_of(wanted), "iat",
                     (json_int_t)issued_at(seconds, wanted->expires_in), "exp",
                     (json_int_t)(seconds + wanted->expires_in), "scope",
                     wanted->scope, "gty",
                     machine.len ? "client-credentials" : NULL, "azp",
                     client_of(wanted, machine, pool));
}

static bool set_claim(json_t *claims, const char *text, apr_pool_t *pool)
{
    auth0_span_t value = auth0_span_cstr(text);
    auth0_span_t name;
    json_t *json;

    (void)auth0_span_cut(&name, &value, '=');
    json = json_loadb(value.ptr, value.len,
                      JSON_DECODE_ANY | JSON_REJECT_DUPLICATES, NULL);
    if (!json) {
        json = json_stringn(value.ptr, value.len);
    }
    return json_object_set_new(claims, apr_pstrmemdup(pool, name.ptr, name.len),
                               json) == 0;
}

static const char *add_claims(json_t *claims, const apr_array_header_t *list,
                              apr_pool_t *pool)
{
    const char *const *texts = (const char *const *)list->elts;

    for (int i = 0; i < list->nelts; i++) {
        if (!set_claim(claims, texts[i], pool)) {
            return apr_psprintf(pool, "claim '%s' is not in UTF-8", texts[i]);
        }
    }
    return NULL;
}

static const char *payload_of(const char **payload,
                              const auth0ctl_token_t *wanted,
                              const char *issuer, apr_time_t now,
                              apr_pool_t *pool)
{
    json_t *claims = default_claims(wanted, issuer, now, pool);
    const char *wrong = claims ? add_claims(claims, wanted->claims, pool)
                               : "a value is not in UTF-8";

    *payload = auth0ctl_json_text(claims, false, pool);
    return wrong;
}

const char *auth0ctl_token_make(const char **token,
                                const auth0ctl_token_t *wanted,
                                const auth0ctl_tenant_t *tenant, apr_time_t now,
                                apr_pool_t *pool)
{
    json_t *members =
        json_pack("{s:s, s:s, s:s}", "alg", wanted->alg->name, "typ",
                  wanted->typ ? wanted->typ : "JWT", "kid", tenant->kid);
    const char *header = auth0ctl_json_text(members, false, pool);
    const char *payload;
    const char *wrong = payload_of(&payload, wanted, tenant->issuer, now, pool);

    if (wrong) {
        return wrong;
    }
    if (!header || !payload) {
        return "a value is not in UTF-8";
    }
    *token = auth0_sign(&tenant->signer, wanted->alg, header, payload, pool);
    return *token ? NULL : "cannot sign with the tenant's key";
}
