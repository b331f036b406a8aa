/* Licensed under the Apache License, Version 2.0; see LICENSE. */
#include "support.h"

#include <string.h>

#include "core/auth0_json.h"

static bool parses(auth0_span_t text, auth0_json_limit_t limit,
                   apr_pool_t *pool)
{
    static char poison;
    const auth0_json_t *object = (const auth0_json_t *)(const void *)&poison;
    bool done =
        auth0_json_object(&object, support_copy(text, pool), limit, pool);
    assert_true(done ? object != NULL : object == NULL);
    assert_ptr_not_equal(object, &poison);
    if (done) {
        assert_true(auth0_json_is_object(object));
    }
    return done;
}

typedef struct text_row_t {
    const char *name;
    const char *text;
    size_t len; /* 0: all of text */
    bool good;
} text_row_t;

static const text_row_t text_rows[] = {
    {"empty object", "{}", 0, true},
    {"white space around", " \t\r\n{ } \n", 0, true},
    {"members", "{\"a\":1,\"b\":[true,null,1.5,\"x\"],\"c\":{}}", 0, true},
    {"same name on two levels", "{\"a\":{\"a\":1}}", 0, true},
    {"names that differ in case", "{\"a\":1,\"A\":2}", 0, true},
    {"escaped name", "{\"\\u0061\":1}", 0, true},
    {"surrogate pair", "{\"a\":\"\\ud83d\\ude00\"}", 0, true},
    {"UTF-8", "{\"a\":\"\xc3\xa9\"}", 0, true},
    {"empty name", "{\"\":1}", 0, true},
    {"nothing", "", 0, false},
    {"white space only", "  ", 0, false},
    {"array", "[]", 0, false},
    {"array of object", "[{}]", 0, false},
    {"string", "\"a\"", 0, false},
    {"number", "1", 0, false},
    {"true", "true", 0, false},
    {"null", "null", 0, false},
    {"open object", "{", 0, false},
    {"open string", "{\"a", 0, false},
    {"open string after backslash", "{\"a\\", 0, false},
    {"closed too early", "}", 0, false},
    {"trailing comma", "{\"a\":1,}", 0, false},
    {"text behind", "{} x", 0, false},
    {"second object behind", "{}{}", 0, false},
    {"NUL behind", "{}\0", 3, false},
    {"byte order mark", "\xef\xbb\xbf{}", 0, false},
    {"duplicate member", "{\"a\":1,\"a\":1}", 0, false},
    {"duplicate by escape", "{\"a\":1,\"\\u0061\":2}", 0, false},
    {"duplicate inside", "{\"x\":{\"a\":1,\"a\":2}}", 0, false},
    {"duplicate inside an array", "{\"x\":[{\"a\":1,\"a\":2}]}", 0, false},
    {"escaped NUL in a value", "{\"a\":\"\\u0000\"}", 0, false},
    {"escaped NUL in a name", "{\"a\\u0000b\":1}", 0, false},
    {"NUL byte in a value", "{\"a\":\"\0\"}", 9, false},
    {"invalid UTF-8", "{\"a\":\"\xff\"}", 0, false},
    {"overlong UTF-8", "{\"a\":\"\xc0\xaf\"}", 0, false},
    {"surrogate in UTF-8", "{\"a\":\"\xed\xa0\x80\"}", 0, false},
    {"lone surrogate", "{\"a\":\"\\ud800\"}", 0, false},
    {"line feed in a string", "{\"a\":\"\n\"}", 0, false},
    {"single quotes", "{'a':1}", 0, false},
    {"bare name", "{a:1}", 0, false},
    {"comment", "{/**/}", 0, false},
    {"NaN", "{\"a\":NaN}", 0, false},
    {"Infinity", "{\"a\":Infinity}", 0, false},
    {"number too large", "{\"a\":1e400}", 0, false},
    {"leading zero", "{\"a\":01}", 0, false},
    {"leading plus", "{\"a\":+1}", 0, false},
    {"hexadecimal", "{\"a\":0x10}", 0, false},
};

static void takes_one_strict_object(void **state)
{
    unsigned bad = 0;
    for (size_t i = 0; i < COUNT(text_rows); i++) {
        const text_row_t *row = &text_rows[i];
        auth0_span_t text = support_span(row->text);
        if (row->len > 0) {
            text.len = row->len;
        }
        bad += support_equal(row->name,
                             parses(text, auth0_json_header_limit, *state),
                             row->good);
    }
    assert_int_equal(bad, 0);
}

