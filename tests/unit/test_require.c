/* Licensed under the Apache License, Version 2.0; see LICENSE. */
#include "support.h"

#include <string.h>

#include "core/auth0_require.h"

#define WORDS_MAX 4

static auth0_require_t *parse(auth0_require_kind_t kind,
                              const char *const *words, apr_pool_t *pool)
{
    auth0_require_t *required = NULL;
    const char *why = auth0_require_parse(
        &required, kind, words, support_count_words(words, WORDS_MAX), pool);
    if (why != NULL) {
        fail_msg("%s %s", auth0_require_name(kind), why);
    }
    assert_non_null(required);
    return required;
}

static auth0_reason_t check(const auth0_require_t *required, const char *json,
                            apr_pool_t *pool)
{
    auth0_claims_t *claims;
    auth0_span_t text = support_copy(support_span(json), pool);
    assert_int_equal(auth0_claims_parse(&claims, text, pool), AUTH0_OK);
    auth0_stepup_facts_t facts = {auth0_pointer_to("acr", pool),
                                  auth0_pointer_to("auth_time", pool),
                                  SUPPORT_NOW, 5};
    return auth0_require_check(required, claims, &facts);
}

typedef struct require_row_t {
    const char *words[WORDS_MAX];
    const char *json;
    bool met;
} require_row_t;

typedef struct table_t {
    auth0_require_kind_t kind;
    auth0_reason_t unmet;
    const require_row_t *rows;
    size_t count;
} table_t;

static unsigned check_table(table_t table, apr_pool_t *pool)
{
    unsigned bad = 0;
    for (size_t i = 0; i < table.count; i++) {
        const require_row_t *row = &table.rows[i];
        const char *name =
            apr_psprintf(pool, "%s %s for %s", auth0_require_name(table.kind),
                         row->words[0], row->json);
        bad += support_reason(
            name, check(parse(table.kind, row->words, pool), row->json, pool),
            row->met ? AUTH0_OK : table.unmet);
    }
    return bad;
}

#define TABLE(which, rows)                                                     \
    ((table_t){AUTH0_REQUIRES_##which, AUTH0_REQUIRE_##which, rows,            \
               COUNT(rows)})

static const require_row_t scope_rows[] = {
    {{"read"}, "{\"scope\":\"read write\"}", true},
    {{"write read"}, "{\"scope\":\"read write\"}", true},
    {{"admin", "read"}, "{\"scope\":\"read\"}", true},
    {{"admin", "read"}, "{\"scope\":\"write\"}", false},
    {{"read write"}, "{\"scope\":\"read\"}", false},
    {{"read"}, "{}", false},
    {{"read"}, "{\"scope\":\"\"}", false},
    {{"read"}, "{\"scope\":\"reader\"}", false},
    {{"read"}, "{\"scope\":null}", false},
    {{"read"}, "{\"scope\":[\"read\"]}", false},
    {{"read"}, "{\"scope\":{\"read\":true}}", false},
    {{"1"}, "{\"scope\":1}", false},
    {{"true"}, "{\"scope\":true}", false},
    {{"read"}, "{\"scp\":\"read\"}", false},
    {{"read"}, "{\"Scope\":\"read\"}", false},
    {{"read"}, "{\"permissions\":[\"read\"]}", false},
};

static const require_row_t permission_rows[] = {
    {{"read"}, "{\"permissions\":[\"read\",\"write\"]}", true},
    {{"write read"}, "{\"permissions\":[\"read\",\"write\"]}", true},
    {{"admin", "read"}, "{\"permissions\":[\"read\"]}", true},
    {{"read write"}, "{\"permissions\":[\"read\"]}", false},
    {{"read write"}, "{\"permissions\":[\"read write\"]}", false},
    {{"read"}, "{\"permissions\":[]}", false},
    {{"read"}, "{}", false},
    {{"read"}, "{\"permissions\":null}", false},
    {{"read"}, "{\"permissions\":\"read\"}", false},
    {{"read"}, "{\"permissions\":{\"0\":\"read\"}}", false},
    {{"read"}, "{\"permissions\":[[\"read\"]]}", false},
    {{"read"}, "{\"scope\":\"read\"}", false},
    {{"read"}, "{\"scope\":\"read\",\"permissions\":[\"write\"]}", false},
};

