/* Licensed under the Apache License, Version 2.0; see LICENSE. */
#include "support.h"

#include "core/auth0_cookie.h"

typedef struct cookie_row_t {
    const char *field;
    auth0_reason_t want;
    const char *value;
} cookie_row_t;

static const cookie_row_t rows[] = {
    {"at=abc", AUTH0_OK, "abc"},
    {"a=1; at=abc", AUTH0_OK, "abc"},
    {"at=abc; b=2", AUTH0_OK, "abc"},
    {"a=1;at=abc;b=2", AUTH0_OK, "abc"},
    {"a=1;\tat=abc ;", AUTH0_OK, "abc"},
    {" at = abc ", AUTH0_OK, "abc"},
    {"at=a=b==", AUTH0_OK, "a=b=="},
    {"at=", AUTH0_OK, ""},
    {"at=\"abc\"", AUTH0_OK, "\"abc\""},
    {"at=%61bc", AUTH0_OK, "%61bc"},
    {"at=abc, b=2", AUTH0_OK, "abc, b=2"},
    {NULL, AUTH0_REQUEST_NO_TOKEN, ""},
    {"", AUTH0_REQUEST_NO_TOKEN, ""},
    {";", AUTH0_REQUEST_NO_TOKEN, ""},
    {"at", AUTH0_REQUEST_NO_TOKEN, ""},
    {"At=abc", AUTH0_REQUEST_NO_TOKEN, ""},
    {"xat=abc", AUTH0_REQUEST_NO_TOKEN, ""},
    {"atx=abc", AUTH0_REQUEST_NO_TOKEN, ""},
    {"a=at=abc", AUTH0_REQUEST_NO_TOKEN, ""},
    {"=at=abc", AUTH0_REQUEST_NO_TOKEN, ""},
    {"a\"; at\"=abc", AUTH0_REQUEST_NO_TOKEN, ""},
    {"%61t=abc", AUTH0_REQUEST_NO_TOKEN, ""},
    {"a=1&at=abc", AUTH0_REQUEST_NO_TOKEN, ""},
    {"a=1, at=abc", AUTH0_REQUEST_MALFORMED, ""},
    {"a,at=abc", AUTH0_REQUEST_MALFORMED, ""},
    {"at=abc; at=abc", AUTH0_REQUEST_MULTIPLE, ""},
    {"at=abc; at=def", AUTH0_REQUEST_MULTIPLE, ""},
    {"at=; at=def", AUTH0_REQUEST_MULTIPLE, ""},
    {"at=abc, at=abc", AUTH0_REQUEST_MULTIPLE, ""},
    {"at=abc; a=1, at=abc", AUTH0_REQUEST_MULTIPLE, ""},
};

static void one_cookie_is_found_by_its_name(void **state)
{
    unsigned bad = 0;
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        const cookie_row_t *row = &rows[i];
        const char *name = row->field ? row->field : "(no field)";
        auth0_span_t value;
        bad += support_reason(name, auth0_cookie_find(&value, row->field, "at"),
                              row->want);
        bad += support_equal(name, auth0_span_is(value, row->value), true);
    }
    assert_int_equal(bad, 0);
}

static void the_value_is_borrowed_from_the_field(void **state)
{
    const char *field = "a=1; at=abc";
    auth0_span_t value;
    (void)state;
    assert_int_equal(auth0_cookie_find(&value, field, "at"), AUTH0_OK);
    assert_ptr_equal(value.ptr, field + 8);
}

typedef struct without_row_t {
    const char *field;
    const char *want; /* NULL: nothing is left */
} without_row_t;

static const without_row_t without_rows[] = {
    {"a=1", "a=1"},
    {"at=abc", NULL},
    {" at = abc ;", NULL},
    {"at=abc; b=2", "b=2"},
    {"a=1; at=abc", "a=1"},
    {"a=1; at=abc; b=2", "a=1; b=2"},
    {"a=1;at=abc;b=2", "a=1;b=2"},
    {"at=abc; a=1; at=def", "a=1"},
    {"a=1, at=abc; b=2", "b=2"},
    {"a=1; atx=at; xat=2", "a=1; atx=at; xat=2"},
    {"at", "at"},
    {"", ""},
};

static void one_cookie_is_left_out(void **state)
{
    unsigned bad = 0;
    for (size_t i = 0; i < COUNT(without_rows); i++) {
        const without_row_t *row = &without_rows[i];
        apr_pool_t *pool = support_dirty_pool(*state);
        bad += support_text(row->field,
                            auth0_cookie_without(row->field, "at", pool),
                            row->want);
    }
    assert_int_equal(bad, 0);
}

static void a_field_without_it_is_not_copied(void **state)
{
    const char *field = "a=1; b=2";
    assert_ptr_equal(auth0_cookie_without(field, "at", *state), field);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SUPPORT_TEST(one_cookie_is_found_by_its_name),
        SUPPORT_TEST(the_value_is_borrowed_from_the_field),
        SUPPORT_TEST(one_cookie_is_left_out),
        SUPPORT_TEST(a_field_without_it_is_not_copied),
    };
    return SUPPORT_RUN(tests);
}