/* depth levels, the outermost being the object. */
static const char *nested(unsigned depth, const char *open, const char *close,
                          apr_pool_t *pool)
{
    return apr_pstrcat(pool, "{\"a\":", support_repeat(open, depth - 1, pool),
                       "1", support_repeat(close, depth - 1, pool), "}", NULL);
}

typedef struct limit_row_t {
    const char *name;
    const auth0_json_limit_t *limit;
    size_t bytes;
    unsigned depth;
} limit_row_t;

static const limit_row_t limit_rows[] = {
    {"header", &auth0_json_header_limit, 2048, 16},
    {"payload", &auth0_json_payload_limit, 65536, 32},
    {"jwks", &auth0_json_jwks_limit, 262144, 16},
};

static void depth_has_a_limit(void **state)
{
    unsigned bad = 0;
    for (size_t i = 0; i < COUNT(limit_rows); i++) {
        const limit_row_t *row = &limit_rows[i];
        for (unsigned depth = row->depth - 1; depth <= row->depth + 1;
             depth++) {
            bool want = depth <= row->depth;
            const char *list = nested(depth, "[", "]", *state);
            const char *object = nested(depth, "{\"a\":", "}", *state);
            bad += support_equal(
                row->name, parses(support_span(list), *row->limit, *state),
                want);
            bad += support_equal(
                row->name, parses(support_span(object), *row->limit, *state),
                want);
        }
    }
    assert_int_equal(bad, 0);
}

static void brackets_in_strings_have_no_depth(void **state)
{
    static const char *const rows[] = {
        "[[[[[[[[[[[[[[[[[[[[[[[[", "{{{{{{{{{{{{{{{{{{{{{{{{",
        "\\\"[[[[[[[[[[[[[[[[[[[[", "\\\\\\\"[[[[[[[[[[[[[[[[",
        "]]]]]]]]]]]]]]]]]]]]]]]]",
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        const char *text =
            apr_pstrcat(*state, "{\"a\":\"", rows[i], "\"}", NULL);
        assert_true(
            parses(support_span(text), auth0_json_header_limit, *state));
    }
}

static void strings_do_not_hide_depth(void **state)
{
    static const char *const rows[] = {"\"\\\\\"", "\"\\\"\"", "\"]]]]\"",
                                       "\"}}}}\""};
    for (size_t i = 0; i < COUNT(rows); i++) {
        const char *text = apr_pstrcat(
            *state, "{\"a\":[", rows[i], ",", support_repeat("[", 15, *state),
            support_repeat("]", 15, *state), "]}", NULL);
        assert_false(
            parses(support_span(text), auth0_json_header_limit, *state));
    }
}

/* Deeper than any stack: the text has to be refused before it is parsed. */
static void depth_is_counted_before_parsing(void **state)
{
    const char *text = support_repeat("[", 262000, *state);
    const char *object = apr_pstrcat(*state, "{\"a\":", text, NULL);
    assert_false(parses(support_span(object), auth0_json_jwks_limit, *state));
}

static void size_has_a_limit(void **state)
{
    unsigned bad = 0;
    for (size_t i = 0; i < COUNT(limit_rows); i++) {
        const limit_row_t *row = &limit_rows[i];
        bad +=
            support_equal(row->name, (long)row->limit->bytes, (long)row->bytes);
        for (size_t len = row->bytes - 1; len <= row->bytes + 1; len++) {
            const char *text = apr_pstrcat(
                *state, "{}", support_repeat(" ", len - 2, *state), NULL);
            bad += support_equal(
                row->name, parses(support_span(text), *row->limit, *state),
                len <= row->bytes);
        }
    }
    assert_int_equal(bad, 0);
}

static const char *const sample =
    "{\"s\":\"text\",\"e\":\"\",\"i\":1800000000,\"f\":1.5,\"n\":-3,"
    "\"big\":1e308,\"t\":true,\"z\":null,\"a\":[\"x\",2,[]],\"o\":{\"k\":1}}";

