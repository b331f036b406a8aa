/* Licensed under the Apache License, Version 2.0; see LICENSE. */
#include "support.h"

#include <string.h>

#include "core/auth0_export.h"

#define NOT_ASCII "holds bytes outside printable ASCII"
#define NOT_PLAIN "is an object, or an array of other than strings"
#define NOT_WORDS "is an array with an element that is empty or holds a space"

typedef struct value_row_t {
    const char *json;    /* of the claim c */
    const char *plain;   /* the value, or how the sentence begins */
    const char *as_json; /* NULL: the sentence is that of plain   */
    const char *base64url;
} value_row_t;

static const value_row_t rows[] = {
    {"\"auth0|anna\"", "auth0|anna", "\"auth0|anna\"", "YXV0aDB8YW5uYQ"},
    {"\"\"", "", "\"\"", ""},
    {"\"two words\"", "two words", "\"two words\"", "dHdvIHdvcmRz"},
    {"\"a,b;c=d\"", "a,b;c=d", "\"a,b;c=d\"", "YSxiO2M9ZA"},
    {"7", "7", "7", "Nw"},
    {"-7.5", "-7.5", "-7.5", "LTcuNQ"},
    {"1e300", "1e300", "1e300", "MWUzMDA"},
    {"9007199254740993", "9007199254740993", "9007199254740993",
     "OTAwNzE5OTI1NDc0MDk5Mw"},
    {"true", "true", "true", "dHJ1ZQ"},
    {"false", "false", "false", "ZmFsc2U"},
    {"[]", "", "[]", "W10"},
    {"[\"a\"]", "a", "[\"a\"]", "WyJhIl0"},
    {"[\"a\",\"b\"]", "a b", "[\"a\",\"b\"]", "WyJhIiwiYiJd"},
    {"[\"CN=Admins,OU=Groups\",\"b\"]", "CN=Admins,OU=Groups b",
     "[\"CN=Admins,OU=Groups\",\"b\"]", "WyJDTj1BZG1pbnMsT1U9R3JvdXBzIiwiYiJd"},
    {"[\"a b\"]", NOT_WORDS, "[\"a b\"]", "WyJhIGIiXQ"},
    {"[\"a\",\"\"]", NOT_WORDS, "[\"a\",\"\"]", "WyJhIiwiIl0"},
    {"[\"a\",7]", NOT_PLAIN, "[\"a\",7]", "WyJhIiw3XQ"},
    {"[\"a\",null]", NOT_PLAIN, "[\"a\",null]", "WyJhIixudWxsXQ"},
    {"[[\"a\"]]", NOT_PLAIN, "[[\"a\"]]", "W1siYSJdXQ"},
    {"[\"\\u00e9\"]", NOT_ASCII, "[\"\\u00E9\"]", "WyJcdTAwRTkiXQ"},
    {"{}", NOT_PLAIN, "{}", "e30"},
    {"{\"a\":\"b\"}", NOT_PLAIN, "{\"a\":\"b\"}", "eyJhIjoiYiJ9"},
    {"\"J\xc3\xb6rg\"", NOT_ASCII, "\"J\\u00F6rg\"", "SsO2cmc"},
    {"\"a\\r\\nX-Admin: 1\"", NOT_ASCII, "\"a\\r\\nX-Admin: 1\"",
     "YQ0KWC1BZG1pbjogMQ"},
    {"\"a\\nb\"", NOT_ASCII, "\"a\\nb\"", "YQpi"},
    {"\"a\\rb\"", NOT_ASCII, "\"a\\rb\"", "YQ1i"},
    {"\"\\na\"", NOT_ASCII, "\"\\na\"", "CmE"},
    {"[\"\\na\"]", NOT_ASCII, "[\"\\na\"]", "WyJcbmEiXQ"},
    {"\"a\\tb\"", NOT_ASCII, "\"a\\tb\"", "YQli"},
    {"\"a\\u007fb\"", NOT_ASCII, "\"a\\u007fb\"", "YX9i"},
    {"\"a\\u001bb\"", NOT_ASCII, "\"a\\u001Bb\"", "YRti"},
    {"\" a\"", NOT_ASCII, "\" a\"", "IGE"},
    {"\"a \"", NOT_ASCII, "\"a \"", "YSA"},
    {"\" \"", NOT_ASCII, "\" \"", "IA"},
    {"\"\\ud83d\\ude00\"", NOT_ASCII, "\"\\uD83D\\uDE00\"", "8J-YgA"},
    {"null", "is absent", NULL, NULL},
};

