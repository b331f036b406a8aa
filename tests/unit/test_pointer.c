/* Licensed under the Apache License, Version 2.0; see LICENSE. */
#include "support.h"

#include <string.h>

#include "core/auth0_pointer.h"

static const auth0_json_t *object_of(const char *text, apr_pool_t *pool)
{
    const auth0_json_t *object;
    assert_true(auth0_json_object(&object, support_span(text),
                                  auth0_json_payload_limit, pool));
    return object;
}

static auth0_pointer_t *parse(const char *name, apr_pool_t *pool)
{
    auth0_pointer_t *pointer = NULL;
    const char *why = auth0_pointer_parse(&pointer, name, pool);
    if (why != NULL) {
        fail_msg("%s %s", name, why);
    }
    assert_non_null(pointer);
    return pointer;
}

typedef struct find_row_t {
    const char *name;
    const char *want; /* JSON text, or NULL where nothing stands */
} find_row_t;

static unsigned find_rows(const find_row_t *rows, size_t count,
                          const char *text, apr_pool_t *pool)
{
    const auth0_json_t *object = object_of(text, pool);
    unsigned bad = 0;
    for (size_t i = 0; i < count; i++) {
        const auth0_json_t *found =
            auth0_pointer_find(parse(rows[i].name, pool), object);
        bad += support_text(rows[i].name,
                            found ? auth0_json_text(found, pool) : NULL,
                            rows[i].want);
    }
    return bad;
}

/* Section 5, but for "": the whole document is no claim. */
static const find_row_t rfc6901_rows[] = {
    {"/foo", "[\"bar\",\"baz\"]"},
    {"/foo/0", "\"bar\""},
    {"/", "0"},
    {"/a~1b", "1"},
    {"/c%d", "2"},
    {"/e^f", "3"},
    {"/g|h", "4"},
    {"/i\\j", "5"},
    {"/k\"l", "6"},
    {"/ ", "7"},
    {"/m~0n", "8"},
};

static void pointers_are_read_as_in_rfc_6901(void **state)
{
    static const char document[] =
        "{\"foo\":[\"bar\",\"baz\"],\"\":0,\"a/b\":1,\"c%d\":2,\"e^f\":3,"
        "\"g|h\":4,\"i\\\\j\":5,\"k\\\"l\":6,\" \":7,\"m~n\":8}";
    assert_int_equal(
        find_rows(rfc6901_rows, COUNT(rfc6901_rows), document, *state), 0);
}

static const char claims[] =
    "{\"sub\":\"auth0|1\",\"empty\":\"\",\"none\":null,\"no\":false,\"zero\":0,"
    "\"https://example.com/roles\":[\"admin\",\"user\"],"
    "\"a.b\":1,\"a~2b\":2,\"a~1b\":3,\"a/b\":4,\"#\":5,\"*\":6,"
    "\"/user\":\"slash\",\"/user/roles\":\"two slashes\","
    "\"\xc3\xa9\":\"e acute\",\"list\":[0,1,2,3,4,5,6,7,8,9,10],"
    "\"user\":{\"roles\":[\"a\",[\"b\",\"c\"],{\"d\":null,\"e\":false}],"
    "\"0\":\"name\",\"01\":\"odd\",\"-\":\"dash\",\"\":{\"\":\"deep\"},"
    "\"a/b\":{\"m~n\":1},\"~1\":\"tilde one\",\"~0\":\"tilde zero\","
    "\"/\":\"slash\",\"~\":\"tilde\",\"none\":null}}";

/* A name that does not begin with a slash is no pointer. */
static const find_row_t name_rows[] = {
    {"sub", "\"auth0|1\""},
    {"empty", "\"\""},
    {"no", "false"},
    {"zero", "0"},
    {"none", NULL},
    {"Sub", NULL},
    {"su", NULL},
    {"subs", NULL},
    {" sub", NULL},
    {"sub ", NULL},
    {"https://example.com/roles", "[\"admin\",\"user\"]"},
    {"https://example.com/roles/0", NULL},
    {"https://example.com/roles/", NULL},
    {"https://example.com", NULL},
    {"https:~1~1example.com~1roles", NULL},
    {"a.b", "1"},
    {"a~2b", "2"},
    {"a~1b", "3"},
    {"a/b", "4"},
    {"#", "5"},
    {"*", "6"},
    {"#/sub", NULL},
    {"user/roles", NULL},
    {"user.roles", NULL},
    {"user.0", NULL},
    {"list[0]", NULL},
    {"0", NULL},
    {"\xc3\xa9", "\"e acute\""},
    {"e\xcc\x81", NULL},
};

