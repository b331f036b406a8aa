/* Licensed under the Apache License, Version 2.0; see LICENSE. */
#include "support.h"

#include <string.h>

#include "core/auth0_require.h"

#define WORDS_MAX 4
#define UNMET_MAX 4

#define SCOPE AUTH0_REQUIRES_SCOPE
#define PERMISSION AUTH0_REQUIRES_PERMISSION
#define CLAIM AUTH0_REQUIRES_CLAIM
#define ORG AUTH0_REQUIRES_ORG
#define CLIENT AUTH0_REQUIRES_CLIENT
#define SUBJECT AUTH0_REQUIRES_SUBJECT
#define STEP_UP AUTH0_REQUIRES_STEP_UP
#define DETAILS AUTH0_REQUIRES_AUTHORIZATION_DETAILS

static void kinds_have_the_manuals_names(void **state)
{
    static const char *const names[] = {
        [SCOPE] = "auth0-scope",     [PERMISSION] = "auth0-permission",
        [CLAIM] = "auth0-claim",     [ORG] = "auth0-org",
        [CLIENT] = "auth0-client",   [SUBJECT] = "auth0-subject",
        [STEP_UP] = "auth0-step-up", [DETAILS] = "auth0-authorization-details",
    };
    (void)state;
    assert_int_equal(COUNT(names), AUTH0_REQUIRES_COUNT);
    for (auth0_require_kind_t i = 0; i < AUTH0_REQUIRES_COUNT; i++) {
        assert_string_equal(auth0_require_name(i), names[i]);
    }
}

typedef struct refused_row_t {
    auth0_require_kind_t kind;
    const char *words[WORDS_MAX];
    const char *about; /* stands in the sentence */
} refused_row_t;

static const refused_row_t refused_rows[] = {
    {SCOPE, {NULL}, "at least one word"},
    {SCOPE, {""}, "empty word"},
    {SCOPE, {"read", " "}, "empty word"},
    {SCOPE, {"a\"b"}, "character"},
    {PERMISSION, {NULL}, "at least one"},
    {PERMISSION, {""}, "empty"},
    {PERMISSION, {"a\\b"}, "character"},
    {CLAIM, {NULL}, "name of a claim"},
    {CLAIM, {""}, "names no claim"},
    {CLAIM, {"", "x"}, "names no claim"},
    {CLAIM, {"a\nb"}, "names no claim"},
    {CLAIM, {"/a~b", "x"}, "'/a~b' is no JSON Pointer"},
    {ORG, {NULL}, "at least one value"},
    {ORG, {""}, "empty"},
    {ORG, {"corp", ""}, "empty"},
    {ORG, {"a\nb"}, "control character"},
    {ORG, {"a\x7f"}, "control character"},
    {CLIENT, {NULL}, "at least one value"},
    {CLIENT, {""}, "empty"},
    {CLIENT, {"app", "a\tb"}, "control character"},
    {SUBJECT, {NULL}, "needs one of user, machine, agent, anonymous"},
    {SUBJECT, {""}, "'' is none of user"},
    {SUBJECT, {"User"}, "'User' is none of user"},
    {SUBJECT, {"user", "robot"}, "'robot' is none of user"},
    {SUBJECT, {"user machine"}, "'user machine' is none of user"},
    {STEP_UP, {NULL}, "needs acr"},
    {STEP_UP, {"mfa"}, "'mfa'"},
    {STEP_UP, {"max_age=5m"}, "max_age=300"},
    {DETAILS, {NULL}, "at least one value"},
    {DETAILS, {""}, "empty"},
    {DETAILS, {"a\x1f"}, "control character"},
};

static void what_cannot_be_required_is_refused(void **state)
{
    unsigned bad = 0;
    for (size_t i = 0; i < COUNT(refused_rows); i++) {
        const refused_row_t *row = &refused_rows[i];
        static char poison;
        auth0_require_t *required = (auth0_require_t *)(void *)&poison;
        const char *why = auth0_require_parse(
            &required, row->kind, row->words,
            support_count_words(row->words, WORDS_MAX), *state);
        assert_null(required);
        bad += support_equal(
            apr_psprintf(*state, "%s: %s", auth0_require_name(row->kind), why),
            why && strstr(why, row->about), true);
    }
    assert_int_equal(bad, 0);
}

