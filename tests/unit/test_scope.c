/* Licensed under the Apache License, Version 2.0; see LICENSE. */
#include "support.h"

#include <string.h>

#include "core/auth0_scope.h"

#define ALTERNATIVES_MAX 4

typedef struct scope_row_t {
    const char *name;
    const char *alternatives[ALTERNATIVES_MAX];
    const char *granted;
    bool want;
} scope_row_t;

static const scope_row_t scope_rows[] = {
    {"the one", {"read:orders"}, "read:orders", true},
    {"first of two", {"read"}, "read write", true},
    {"last of two", {"write"}, "read write", true},
    {"middle of three", {"b"}, "a b c", true},
    {"all words, same order", {"a b"}, "a b", true},
    {"all words, other order", {"a b"}, "b a", true},
    {"all words among more", {"a c"}, "a b c d", true},
    {"all words but one", {"a b"}, "a", false},
    {"all words but the first", {"a b"}, "b", false},
    {"first alternative", {"a", "b"}, "a", true},
    {"second alternative", {"a", "b"}, "b", true},
    {"neither alternative", {"a", "b"}, "c", false},
    {"one and the half of another", {"a b", "c d"}, "a c", false},
    {"second of two pairs", {"a b", "c d"}, "d c", true},
    {"third of three", {"a", "b", "c"}, "c", true},
    {"word twice in the requirement", {"a a"}, "a", true},
    {"nothing granted", {"a"}, "", false},
    {"spaces granted", {"a"}, "   ", false},
    {"requirement is a prefix", {"read:a"}, "read:ab", false},
    {"grant is a prefix", {"read:ab"}, "read:a", false},
    {"requirement is a suffix", {"orders"}, "read:orders", false},
    {"case differs", {"read:orders"}, "Read:orders", false},
    {"two grants are not joined", {"ab"}, "a b", false},
    {"a tab does not separate", {"a"}, "a\tb", false},
    {"a comma does not separate", {"a"}, "a,b", false},
    {"a line feed does not separate", {"a"}, "b\na", false},
    {"a no-break space does not separate",
     {"a"},
     "a\xc2\xa0"
     "b",
     false},
    {"runs of spaces separate", {"b"}, "  a   b  ", true},
    {"spaces around the requirement", {"  a   b "}, "b a", true},
    {"the star is a word", {"read:*"}, "read:orders", false},
    {"the star matches the star", {"read:*"}, "read:*", true},
};

static auth0_scope_req_t *parse(const char *const *alternatives,
                                apr_pool_t *pool)
{
    auth0_scope_req_t *req = NULL;
    size_t count = 0;
    while (count < ALTERNATIVES_MAX && alternatives[count] != NULL) {
        count++;
    }
    const char *why = auth0_scope_req_parse(&req, alternatives, count, pool);
    if (why != NULL) {
        fail_msg("requirement refused: %s", why);
    }
    assert_non_null(req);
    return req;
}

static void a_grant_is_judged_by_whole_words(void **state)
{
    unsigned bad = 0;
    for (size_t i = 0; i < COUNT(scope_rows); i++) {
        const scope_row_t *row = &scope_rows[i];
        auth0_scope_req_t *req = parse(row->alternatives, *state);
        auth0_span_t granted = support_copy(support_span(row->granted), *state);
        bad += support_equal(row->name, auth0_scope_satisfied(req, granted),
                             row->want);
    }
    assert_int_equal(bad, 0);
}

/* A grant that holds a NUL is no C string: "a NUL b" is one unknown word. */
static void a_nul_does_not_end_a_grant(void **state)
{
    static const char *const a[] = {"a", NULL};
    static const char *const b[] = {"b", NULL};
    assert_false(
        auth0_scope_satisfied(parse(a, *state), auth0_span("a\0b", 3)));
    assert_true(
        auth0_scope_satisfied(parse(b, *state), auth0_span("a\0 b", 4)));
}

typedef struct array_row_t {
    const char *alternatives[ALTERNATIVES_MAX];
    const char *granted; /* JSON */
    bool want;
} array_row_t;

static const array_row_t array_rows[] = {
    {{"a"}, "[\"a\"]", true},
    {{"b"}, "[\"a\",\"b\",\"c\"]", true},
    {{"c"}, "[\"a\",\"b\",\"c\"]", true},
    {{"b a"}, "[\"a\",\"b\"]", true},
    {{"a b"}, "[\"a\"]", false},
    {{"a b"}, "[\"b\"]", false},
    {{"a b"}, "[\"a b\"]", false},
    {{"a"}, "[\"a b\"]", false},
    {{"a"}, "[\"b a\"]", false},
    {{"a", "b"}, "[\"b\"]", true},
    {{"a", "b"}, "[\"c\"]", false},
    {{"a b", "c d"}, "[\"a\",\"c\"]", false},
    {{"a b", "c d"}, "[\"d\",\"c\"]", true},
    {{"a"}, "[]", false},
    {{"a"}, "[\"\"]", false},
    {{"a"}, "[\"A\"]", false},
    {{"a"}, "[\"ab\"]", false},
    {{"ab"}, "[\"a\",\"b\"]", false},
    {{"ab"}, "[\"a\"]", false},
    {{"a"}, "[\" a\",\"a \"]", false},
    {{"a"}, "[1,null,true,{},[],\"a\"]", true},
    {{"a"}, "[[\"a\"]]", false},
    {{"a"}, "[{\"a\":1}]", false},
    {{"1"}, "[1]", false},
    {{"true"}, "[true]", false},
    {{"null"}, "[null]", false},
    {{"a"}, "\"a\"", false},
    {{"a"}, "{\"a\":\"a\"}", false},
    {{"a"}, "{\"0\":\"a\"}", false},
    {{"1"}, "1", false},
    {{"true"}, "true", false},
    {{"null"}, "null", false},
    {{"read:*"}, "[\"read:orders\"]", false},
};