static void a_plain_name_is_a_member_byte_for_byte(void **state)
{
    assert_int_equal(find_rows(name_rows, COUNT(name_rows), claims, *state), 0);
}

static const find_row_t step_rows[] = {
    {"/sub", "\"auth0|1\""},
    {"/Sub", NULL},
    {"/empty", "\"\""},
    {"/no", "false"},
    {"/none", NULL},
    {"/none/x", NULL},
    {"/none/0", NULL},
    {"/", NULL},
    {"//", NULL},
    {"//user", NULL},
    {"/~1user", "\"slash\""},
    {"/~1user~1roles", "\"two slashes\""},
    {"/https:~1~1example.com~1roles/1", "\"user\""},
    {"/https://example.com/roles", NULL},
    {"/a~1b", "4"},
    {"/a~01b", "3"},
    {"/a~02b", "2"},
    {"/a%2Fb", NULL},
    {"/%73ub", NULL},
    {"/user/", "{\"\":\"deep\"}"},
    {"/user//", "\"deep\""},
    {"/user///", NULL},
    {"/user/0", "\"name\""},
    {"/user/01", "\"odd\""},
    {"/user/-", "\"dash\""},
    {"/user/1", NULL},
    {"/user/a~1b/m~0n", "1"},
    {"/user/a/b", NULL},
    {"/user/~01", "\"tilde one\""},
    {"/user/~00", "\"tilde zero\""},
    {"/user/~1", "\"slash\""},
    {"/user/~0", "\"tilde\""},
    {"/user/none", NULL},
    {"/user/roles/0", "\"a\""},
    {"/user/roles/1", "[\"b\",\"c\"]"},
    {"/user/roles/1/1", "\"c\""},
    {"/user/roles/1/2", NULL},
    {"/user/roles/2/d", NULL},
    {"/user/roles/2/e", "false"},
    {"/user/roles/2/0", NULL},
    {"/user/roles/0/0", NULL},
    {"/user/roles/0/", NULL},
    {"/user/roles/3", NULL},
    {"/user/roles/a", NULL},
    {"/user/roles/", NULL},
    {"/sub/0", NULL},
    {"/sub/", NULL},
    {"/zero/0", NULL},
    {"/no/0", NULL},
};

static void a_pointer_goes_down_step_by_step(void **state)
{
    assert_int_equal(find_rows(step_rows, COUNT(step_rows), claims, *state), 0);
}

/* Section 4: 0, or digits that do not begin with 0. "-" is past the end. */
static const find_row_t index_rows[] = {
    {"/list/0", "0"},
    {"/list/1", "1"},
    {"/list/9", "9"},
    {"/list/10", "10"},
    {"/list/11", NULL},
    {"/list/00", NULL},
    {"/list/01", NULL},
    {"/list/010", NULL},
    {"/list/-", NULL},
    {"/list/-0", NULL},
    {"/list/-1", NULL},
    {"/list/+1", NULL},
    {"/list/ 1", NULL},
    {"/list/1 ", NULL},
    {"/list/1.0", NULL},
    {"/list/1e0", NULL},
    {"/list/0x1", NULL},
    {"/list/1,2", NULL},
    {"/list/:", NULL},
    {"/list/1:", NULL},
    {"/list/1~1", NULL},
    {"/list/1*", NULL},
    {"/list/\xd9\xa1", NULL},
    {"/list/\xc2\xb9", NULL},
    {"/list/999999999", NULL},
    {"/list/4294967296", NULL},
    {"/list/4294967297", NULL},
    {"/list/18446744073709551616", NULL},
    {"/list/18446744073709551617", NULL},
    {"/list/340282366920938463463374607431768211457", NULL},
    {"/list/length", NULL},
};

static void an_index_has_one_spelling(void **state)
{
    assert_int_equal(find_rows(index_rows, COUNT(index_rows), claims, *state),
                     0);
}

static const char *const refused[] = {
    "",      "/~",   "/a~",   "/~a",     "/~2",       "/a~2b", "/~~",
    "/~/a",  "/a/~", "/a~/b", "/~1~",    "/~0~2",     "\n",    "a\nb",
    "a\x7f", "\x01", "/a\tb", "/a/\x1f", "/\r\nX: y", "sub\n", "/a/b~",
};

static bool is_refused(const char *name, apr_pool_t *pool)
{
    static char poison;
    auth0_pointer_t *pointer = (auth0_pointer_t *)(void *)&poison;
    const char *why = auth0_pointer_parse(&pointer, name, pool);
    assert_ptr_not_equal(pointer, &poison);
    assert_int_equal(why == NULL, pointer != NULL);
    return why != NULL && strlen(why) > 0;
}

