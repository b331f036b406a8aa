/* Licensed under the Apache License, Version 2.0; see LICENSE. */
#include "common.h"

#include <stdlib.h>
#include <string.h>

#include <apr_strings.h>

#include "core/auth0_require.h"
#include "known.h"

#define WORDS_MAX 8

typedef struct input_t {
    auth0_require_kind_t kind;
    const char *words[WORDS_MAX];
    size_t count;
    const auth0_claims_t *claims;
    auth0_stepup_facts_t facts;
    apr_pool_t *pool;
} input_t;

static bool is_filled(const auth0_claims_t *claims, const char *name)
{
    auth0_span_t text;
    return auth0_claims_string(&text, claims, name) && text.len > 0;
}

static bool is_list(const auth0_claims_t *claims, const char *name)
{
    size_t len;
    return auth0_json_array(&len, auth0_claims_member(claims, name)) && len > 0;
}

static bool has_scope(const input_t *in)
{
    return is_filled(in->claims, "scope");
}

static bool has_permission(const input_t *in)
{
    return is_list(in->claims, "permissions");
}

/* A string is the word, a number has its value, all else its JSON text. */
static bool is_word(const auth0_json_t *json, const char *word,
                    apr_pool_t *pool)
{
    auth0_span_t text;
    double number;
    char *end;
    if (auth0_json_string(&text, json)) {
        return auth0_span_is(text, word);
    }
    if (!auth0_json_number(&number, json)) {
        return auth0_span_is(auth0_span_cstr(word),
                             auth0_json_text(json, pool));
    }
    double value = strtod(word, &end);
    return *end == '\0' && !(value < number) && !(value > number);
}

static bool is_value(const input_t *in, const auth0_json_t *json)
{
    for (size_t i = 1; i < in->count; i++) {
        if (is_word(json, in->words[i], in->pool)) {
            return true;
        }
    }
    return false;
}

static bool has_claim(const input_t *in)
{
    auth0_pointer_t *pointer;
    size_t len;
    HOLDS(auth0_pointer_parse(&pointer, in->words[0], in->pool) == NULL);
    const auth0_json_t *claim = auth0_claims_find(in->claims, pointer);
    if (claim == NULL || auth0_json_is_null(claim)) {
        return false;
    }
    if (in->count == 1 || !auth0_json_array(&len, claim)) {
        return in->count == 1 || is_value(in, claim);
    }
    const auth0_json_t *element = NULL;
    while ((element = auth0_json_next(claim, element)) != NULL) {
        if (is_value(in, element)) {
            return true;
        }
    }
    return false;
}

static bool has_org(const input_t *in)
{
    return is_filled(in->claims, "org_id") || is_filled(in->claims, "org_name");
}

static bool has_client(const input_t *in)
{
    return is_filled(in->claims, "azp") || is_filled(in->claims, "client_id");
}

static bool has_subject(const input_t *in)
{
    return is_filled(in->claims, "sub");
}

static bool has_step_up(const input_t *in)
{
    double auth_time;
    bool good = true;
    for (size_t i = 0; i < in->count; i++) {
        good = good && (in->words[i][0] == 'a'
                            ? is_filled(in->claims, "acr")
                            : auth0_json_number(&auth_time,
                                                auth0_claims_member(
                                                    in->claims, "auth_time")));
    }
    return good;
}

static bool has_details(const input_t *in)
{
    return is_list(in->claims, "authorization_details");
}

typedef struct kind_t {
    bool (*has_needed)(const input_t *);
    auth0_reason_t unmet;
} kind_t;

static const kind_t kinds[] = {
    {has_scope, AUTH0_REQUIRE_SCOPE},
    {has_permission, AUTH0_REQUIRE_PERMISSION},
    {has_claim, AUTH0_REQUIRE_CLAIM},
    {has_org, AUTH0_REQUIRE_ORG},
    {has_client, AUTH0_REQUIRE_CLIENT},
    {has_subject, AUTH0_REQUIRE_SUBJECT},
    {has_step_up, AUTH0_REQUIRE_STEP_UP},
    {has_details, AUTH0_REQUIRE_AUTHORIZATION_DETAILS},
};