static const auth0_claims_t *claims_of(const char *json, apr_pool_t *pool)
{
    auth0_claims_t *claims;
    const char *text = apr_pstrcat(pool, "{\"c\":", json, "}", NULL);
    assert_int_equal(auth0_claims_parse(&claims, support_span(text), pool),
                     AUTH0_OK);
    return claims;
}

static auth0_export_t export_of(const char *claim, auth0_encoding_t encoding,
                                apr_pool_t *pool)
{
    auth0_export_t made = {"X-C", claim, NULL, encoding, false};
    assert_null(auth0_pointer_parse(&made.pointer, claim, pool));
    return made;
}

/* The value; or, behind an exclamation mark, why there is none. */
static const char *value_of(size_t *room, const char *json,
                            auth0_encoding_t encoding, apr_pool_t *pool)
{
    auth0_export_t wanted = export_of("c", encoding, pool);
    const char *value = "untouched";
    const char *why =
        auth0_export_value(&value, room, &wanted, claims_of(json, pool), pool);
    if (!why) {
        return value;
    }
    assert_null(value);
    return apr_pstrcat(pool, "!", why, NULL);
}

/* A sentence is known by how it begins. */
static unsigned check(const char *row, const char *got, const char *want)
{
    if (*got != '!') {
        return support_text(row, got, want);
    }
    return support_equal(row, auth0_span_starts(support_span(got + 1), want),
                         true);
}

static void each_encoding_sends_faithfully_or_not_at_all(void **state)
{
    unsigned bad = 0;
    for (size_t i = 0; i < COUNT(rows); i++) {
        const value_row_t *row = &rows[i];
        const char *wants[] = {row->plain, row->as_json, row->base64url};
        for (int e = 0; e < AUTH0_ENCODING_COUNT; e++) {
            size_t room = AUTH0_EXPORT_ALL_MAX;
            bad +=
                check(row->json,
                      value_of(&room, row->json, (auth0_encoding_t)e, *state),
                      wants[e] ? wants[e] : row->plain);
        }
    }
    assert_int_equal(bad, 0);
}

/* Characters: around steps of sixteen, by which values are looked at. */
static const size_t sizes[] = {1, 2, 15, 16, 17, 32, 35};

/* A text of so many letters, but for the character c at one place. */
static const char *with_character(int c, size_t place, size_t size,
                                  apr_pool_t *pool)
{
    const char *letters = support_repeat("x", size, pool);

    return apr_psprintf(pool, "\"%.*s\\u%04x%s\"", (int)place, letters,
                        (unsigned)c, letters + place + 1);
}

/* The text itself, or how the sentence begins. */
static const char *wanted(int c, size_t place, size_t size, apr_pool_t *pool)
{
    const char *letters = support_repeat("x", size, pool);
    bool is_at_end = place == 0 || place == size - 1;

    if (c < 0x20 || c >= 0x7f || (c == ' ' && is_at_end)) {
        return "!" NOT_ASCII;
    }
    return apr_psprintf(pool, "%.*s%c%s", (int)place, letters, c,
                        letters + place + 1);
}