static void what_names_nothing_is_refused(void **state)
{
    unsigned bad = 0;
    for (size_t i = 0; i < COUNT(refused); i++) {
        bad += support_equal(refused[i], is_refused(refused[i], *state), true);
    }
    assert_int_equal(bad, 0);
}

/* What is wrong with a name depends on what it was meant to be. */
static void a_refusal_says_what_would_be_right(void **state)
{
    auth0_pointer_t *pointer;
    const char *many = support_repeat("/a", 33, *state);
    assert_non_null(strstr(auth0_pointer_parse(&pointer, "", *state), "exact"));
    assert_non_null(
        strstr(auth0_pointer_parse(&pointer, "/a~b", *state), "~0"));
    assert_non_null(strstr(auth0_pointer_parse(&pointer, many, *state), "32"));
}

/* As many steps as claims have levels. */
static void steps_are_counted(void **state)
{
    for (size_t steps = 30; steps <= 34; steps++) {
        const char *name = support_repeat("/a", steps, *state);
        const char *empty = support_repeat("/", steps, *state);
        assert_int_equal(is_refused(name, *state), steps > 32);
        assert_int_equal(is_refused(empty, *state), steps > 32);
    }
    const char *long_name = support_repeat("a/", 5000, *state);
    assert_false(is_refused(long_name, *state));
    assert_true(is_refused(support_repeat("/", 100000, *state), *state));
}

static void the_deepest_claim_is_reached(void **state)
{
    const char *text =
        apr_pstrcat(*state, support_repeat("{\"a\":", 32, *state), "\"deep\"",
                    support_repeat("}", 32, *state), NULL);
    const char *name = support_repeat("/a", 32, *state);
    const find_row_t rows[] = {{name, "\"deep\""},
                               {name + 2, "{\"a\":\"deep\"}"}};
    assert_int_equal(find_rows(rows, COUNT(rows), text, *state), 0);
}

static void a_pointer_outlives_its_text(void **state)
{
    char text[] = "/user/roles/0";
    char name[] = "sub";
    auth0_pointer_t *pointer = parse(text, *state);
    auth0_pointer_t *plain = parse(name, *state);
    auth0_pointer_t *to = auth0_pointer_to(name, *state);
    const auth0_json_t *object = object_of(claims, *state);
    memset(text, 'x', sizeof(text) - 1);
    memset(name, 'x', sizeof(name) - 1);
    assert_string_equal(
        auth0_json_text(auth0_pointer_find(pointer, object), *state), "\"a\"");
    assert_ptr_equal(auth0_pointer_find(plain, object),
                     auth0_json_member(object, "sub"));
    assert_ptr_equal(auth0_pointer_find(to, object),
                     auth0_json_member(object, "sub"));
}

/* The exact name, even where it looks like a pointer. */
static void a_pointer_can_be_made_of_any_name(void **state)
{
    const auth0_json_t *object = object_of(claims, *state);
    static const find_row_t rows[] = {
        {"/user/roles", "\"two slashes\""},
        {"/user", "\"slash\""},
        {"a~1b", "3"},
        {"/sub", NULL},
        {"none", NULL},
        {"", NULL},
    };
    unsigned bad = 0;
    for (size_t i = 0; i < COUNT(rows); i++) {
        const auth0_json_t *found =
            auth0_pointer_find(auth0_pointer_to(rows[i].name, *state), object);
        bad += support_text(rows[i].name,
                            found ? auth0_json_text(found, *state) : NULL,
                            rows[i].want);
    }
    assert_int_equal(bad, 0);
    assert_null(auth0_pointer_find(parse("sub", *state), NULL));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SUPPORT_TEST(pointers_are_read_as_in_rfc_6901),
        SUPPORT_TEST(a_plain_name_is_a_member_byte_for_byte),
        SUPPORT_TEST(a_pointer_goes_down_step_by_step),
        SUPPORT_TEST(an_index_has_one_spelling),
        SUPPORT_TEST(what_names_nothing_is_refused),
        SUPPORT_TEST(a_refusal_says_what_would_be_right),
        SUPPORT_TEST(steps_are_counted),
        SUPPORT_TEST(the_deepest_claim_is_reached),
        SUPPORT_TEST(a_pointer_outlives_its_text),
        SUPPORT_TEST(a_pointer_can_be_made_of_any_name),
    };
    return SUPPORT_RUN(tests);
}