static void a_requirement_outlives_its_words(void **state)
{
    char words[][16] = {"role", "admin", "1"};
    const char *const list[] = {words[0], words[1], words[2]};
    auth0_require_t *required;
    auth0_claims_t *claims;
    assert_null(auth0_require_parse(&required, CLAIM, list, 3, *state));
    memset(words, 'x', sizeof(words));
    static const char *const good[] = {"{\"role\":\"admin\"}", "{\"role\":1}"};
    for (size_t i = 0; i < COUNT(good); i++) {
        assert_int_equal(
            auth0_claims_parse(&claims, support_span(good[i]), *state),
            AUTH0_OK);
        assert_int_equal(auth0_require_check(required, claims, NULL), AUTH0_OK);
    }
}

typedef struct line_t {
    auth0_require_kind_t kind;
    const char *words[WORDS_MAX];
    auth0_reason_t reason;
} line_t;

typedef struct challenge_row_t {
    const char *name;
    line_t lines[UNMET_MAX];
    size_t count;
    size_t decisive;
    auth0_challenge_t want;
} challenge_row_t;

#define READ                                                                   \
    {                                                                          \
        SCOPE, {"read", "x"}, AUTH0_REQUIRE_SCOPE                              \
    }
#define WRITE                                                                  \
    {                                                                          \
        SCOPE, {"write read"}, AUTH0_REQUIRE_SCOPE                             \
    }
#define PERMIT                                                                 \
    {                                                                          \
        PERMISSION, {"admin", "y"}, AUTH0_REQUIRE_PERMISSION                   \
    }
#define ROLE                                                                   \
    {                                                                          \
        CLAIM, {"role", "admin"}, AUTH0_REQUIRE_CLAIM                          \
    }
#define CORP                                                                   \
    {                                                                          \
        ORG, {"corp"}, AUTH0_REQUIRE_ORG                                       \
    }
#define APP                                                                    \
    {                                                                          \
        CLIENT, {"app"}, AUTH0_REQUIRE_CLIENT                                  \
    }
#define USER                                                                   \
    {                                                                          \
        SUBJECT, {"user"}, AUTH0_REQUIRE_SUBJECT                               \
    }
#define PAY                                                                    \
    {                                                                          \
        DETAILS, {"pay"}, AUTH0_REQUIRE_AUTHORIZATION_DETAILS                  \
    }
#define MFA                                                                    \
    {                                                                          \
        STEP_UP, {"acr=gold silver", "max_age=9"}, AUTH0_REQUIRE_STEP_UP       \
    }
#define RECENT                                                                 \
    {                                                                          \
        STEP_UP, {"max_age=60"}, AUTH0_REQUIRE_STEP_UP                         \
    }
#define TYPE                                                                   \
    {                                                                          \
        STEP_UP, {"max_age=60"}, AUTH0_CLAIMS_TYPE                             \
    }
#define NEGATED                                                                \
    {                                                                          \
        SCOPE, {"read"}, AUTH0_REQUIRE_OTHER                                   \
    }

#define SAYS(reason, scope)                                                    \
    {                                                                          \
        "r", reason, scope, NULL, NULL, AUTH0_SCHEME_NONE, NULL                \
    }
#define SAYS_STEP_UP(acr_values, max_age)                                      \
    {                                                                          \
        "r", AUTH0_REQUIRE_STEP_UP, NULL, acr_values, max_age,                 \
            AUTH0_SCHEME_NONE, NULL                                            \
    }