/* An element is a word as a whole, with its spaces. */
static void an_array_grants_its_elements(void **state)
{
    unsigned bad = 0;
    for (size_t i = 0; i < COUNT(array_rows); i++) {
        const array_row_t *row = &array_rows[i];
        const char *text =
            apr_pstrcat(*state, "{\"p\":", row->granted, "}", NULL);
        const auth0_json_t *object;
        assert_true(auth0_json_object(&object, support_span(text),
                                      auth0_json_payload_limit, *state));
        bad += support_equal(
            row->granted,
            auth0_scope_satisfied_by(parse(row->alternatives, *state),
                                     auth0_json_member(object, "p")),
            row->want);
    }
    assert_int_equal(bad, 0);
    assert_false(auth0_scope_satisfied_by(
        parse(array_rows[0].alternatives, *state), NULL));
}

#define REQS_MAX 3

typedef struct words_row_t {
    const char *reqs[REQS_MAX][ALTERNATIVES_MAX];
    const char *want;
} words_row_t;

static const words_row_t words_rows[] = {
    {{{NULL}}, ""},
    {{{"read:orders"}}, "read:orders"},
    {{{"a b"}}, "a b"},
    {{{"b a", "c"}}, "b a"},
    {{{"  a   b "}}, "a b"},
    {{{"a a"}}, "a"},
    {{{"a"}, {"b"}}, "a b"},
    {{{"b", "x"}, {"a", "y"}}, "b a"},
    {{{"a b"}, {"b c"}, {"c a"}}, "a b c"},
    {{{"read:ab"}, {"read:a"}}, "read:ab read:a"},
    {{{"read:a"}, {"read:ab"}}, "read:a read:ab"},
};

static void the_challenge_gets_the_first_alternatives(void **state)
{
    unsigned bad = 0;
    for (size_t i = 0; i < COUNT(words_rows); i++) {
        const words_row_t *row = &words_rows[i];
        const auth0_scope_req_t *reqs[REQS_MAX];
        size_t count = 0;
        while (count < REQS_MAX && row->reqs[count][0] != NULL) {
            reqs[count] = parse(row->reqs[count], *state);
            count++;
        }
        bad += support_text(row->want, auth0_scope_words(reqs, count, *state),
                            row->want);
    }
    assert_int_equal(bad, 0);
}

typedef struct refused_row_t {
    const char *name;
    const char *alternatives[ALTERNATIVES_MAX];
    size_t count;
} refused_row_t;

static const refused_row_t refused_rows[] = {
    {"none at all", {NULL}, 0},
    {"empty", {""}, 1},
    {"spaces", {"   "}, 1},
    {"second is empty", {"a", ""}, 2},
    {"quote", {"a\"b"}, 1},
    {"backslash", {"a\\b"}, 1},
    {"tab", {"a\tb"}, 1},
    {"line feed", {"a\nb"}, 1},
    {"carriage return", {"a\rb"}, 1},
    {"delete", {"a\x7f"}, 1},
    {"non-ASCII", {"\xc3\xa9"}, 1},
    {"byte 0xff", {"\xff"}, 1},
    {"second is bad", {"a", "b\""}, 2},
};

static void words_that_no_scope_can_have_are_refused(void **state)
{
    unsigned bad = 0;
    for (size_t i = 0; i < COUNT(refused_rows); i++) {
        const refused_row_t *row = &refused_rows[i];
        static char poison;
        auth0_scope_req_t *req = (auth0_scope_req_t *)(void *)&poison;
        const char *why =
            auth0_scope_req_parse(&req, row->alternatives, row->count, *state);
        bad += support_equal(row->name, why != NULL && strlen(why) > 0, true);
        bad += support_equal(row->name, req == NULL, true);
    }
    assert_int_equal(bad, 0);
}

static void a_word_is_printable_without_space_quote_and_backslash(void **state)
{
    (void)state;
    for (int c = 0; c < 256; c++) {
        char text[] = {'a', (char)c, 'b'};
        bool want = c > 0x20 && c < 0x7f && c != '"' && c != '\\';
        assert_int_equal(auth0_scope_is_word(auth0_span(text, 3)), want);
    }
    assert_true(auth0_scope_is_word(support_span("read:orders")));
    assert_false(auth0_scope_is_word(support_span("")));
}

static void a_requirement_outlives_its_text(void **state)
{
    char text[] = "read write";
    const char *alternatives[] = {text};
    auth0_scope_req_t *req = NULL;
    assert_null(auth0_scope_req_parse(&req, alternatives, 1, *state));
    memset(text, 'x', sizeof(text) - 1);
    assert_true(auth0_scope_satisfied(req, support_span("write read")));
    const auth0_scope_req_t *reqs[] = {req};
    assert_string_equal(auth0_scope_words(reqs, 1, *state), "read write");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SUPPORT_TEST(a_grant_is_judged_by_whole_words),
        SUPPORT_TEST(a_nul_does_not_end_a_grant),
        SUPPORT_TEST(an_array_grants_its_elements),
        SUPPORT_TEST(the_challenge_gets_the_first_alternatives),
        SUPPORT_TEST(words_that_no_scope_can_have_are_refused),
        SUPPORT_TEST(a_word_is_printable_without_space_quote_and_backslash),
        SUPPORT_TEST(a_requirement_outlives_its_text),
    };
    return SUPPORT_RUN(tests);
}
