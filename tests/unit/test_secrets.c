/* Licensed under the Apache License, Version 2.0; see LICENSE. */
#include "support.h"

#include <pthread.h>
#include <sched.h>
#include <string.h>

#include "core/auth0_secrets.h"

#define TURNS 200000

static void an_epoch_has_a_secret_once_it_is_put(void **state)
{
    static auth0_secrets_t secrets;
    unsigned char got[AUTH0_SECRET_BYTES];
    unsigned char one[AUTH0_SECRET_BYTES] = "one";
    unsigned char two[AUTH0_SECRET_BYTES] = "two";
    (void)state;
    assert_false(auth0_secrets_find(got, &secrets, 0));
    auth0_secrets_put(&secrets, 7, AUTH0_SECRET_SERVER, one);
    assert_true(auth0_secrets_find(got, &secrets, 7));
    assert_memory_equal(got, one, sizeof(got));
    assert_int_equal(auth0_secrets_scope(&secrets, 7), AUTH0_SECRET_SERVER);
    auth0_secrets_put(&secrets, 7, AUTH0_SECRET_FLEET, two);
    assert_true(auth0_secrets_find(got, &secrets, 7));
    assert_memory_equal(got, two, sizeof(got));
    assert_int_equal(auth0_secrets_scope(&secrets, 7), AUTH0_SECRET_FLEET);
    auth0_secrets_put(&secrets, 8, AUTH0_SECRET_FLEET, one);
    assert_true(auth0_secrets_find(got, &secrets, 7));
    auth0_secrets_put(&secrets, 7 + AUTH0_SECRETS_KEPT, AUTH0_SECRET_SERVER,
                      one);
    assert_false(auth0_secrets_find(got, &secrets, 7));
    assert_int_equal(auth0_secrets_scope(&secrets, 7), AUTH0_SECRET_NONE);
}

static void epochs_follow_the_clock(void **state)
{
    (void)state;
    assert_int_equal(auth0_secrets_epoch(0), 0);
    assert_int_equal(auth0_secrets_epoch(AUTH0_SECRETS_PERIOD - 1), 0);
    assert_int_equal(auth0_secrets_epoch(AUTH0_SECRETS_PERIOD), 1);
}

static void *write_turns(void *baton)
{
    auth0_secrets_t *secrets = baton;
    unsigned char secret[AUTH0_SECRET_BYTES];
    for (unsigned i = 0; i < TURNS; i++) {
        memset(secret, (int)(i % 256), sizeof(secret));
        auth0_secrets_put(secrets, 1, AUTH0_SECRET_FLEET, secret);
        if (i % 16 == 0) {
            sched_yield();
        }
    }
    return NULL;
}

/* All bytes of one that was put are alike. */
static void nobody_sees_half_of_one(void **state)
{
    static auth0_secrets_t secrets;
    unsigned char got[AUTH0_SECRET_BYTES];
    unsigned found = 0;
    pthread_t writer;
    (void)state;
    assert_int_equal(pthread_create(&writer, NULL, write_turns, &secrets), 0);
    for (unsigned i = 0; i < TURNS; i++) {
        if (auth0_secrets_find(got, &secrets, 1)) {
            found++;
            for (size_t k = 1; k < sizeof(got); k++) {
                assert_int_equal(got[k], got[0]);
            }
        }
    }
    pthread_join(writer, NULL);
    assert_true(auth0_secrets_find(got, &secrets, 1));
    print_message("%u of %u looks saw one\n", found, TURNS);
}

/* Its box is empty until the next writer fills it. */
static void a_writer_that_died_leaves_none(void **state)
{
    static auth0_secrets_t secrets;
    unsigned char got[AUTH0_SECRET_BYTES] = "one";
    (void)state;
    auth0_secrets_put(&secrets, 1, AUTH0_SECRET_FLEET, got);
    secrets.boxes[1].turn |= 1u;
    assert_false(auth0_secrets_find(got, &secrets, 1));
    auth0_secrets_put(&secrets, 1, AUTH0_SECRET_FLEET, got);
    assert_true(auth0_secrets_find(got, &secrets, 1));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SUPPORT_TEST(an_epoch_has_a_secret_once_it_is_put),
        SUPPORT_TEST(epochs_follow_the_clock),
        SUPPORT_TEST(nobody_sees_half_of_one),
        SUPPORT_TEST(a_writer_that_died_leaves_none),
    };
    return SUPPORT_RUN(tests);
}
