/* Licensed under the Apache License, Version 2.0; see LICENSE. */
#include "httpd/mod_auth0_provider.h"

#include <string.h>

#include <ap_provider.h>
#include <http_request.h>
#include <apr_strings.h>

#include "httpd/mod_auth0_argument.h"
#include "httpd/mod_auth0_requires.h"
#include "httpd/mod_auth0_unmet.h"

/* One Require auth0-... line. */
typedef struct requirement_t {
    auth0_require_t *required;
    const char *line; /* as it stands in the configuration */
    mod_auth0_polarity_t polarity;
} requirement_t;

/* name="some words": httpd's own rule knows quotes around whole words only. */
static const char *next_word(apr_pool_t *pool, const char **line)
{
    size_t name = strcspn(*line, "=\" \t");

    if ((*line)[name] != '=' || (*line)[name + 1] != '"') {
        return ap_getword_conf(pool, line);
    }
    const char *head = apr_pstrmemdup(pool, *line, name + 1);

    *line += name + 1;
    return apr_pstrcat(pool, head, ap_getword_conf(pool, line), NULL);
}

static const char **words_of(size_t *count, auth0_require_kind_t kind,
                             const char *line, apr_pool_t *pool)
{
    apr_array_header_t *words = apr_array_make(pool, 4, sizeof(const char *));

    while (*line) {
        APR_ARRAY_PUSH(words, const char *) =
            kind == AUTH0_REQUIRES_STEP_UP ? next_word(pool, &line)
                                           : ap_getword_conf(pool, &line);
    }
    *count = (size_t)words->nelts;
    return (const char **)words->elts;
}

mod_auth0_polarity_t mod_auth0_polarity(const cmd_parms *cmd)
{
    if (mod_auth0_tree_is(cmd->directive, "<AuthzProviderAlias")) {
        return MOD_AUTH0_MAY_DO_EITHER;
    }
    return mod_auth0_requires_inverted(cmd->directive, cmd->temp_pool)
               ? MOD_AUTH0_REFUSES
               : MOD_AUTH0_ADMITS;
}

/* The value of a claim may be anything, but hardly this and words behind it. */
static const char *stray(auth0_require_kind_t kind, const char *word)
{
    return kind == AUTH0_REQUIRES_CLAIM && strcmp(word, "#") != 0
               ? NULL
               : mod_auth0_stray(word);
}

static const char *check_words(auth0_require_kind_t kind,
                               const char *const *words, size_t count,
                               apr_pool_t *pool)
{
    for (size_t i = 0; i < count; i++) {
        const char *why = stray(kind, words[i]);
        if (why) {
            return apr_psprintf(pool, "'%s' %s", words[i], why);
        }
    }
    return NULL;
}

static const char *parse(cmd_parms *cmd, const char *line, const void **parsed,
                         auth0_require_kind_t kind)
{
    requirement_t *made = apr_pcalloc(cmd->pool, sizeof(*made));
    const char *name = auth0_require_name(kind);
    size_t count;
    const char **words = words_of(&count, kind, line, cmd->pool);
    const char *why = check_words(kind, words, count, cmd->pool);

    if (!why) {
        why =
            auth0_require_parse(&made->required, kind, words, count, cmd->pool);
    }
    made->line = apr_pstrcat(cmd->pool, name, " ", line, NULL);
    made->polarity = mod_auth0_polarity(cmd);
    *parsed = made;
    return why ? apr_pstrcat(cmd->pool, "Require ", name, " ", why, NULL)
               : NULL;
}

static auth0_reason_t judge(const request_rec *r,
                            const mod_auth0_request_t *state,
                            const auth0_require_t *required)
{
    auth0_stepup_facts_t facts = mod_auth0_stepup_facts(r);

    return auth0_require_check(required, state->claims, &facts);
}

/* That a user is needed refuses nobody, behind a "not" or before it. */
static const authz_status lenient[] = {
    [MOD_AUTH0_ADMITS] = AUTHZ_GRANTED,
    [MOD_AUTH0_REFUSES] = AUTHZ_DENIED,
    [MOD_AUTH0_MAY_DO_EITHER] = AUTHZ_DENIED_NO_USER,
};

authz_status mod_auth0_unauthenticated(mod_auth0_request_t *state,
                                       mod_auth0_polarity_t polarity)
{
    if (state && state->asking == MOD_AUTH0_ASKED_LENIENT) {
        return lenient[polarity];
    }
    if (state && polarity != MOD_AUTH0_ADMITS) {
        state->is_token_wanted = true;
    }
    return AUTHZ_DENIED_NO_USER;
}

static authz_status check(request_rec *r, const char *line, const void *parsed)
{
    const requirement_t *requirement = parsed;
    mod_auth0_request_t *state = mod_auth0_request_get(r);

    (void)line;
    if (!state || !state->claims || state->asking == MOD_AUTH0_ASKED_LENIENT) {
        return mod_auth0_unauthenticated(state, requirement->polarity);
    }
    auth0_reason_t reason = judge(r, state, requirement->required);

    if (reason == AUTH0_OK ||
        mod_auth0_unmet_is_supposed(state, requirement->required)) {
        return AUTHZ_GRANTED;
    }
    if (requirement->polarity != MOD_AUTH0_REFUSES) {
        mod_auth0_unmet_add(
            &mod_auth0_weighed(state, r->pool)->unmet,
            (auth0_unmet_t){requirement->required, requirement->line, reason});
    }
    return AUTHZ_DENIED;
}

/* httpd does not tell a parser which name it was called by. */
#define PROVIDER(kind)                                                         \
    static const char *parse_##kind(cmd_parms *cmd, const char *line,          \
                                    const void **parsed)                       \
    {                                                                          \
        return parse(cmd, line, parsed, AUTH0_REQUIRES_##kind);                \
    }                                                                          \
    static const authz_provider provider_##kind = {check, parse_##kind}

PROVIDER(SCOPE);
PROVIDER(PERMISSION);
PROVIDER(CLAIM);
PROVIDER(ORG);
PROVIDER(CLIENT);
PROVIDER(SUBJECT);
PROVIDER(STEP_UP);
PROVIDER(AUTHORIZATION_DETAILS);

static const authz_provider *const providers[] = {
    [AUTH0_REQUIRES_SCOPE] = &provider_SCOPE,
    [AUTH0_REQUIRES_PERMISSION] = &provider_PERMISSION,
    [AUTH0_REQUIRES_CLAIM] = &provider_CLAIM,
    [AUTH0_REQUIRES_ORG] = &provider_ORG,
    [AUTH0_REQUIRES_CLIENT] = &provider_CLIENT,
    [AUTH0_REQUIRES_SUBJECT] = &provider_SUBJECT,
    [AUTH0_REQUIRES_STEP_UP] = &provider_STEP_UP,
    [AUTH0_REQUIRES_AUTHORIZATION_DETAILS] = &provider_AUTHORIZATION_DETAILS,
};

void mod_auth0_provider_register(apr_pool_t *pool)
{
    for (auth0_require_kind_t kind = 0; kind < AUTH0_REQUIRES_COUNT; kind++) {
        ap_register_auth_provider(
            pool, AUTHZ_PROVIDER_GROUP, auth0_require_name(kind),
            AUTHZ_PROVIDER_VERSION, providers[kind], AP_AUTH_INTERNAL_PER_CONF);
    }
}
