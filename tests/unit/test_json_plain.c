/* Licensed under the Apache License, Version 2.0; see LICENSE. */
#include "support.h"

#include <stdlib.h>
#include <string.h>

#include <apr_strings.h>
#include <jansson.h>

#include "core/auth0_json_plain.h"

#define DEPTH 32

static const auth0_json_t *plain(const char *text, unsigned depth,
                                 apr_pool_t *pool)
{
    static char poison;
    const auth0_json_t *object = (const auth0_json_t *)(const void *)&poison;
    bool done = auth0_json_plain(
        &object, support_copy(support_span(text), pool), depth, pool);
    assert_true(done == (object != NULL));
    assert_ptr_not_equal(object, &poison);
    return object;
}

/* What jansson reads, whether or not the text is plain, in its own words. */
static const char *of_jansson(auth0_span_t text, apr_pool_t *pool)
{
    json_t *json = json_loadb(text.ptr, text.len, JSON_REJECT_DUPLICATES, NULL);
    char *dumped = json ? json_dumps(json, JSON_COMPACT) : NULL;
    const char *kept = dumped ? apr_pstrdup(pool, dumped) : NULL;
    free(dumped);
    json_decref(json);
    return kept;
}

typedef struct text_row_t {
    const char *name;
    const char *text;
} text_row_t;

static const text_row_t plain_rows[] = {
    {"empty object", "{}"},
    {"spaces", "  { \"a\" : [ 1 , true ] , \"b\" : { } }  "},
    {"strings", "{\"a\":\"\",\"b\":\" x \",\"c\":\"!#$%&'()*+,-./:;<=>?@~\"}"},
    {"brackets and commas in strings", "{\"a\":\"[,]}:\",\"b\":[\"},{\"]}"},
    {"commas alone in a string", "{\"a\":\",,,,,,,,,,,,\",\"b\":[\",\",1]}"},
    {"brackets in a name", "{\"[{[\":1,\"b\":{\"{\":\"x\"}}"},
    {"words", "{\"a\":true,\"b\":false,\"c\":null}"},
    {"numbers", "{\"a\":0,\"b\":7,\"c\":1800000000,\"d\":999999999999999}"},
    {"arrays", "{\"a\":[],\"b\":[[]],\"c\":[[1],[2,[3]],\"x\"]}"},
    {"objects", "{\"a\":{},\"b\":{\"a\":{\"a\":1}},\"c\":[{\"a\":1},{}]}"},
    {"empty name", "{\"\":1,\"a\":2}"},
    {"a name that is another's inside", "{\"a\":{\"b\":1},\"b\":2}"},
    {"names of one length", "{\"ab\":1,\"ba\":2,\"aB\":3,\"bb\":4}"},
    {"a name that is another's beginning", "{\"a\":1,\"ab\":2,\"abc\":3}"},
    {"a token's payload",
     "{\"iss\":\"https://tenant.eu.auth0.com/\",\"sub\":\"auth0|65f0\","
     "\"aud\":[\"https://api.example.com/\",\"https://x/userinfo\"],"
     "\"iat\":1800000000,\"exp\":1800086400,\"azp\":\"client\","
     "\"scope\":\"openid read:orders\",\"permissions\":[\"read:orders\"],"
     "\"authorization_details\":[{\"type\":\"pay\",\"sum\":{\"eur\":12}}]}"},
};

static void what_is_plain_is_read_as_jansson_does(void **state)
{
    unsigned bad = 0;
    for (size_t i = 0; i < COUNT(plain_rows); i++) {
        const text_row_t *row = &plain_rows[i];
        const auth0_json_t *object = plain(row->text, DEPTH, *state);
        const char *wanted = of_jansson(support_span(row->text), *state);
        assert_non_null(wanted);
        bad += support_equal(
            row->name,
            object && !strcmp(auth0_json_text(object, *state), wanted), true);
    }
    assert_int_equal(bad, 0);
}