static const auth0_json_t *member(const char *name, apr_pool_t *pool)
{
    const auth0_json_t *object;
    assert_true(auth0_json_object(&object, support_span(sample),
                                  auth0_json_payload_limit, pool));
    return auth0_json_member(object, name);
}

static void members_are_found_by_exact_name(void **state)
{
    assert_non_null(member("s", *state));
    assert_non_null(member("z", *state));
    assert_null(member("S", *state));
    assert_null(member("", *state));
    assert_null(member("k", *state));
    assert_null(auth0_json_member(NULL, "s"));
    assert_null(auth0_json_member(member("a", *state), "s"));
    assert_null(auth0_json_member(member("s", *state), "s"));
}

typedef struct type_row_t {
    const char *name;
    bool string;
    bool number;
    bool array;
    bool object;
} type_row_t;

static const type_row_t type_rows[] = {
    {"s", true, false, false, false},       {"e", true, false, false, false},
    {"i", false, true, false, false},       {"f", false, true, false, false},
    {"n", false, true, false, false},       {"big", false, true, false, false},
    {"t", false, false, false, false},      {"z", false, false, false, false},
    {"a", false, false, true, false},       {"o", false, false, false, true},
    {"absent", false, false, false, false},
};

static void each_value_has_one_type(void **state)
{
    unsigned bad = 0;
    for (size_t i = 0; i < COUNT(type_rows); i++) {
        const type_row_t *row = &type_rows[i];
        const auth0_json_t *json = member(row->name, *state);
        auth0_span_t text;
        double number;
        size_t len;
        bad += support_equal(row->name, auth0_json_string(&text, json),
                             row->string);
        bad += support_equal(row->name, auth0_json_number(&number, json),
                             row->number);
        bad +=
            support_equal(row->name, auth0_json_array(&len, json), row->array);
        bad +=
            support_equal(row->name, auth0_json_is_object(json), row->object);
    }
    assert_int_equal(bad, 0);
}

static void values_are_as_written(void **state)
{
    auth0_span_t text;
    double number;
    size_t len;
    assert_true(auth0_json_string(&text, member("s", *state)));
    assert_true(auth0_span_is(text, "text"));
    assert_true(auth0_json_number(&number, member("i", *state)));
    assert_true(number >= 1800000000.0 && number <= 1800000000.0);
    assert_true(auth0_json_number(&number, member("f", *state)));
    assert_true(number >= 1.5 && number <= 1.5);
    assert_true(auth0_json_number(&number, member("big", *state)));
    assert_true(number > 9e307);
    const auth0_json_t *array = member("a", *state);
    assert_true(auth0_json_array(&len, array));
    assert_int_equal(len, 3);
    assert_true(auth0_json_string(&text, auth0_json_at(array, 0)));
    assert_true(auth0_span_is(text, "x"));
    assert_null(auth0_json_at(array, 3));
    assert_null(auth0_json_at(NULL, 0));
}

typedef struct literal_row_t {
    const char *text;
    const char *want; /* its JSON text again, or NULL */
} literal_row_t;

static const literal_row_t literal_rows[] = {
    {"true", "true"},
    {"false", "false"},
    {"0", "0"},
    {"-0", "0"},
    {"-1", "-1"},
    {"42", "42"},
    {"1.0", "1.0"},
    {"1.50", "1.5"},
    {"1e3", "1000.0"},
    {"1E+3", "1000.0"},
    {"-0.0", "-0.0"},
    {"9007199254740993", "9007199254740993"},
    {"9223372036854775807", "9223372036854775807"},
    {"-9223372036854775808", "-9223372036854775808"},
    {"9223372036854775808", NULL},
    {"340282366920938463463374607431768211456", NULL},
    {"1e400", NULL},
    {"", NULL},
    {" ", NULL},
    {" 1", NULL},
    {"1 ", NULL},
    {"\t1", NULL},
    {"1\n", NULL},
    {"\rtrue", NULL},
    {"true ", NULL},
    {"1 2", NULL},
    {"1,2", NULL},
    {"null", NULL},
    {"True", NULL},
    {"TRUE", NULL},
    {"tru", NULL},
    {"truer", NULL},
    {"yes", NULL},
    {"01", NULL},
    {"+1", NULL},
    {".5", NULL},
    {"5.", NULL},
    {"0x1", NULL},
    {"NaN", NULL},
    {"-", NULL},
    {"Infinity", NULL},
    {"\"1\"", NULL},
    {"\"true\"", NULL},
    {"\"\"", NULL},
    {"[]", NULL},
    {"[1]", NULL},
    {"{}", NULL},
    {"{\"a\":1}", NULL},
    {"admin", NULL},
    {"\xef\xbb\xbf"
     "1",
     NULL},
    {"\xff", NULL},
};