/* What is asked for in the answer is what was required. */
static void ask(const auth0_require_t *required, auth0_reason_t reason,
                const input_t *in)
{
    auth0_unmet_t unmet[] = {{required, NULL, reason},
                             {required, NULL, reason}};
    auth0_challenge_t challenge = {.realm = "r"};
    HOLDS(auth0_require_decisive(unmet, 2) == 0);
    auth0_require_challenge(&challenge, unmet, 2, in->pool);
    HOLDS(challenge.reason == reason);
    HOLDS((challenge.scope != NULL) == (in->kind <= AUTH0_REQUIRES_PERMISSION));
    HOLDS((challenge.acr_values != NULL || challenge.max_age != NULL) ==
          (reason == AUTH0_REQUIRE_STEP_UP));
    const char *field = auth0_bearer_challenge(&challenge, in->pool);
    HOLDS(!auth0_span_has_control(auth0_span_cstr(field)));
    HOLDS(strchr(field, '\\') == NULL && strstr(field, "  ") == NULL);
}

static void judge(const auth0_require_t *required, const input_t *in)
{
    auth0_reason_t reason =
        auth0_require_check(required, in->claims, &in->facts);
    const kind_t *kind = &kinds[in->kind];
    HOLDS(reason == auth0_require_check(required, in->claims, &in->facts));
    if (reason == AUTH0_OK) {
        HOLDS(kind->has_needed(in));
        return;
    }
    HOLDS(reason == kind->unmet ||
          (reason == AUTH0_CLAIMS_TYPE && in->kind == AUTH0_REQUIRES_STEP_UP));
    ask(required, reason, in);
}

/* Nobody is let in with nothing. */
static void judge_nothing(const auth0_require_t *required, input_t *in)
{
    auth0_claims_t *claims;
    HOLDS(auth0_claims_parse(&claims, auth0_span_cstr("{}"), in->pool) ==
          AUTH0_OK);
    in->claims = claims;
    HOLDS(auth0_require_check(required, in->claims, &in->facts) ==
          kinds[in->kind].unmet);
    judge(required, in);
}

/* The input's first line: a digit for the kind, and words between bars. */
static void read_line(input_t *in, auth0_span_t line)
{
    char *text = apr_pstrmemdup(in->pool, line.ptr, line.len);
    in->kind = (unsigned char)*text % AUTH0_REQUIRES_COUNT;
    text += *text != '\0';
    while (*text != '\0' && in->count < WORDS_MAX) {
        char *bar = strchr(text, '|');
        in->words[in->count++] = text;
        text = bar != NULL ? bar + 1 : "";
        if (bar != NULL) {
            *bar = '\0';
        }
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    apr_pool_t *pool = fuzz_pool();
    auth0_span_t json = fuzz_span(data, size);
    auth0_span_t line;
    auth0_require_t *required;
    auth0_claims_t *claims;
    input_t in = {.pool = pool,
                  .facts = {auth0_pointer_to("acr", pool),
                            auth0_pointer_to("auth_time", pool),
                            apr_time_from_sec((apr_time_t)KNOWN_NOW), 5}};
    (void)auth0_span_cut(&line, &json, '\n');
    read_line(&in, line);
    const char *why =
        auth0_require_parse(&required, in.kind, in.words, in.count, pool);
    HOLDS((why == NULL) == (required != NULL));
    if (required != NULL &&
        auth0_claims_parse(&claims, json, pool) == AUTH0_OK) {
        in.claims = claims;
        judge(required, &in);
    }
    if (required != NULL) {
        judge_nothing(required, &in);
    }
    apr_pool_destroy(pool);
    return 0;
}