static void scopes_and_permissions_are_apart(void **state)
{
    assert_int_equal(check_table(TABLE(SCOPE, scope_rows), *state), 0);
    assert_int_equal(check_table(TABLE(PERMISSION, permission_rows), *state),
                     0);
}

#define ROLES "https://example.com/roles"

static const require_row_t claim_rows[] = {
    {{"role", "admin"}, "{\"role\":\"admin\"}", true},
    {{"role", "user", "admin"}, "{\"role\":\"admin\"}", true},
    {{"role", "admin"}, "{\"role\":[\"user\",\"admin\"]}", true},
    {{"role", "a b"}, "{\"role\":\"a b\"}", true},
    {{"role", "a b"}, "{\"role\":[\"a b\"]}", true},
    {{"role", ""}, "{\"role\":\"\"}", true},
    {{"role", "\xc3\xa9"}, "{\"role\":\"\\u00e9\"}", true},
    {{ROLES, "admin"}, "{\"" ROLES "\":[\"admin\"]}", true},
    {{"/user/roles", "admin"}, "{\"user\":{\"roles\":[\"admin\"]}}", true},
    {{"/user/roles/1", "b"}, "{\"user\":{\"roles\":[\"a\",\"b\"]}}", true},
    {{"role", "admin"}, "{}", false},
    {{"role", "admin"}, "{\"role\":\"user\"}", false},
    {{"role", "admin"}, "{\"role\":\"Admin\"}", false},
    {{"role", "admin"}, "{\"Role\":\"admin\"}", false},
    {{"role", "admin"}, "{\"role\":\"administrator\"}", false},
    {{"role", "admin"}, "{\"role\":\"adm\"}", false},
    {{"role", "admin"}, "{\"role\":\" admin\"}", false},
    {{"role", "admin"}, "{\"role\":\"user admin\"}", false},
    {{"role", "admin"}, "{\"role\":\"user,admin\"}", false},
    {{"role", "a b"}, "{\"role\":\"a\"}", false},
    {{"role", "a b"}, "{\"role\":[\"a\",\"b\"]}", false},
    {{"role", ""}, "{}", false},
    {{"role", ""}, "{\"role\":null}", false},
    {{"role", ""}, "{\"role\":[]}", false},
    {{"role", "admin"}, "{\"role\":null}", false},
    {{"role", "null"}, "{\"role\":null}", false},
    {{"role", "null"}, "{\"role\":[null]}", false},
    {{"role", "admin"}, "{\"role\":[]}", false},
    {{"role", "[]"}, "{\"role\":[]}", false},
    {{"role", "{}"}, "{\"role\":{}}", false},
    {{"role", "admin"}, "{\"role\":{\"admin\":\"admin\"}}", false},
    {{"role", "admin"}, "{\"role\":[[\"admin\"]]}", false},
    {{"role", "admin"}, "{\"role\":[{\"admin\":true}]}", false},
    {{"role", "admin"}, "{\"role\":[\"a\",\"dmin\"]}", false},
    {{ROLES, "admin"}, "{\"roles\":[\"admin\"]}", false},
    {{ROLES, "admin"},
     "{\"https:\":{\"\":{\"example.com\":{\"roles\":"
     "\"admin\"}}}}",
     false},
    {{"/user/roles", "admin"}, "{\"/user/roles\":\"admin\"}", false},
    {{"user/roles", "admin"}, "{\"user\":{\"roles\":\"admin\"}}", false},
    {{"/user/roles/0", "b"}, "{\"user\":{\"roles\":[\"a\",\"b\"]}}", false},
};