/* Good or bad: it is not for this reader to say. */
static const text_row_t other_rows[] = {
    {"nothing", ""},
    {"spaces only", "   "},
    {"array", "[]"},
    {"string", "\"a\""},
    {"number", "1"},
    {"word", "true"},
    {"tab", "{\t}"},
    {"line feed", "{\n}"},
    {"carriage return", "{}\r"},
    {"escape", "{\"a\":\"\\n\"}"},
    {"escaped quote", "{\"a\":\"\\\"\"}"},
    {"escaped name", "{\"\\u0061\":1}"},
    {"UTF-8", "{\"a\":\"\xc3\xa9\"}"},
    {"byte order mark", "\xef\xbb\xbf{}"},
    {"bad UTF-8", "{\"a\":\"\xff\"}"},
    {"delete", "{\"a\":\"\x7f\"}"},
    {"control character", "{\"a\":\"\x1f\"}"},
    {"negative", "{\"a\":-1}"},
    {"minus zero", "{\"a\":-0}"},
    {"plus", "{\"a\":+1}"},
    {"fraction", "{\"a\":1.5}"},
    {"exponent", "{\"a\":1e5}"},
    {"zero in front", "{\"a\":01}"},
    {"two zeros", "{\"a\":00}"},
    {"hexadecimal", "{\"a\":0x1}"},
    {"many digits", "{\"a\":1000000000000000}"},
    {"more digits than 64 bits hold", "{\"a\":18446744073709551617}"},
    {"no number", "{\"a\":}"},
    {"half a word", "{\"a\":tru}"},
    {"more than a word", "{\"a\":truer}"},
    {"word in capitals", "{\"a\":TRUE}"},
    {"two words", "{\"a\":true false}"},
    {"two numbers", "{\"a\":1 2}"},
    {"number and string", "{\"a\":1\"b\"}"},
    {"NaN", "{\"a\":NaN}"},
    {"duplicate", "{\"a\":1,\"a\":1}"},
    {"duplicate of an empty name", "{\"\":1,\"\":2}"},
    {"duplicate behind a container", "{\"a\":[1,{\"b\":2}],\"b\":1,\"a\":3}"},
    {"duplicate inside", "{\"x\":{\"a\":1,\"b\":2,\"a\":3}}"},
    {"duplicate in an array", "{\"x\":[{\"a\":1,\"a\":2}]}"},
    {"open", "{"},
    {"open behind a name", "{\"a\""},
    {"open behind a colon", "{\"a\":"},
    {"open behind a value", "{\"a\":1"},
    {"open behind a comma", "{\"a\":1,"},
    {"open name", "{\"a"},
    {"open string", "{\"a\":\"b"},
    {"open array", "{\"a\":[1"},
    {"open array behind a comma", "{\"a\":[1,"},
    {"closed too early", "}"},
    {"closed otherwise", "{\"a\":[1}}"},
    {"closed as an array", "{\"a\":1]"},
    {"comma at the end", "{\"a\":1,}"},
    {"comma at the beginning", "{,\"a\":1}"},
    {"two commas", "{\"a\":1,,\"b\":2}"},
    {"comma at an array's end", "{\"a\":[1,]}"},
    {"comma alone", "{\"a\":[,]}"},
    {"no comma", "{\"a\":1 \"b\":2}"},
    {"no comma in an array", "{\"a\":[1 2]}"},
    {"no colon", "{\"a\" 1}"},
    {"two colons", "{\"a\"::1}"},
    {"no name", "{:1}"},
    {"number for a name", "{1:1}"},
    {"bare name", "{a:1}"},
    {"single quotes", "{'a':1}"},
    {"comment", "{/**/}"},
    {"text behind", "{} x"},
    {"a second object", "{}{}"},
    {"a bracket behind", "{}}"},
};

static void what_is_not_plain_is_left_to_jansson(void **state)
{
    unsigned bad = 0;
    for (size_t i = 0; i < COUNT(other_rows); i++) {
        bad += support_equal(other_rows[i].name,
                             plain(other_rows[i].text, DEPTH, *state) != NULL,
                             false);
    }
    assert_int_equal(bad, 0);
}