static unsigned check_characters(size_t size, size_t place, apr_pool_t *pool)
{
    unsigned bad = 0;

    for (int c = 1; c < 0x100; c++) {
        const char *json = with_character(c, place, size, pool);
        const char *want = wanted(c, place, size, pool);
        size_t room = AUTH0_EXPORT_ALL_MAX;
        auth0_span_t got =
            support_span(value_of(&room, json, AUTH0_ENCODING_PLAIN, pool));
        bool is_refused = got.len > size;
        bad += support_equal(json,
                             is_refused ? auth0_span_starts(got, want)
                                        : auth0_span_is(got, want),
                             true);
    }
    return bad;
}

static void each_character_at_each_place(void **state)
{
    unsigned bad = 0;

    for (size_t i = 0; i < COUNT(sizes); i++) {
        for (size_t place = 0; place < sizes[i]; place++) {
            apr_pool_t *pool;
            assert_int_equal(apr_pool_create(&pool, *state), APR_SUCCESS);
            bad += check_characters(sizes[i], place, pool);
            apr_pool_destroy(pool);
        }
    }
    assert_int_equal(bad, 0);
}

/* Not every sentence that begins like a good value is told from it above. */
static void a_refused_value_is_none_at_all(void **state)
{
    size_t room = AUTH0_EXPORT_ALL_MAX;
    assert_int_equal(
        *value_of(&room, "\"a\\nb\"", AUTH0_ENCODING_PLAIN, *state), '!');
    assert_int_equal(*value_of(&room, "null", AUTH0_ENCODING_JSON, *state),
                     '!');
    assert_int_equal(room, AUTH0_EXPORT_ALL_MAX);
}

static const char *string_of(size_t len, apr_pool_t *pool)
{
    return apr_pstrcat(pool, "\"", support_repeat("x", len, pool), "\"", NULL);
}

typedef struct length_row_t {
    auth0_encoding_t encoding;
    size_t most; /* characters of the string that still pass */
} length_row_t;

static const length_row_t lengths[] = {
    {AUTH0_ENCODING_PLAIN, 4096},
    {AUTH0_ENCODING_JSON, 4094},
    {AUTH0_ENCODING_BASE64URL, 3072},
};

static void the_length_counts_as_it_is_sent(void **state)
{
    for (size_t i = 0; i < COUNT(lengths); i++) {
        auth0_encoding_t how = lengths[i].encoding;
        size_t room = AUTH0_EXPORT_ALL_MAX;
        const char *most = string_of(lengths[i].most, *state);
        const char *more = string_of(lengths[i].most + 1, *state);
        assert_int_equal(strlen(value_of(&room, most, how, *state)), 4096);
        assert_int_equal(room, AUTH0_EXPORT_ALL_MAX - 4096);
        assert_string_equal(value_of(&room, more, how, *state),
                            "!is longer than 4096 bytes");
        assert_int_equal(room, AUTH0_EXPORT_ALL_MAX - 4096);
    }
}

static void all_together_have_a_limit(void **state)
{
    const char *large = string_of(4096, *state);
    size_t room = AUTH0_EXPORT_ALL_MAX;
    for (int i = 0; i < 4; i++) {
        assert_int_equal(
            strlen(value_of(&room, large, AUTH0_ENCODING_PLAIN, *state)), 4096);
    }
    assert_int_equal(room, 0);
    assert_string_equal(value_of(&room, "\"\"", AUTH0_ENCODING_PLAIN, *state),
                        "");
    static const char *const too_much = "!comes to more than 16384 bytes";
    assert_true(auth0_span_starts(
        support_span(value_of(&room, "7", AUTH0_ENCODING_PLAIN, *state)),
        too_much));
    assert_true(auth0_span_starts(
        support_span(value_of(&room, large, AUTH0_ENCODING_PLAIN, *state)),
        too_much));
}