/* JSON text against JSON text, so 1 is neither 1.0 nor "true". */
static const require_row_t literal_rows[] = {
    {{"v", "1"}, "{\"v\":1}", true},
    {{"v", "1"}, "{\"v\":\"1\"}", true},
    {{"v", "1"}, "{\"v\":[2,1]}", true},
    {{"v", "1"}, "{\"v\":[\"1\"]}", true},
    {{"v", "0"}, "{\"v\":0}", true},
    {{"v", "-1"}, "{\"v\":-1}", true},
    {{"v", "1.0"}, "{\"v\":1.0}", true},
    {{"v", "1.0"}, "{\"v\":\"1.0\"}", true},
    {{"v", "1.5"}, "{\"v\":1.50}", true},
    {{"v", "true"}, "{\"v\":true}", true},
    {{"v", "true"}, "{\"v\":\"true\"}", true},
    {{"v", "true"}, "{\"v\":[false,true]}", true},
    {{"v", "false"}, "{\"v\":false}", true},
    {{"v", "9007199254740993"}, "{\"v\":9007199254740993}", true},
    {{"v", "9223372036854775807"}, "{\"v\":9223372036854775807}", true},
    {{"v", "01"}, "{\"v\":\"01\"}", true},
    {{"v", "99999999999999999999"}, "{\"v\":\"99999999999999999999\"}", true},
    {{"v", "1"}, "{\"v\":1.0}", false},
    {{"v", "1.0"}, "{\"v\":1}", false},
    {{"v", "1.0"}, "{\"v\":\"1\"}", false},
    {{"v", "1"}, "{\"v\":\"1.0\"}", false},
    {{"v", "1"}, "{\"v\":true}", false},
    {{"v", "0"}, "{\"v\":false}", false},
    {{"v", "0"}, "{\"v\":null}", false},
    {{"v", "0"}, "{\"v\":\"\"}", false},
    {{"v", ""}, "{\"v\":0}", false},
    {{"v", ""}, "{\"v\":false}", false},
    {{"v", "true"}, "{\"v\":1}", false},
    {{"v", "true"}, "{\"v\":false}", false},
    {{"v", "false"}, "{\"v\":null}", false},
    {{"v", "false"}, "{\"v\":0}", false},
    {{"v", "True"}, "{\"v\":true}", false},
    {{"v", "1"}, "{\"v\":11}", false},
    {{"v", "1"}, "{\"v\":[[1]]}", false},
    {{"v", "1"}, "{\"v\":{\"v\":1}}", false},
    {{"v", " 1"}, "{\"v\":1}", false},
    {{"v", "1 "}, "{\"v\":1}", false},
    {{"v", " true"}, "{\"v\":true}", false},
    {{"v", "01"}, "{\"v\":1}", false},
    {{"v", "+1"}, "{\"v\":1}", false},
    {{"v", "\"1\""}, "{\"v\":1}", false},
    {{"v", "\"1\""}, "{\"v\":\"1\"}", false},
    {{"v", "[1]"}, "{\"v\":[1]}", false},
    {{"v", "9007199254740993"}, "{\"v\":9007199254740992}", false},
    {{"v", "9007199254740993"}, "{\"v\":9007199254740993.0}", false},
    {{"v", "18446744073709551615"}, "{\"v\":-1}", false},
    {{"v", "1e400"}, "{\"v\":1e308}", false},
};

static const require_row_t presence_rows[] = {
    {{"v"}, "{\"v\":\"x\"}", true},
    {{"v"}, "{\"v\":\"\"}", true},
    {{"v"}, "{\"v\":false}", true},
    {{"v"}, "{\"v\":0}", true},
    {{"v"}, "{\"v\":[]}", true},
    {{"v"}, "{\"v\":{}}", true},
    {{"v"}, "{\"v\":[null]}", true},
    {{"/v/0"}, "{\"v\":[0]}", true},
    {{"v"}, "{}", false},
    {{"v"}, "{\"v\":null}", false},
    {{"v"}, "{\"V\":1}", false},
    {{"v"}, "{\"x\":{\"v\":1}}", false},
    {{"/v/0"}, "{\"v\":[null]}", false},
    {{"/v/0"}, "{\"v\":[]}", false},
};

