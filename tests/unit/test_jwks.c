/* Licensed under the Apache License, Version 2.0; see LICENSE. */
#include "support.h"

#include <string.h>

#include "core/auth0_jwks.h"

static auth0_jwks_t *parse(const char *document, apr_pool_t *pool)
{
    static char poison;
    auth0_jwks_t *set = (auth0_jwks_t *)(void *)&poison;
    auth0_span_t text = support_copy(support_span(document), pool);
    const char *why = auth0_jwks_parse(&set, text, pool);
    if (why == NULL) {
        assert_non_null(set);
        assert_ptr_not_equal(set, &poison);
        return set;
    }
    assert_null(set);
    assert_true(strlen(why) > 0);
    return NULL;
}

static const char *document_of(const char *members, apr_pool_t *pool)
{
    return apr_psprintf(pool, "{\"keys\":[%s]}", members);
}

static const char *const no_sets[] = {
    "",
    "null",
    "[]",
    "\"keys\"",
    "{}",
    "{\"keys\":null}",
    "{\"keys\":{}}",
    "{\"keys\":\"x\"}",
    "{\"keys\":1}",
    "{\"keys\":[]}",
    "{\"Keys\":[]}",
    "{\"keys\":[null]}",
    "{\"keys\":[[]]}",
    "{\"keys\":[\"x\",1,true]}",
    "{\"keys\":[{}]}",
    "{\"keys\":[{\"kty\":\"oct\",\"k\":\"AQ\"}]}",
    "{\"keys\":[{\"kty\":\"OKP\"},{\"kty\":\"RSA\"}]}",
    "<html></html>",
};

static void a_document_without_usable_keys_is_refused(void **state)
{
    unsigned bad = 0;
    for (size_t i = 0; i < COUNT(no_sets); i++) {
        bad +=
            support_equal(no_sets[i], parse(no_sets[i], *state) != NULL, false);
    }
    assert_int_equal(bad, 0);
}

static void a_document_around_good_keys_must_be_good(void **state)
{
    const char *key = support_jwk(SUPPORT_P256, "a", "", *state);
    const char *set = document_of(key, *state);
    const char *spaces = support_repeat(" ", 262144, *state);
    const char *twice =
        apr_psprintf(*state, "{\"keys\":[%s],\"keys\":[%s]}", key, key);
    const char *member_twice = document_of(
        support_jwk(SUPPORT_P256, "a", "\"kid\":\"b\",", *state), *state);
    assert_non_null(parse(set, *state));
    assert_non_null(parse(apr_pstrcat(*state, " ", set, "\n", NULL), *state));
    assert_null(parse(apr_pstrcat(*state, set, "x", NULL), *state));
    assert_null(parse(apr_pstrcat(*state, set, set, NULL), *state));
    assert_null(parse(apr_pstrcat(*state, "[", set, "]", NULL), *state));
    assert_null(parse(apr_pstrcat(*state, set, spaces, NULL), *state));
    assert_null(parse(key, *state));
    assert_null(parse(twice, *state));
    assert_null(parse(member_twice, *state));
}

/* Wherever a transfer is cut, no set comes out of what arrived. */
static void a_truncated_document_is_refused(void **state)
{
    const char *set =
        document_of(support_jwk(SUPPORT_P256, "a", "", *state), *state);
    for (size_t len = 0; len < strlen(set); len++) {
        assert_null(
            parse(support_string(auth0_span(set, len), *state), *state));
    }
}

typedef struct count_row_t {
    const char *name;
    const char *members;
    size_t count;
    size_t skipped;
    size_t secrets;
} count_row_t;

static const char *join(const char *a, const char *b, apr_pool_t *pool)
{
    return apr_pstrcat(pool, a, ",", b, NULL);
}