static void claims_are_found_by_name_or_pointer(void **state)
{
    const char *text = "{\"https://example.com/roles\":[\"a\"],"
                       "\"act\":{\"sub\":\"b\"}}";
    auth0_claims_t *claims;
    assert_int_equal(auth0_claims_parse(&claims, support_span(text), *state),
                     AUTH0_OK);
    static const char *const cases[][2] = {
        {"https://example.com/roles", "a"},
        {"/act/sub", "b"},
        {"/https:~1~1example.com~1roles/0", "a"},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        auth0_export_t wanted =
            export_of(cases[i][0], AUTH0_ENCODING_PLAIN, *state);
        size_t room = AUTH0_EXPORT_ALL_MAX;
        const char *value;
        assert_null(auth0_export_value(&value, &room, &wanted, claims, *state));
        assert_string_equal(value, cases[i][1]);
    }
    auth0_export_t missing = export_of("roles", AUTH0_ENCODING_JSON, *state);
    size_t room = AUTH0_EXPORT_ALL_MAX;
    const char *value;
    assert_ptr_equal(
        auth0_export_value(&value, &room, &missing, claims, *state),
        auth0_export_absent);
}

typedef struct words_row_t {
    const char *words[4];
    size_t count;
    size_t read;
    auth0_encoding_t encoding;
    bool is_required;
} words_row_t;

static const words_row_t word_rows[] = {
    {{NULL}, 0, 0, AUTH0_ENCODING_PLAIN, false},
    {{"plain"}, 1, 1, AUTH0_ENCODING_PLAIN, false},
    {{"json"}, 1, 1, AUTH0_ENCODING_JSON, false},
    {{"BASE64URL"}, 1, 1, AUTH0_ENCODING_BASE64URL, false},
    {{"required"}, 1, 1, AUTH0_ENCODING_PLAIN, true},
    {{"json", "Required"}, 2, 2, AUTH0_ENCODING_JSON, true},
    {{"required", "json"}, 2, 1, AUTH0_ENCODING_PLAIN, true},
    {{"json", "json"}, 2, 1, AUTH0_ENCODING_JSON, false},
    {{"json", "required", "x"}, 3, 2, AUTH0_ENCODING_JSON, true},
    {{"json"}, 0, 0, AUTH0_ENCODING_PLAIN, false},
    {{"required"}, 0, 0, AUTH0_ENCODING_PLAIN, false},
    {{"json", "required"}, 1, 1, AUTH0_ENCODING_JSON, false},
    {{"base64"}, 1, 0, AUTH0_ENCODING_PLAIN, false},
    {{""}, 1, 0, AUTH0_ENCODING_PLAIN, false},
};

static void the_words_after_the_claim_have_an_order(void **state)
{
    unsigned bad = 0;
    (void)state;
    for (size_t i = 0; i < COUNT(word_rows); i++) {
        const words_row_t *row = &word_rows[i];
        const char *name = row->count ? row->words[0] : "(none)";
        auth0_export_t made;
        bad += support_equal(
            name, (long)auth0_export_read(&made, row->words, row->count),
            (long)row->read);
        bad += support_equal(name, made.encoding, row->encoding);
        bad += support_equal(name, made.is_required, row->is_required);
    }
    assert_int_equal(bad, 0);
}

static void encodings_have_the_manuals_names(void **state)
{
    (void)state;
    for (int i = 0; i < AUTH0_ENCODING_COUNT; i++) {
        const char *name = auth0_encoding_name((auth0_encoding_t)i);
        auth0_export_t made;
        assert_int_equal(auth0_export_read(&made, &name, 1), 1);
        assert_int_equal(made.encoding, i);
    }
    assert_string_equal(auth0_encoding_name(AUTH0_ENCODING_JSON), "json");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SUPPORT_TEST(each_encoding_sends_faithfully_or_not_at_all),
        SUPPORT_TEST(each_character_at_each_place),
        SUPPORT_TEST(a_refused_value_is_none_at_all),
        SUPPORT_TEST(the_length_counts_as_it_is_sent),
        SUPPORT_TEST(all_together_have_a_limit),
        SUPPORT_TEST(claims_are_found_by_name_or_pointer),
        SUPPORT_TEST(the_words_after_the_claim_have_an_order),
        SUPPORT_TEST(encodings_have_the_manuals_names),
    };
    return SUPPORT_RUN(tests);
}