static void a_claim_is_compared_with_each_value(void **state)
{
    assert_int_equal(check_table(TABLE(CLAIM, claim_rows), *state), 0);
    assert_int_equal(check_table(TABLE(CLAIM, literal_rows), *state), 0);
    assert_int_equal(check_table(TABLE(CLAIM, presence_rows), *state), 0);
}

static const require_row_t org_rows[] = {
    {{"org_abc"}, "{\"org_id\":\"org_abc\"}", true},
    {{"org_x", "org_abc"}, "{\"org_id\":\"org_abc\"}", true},
    {{"org_abc"}, "{\"org_id\":\"org_abc\",\"org_name\":\"corp\"}", true},
    {{"corp"}, "{\"org_id\":\"org_abc\",\"org_name\":\"corp\"}", true},
    {{"CORP"}, "{\"org_id\":\"org_abc\",\"org_name\":\"corp\"}", true},
    {{"corp"}, "{\"org_name\":\"Corp\"}", true},
    {{"org_x", "corp"}, "{\"org_id\":\"org_abc\",\"org_name\":\"corp\"}", true},
    {{"org-abc"}, "{\"org_name\":\"org-abc\"}", true},
    {{"org"}, "{\"org_name\":\"org\"}", true},
    {{"org_abc"}, "{}", false},
    {{"corp"}, "{}", false},
    {{"org_abc"}, "{\"org_id\":\"org_abd\"}", false},
    {{"org_abc"}, "{\"org_id\":\"org_ABC\"}", false},
    {{"org_ABC"}, "{\"org_id\":\"org_abc\"}", false},
    {{"ORG_abc"}, "{\"org_id\":\"org_abc\"}", false},
    {{"org_abc"}, "{\"org_id\":\"org_abcd\"}", false},
    {{"org_abc"}, "{\"org_id\":\"org_ab\"}", false},
    {{"org_abc"}, "{\"org_id\":\"abc\"}", false},
    {{"org_"}, "{\"org_id\":\"org_abc\"}", false},
    {{"org_abc"}, "{\"org_name\":\"org_abc\"}", false},
    {{"org_abc"}, "{\"org_id\":\"org_x\",\"org_name\":\"org_abc\"}", false},
    {{"corp"}, "{\"org_id\":\"corp\"}", false},
    {{"corp"}, "{\"org_id\":\"corp\",\"org_name\":\"evil\"}", false},
    {{"corp"}, "{\"org_name\":\"corps\"}", false},
    {{"corps"}, "{\"org_name\":\"corp\"}", false},
    {{"corp"}, "{\"org_name\":\"\"}", false},
    {{"corp"}, "{\"org_name\":null}", false},
    {{"corp"}, "{\"org_name\":[\"corp\"]}", false},
    {{"org_abc"}, "{\"org_id\":[\"org_abc\"]}", false},
    {{"org_abc"}, "{\"org_id\":{\"org_abc\":1}}", false},
    {{"true"}, "{\"org_name\":true}", false},
    {{"1"}, "{\"org_name\":1}", false},
    {{"corp"}, "{\"organization\":\"corp\"}", false},
    {{"\xc3\x84"}, "{\"org_name\":\"\xc3\xa4\"}", false},
};

static void an_org_is_an_id_or_a_name(void **state)
{
    assert_int_equal(check_table(TABLE(ORG, org_rows), *state), 0);
}

