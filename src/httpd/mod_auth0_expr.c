/* Licensed under the Apache License, Version 2.0; see LICENSE. */
#include "httpd/mod_auth0_expr.h"

#include <ap_provider.h>
#include <http_request.h>
#include <apr_strings.h>

#include "core/auth0_count.h"
#include "httpd/mod_auth0_log.h"
#include "httpd/mod_auth0_provider.h"
#include "httpd/mod_auth0_throttle.h"

/* NULL where there is no such claim, and before there are claims at all. */
static const auth0_json_t *claim_of(request_rec *r,
                                    const auth0_pointer_t *pointer)
{
    mod_auth0_request_t *state = mod_auth0_request_get(r);
    const mod_auth0_request_t *known = mod_auth0_request_in_force(r);

    if (state) {
        state->is_claim_asked = true;
    }
    return known ? auth0_claims_find(known->claims, pointer) : NULL;
}

static const char *text_of(const auth0_json_t *json, apr_pool_t *pool)
{
    auth0_span_t text;

    return auth0_json_string(&text, json)
               ? apr_pstrmemdup(pool, text.ptr, text.len)
               : auth0_json_text(json, pool);
}

/*
 * httpd 2.4 would pass a line break on into a header, so nothing that holds a
 * control character gets out of here.
 */
static const char *harmless_text_of(const auth0_json_t *json, const char *name,
                                    ap_expr_eval_ctx_t *ctx)
{
    const char *text = text_of(json, ctx->p);

    if (text && !auth0_span_has_control(auth0_span_cstr(text))) {
        return text;
    }
    const char *more;
    int level = mod_auth0_throttle(&more, ctx->r, MOD_AUTH0_LINE_OF_EXPRESSION,
                                   APLOG_INFO);

    ap_log_rerror(APLOG_MARK, level, 0, ctx->r,
                  "the claim %s holds a control character and reads as "
                  "empty in an expression%s",
                  name, more);
    return NULL;
}

static apr_array_header_t *list_of(const auth0_json_t *claim, const char *name,
                                   ap_expr_eval_ctx_t *ctx)
{
    apr_array_header_t *list = apr_array_make(ctx->p, 4, sizeof(char *));
    size_t len;
    const auth0_json_t *one =
        auth0_json_array(&len, claim) ? auth0_json_next(claim, NULL) : claim;

    for (; one; one = auth0_json_next(claim, one)) {
        const char *text = harmless_text_of(one, name, ctx);
        if (!text) {
            apr_array_clear(list);
            return list;
        }
        APR_ARRAY_PUSH(list, const char *) = text;
    }
    return list;
}

static apr_array_header_t *claims(ap_expr_eval_ctx_t *ctx, const void *data,
                                  const char *name)
{
    const auth0_json_t *claim = claim_of(ctx->r, data);

    return claim ? list_of(claim, name, ctx)
                 : apr_array_make(ctx->p, 1, sizeof(char *));
}

static const char *claim(ap_expr_eval_ctx_t *ctx, const void *data,
                         const char *name)
{
    return apr_array_pstrcat(ctx->p, claims(ctx, data, name), ' ');
}

typedef struct function_t {
    int type;
    const char *name;
    const void *function;
} function_t;

static const function_t functions[] = {
    {AP_EXPR_FUNC_STRING, "auth0_claim", claim},
    {AP_EXPR_FUNC_LIST, "auth0_claims", claims},
};

static int compile(ap_expr_lookup_parms *parms, const function_t *found)
{
    auth0_pointer_t *pointer;

    if (!parms->arg) {
        *parms->err = apr_psprintf(parms->ptemp,
                                   "%s needs the name of a claim as it is, in "
                                   "quotes",
                                   found->name);
        return !OK;
    }
    const char *why = auth0_pointer_parse(&pointer, parms->arg, parms->pool);

    *parms->err = why ? apr_psprintf(parms->ptemp, "%s: '%s' %s", found->name,
                                     parms->arg, why)
                      : NULL;
    *parms->data = pointer;
    *parms->func = found->function;
    return why ? !OK : OK;
}

int mod_auth0_expr_lookup(ap_expr_lookup_parms *parms)
{
    for (size_t i = 0; i < AUTH0_COUNT(functions); i++) {
        if (parms->type == functions[i].type &&
            auth0_span_is_nocase(auth0_span_cstr(parms->name),
                                 functions[i].name)) {
            return compile(parms, &functions[i]);
        }
    }
    return DECLINED;
}

/* A Require expr line, as mod_authz_core has parsed it. */
typedef struct requirement_t {
    const void *parsed;
    mod_auth0_polarity_t polarity;
} requirement_t;

static const authz_provider *original;

static const char *parse(cmd_parms *cmd, const char *line, const void **parsed)
{
    requirement_t *made = apr_pcalloc(cmd->pool, sizeof(*made));

    made->polarity = mod_auth0_polarity(cmd);
    *parsed = made;
    return original->parse_require_line(cmd, line, &made->parsed);
}

static authz_status check(request_rec *r, const char *line, const void *parsed)
{
    const requirement_t *requirement = parsed;
    mod_auth0_request_t *state = mod_auth0_request_get(r);

    if (!state || state->asking == MOD_AUTH0_ASKED_BY_HTTPD ||
        state->asking == MOD_AUTH0_ASKED_AGAIN) {
        return original->check_authorization(r, line, requirement->parsed);
    }
    state->is_claim_asked = false;
    authz_status status =
        original->check_authorization(r, line, requirement->parsed);

    return state->is_claim_asked
               ? mod_auth0_unauthenticated(state, requirement->polarity)
               : status;
}

static const authz_provider provider = {check, parse};

void mod_auth0_expr_register(apr_pool_t *pconf)
{
    original = ap_lookup_provider(AUTHZ_PROVIDER_GROUP, "expr",
                                  AUTHZ_PROVIDER_VERSION);
    if (original && original != &provider && original->parse_require_line) {
        ap_register_auth_provider(pconf, AUTHZ_PROVIDER_GROUP, "expr",
                                  AUTHZ_PROVIDER_VERSION, &provider,
                                  AP_AUTH_INTERNAL_PER_CONF);
    }
}