static void a_nul_ends_nothing(void **state)
{
    static const char in_a_string[] = "{\"a\":\"\0\"}";
    static const char behind[] = "{}\0";
    const auth0_json_t *object;
    assert_false(auth0_json_plain(
        &object, auth0_span(in_a_string, sizeof(in_a_string) - 1), DEPTH,
        *state));
    assert_false(auth0_json_plain(
        &object, auth0_span(behind, sizeof(behind) - 1), DEPTH, *state));
}

/* At each place: they are looked at sixteen at a time. */
static void every_byte_but_printable_ascii_is_left(void **state)
{
    static const char sample[] =
        "{\"a\":\"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx\"}";
    unsigned bad = 0;
    for (int c = 0; c <= 255; c++) {
        bool is_plain = c >= ' ' && c < 0x7f && c != '"' && c != '\\';
        for (size_t i = strcspn(sample, "x"); sample[i] == 'x'; i++) {
            char *text = apr_pstrdup(*state, sample);
            const auth0_json_t *object;
            text[i] = (char)c;
            bad += support_equal(
                apr_psprintf(*state, "byte %d at %d", c, (int)i),
                auth0_json_plain(&object, auth0_span(text, sizeof(sample) - 1),
                                 DEPTH, *state),
                is_plain);
        }
    }
    assert_int_equal(bad, 0);
}

static void no_beginning_is_plain(void **state)
{
    const char *whole = plain_rows[COUNT(plain_rows) - 1].text;
    for (size_t len = 0; len < strlen(whole); len++) {
        assert_null(plain(apr_pstrndup(*state, whole, len), DEPTH, *state));
    }
    assert_non_null(plain(whole, DEPTH, *state));
}

static const char *nested(unsigned depth, apr_pool_t *pool)
{
    return apr_pstrcat(pool, "{\"a\":", support_repeat("[", depth - 1, pool),
                       support_repeat("]", depth - 1, pool), "}", NULL);
}

static void depth_has_a_limit(void **state)
{
    assert_null(plain("{}", 0, *state));
    assert_non_null(plain("{}", 1, *state));
    for (unsigned depth = 2; depth < 40; depth++) {
        assert_null(plain(nested(depth, *state), depth - 1, *state));
        assert_non_null(plain(nested(depth, *state), depth, *state));
    }
    assert_null(plain(support_repeat("{\"a\":", 50000, *state), DEPTH, *state));
}

static const char *of_members(unsigned count, apr_pool_t *pool)
{
    const char *text = "{\"m0\":0";
    for (unsigned i = 1; i < count; i++) {
        text = apr_psprintf(pool, "%s,\"m%u\":[%u]", text, i, i);
    }
    return apr_pstrcat(pool, text, "}", NULL);
}

/* A thousand would be compared half a million times. */
static void many_members_are_left(void **state)
{
    assert_non_null(plain(of_members(48, *state), DEPTH, *state));
    assert_null(plain(of_members(49, *state), DEPTH, *state));
}

static void many_elements_are_not(void **state)
{
    const char *text =
        apr_pstrcat(*state, "{\"a\":[\"x\"",
                    support_repeat(",\"y\"", 5000, *state), "]}", NULL);
    const auth0_json_t *array =
        auth0_json_member(plain(text, DEPTH, *state), "a");
    auth0_span_t last;
    size_t len;
    assert_true(auth0_json_array(&len, array));
    assert_int_equal(len, 5001);
    assert_true(auth0_json_string(&last, auth0_json_at(array, 5000)));
    assert_string_equal(last.ptr, "y");
    assert_null(auth0_json_at(array, 5001));
}

/* How many there are by way of the cursor. */
static size_t walk(const auth0_json_t *array)
{
    const auth0_json_t *element = NULL;
    size_t count = 0;
    while ((element = auth0_json_next(array, element))) {
        count++;
    }
    return count;
}

