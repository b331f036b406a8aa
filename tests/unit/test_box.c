/* Licensed under the Apache License, Version 2.0; see LICENSE. */
#include "support.h"

#include <pthread.h>
#include <string.h>

#include "core/auth0_box.h"

#define WORDS AUTH0_BOX_WORDS

/* Words that tell which turn they are of, each in another way. */
static void words_of(uint64_t words[WORDS], uint64_t turn)
{
    for (size_t i = 0; i < WORDS; i++) {
        words[i] = turn * (i + 1);
    }
}

static void put(auth0_box_t *box, uint64_t turn)
{
    uint64_t words[WORDS];

    words_of(words, turn);
    auth0_box_put(box, words);
}

static bool is_of(const uint64_t words[WORDS], uint64_t turn)
{
    uint64_t wanted[WORDS];

    words_of(wanted, turn);
    return memcmp(words, wanted, sizeof(wanted)) == 0;
}

static void an_empty_box_has_nothing(void **state)
{
    auth0_box_t box = {0};
    uint64_t words[WORDS];
    (void)state;
    assert_false(auth0_box_get(words, &box));
}

/* Zeros are words like any other. */
static void the_last_put_is_got_any_number_of_times(void **state)
{
    static const uint64_t turns[] = {1, 2, 0, UINT64_MAX};
    auth0_box_t box = {0};
    uint64_t words[WORDS];
    (void)state;
    for (size_t i = 0; i < COUNT(turns); i++) {
        put(&box, turns[i]);
        for (int k = 0; k < 2; k++) {
            memset(words, 0xa5, sizeof(words));
            assert_true(auth0_box_get(words, &box));
            assert_true(is_of(words, turns[i]));
        }
    }
}

/* The box as its writer leaves it when it dies after so many of the words. */
static void die_after(auth0_box_t *box, size_t count)
{
    box->turn |= 1u;
    for (size_t i = 0; i < count; i++) {
        box->words[i] = 9;
    }
}

static void a_writer_that_died_leaves_an_empty_box(void **state)
{
    uint64_t words[WORDS];
    (void)state;
    for (size_t count = 0; count <= WORDS; count++) {
        auth0_box_t box = {0};
        die_after(&box, count);
        assert_false(auth0_box_get(words, &box));
        put(&box, 1);
        assert_true(auth0_box_get(words, &box));
        die_after(&box, count);
        assert_false(auth0_box_get(words, &box));
        put(&box, 2);
        assert_true(auth0_box_get(words, &box));
        assert_true(is_of(words, 2));
    }
}

#define READERS 2
#define WHILE apr_time_from_msec(600)

typedef struct share_t {
    auth0_box_t box;
    _Atomic bool is_over;
    uint64_t last; /* turn that was put; the writer's while it runs */
} share_t;

typedef struct reader_t {
    share_t *share;
    pthread_t thread;
    uint64_t looks;
    uint64_t seen;
    uint64_t torn;
    uint64_t backwards;
} reader_t;

static void *write_on(void *baton)
{
    share_t *share = baton;

    while (!share->is_over) {
        put(&share->box, ++share->last);
    }
    return NULL;
}

static void *read_on(void *baton)
{
    reader_t *reader = baton;
    uint64_t words[WORDS];
    uint64_t former = 0;

    for (; !reader->share->is_over; reader->looks++) {
        if (auth0_box_get(words, &reader->share->box)) {
            reader->seen++;
            reader->torn += !is_of(words, words[0]);
            reader->backwards += words[0] < former;
            former = words[0];
        }
    }
    return NULL;
}

/* Threads outlive a failed assertion, so none is made before they have ended.
 */
static void read_and_write(reader_t readers[READERS], share_t *share)
{
    pthread_t writer;

    put(&share->box, 0);
    for (size_t i = 0; i < READERS; i++) {
        readers[i] = (reader_t){.share = share};
        assert_int_equal(
            pthread_create(&readers[i].thread, NULL, read_on, &readers[i]), 0);
    }
    assert_int_equal(pthread_create(&writer, NULL, write_on, share), 0);
    apr_sleep(WHILE);
    share->is_over = true;
    pthread_join(writer, NULL);
    for (size_t i = 0; i < READERS; i++) {
        pthread_join(readers[i].thread, NULL);
    }
}

static void nobody_sees_half_of_it(void **state)
{
    static share_t share;
    static reader_t readers[READERS];
    uint64_t words[WORDS];
    (void)state;
    read_and_write(readers, &share);
    for (size_t i = 0; i < READERS; i++) {
        print_message("%llu of %llu looks saw one, of %llu turns\n",
                      (unsigned long long)readers[i].seen,
                      (unsigned long long)readers[i].looks,
                      (unsigned long long)share.last);
        assert_true(readers[i].seen > 0);
        assert_true(readers[i].torn == 0);
        assert_true(readers[i].backwards == 0);
    }
    assert_true(auth0_box_get(words, &share.box));
    assert_true(is_of(words, share.last));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SUPPORT_TEST(an_empty_box_has_nothing),
        SUPPORT_TEST(the_last_put_is_got_any_number_of_times),
        SUPPORT_TEST(a_writer_that_died_leaves_an_empty_box),
        SUPPORT_TEST(nobody_sees_half_of_it),
    };
    return SUPPORT_RUN(tests);
}