static const challenge_row_t challenge_rows[] = {
    {"scope", {READ}, 1, 0, SAYS(AUTH0_REQUIRE_SCOPE, "read")},
    {"permission", {PERMIT}, 1, 0, SAYS(AUTH0_REQUIRE_PERMISSION, "admin")},
    {"claim", {ROLE}, 1, 0, SAYS(AUTH0_REQUIRE_CLAIM, NULL)},
    {"org", {CORP}, 1, 0, SAYS(AUTH0_REQUIRE_ORG, NULL)},
    {"client", {APP}, 1, 0, SAYS(AUTH0_REQUIRE_CLIENT, NULL)},
    {"subject", {USER}, 1, 0, SAYS(AUTH0_REQUIRE_SUBJECT, NULL)},
    {"details", {PAY}, 1, 0, SAYS(AUTH0_REQUIRE_AUTHORIZATION_DETAILS, NULL)},
    {"step-up", {MFA}, 1, 0, SAYS_STEP_UP("gold silver", "9")},
    {"age only", {RECENT}, 1, 0, SAYS_STEP_UP(NULL, "60")},
    {"bad auth_time", {TYPE}, 1, 0, SAYS(AUTH0_CLAIMS_TYPE, NULL)},
    {"met, but must not be", {NEGATED}, 1, 0, SAYS(AUTH0_REQUIRE_OTHER, NULL)},
    {"two scopes",
     {READ, WRITE},
     2,
     0,
     SAYS(AUTH0_REQUIRE_SCOPE, "read write")},
    {"scope and permission",
     {READ, PERMIT},
     2,
     0,
     SAYS(AUTH0_REQUIRE_SCOPE, "read admin")},
    {"permission and scope",
     {PERMIT, READ},
     2,
     0,
     SAYS(AUTH0_REQUIRE_PERMISSION, "admin read")},
    {"scope before step-up",
     {READ, MFA},
     2,
     0,
     SAYS(AUTH0_REQUIRE_SCOPE, "read")},
    {"step-up before scope",
     {MFA, READ},
     2,
     0,
     SAYS_STEP_UP("gold silver", "9")},
    {"first of two step-ups", {RECENT, MFA}, 2, 0, SAYS_STEP_UP(NULL, "60")},
    {"org after scope", {READ, CORP}, 2, 1, SAYS(AUTH0_REQUIRE_ORG, NULL)},
    {"org before scope", {CORP, READ}, 2, 0, SAYS(AUTH0_REQUIRE_ORG, NULL)},
    {"claim after permission",
     {PERMIT, ROLE},
     2,
     1,
     SAYS(AUTH0_REQUIRE_CLAIM, NULL)},
    {"client after step-up",
     {MFA, APP},
     2,
     1,
     SAYS(AUTH0_REQUIRE_CLIENT, NULL)},
    {"details after all",
     {READ, PERMIT, MFA, PAY},
     4,
     3,
     SAYS(AUTH0_REQUIRE_AUTHORIZATION_DETAILS, NULL)},
    {"first of two others at once",
     {USER, CORP},
     2,
     0,
     SAYS(AUTH0_REQUIRE_SUBJECT, NULL)},
    {"first of two others",
     {READ, USER, CORP},
     3,
     1,
     SAYS(AUTH0_REQUIRE_SUBJECT, NULL)},
    {"bad auth_time after scope",
     {READ, TYPE},
     2,
     1,
     SAYS(AUTH0_CLAIMS_TYPE, NULL)},
    {"must not be met, after scope",
     {READ, NEGATED},
     2,
     1,
     SAYS(AUTH0_REQUIRE_OTHER, NULL)},
};

static void read_lines(auth0_unmet_t *unmet, const challenge_row_t *row,
                       apr_pool_t *pool)
{
    for (size_t i = 0; i < row->count; i++) {
        const line_t *line = &row->lines[i];
        auth0_require_t *required;
        assert_null(auth0_require_parse(
            &required, line->kind, line->words,
            support_count_words(line->words, WORDS_MAX), pool));
        unmet[i] = (auth0_unmet_t){required, NULL, line->reason};
    }
}

static void the_decisive_requirement_makes_the_challenge(void **state)
{
    unsigned bad = 0;
    for (size_t i = 0; i < COUNT(challenge_rows); i++) {
        const challenge_row_t *row = &challenge_rows[i];
        auth0_unmet_t unmet[UNMET_MAX];
        auth0_challenge_t got = {.realm = "r"};
        read_lines(unmet, row, *state);
        bad += support_equal(row->name,
                             (long)auth0_require_decisive(unmet, row->count),
                             (long)row->decisive);
        auth0_require_challenge(&got, unmet, row->count, *state);
        bad += support_reason(row->name, got.reason, row->want.reason);
        bad += support_text(row->name, got.realm, row->want.realm);
        bad += support_text(row->name, got.scope, row->want.scope);
        bad += support_text(row->name, got.acr_values, row->want.acr_values);
        bad += support_text(row->name, got.max_age, row->want.max_age);
    }
    assert_int_equal(bad, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SUPPORT_TEST(kinds_have_the_manuals_names),
        SUPPORT_TEST(what_cannot_be_required_is_refused),
        SUPPORT_TEST(a_requirement_outlives_its_words),
        SUPPORT_TEST(the_decisive_requirement_makes_the_challenge),
    };
    return SUPPORT_RUN(tests);
}