static void literals_are_numbers_and_booleans_alone(void **state)
{
    unsigned bad = 0;
    for (size_t i = 0; i < COUNT(literal_rows); i++) {
        const literal_row_t *row = &literal_rows[i];
        static char poison;
        const auth0_json_t *json = (const auth0_json_t *)(const void *)&poison;
        bool done = auth0_json_literal(
            &json, support_copy(support_span(row->text), *state), *state);
        assert_ptr_not_equal(json, &poison);
        assert_int_equal(done, json != NULL);
        bad += support_text(
            row->text, done ? auth0_json_text(json, *state) : NULL, row->want);
    }
    assert_int_equal(bad, 0);
    const auth0_json_t *json;
    assert_false(auth0_json_literal(&json, auth0_span("1\0", 2), *state));
    assert_true(auth0_json_literal(&json, auth0_span("12", 1), *state));
    assert_string_equal(auth0_json_text(json, *state), "1");
}

/* The value of a member that is written like this. */
static const auth0_json_t *value_of(const char *text, apr_pool_t *pool)
{
    const auth0_json_t *object;
    const char *all = apr_pstrcat(pool, "{\"v\":", text, "}", NULL);
    assert_true(auth0_json_object(&object, support_span(all),
                                  auth0_json_payload_limit, pool));
    return auth0_json_member(object, "v");
}

typedef struct same_row_t {
    const char *a;
    const char *b;
    bool want;
} same_row_t;

static const same_row_t same_rows[] = {
    {"1", "1", true},
    {"0", "-0", true},
    {"1.0", "1.0", true},
    {"1.0", "1e0", true},
    {"1.5", "1.50", true},
    {"0.0", "-0.0", true},
    {"true", "true", true},
    {"false", "false", true},
    {"null", "null", true},
    {"\"1\"", "\"1\"", true},
    {"\"\\u0061\"", "\"a\"", true},
    {"[1,2]", "[1,2]", true},
    {"[[1],2]", "[[1],2]", true},
    {"[[1],2]", "[[1],3]", false},
    {"{\"a\":[1],\"b\":2}", "{\"b\":2,\"a\":[1]}", true},
    {"{\"a\":[1],\"b\":2}", "{\"b\":3,\"a\":[1]}", false},
    {"{\"a\":1,\"b\":2}", "{\"b\":2,\"a\":1}", true},
    {"1", "1.0", false},
    {"1000", "1e3", false},
    {"1", "2", false},
    {"1", "-1", false},
    {"1", "true", false},
    {"0", "false", false},
    {"1", "\"1\"", false},
    {"1.0", "\"1.0\"", false},
    {"true", "\"true\"", false},
    {"true", "false", false},
    {"null", "false", false},
    {"null", "\"null\"", false},
    {"null", "0", false},
    {"9007199254740992", "9007199254740993", false},
    {"9007199254740992.0", "9007199254740993.0", true},
    {"9007199254740993", "9007199254740993.0", false},
    {"9223372036854775806", "9223372036854775807", false},
    {"0.1", "0.10000000000000001", true},
    {"0.3", "0.30000000000000004", false},
    {"\"a\"", "\"A\"", false},
    {"\"a\"", "\"ab\"", false},
    {"[1]", "1", false},
    {"[1]", "[1,1]", false},
    {"[1,2]", "[2,1]", false},
    {"[]", "{}", false},
    {"{\"a\":1}", "{\"a\":1.0}", false},
};

static void values_are_the_same_when_types_are(void **state)
{
    unsigned bad = 0;
    for (size_t i = 0; i < COUNT(same_rows); i++) {
        const same_row_t *row = &same_rows[i];
        const auth0_json_t *a = value_of(row->a, *state);
        const auth0_json_t *b = value_of(row->b, *state);
        const char *name = apr_pstrcat(*state, row->a, " ", row->b, NULL);
        bad += support_equal(name, auth0_json_same(a, b), row->want);
        bad += support_equal(name, auth0_json_same(b, a), row->want);
    }
    assert_int_equal(bad, 0);
    assert_false(auth0_json_same(NULL, value_of("null", *state)));
    assert_false(auth0_json_same(value_of("null", *state), NULL));
    assert_false(auth0_json_same(NULL, NULL));
}