static const require_row_t client_rows[] = {
    {{"app"}, "{\"azp\":\"app\"}", true},
    {{"app"}, "{\"client_id\":\"app\"}", true},
    {{"app"}, "{\"azp\":\"app\",\"client_id\":\"app\"}", true},
    {{"app", "web"}, "{\"azp\":\"web\"}", true},
    {{"app", "web"}, "{\"azp\":\"app\",\"client_id\":\"web\"}", true},
    {{"https://c.example/m"}, "{\"client_id\":\"https://c.example/m\"}", true},
    {{"app"}, "{}", false},
    {{"app"}, "{\"azp\":\"app\",\"client_id\":\"evil\"}", false},
    {{"app"}, "{\"azp\":\"evil\",\"client_id\":\"app\"}", false},
    {{"app"}, "{\"azp\":\"app\",\"client_id\":\"\"}", false},
    {{"app"}, "{\"azp\":\"\",\"client_id\":\"app\"}", false},
    {{"app"}, "{\"azp\":\"App\"}", false},
    {{"app"}, "{\"azp\":\"apps\"}", false},
    {{"app"}, "{\"azp\":\"ap\"}", false},
    {{"app"}, "{\"azp\":\"app web\"}", false},
    {{"app"}, "{\"azp\":\"\"}", false},
    {{"app"}, "{\"azp\":null}", false},
    {{"app"}, "{\"azp\":[\"app\"]}", false},
    {{"app"}, "{\"client_id\":{\"app\":1}}", false},
    {{"1"}, "{\"azp\":1}", false},
    {{"true"}, "{\"client_id\":true}", false},
    {{"app"}, "{\"sub\":\"app\"}", false},
    {{"app"}, "{\"sub\":\"app@clients\"}", false},
    {{"app"}, "{\"aud\":\"app\"}", false},
    {{"app"}, "{\"act\":{\"client_id\":\"app\"}}", false},
    {{"https://c.example/m"},
     "{\"client_id\":\"https://c.example/m/\"}",
     false},
};

static void a_client_is_good_by_every_name_it_has(void **state)
{
    assert_int_equal(check_table(TABLE(CLIENT, client_rows), *state), 0);
}

static const require_row_t subject_rows[] = {
    {{"user"}, "{\"sub\":\"auth0|1\"}", true},
    {{"machine"}, "{\"sub\":\"a@clients\"}", true},
    {{"agent"}, "{\"sub\":\"agt_1\"}", true},
    {{"anonymous"}, "{\"sub\":\"anon@1\"}", true},
    {{"user", "machine"}, "{\"sub\":\"auth0|1\"}", true},
    {{"user", "machine"}, "{\"sub\":\"a@clients\"}", true},
    {{"user", "user"}, "{\"sub\":\"auth0|1\"}", true},
    {{"user", "machine"}, "{\"sub\":\"agt_1\"}", false},
    {{"user", "machine"}, "{\"sub\":\"anon@1\"}", false},
    {{"user"}, "{\"sub\":\"a@clients\"}", false},
    {{"user"}, "{\"sub\":\"anon@1\",\"sub_profile\":\"user\"}", false},
    {{"machine"}, "{\"sub\":\"auth0|1\"}", false},
    {{"machine"}, "{\"sub\":\"agt_1\",\"gty\":\"client-credentials\"}", false},
    {{"user"}, "{\"sub\":\"auth0|1\",\"sub_profile\":1}", false},
    {{"user", "machine", "agent", "anonymous"}, "{\"sub\":\"agt_1\"}", true},
    {{"user", "machine", "agent", "anonymous"}, "{\"sub\":\"x\"}", false},
    {{"user", "machine", "agent", "anonymous"}, "{\"sub\":\"\"}", false},
    {{"user", "machine", "agent", "anonymous"}, "{}", false},
};

static void a_subject_is_of_one_of_the_types(void **state)
{
    assert_int_equal(check_table(TABLE(SUBJECT, subject_rows), *state), 0);
}