/* Elements that are containers are as far apart as what is in them is long. */
static void elements_of(const auth0_json_t *object, apr_pool_t *pool)
{
    static const char *const wanted[] = {"1",  "[2,[3]]", "{\"b\":[4]}",
                                         "[]", "{}",      "5"};
    static const size_t inside[] = {0, 2, 0, 0, 0, 0};
    const auth0_json_t *array = auth0_json_member(object, "a");
    const auth0_json_t *element = NULL;
    for (size_t i = 0; i < COUNT(wanted); i++) {
        element = auth0_json_next(array, element);
        assert_string_equal(auth0_json_text(element, pool), wanted[i]);
        assert_ptr_equal(auth0_json_at(array, i), element);
        assert_int_equal(walk(element), inside[i]);
    }
    assert_null(auth0_json_next(array, element));
    assert_null(auth0_json_at(array, COUNT(wanted)));
    const auth0_json_t *pair = auth0_json_at(array, 1);
    assert_int_equal(walk(auth0_json_at(pair, 1)), 1);
    assert_int_equal(walk(auth0_json_member(object, "c")), 0);
    assert_int_equal(walk(auth0_json_member(object, "d")), 1);
    assert_int_equal(walk(object), 0);
    assert_int_equal(walk(NULL), 0);
}

/* Whoever has read the text. */
static void elements_are_found_behind_containers(void **state)
{
    const char *text =
        "{\"a\":[1,[2,[3]],{\"b\":[4]},[],{},5],\"c\":[],\"d\":[[]]}";
    const char *other = apr_pstrcat(*state, text, "\n", NULL);
    const auth0_json_t *object;
    elements_of(plain(text, DEPTH, *state), *state);
    assert_null(plain(other, DEPTH, *state));
    assert_true(auth0_json_object(&object, support_span(other),
                                  auth0_json_payload_limit, *state));
    elements_of(object, *state);
}

/* Each value is of one size, and the text is there once. */
static void a_block_has_no_gap(void **state)
{
    static const char *const texts[] = {
        "{\"a\":1}", "{\"a\":\",\"}", "{\"a\":[],\"b\":\"[{,\",\"c\":{}}",
        "{\"a\":[\"CN=a,DC=b\",\"CN=c,DC=d\"]}"};
    static const size_t values[] = {2, 2, 4, 4};
    size_t each = auth0_json_size(plain("{\"a\":[1,1]}", DEPTH, *state)) -
                  auth0_json_size(plain("{\"a\":[111]}", DEPTH, *state));
    for (size_t i = 0; i < COUNT(texts); i++) {
        assert_int_equal(auth0_json_size(plain(texts[i], DEPTH, *state)),
                         values[i] * each + strlen(texts[i]) + 1);
    }
}

/* The caller's text may be gone, and so may the block that was copied. */
static void a_block_stands_alone(void **state)
{
    const char *sample = plain_rows[COUNT(plain_rows) - 1].text;
    char *text = apr_pstrdup(*state, sample);
    const auth0_json_t *object;
    assert_true(
        auth0_json_plain(&object, auth0_span_cstr(text), DEPTH, *state));
    assert_string_equal(text, sample);
    memset(text, 'x', strlen(text));

    size_t size = auth0_json_size(object);
    auth0_json_t *copy = malloc(size);
    assert_non_null(copy);
    memcpy(copy, object, size);
    memset((void *)(uintptr_t)object, 0xff, size);
    assert_string_equal(auth0_json_text(copy, *state),
                        of_jansson(support_span(sample), *state));
    free(copy);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SUPPORT_TEST(what_is_plain_is_read_as_jansson_does),
        SUPPORT_TEST(what_is_not_plain_is_left_to_jansson),
        SUPPORT_TEST(a_nul_ends_nothing),
        SUPPORT_TEST(every_byte_but_printable_ascii_is_left),
        SUPPORT_TEST(no_beginning_is_plain),
        SUPPORT_TEST(depth_has_a_limit),
        SUPPORT_TEST(many_members_are_left),
        SUPPORT_TEST(many_elements_are_not),
        SUPPORT_TEST(elements_are_found_behind_containers),
        SUPPORT_TEST(a_block_has_no_gap),
        SUPPORT_TEST(a_block_stands_alone),
    };
    return SUPPORT_RUN(tests);
}