typedef struct written_row_t {
    const char *json;
    const char *want;
} written_row_t;

static const written_row_t written_rows[] = {
    {"\"a\"", "\"a\""},
    {"\"\"", "\"\""},
    {" [ 1 , 2 ] ", "[1,2]"},
    {"{ \"b\" : 1, \"a\" : 2 }", "{\"b\":1,\"a\":2}"},
    {"[]", "[]"},
    {"{}", "{}"},
    {"null", "null"},
    {"true", "true"},
    {"9007199254740993", "9007199254740993"},
    {"-9223372036854775808", "-9223372036854775808"},
    {"1.0", "1.0"},
    {"1e0", "1.0"},
    {"0.1", "0.1"},
    {"1.1", "1.1"},
    {"9.95", "9.95"},
    {"2.01", "2.01"},
    {"1.8e9", "1800000000.0"},
    {"0.30000000000000004", "0.30000000000000004"},
    {"0.1234567890123456", "0.1234567890123456"},
    {"9007199254740993.0", "9007199254740992.0"},
    {"1e308", "1e308"},
    {"\"\\/\"", "\"/\""},
    {"\"\\\"\\\\\"", "\"\\\"\\\\\""},
    {"\"\\n\\r\\t\\b\\f\\u0001\"", "\"\\n\\r\\t\\b\\f\\u0001\""},
    {"\"\x7f\"", "\"\\u007f\""},
    {"\"\\u007f\\u007Fa\\u007f\"", "\"\\u007f\\u007fa\\u007f\""},
    {"{\"\\u007f\":1}", "{\"\\u007f\":1}"},
    {"\"\\\\u007f\"", "\"\\\\u007f\""},
    {"\"\\u0080\"", "\"\\u0080\""},
    {"\"\xc3\xa9\"", "\"\\u00E9\""},
    {"\"\xf0\x9f\x98\x80\"", "\"\\uD83D\\uDE00\""},
    {"{\"\xc3\xa9\":[\"\xe2\x82\xac\"]}", "{\"\\u00E9\":[\"\\u20AC\"]}"},
};

static void a_value_is_written_in_plain_characters(void **state)
{
    unsigned bad = 0;
    for (size_t i = 0; i < COUNT(written_rows); i++) {
        const written_row_t *row = &written_rows[i];
        const auth0_json_t *json = value_of(row->json, *state);
        const char *text = auth0_json_text(json, *state);
        bad += support_text(row->json, text, row->want);
        bad += support_equal(
            row->json, auth0_json_same(value_of(text, *state), json), true);
    }
    assert_int_equal(bad, 0);
    assert_null(auth0_json_text(NULL, *state));
}

static void a_text_grows_with_what_it_escapes(void **state)
{
    const char *deletes = support_repeat("\x7f", 20000, *state);
    const char *escaped = support_repeat("\\u007f", 20000, *state);
    const auth0_json_t *json =
        value_of(apr_pstrcat(*state, "\"", deletes, "\"", NULL), *state);
    assert_string_equal(auth0_json_text(json, *state),
                        apr_pstrcat(*state, "\"", escaped, "\"", NULL));
}

static void only_null_is_null(void **state)
{
    static const char *const others[] = {"0", "\"\"", "false", "[]", "{}"};
    assert_true(auth0_json_is_null(value_of("null", *state)));
    assert_false(auth0_json_is_null(NULL));
    for (size_t i = 0; i < COUNT(others); i++) {
        assert_false(auth0_json_is_null(value_of(others[i], *state)));
    }
}

/* A tree of one of each, added in an order that is not that of its names. */
static const auth0_json_t *tree(apr_pool_t *pool)
{
    auth0_json_draft_t *root = auth0_json_new(pool);
    auth0_json_draft_t *array = auth0_json_add_array(root, "z");
    auth0_json_draft_t *object = auth0_json_add_object(array, NULL);
    assert_true(auth0_json_add_text(array, NULL, "\xc3\xa4"));
    assert_true(auth0_json_add_whole(object, "b", -1));
    assert_true(auth0_json_add_flag(object, "a", false));
    assert_true(auth0_json_add_flag(root, "y", true));
    assert_non_null(auth0_json_add_object(root, "x"));
    return auth0_json_of(root, pool);
}