#define DETAILS(value) "{\"authorization_details\":" value "}"

static const require_row_t details_rows[] = {
    {{"pay"}, DETAILS("[{\"type\":\"pay\"}]"), true},
    {{"pay"}, DETAILS("[{\"type\":\"x\"},{\"type\":\"pay\",\"a\":1}]"), true},
    {{"x", "pay"}, DETAILS("[{\"type\":\"pay\"}]"), true},
    {{"pay"}, DETAILS("[null,1,\"pay\",[],{\"type\":\"pay\"}]"), true},
    {{"pay"}, DETAILS("[{\"type\":1},{\"type\":\"pay\"}]"), true},
    {{"pay"}, "{}", false},
    {{"pay"}, DETAILS("[]"), false},
    {{"pay"}, DETAILS("null"), false},
    {{"pay"}, DETAILS("\"pay\""), false},
    {{"pay"}, DETAILS("[\"pay\"]"), false},
    {{"pay"}, DETAILS("{\"type\":\"pay\"}"), false},
    {{"pay"}, DETAILS("[[{\"type\":\"pay\"}]]"), false},
    {{"pay"}, DETAILS("[{\"type\":\"Pay\"}]"), false},
    {{"pay"}, DETAILS("[{\"type\":\"payment\"}]"), false},
    {{"pay"}, DETAILS("[{\"type\":\"pa\"}]"), false},
    {{"pay"}, DETAILS("[{\"Type\":\"pay\"}]"), false},
    {{"pay"}, DETAILS("[{\"type\":[\"pay\"]}]"), false},
    {{"pay"}, DETAILS("[{\"type\":null}]"), false},
    {{"true"}, DETAILS("[{\"type\":true}]"), false},
    {{"pay"}, DETAILS("[{\"x\":{\"type\":\"pay\"}}]"), false},
    {{"pay"}, DETAILS("\"[{\\\"type\\\":\\\"pay\\\"}]\""), false},
};

static void a_detail_has_one_of_the_types(void **state)
{
    assert_int_equal(
        check_table(TABLE(AUTHORIZATION_DETAILS, details_rows), *state), 0);
}

static const require_row_t step_up_rows[] = {
    {{"acr=mfa"}, "{\"acr\":\"mfa\"}", true},
    {{"acr=mfa", "max_age=9"},
     "{\"acr\":\"mfa\",\"auth_time\":1799999991}",
     true},
    {{"max_age=9"}, "{\"auth_time\":1800000005}", true},
    {{"max_age=9"}, "{\"auth_time\":1799999990}", false},
    {{"acr=mfa"}, "{\"acr\":\"pwd\"}", false},
    {{"acr=mfa"}, "{}", false},
};

/* All of step-up is in its own test; here it only has to be asked. */
static void step_up_has_an_answer_of_its_own(void **state)
{
    static const char *const words[] = {"max_age=9", NULL};
    const auth0_require_t *required =
        parse(AUTH0_REQUIRES_STEP_UP, words, *state);
    assert_int_equal(check_table(TABLE(STEP_UP, step_up_rows), *state), 0);
    assert_int_equal(check(required, "{\"auth_time\":\"x\"}", *state),
                     AUTH0_CLAIMS_TYPE);
    assert_int_equal(check(required, "{\"auth_time\":1800000006}", *state),
                     AUTH0_CLAIMS_TYPE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SUPPORT_TEST(scopes_and_permissions_are_apart),
        SUPPORT_TEST(a_claim_is_compared_with_each_value),
        SUPPORT_TEST(an_org_is_an_id_or_a_name),
        SUPPORT_TEST(a_client_is_good_by_every_name_it_has),
        SUPPORT_TEST(a_subject_is_of_one_of_the_types),
        SUPPORT_TEST(a_detail_has_one_of_the_types),
        SUPPORT_TEST(step_up_has_an_answer_of_its_own),
    };
    return SUPPORT_RUN(tests);
}
