/* Licensed under the Apache License, Version 2.0; see LICENSE. */
#include "support.h"

#include <string.h>

#include <openssl/err.h>

#include "core/auth0_errqueue.h"

static void an_empty_queue_stays_empty(void **state)
{
    ERR_clear_error();
    auth0_errqueue_t *kept = auth0_errqueue_take(*state);
    assert_null(kept);
    ERR_raise(ERR_LIB_USER, 7);
    auth0_errqueue_restore(kept);
    assert_int_equal(ERR_peek_error(), 0);
}

static void errors_come_back_in_order_and_whole(void **state)
{
    const char *file;
    const char *func;
    const char *data;
    int line;
    int flags;
    ERR_clear_error();
    ERR_raise_data(ERR_LIB_USER, 1, "first %d", 1);
    int raised_at = __LINE__ - 1;
    ERR_raise(ERR_LIB_USER, 2);
    auth0_errqueue_t *kept = auth0_errqueue_take(*state);
    assert_int_equal(ERR_peek_error(), 0);
    ERR_raise(ERR_LIB_USER, 3);
    auth0_errqueue_restore(kept);
    unsigned long code = ERR_get_error_all(&file, &line, &func, &data, &flags);
    assert_int_equal(ERR_GET_LIB(code), ERR_LIB_USER);
    assert_int_equal(ERR_GET_REASON(code), 1);
    assert_string_equal(file, __FILE__);
    assert_string_equal(func, __func__);
    assert_int_equal(line, raised_at);
    assert_string_equal(data, "first 1");
    assert_int_equal(ERR_GET_REASON(ERR_get_error()), 2);
    assert_int_equal(ERR_get_error(), 0);
}

static void data_is_no_format(void **state)
{
    const char *data;
    int flags;
    ERR_clear_error();
    ERR_raise_data(ERR_LIB_USER, 1, "%s", "100%s%n");
    auth0_errqueue_restore(auth0_errqueue_take(*state));
    assert_int_not_equal(ERR_get_error_all(NULL, NULL, NULL, &data, &flags), 0);
    assert_string_equal(data, "100%s%n");
}

static void system_errors_keep_their_number(void **state)
{
    ERR_clear_error();
    ERR_raise(ERR_LIB_SYS, 2);
    unsigned long before = ERR_peek_error();
    auth0_errqueue_restore(auth0_errqueue_take(*state));
    assert_int_equal(ERR_get_error(), before);
    assert_int_equal(ERR_get_error(), 0);
}

static void a_full_queue_survives(void **state)
{
    unsigned long before[64];
    size_t count = 0;
    ERR_clear_error();
    for (int i = 1; i <= 40; i++) {
        ERR_raise(ERR_LIB_USER, i);
    }
    auth0_errqueue_restore(auth0_errqueue_take(*state));
    while (count < COUNT(before) && (before[count] = ERR_get_error()) != 0) {
        count++;
    }
    assert_in_range(count, 15, 16);
    for (size_t i = 0; i < count; i++) {
        assert_int_equal(ERR_GET_REASON(before[i]), 40 - count + 1 + i);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SUPPORT_TEST(an_empty_queue_stays_empty),
        SUPPORT_TEST(errors_come_back_in_order_and_whole),
        SUPPORT_TEST(data_is_no_format),
        SUPPORT_TEST(system_errors_keep_their_number),
        SUPPORT_TEST(a_full_queue_survives),
    };
    return SUPPORT_RUN(tests);
}