static void a_tree_is_written_in_its_order(void **state)
{
    const auth0_json_t *root = tree(*state);
    assert_string_equal(auth0_json_text(root, *state),
                        "{\"z\":[{\"b\":-1,\"a\":false},\"\\u00E4\"],"
                        "\"y\":true,\"x\":{}}");
    assert_string_equal(auth0_json_pretty(root, *state),
                        "{\n  \"z\": [\n    {\n      \"b\": -1,\n"
                        "      \"a\": false\n    },\n    \"\\u00E4\"\n  ],\n"
                        "  \"y\": true,\n  \"x\": {}\n}");
}

static void what_cannot_be_added_is_not(void **state)
{
    auth0_json_draft_t *root = auth0_json_new(*state);
    assert_false(auth0_json_add_text(root, "latin", "\xe4"));
    assert_false(auth0_json_add_text(root, "surrogate", "\xed\xa0\x80"));
    assert_false(auth0_json_add_text(root, "nothing", NULL));
    assert_false(auth0_json_add_text(root, "\xe4", "name"));
    assert_false(auth0_json_add_text(root, NULL, "no array"));
    assert_null(auth0_json_add_object(NULL, "a"));
    assert_null(auth0_json_add_array(NULL, NULL));
    assert_false(auth0_json_add_whole(NULL, "a", 1));
    assert_false(auth0_json_add_flag(NULL, NULL, true));
    assert_string_equal(auth0_json_text(auth0_json_of(root, *state), *state),
                        "{}");
    assert_null(auth0_json_of(NULL, *state));
}

typedef struct seen_t {
    apr_pool_t *pool;
    const char *text;
} seen_t;

static void see(void *baton, const char *name, const auth0_json_t *value)
{
    seen_t *seen = baton;
    seen->text = apr_pstrcat(seen->pool, seen->text, name ? name : "-", "=",
                             auth0_json_text(value, seen->pool), ";", NULL);
}

static const char *seen_in(const auth0_json_t *in, apr_pool_t *pool)
{
    seen_t seen = {pool, ""};
    auth0_json_each(in, see, &seen);
    return seen.text;
}

static void each_part_is_shown_in_its_order(void **state)
{
    const auth0_json_t *root = tree(*state);
    assert_string_equal(seen_in(root, *state),
                        "z=[{\"b\":-1,\"a\":false},\"\\u00E4\"];y=true;x={};");
    assert_string_equal(seen_in(auth0_json_member(root, "z"), *state),
                        "-={\"b\":-1,\"a\":false};-=\"\\u00E4\";");
    assert_string_equal(seen_in(auth0_json_member(root, "y"), *state), "");
    assert_string_equal(seen_in(auth0_json_member(root, "x"), *state), "");
    assert_string_equal(seen_in(NULL, *state), "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SUPPORT_TEST(takes_one_strict_object),
        SUPPORT_TEST(depth_has_a_limit),
        SUPPORT_TEST(brackets_in_strings_have_no_depth),
        SUPPORT_TEST(strings_do_not_hide_depth),
        SUPPORT_TEST(depth_is_counted_before_parsing),
        SUPPORT_TEST(size_has_a_limit),
        SUPPORT_TEST(members_are_found_by_exact_name),
        SUPPORT_TEST(each_value_has_one_type),
        SUPPORT_TEST(values_are_as_written),
        SUPPORT_TEST(literals_are_numbers_and_booleans_alone),
        SUPPORT_TEST(values_are_the_same_when_types_are),
        SUPPORT_TEST(a_value_is_written_in_plain_characters),
        SUPPORT_TEST(a_text_grows_with_what_it_escapes),
        SUPPORT_TEST(only_null_is_null),
        SUPPORT_TEST(a_tree_is_written_in_its_order),
        SUPPORT_TEST(what_cannot_be_added_is_not),
        SUPPORT_TEST(each_part_is_shown_in_its_order),
    };
    return SUPPORT_RUN(tests);
}