static void bad_members_are_left_out_and_counted(void **state)
{
    const char *good = support_jwk(SUPPORT_RSA, "a", "", *state);
    const char *second = support_jwk(SUPPORT_P256, "b", "", *state);
    const char *oct = "{\"kty\":\"oct\",\"k\":\"AQ\",\"kid\":\"o\"}";
    const char *okp = "{\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"x\":\"AQ\"}";
    const char *private =
        support_jwk(SUPPORT_P384, "p", "\"d\":\"AQ\",", *state);
    const char *enc =
        support_jwk(SUPPORT_P384, "e", "\"use\":\"enc\",", *state);
    const count_row_t rows[] = {
        {"one", good, 1, 0, 0},
        {"two", join(good, second, *state), 2, 0, 0},
        {"no object", join("1", good, *state), 1, 1, 0},
        {"unknown type", join(good, okp, *state), 1, 1, 0},
        {"for encryption", join(enc, good, *state), 1, 1, 0},
        {"symmetric", join(good, oct, *state), 1, 1, 1},
        {"private", join(private, good, *state), 1, 1, 1},
        {"all of these",
         join(join(join(oct, okp, *state), join(private, enc, *state), *state),
              join(good, second, *state), *state),
         2, 4, 2},
    };
    unsigned bad = 0;
    for (size_t i = 0; i < COUNT(rows); i++) {
        auth0_jwks_t *set = parse(document_of(rows[i].members, *state), *state);
        assert_non_null(set);
        bad += support_equal(rows[i].name, (long)auth0_jwks_count(set),
                             (long)rows[i].count);
        bad += support_equal(rows[i].name, (long)auth0_jwks_skipped(set),
                             (long)rows[i].skipped);
        bad += support_equal(rows[i].name, (long)auth0_jwks_secrets(set),
                             (long)rows[i].secrets);
    }
    assert_int_equal(bad, 0);
}

static void a_set_has_at_most_100_members(void **state)
{
    const char *good = support_jwk(SUPPORT_P256, "a", "", *state);
    for (size_t others = 98; others <= 100; others++) {
        const char *members = apr_pstrcat(
            *state, support_repeat("{},", others, *state), good, NULL);
        auth0_jwks_t *set = parse(document_of(members, *state), *state);
        assert_int_equal(set != NULL, others < 100);
        assert_true(set == NULL || auth0_jwks_skipped(set) == others);
    }
}

static const auth0_alg_t *alg(const char *name)
{
    const auth0_alg_t *row = auth0_alg_find(support_span(name));
    assert_non_null(row);
    return row;
}

static void one_kid_is_one_key(void **state)
{
    const char *a = support_jwk(SUPPORT_P256, "k", "", *state);
    const char *again =
        support_jwk(SUPPORT_P256, "k", "\"use\":\"sig\",", *state);
    const char *other = support_jwk(SUPPORT_P256_OTHER, "k", "", *state);
    const char *rsa = support_jwk(SUPPORT_RSA, "k", "", *state);
    const char *cased = support_jwk(SUPPORT_P256_OTHER, "K", "", *state);
    const char *good = support_jwk(SUPPORT_P384, "g", "", *state);
    const auth0_key_t *key = NULL;
    auth0_jwks_t *set =
        parse(document_of(join(a, again, *state), *state), *state);
    assert_non_null(set);
    assert_int_equal(
        auth0_jwks_find(&key, set, support_span("k"), alg("ES256")), AUTH0_OK);
    assert_int_equal(auth0_jwks_find(&key, set, support_span(""), alg("ES256")),
                     AUTH0_OK);
    assert_null(parse(document_of(join(a, other, *state), *state), *state));
    assert_null(parse(document_of(join(other, a, *state), *state), *state));
    assert_null(parse(document_of(join(a, rsa, *state), *state), *state));
    assert_null(
        parse(document_of(join(join(a, good, *state), other, *state), *state),
              *state));
    assert_non_null(parse(document_of(join(a, cased, *state), *state), *state));
}

