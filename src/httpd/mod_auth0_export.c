/* Licensed under the Apache License, Version 2.0; see LICENSE. */
#include "httpd/mod_auth0_export.h"

#include <apr_strings.h>

#include "httpd/mod_auth0_log.h"
#include "httpd/mod_auth0_scrub.h"
#include "httpd/mod_auth0_table.h"
#include "httpd/mod_auth0_throttle.h"

/* An export under way: what all may still have, and what came of it. */
typedef struct export_t {
    request_rec *r;
    const auth0_claims_t *claims;
    size_t room; /* bytes */
    mod_auth0_outgoing_t *outgoing;
} export_t;

/* That a claim is absent is nothing to speak of. */
static void leave_out(const export_t *under_way, const auth0_export_t *one,
                      const char *directive, const char *why)
{
    mod_auth0_outgoing_t *outgoing = under_way->outgoing;

    if (one->is_required && !outgoing->lacking) {
        outgoing->lacking =
            apr_psprintf(under_way->r->pool, "%s %s: the claim %s %s",
                         directive, one->name, one->claim, why);
    }
    if (one->is_required || why == auth0_export_absent) {
        return;
    }
    const char *more;
    int level = mod_auth0_throttle(&more, under_way->r,
                                   MOD_AUTH0_LINE_OF_EXPORT, APLOG_INFO);

    ap_log_rerror(APLOG_MARK, level, 0, under_way->r,
                  "%s %s is not sent: the claim %s %s%s", directive, one->name,
                  one->claim, why, more);
}

static void export_all(export_t *under_way, apr_table_t *table,
                       const apr_array_header_t *exports, const char *directive)
{
    for (int i = 0; exports && i < exports->nelts; i++) {
        const auth0_export_t *one = &APR_ARRAY_IDX(exports, i, auth0_export_t);
        const char *value;
        const char *why =
            auth0_export_value(&value, &under_way->room, one, under_way->claims,
                               under_way->r->pool);
        if (why) {
            leave_out(under_way, one, directive, why);
            continue;
        }
        apr_table_setn(table, one->name, value);
    }
}

static mod_auth0_outgoing_t *make(const ap_conf_vector_t *section,
                                  apr_pool_t *pool)
{
    mod_auth0_outgoing_t *outgoing = apr_pcalloc(pool, sizeof(*outgoing));

    outgoing->section = section;
    outgoing->fields = apr_table_make(pool, 4);
    outgoing->variables = apr_table_make(pool, 4);
    return outgoing;
}

/* Nothing without claims: a request may have got in without a token. */
static const mod_auth0_outgoing_t *evaluate(request_rec *r,
                                            const auth0_claims_t *claims)
{
    const mod_auth0_dir_t *dir = mod_auth0_dir(r);
    mod_auth0_outgoing_t *outgoing = make(r->per_dir_config, r->pool);
    export_t under_way = {r, claims, AUTH0_EXPORT_ALL_MAX, outgoing};

    if (claims) {
        export_all(&under_way, outgoing->fields, dir->fields,
                   "Auth0ClaimHeader");
        export_all(&under_way, outgoing->variables, dir->variables,
                   "Auth0ClaimEnv");
    }
    return outgoing;
}

static bool is_nothing_managed(const request_rec *r)
{
    const mod_auth0_server_t *server = mod_auth0_settings(r->server);

    return server->fields->nelts == 0 && server->variables->nelts == 0 &&
           !mod_auth0_dir(r)->variables;
}

bool mod_auth0_export_check(const char **lacking, request_rec *r)
{
    mod_auth0_request_t *state = mod_auth0_request_get(r);

    if (is_nothing_managed(r)) {
        return true;
    }
    state->outgoing = evaluate(r, state->claims);
    *lacking = state->outgoing->lacking;
    return !*lacking;
}

static void apply_variables(request_rec *r,
                            const mod_auth0_outgoing_t *outgoing)
{
    mod_auth0_scrub_variables(r);
    mod_auth0_table_set(r->subprocess_env, outgoing->variables);
}

static void apply(request_rec *r, const mod_auth0_outgoing_t *outgoing)
{
    mod_auth0_scrub_fields(r);
    mod_auth0_table_set(r->headers_in, outgoing->fields);
    apply_variables(r, outgoing);
    mod_auth0_request_make(r)->outgoing = outgoing;
}

static bool is_for(const mod_auth0_outgoing_t *outgoing, const request_rec *r)
{
    return outgoing && outgoing->section == r->per_dir_config;
}

/* What is said of who was let in, and of nobody else. */
static const mod_auth0_outgoing_t *outgoing_of(request_rec *r)
{
    const mod_auth0_request_t *known = mod_auth0_request_in_force(r);

    if (!known || known->reason != AUTH0_OK) {
        return evaluate(r, NULL);
    }
    return is_for(known->outgoing, r) ? known->outgoing
                                      : evaluate(r, known->claims);
}

int mod_auth0_export(request_rec *r)
{
    if (!is_nothing_managed(r)) {
        apply(r, outgoing_of(r));
    }
    return DECLINED;
}

int mod_auth0_export_again(request_rec *r)
{
    const mod_auth0_request_t *state = mod_auth0_request_get(r);

    if (!state || is_nothing_managed(r)) {
        return DECLINED;
    }
    if (is_for(state->outgoing, r)) {
        apply_variables(r, state->outgoing);
        return DECLINED;
    }
    apply(r, outgoing_of(r));
    return DECLINED;
}