/* Two keys without a kid do not collide: they have no name to share. */
static void keys_without_kid_do_not_collide(void **state)
{
    const char *members =
        join(support_jwk(SUPPORT_P256, NULL, "", *state),
             support_jwk(SUPPORT_RSA, NULL, "", *state), *state);
    auth0_jwks_t *set = parse(document_of(members, *state), *state);
    assert_non_null(set);
    assert_int_equal(auth0_jwks_count(set), 2);
}

typedef struct find_row_t {
    const char *kid;
    const char *alg;
    auth0_reason_t want;
    const char *found;
} find_row_t;

static const find_row_t find_rows[] = {
    {"rsa", "RS256", AUTH0_OK, "rsa"},
    {"rsa", "PS512", AUTH0_OK, "rsa"},
    {"p256", "ES256", AUTH0_OK, "p256"},
    {"p384", "ES384", AUTH0_OK, "p384"},
    {"p521", "ES512", AUTH0_OK, "p521"},
    {"rsa", "ES256", AUTH0_KEY_UNUSABLE, NULL},
    {"rsa", "HS256", AUTH0_KEY_UNUSABLE, NULL},
    {"p256", "RS256", AUTH0_KEY_UNUSABLE, NULL},
    {"p256", "ES384", AUTH0_KEY_UNUSABLE, NULL},
    {"p256", "HS256", AUTH0_KEY_UNUSABLE, NULL},
    {"RSA", "RS256", AUTH0_KEY_UNKNOWN, NULL},
    {"rs", "RS256", AUTH0_KEY_UNKNOWN, NULL},
    {"rsa ", "RS256", AUTH0_KEY_UNKNOWN, NULL},
    {"../rsa", "RS256", AUTH0_KEY_UNKNOWN, NULL},
    {"' OR 1=1 --", "RS256", AUTH0_KEY_UNKNOWN, NULL},
    {"", "RS256", AUTH0_OK, "rsa"},
    {"", "PS256", AUTH0_OK, "rsa"},
    {"", "ES256", AUTH0_OK, "p256"},
    {"", "ES512", AUTH0_OK, "p521"},
    {"", "HS256", AUTH0_KEY_UNKNOWN, NULL},
};

static void keys_are_found_by_kid_and_algorithm(void **state)
{
    const auth0_jwks_t *set = support_all_keys(*state);
    unsigned bad = 0;
    for (size_t i = 0; i < COUNT(find_rows); i++) {
        const find_row_t *row = &find_rows[i];
        const char *name =
            apr_pstrcat(*state, row->kid, " for ", row->alg, NULL);
        const auth0_key_t *key = NULL;
        auth0_span_t kid = support_copy(support_span(row->kid), *state);
        bad += support_reason(
            name, auth0_jwks_find(&key, set, kid, alg(row->alg)), row->want);
        const char *found =
            key != NULL ? support_string(auth0_key_kid(key), *state) : NULL;
        bad += support_text(name, found, row->found);
    }
    assert_int_equal(bad, 0);
}

static void a_kid_is_compared_to_its_end(void **state)
{
    const auth0_jwks_t *set = support_all_keys(*state);
    const auth0_key_t *key;
    assert_int_equal(
        auth0_jwks_find(&key, set, auth0_span("rsa\0", 4), alg("RS256")),
        AUTH0_KEY_UNKNOWN);
    assert_int_equal(
        auth0_jwks_find(&key, set, auth0_span("rsax", 3), alg("RS256")),
        AUTH0_OK);
}

static void without_a_kid_nothing_is_guessed(void **state)
{
    const char *one = support_jwk(SUPPORT_RSA, "a", "", *state);
    const char *two = support_jwk(SUPPORT_RSA_OTHER, "b", "", *state);
    const char *ec = support_jwk(SUPPORT_P256, NULL, "", *state);
    auth0_jwks_t *single = parse(document_of(one, *state), *state);
    auth0_jwks_t *pair = parse(
        document_of(join(join(one, ec, *state), two, *state), *state), *state);
    const auth0_key_t *key = NULL;
    assert_int_equal(
        auth0_jwks_find(&key, single, support_span(""), alg("RS256")),
        AUTH0_OK);
    assert_non_null(key);
    assert_int_equal(
        auth0_jwks_find(&key, single, support_span(""), alg("ES256")),
        AUTH0_KEY_UNKNOWN);
    assert_int_equal(
        auth0_jwks_find(&key, pair, support_span(""), alg("RS256")),
        AUTH0_KEY_UNKNOWN);
    assert_null(key);
    assert_int_equal(
        auth0_jwks_find(&key, pair, support_span(""), alg("ES256")), AUTH0_OK);
    assert_int_equal(
        auth0_jwks_find(&key, pair, support_span("b"), alg("RS256")), AUTH0_OK);
}

/* The sets hold these keys; a row's kid is the one that was replaced. */
typedef struct replaced_row_t {
    const char *name;
    const char *former;
    const char *set;
    const char *kid; /* NULL: none */
} replaced_row_t;

static void another_key_under_a_kid_is_noticed(void **state)
{
    const char *a = support_jwk(SUPPORT_RSA, "a", "", *state);
    const char *other_a = support_jwk(SUPPORT_RSA_OTHER, "a", "", *state);
    const char *ec_a = support_jwk(SUPPORT_P256, "a", "", *state);
    const char *b = support_jwk(SUPPORT_RSA_OTHER, "b", "", *state);
    const char *nameless = support_jwk(SUPPORT_RSA, NULL, "", *state);
    const char *other_nameless =
        support_jwk(SUPPORT_RSA_OTHER, NULL, "", *state);
    const replaced_row_t rows[] = {
        {"the same", a, a, NULL},
        {"one more", a, join(a, b, *state), NULL},
        {"one less", join(a, b, *state), a, NULL},
        {"rotated", a, b, NULL},
        {"replaced", a, other_a, "a"},
        {"replaced, not first", join(b, a, *state), join(b, other_a, *state),
         "a"},
        {"replaced by another kind", a, ec_a, "a"},
        {"without a kid", nameless, other_nameless, NULL},
    };
    unsigned bad = 0;

    for (size_t i = 0; i < COUNT(rows); i++) {
        auth0_span_t kid = {"", 0};
        bool replaced = auth0_jwks_replaced(
            &kid, parse(document_of(rows[i].former, *state), *state),
            parse(document_of(rows[i].set, *state), *state));
        bad += support_equal(rows[i].name, replaced, rows[i].kid != NULL);
        bad += rows[i].kid
                   ? support_equal(rows[i].name,
                                   auth0_span_is(kid, rows[i].kid), true)
                   : 0;
    }
    assert_int_equal(bad, 0);
}

/* A set is freed with its pool, over and over: for the leak checkers. */
static void a_set_dies_with_its_pool(void **state)
{
    const char *document =
        document_of(support_jwk(SUPPORT_RSA, "a", "", *state), *state);
    for (unsigned i = 0; i < 100; i++) {
        apr_pool_t *pool;
        assert_int_equal(apr_pool_create(&pool, *state), APR_SUCCESS);
        assert_non_null(parse(document, pool));
        apr_pool_destroy(pool);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SUPPORT_TEST(a_document_without_usable_keys_is_refused),
        SUPPORT_TEST(a_document_around_good_keys_must_be_good),
        SUPPORT_TEST(a_truncated_document_is_refused),
        SUPPORT_TEST(bad_members_are_left_out_and_counted),
        SUPPORT_TEST(a_set_has_at_most_100_members),
        SUPPORT_TEST(one_kid_is_one_key),
        SUPPORT_TEST(keys_without_kid_do_not_collide),
        SUPPORT_TEST(keys_are_found_by_kid_and_algorithm),
        SUPPORT_TEST(a_kid_is_compared_to_its_end),
        SUPPORT_TEST(without_a_kid_nothing_is_guessed),
        SUPPORT_TEST(another_key_under_a_kid_is_noticed),
        SUPPORT_TEST(a_set_dies_with_its_pool),
    };
    return SUPPORT_RUN(tests);
}
