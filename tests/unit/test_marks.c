/* Licensed under the Apache License, Version 2.0; see LICENSE. */
#include "support.h"

#include <pthread.h>
#include <stdatomic.h>

#include "core/auth0_marks.h"

#define NOW ((int64_t)SUPPORT_NOW_S)

static const unsigned char salt[AUTH0_MARKS_SALT] = "a salt for tests";

static auth0_marks_t *make(size_t marks, apr_pool_t *pool)
{
    size_t size = auth0_marks_size(marks);
    uintptr_t memory = (uintptr_t)apr_pcalloc(pool, size + 64);
    return auth0_marks_make((void *)((memory + 63) / 64 * 64), marks, salt);
}

/* As evenly spread as a hash (splitmix64). */
static uint64_t mix(uint64_t x)
{
    x += 0x9e3779b97f4a7c15u;
    x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9u;
    x = (x ^ (x >> 27)) * 0x94d049bb133111ebu;
    return x ^ (x >> 31);
}

static auth0_mark_key_t key_of(uint64_t number)
{
    auth0_mark_key_t key = {{mix(2 * number), mix(2 * number + 1)}};
    return key;
}

static auth0_mark_terms_t terms(int64_t before, int64_t until)
{
    auth0_mark_terms_t made = {before, until};
    return made;
}

static bool is_there(const auth0_marks_t *marks, uint64_t number, int64_t now)
{
    int64_t before;
    return auth0_marks_find(&before, marks, key_of(number), now);
}

static void a_mark_is_new_once_until_it_is_over(void **state)
{
    auth0_marks_t *marks = make(16, *state);
    auth0_mark_key_t key = key_of(1);
    assert_false(is_there(marks, 1, NOW));
    assert_int_equal(auth0_marks_add(marks, key, terms(0, NOW + 10), NOW),
                     AUTH0_MARK_NEW);
    assert_true(is_there(marks, 1, NOW));
    assert_false(is_there(marks, 2, NOW));
    assert_int_equal(auth0_marks_add(marks, key, terms(0, NOW + 99), NOW + 9),
                     AUTH0_MARK_KNOWN);
    assert_true(is_there(marks, 1, NOW + 9));
    assert_false(is_there(marks, 1, NOW + 10));
    assert_int_equal(auth0_marks_add(marks, key, terms(0, NOW + 20), NOW + 10),
                     AUTH0_MARK_NEW);
    assert_true(is_there(marks, 1, NOW + 19));
    assert_false(is_there(marks, 1, NOW + 20));
}

static void what_is_over_already_is_refused(void **state)
{
    auth0_marks_t *marks = make(16, *state);
    assert_int_equal(auth0_marks_add(marks, key_of(1), terms(0, NOW), NOW),
                     AUTH0_MARK_REFUSED);
    assert_int_equal(auth0_marks_deny(marks, key_of(1), terms(0, NOW - 1), NOW),
                     AUTH0_MARK_REFUSED);
    assert_int_equal(auth0_marks_add(marks, key_of(1), terms(0, 0), NOW),
                     AUTH0_MARK_REFUSED);
    assert_false(is_there(marks, 1, NOW - 2));
}

/* One after the other; what is found afterwards. */
static const struct {
    int64_t before;
    int64_t until;
    auth0_mark_said_t said;
    int64_t found_before;
    int64_t found_until;
} raises[] = {
    {100, 10, AUTH0_MARK_NEW, 100, 10},
    {100, 10, AUTH0_MARK_KNOWN, 100, 10},
    {99, 9, AUTH0_MARK_KNOWN, 100, 10},
    {101, 9, AUTH0_MARK_NEW, 101, 10},
    {100, 11, AUTH0_MARK_NEW, 101, 11},
    {INT64_MAX, 5, AUTH0_MARK_NEW, INT64_MAX, 11},
    {0, 30, AUTH0_MARK_NEW, INT64_MAX, 30},
};

static void the_later_of_both_terms_count(void **state)
{
    auth0_marks_t *marks = make(16, *state);
    for (size_t i = 0; i < COUNT(raises); i++) {
        int64_t until = NOW + raises[i].found_until;
        int64_t before;
        assert_int_equal(
            auth0_marks_deny(marks, key_of(7),
                             terms(raises[i].before, NOW + raises[i].until),
                             NOW),
            raises[i].said);
        assert_true(auth0_marks_find(&before, marks, key_of(7), until - 1));
        assert_true(before == raises[i].found_before);
        assert_false(auth0_marks_find(&before, marks, key_of(7), until));
        assert_true(auth0_marks_is_denying(marks, until - 1));
        assert_false(auth0_marks_is_denying(marks, until));
    }
}

static void what_is_over_is_not_raised(void **state)
{
    auth0_marks_t *marks = make(16, *state);
    int64_t before;
    assert_int_equal(
        auth0_marks_deny(marks, key_of(7), terms(INT64_MAX, NOW + 1), NOW),
        AUTH0_MARK_NEW);
    assert_int_equal(
        auth0_marks_deny(marks, key_of(7), terms(5, NOW + 9), NOW + 1),
        AUTH0_MARK_NEW);
    assert_true(auth0_marks_find(&before, marks, key_of(7), NOW + 1));
    assert_int_equal(before, 5);
}

static void marks_by_themselves_deny_nothing(void **state)
{
    auth0_marks_t *marks = make(16, *state);
    assert_false(auth0_marks_is_denying(marks, 0));
    assert_int_equal(auth0_marks_add(marks, key_of(1), terms(0, NOW + 9), NOW),
                     AUTH0_MARK_NEW);
    assert_false(auth0_marks_is_denying(marks, NOW));
}

typedef struct name_row_t {
    auth0_mark_kind_t kind;
    const char *issuer;
    const char *value;
} name_row_t;

static const name_row_t names[] = {
    {AUTH0_MARK_SID, "https://a/", "1"},
    {AUTH0_MARK_SUB, "https://a/", "1"},
    {AUTH0_MARK_SUB_SESSIONLESS, "https://a/", "1"},
    {AUTH0_MARK_LOGOUT, "https://a/", "1"},
    {AUTH0_MARK_SID, "https://a/1", ""},
    {AUTH0_MARK_SID, "", "https://a/1"},
    {AUTH0_MARK_SID, "https://a", "/1"},
    {AUTH0_MARK_SID, "https://a/", "1 "},
    {AUTH0_MARK_SID, "https://a/", ""},
    {AUTH0_MARK_SID, "https://b/", "1"},
    {AUTH0_MARK_SID, "", ""},
    {AUTH0_MARK_SUB, "", ""},
};

static auth0_mark_key_t name_key(const auth0_marks_t *marks,
                                 const name_row_t *row)
{
    auth0_mark_name_t name = {row->kind, support_span(row->issuer),
                              support_span(row->value)};
    auth0_mark_key_t key;
    assert_true(auth0_marks_key(&key, marks, &name));
    return key;
}

static bool same(auth0_mark_key_t a, auth0_mark_key_t b)
{
    return a.words[0] == b.words[0] && a.words[1] == b.words[1];
}

static void no_two_names_have_one_key(void **state)
{
    static const unsigned char other_salt[AUTH0_MARKS_SALT] = "another";
    auth0_marks_t *marks = make(16, *state);
    auth0_marks_t *others = make(16, *state);
    (void)auth0_marks_make(others, 16, other_salt);
    for (size_t i = 0; i < COUNT(names); i++) {
        auth0_mark_key_t key = name_key(marks, &names[i]);
        for (size_t k = 0; k < COUNT(names); k++) {
            assert_int_equal(same(key, name_key(marks, &names[k])), i == k);
        }
        assert_false(same(key, name_key(others, &names[i])));
    }
}

static size_t fill(auth0_marks_t *marks, int64_t until)
{
    size_t count = 0;
    while (auth0_marks_add(marks, key_of(count), terms(0, until), NOW) ==
           AUTH0_MARK_NEW) {
        count++;
    }
    return count;
}

static void a_full_table_says_so_and_forgets_nothing(void **state)
{
    static const size_t sizes[] = {16, 32, 1024, 131072};
    for (size_t s = 0; s < COUNT(sizes); s++) {
        auth0_marks_t *marks = make(sizes[s], *state);
        size_t count = fill(marks, NOW + 10);
        print_message("%lu marks: the first is refused after %lu\n",
                      (unsigned long)sizes[s], (unsigned long)count);
        assert_in_range(count, 8, sizes[s]);
        assert_true(sizes[s] < 1024 || count > sizes[s] / 2);
        for (size_t i = 0; i < count; i++) {
            assert_true(is_there(marks, i, NOW + 9));
        }
        assert_int_equal(
            auth0_marks_deny(marks, key_of(count), terms(0, NOW + 10), NOW),
            AUTH0_MARK_REFUSED);
        assert_false(is_there(marks, count, NOW));
        assert_int_equal(
            auth0_marks_deny(marks, key_of(0), terms(9, NOW + 99), NOW),
            AUTH0_MARK_NEW);
        assert_int_equal(
            auth0_marks_add(marks, key_of(count), terms(0, NOW + 99), NOW + 10),
            AUTH0_MARK_NEW);
        assert_true(is_there(marks, 0, NOW + 98));
        assert_true(is_there(marks, count, NOW + 98));
    }
}

/* A quarter of all slots, however long it has gone on. */
static void the_modest_leave_room_for_others(void **state)
{
    enum { MARKS = 1024 };
    auth0_marks_t *marks = make(MARKS, *state);
    size_t modest = 0;
    size_t others = 0;
    for (uint64_t i = 0; i < 64 * MARKS; i++) {
        modest += auth0_marks_add_modestly(marks, key_of(i), terms(0, NOW + 10),
                                           NOW) == AUTH0_MARK_NEW;
    }
    assert_in_range(modest, MARKS / 2, MARKS / 4 * 3);
    for (uint64_t i = 64 * MARKS; i < 128 * MARKS; i++) {
        others += auth0_marks_add(marks, key_of(i), terms(0, NOW + 10), NOW) ==
                  AUTH0_MARK_NEW;
    }
    assert_int_equal(modest + others, MARKS);
    assert_int_equal(
        auth0_marks_add_modestly(marks, key_of(0), terms(0, NOW + 10), NOW),
        AUTH0_MARK_KNOWN);
}

/* The same in the simplest form: an array, one place for each key. */
#define KEYS 48
typedef struct model_t {
    auth0_mark_terms_t terms[KEYS];
    int64_t now;
    uint64_t random;
} model_t;

static uint64_t next(model_t *model, uint64_t below)
{
    return mix(model->random++) % below;
}

static unsigned count_live(const model_t *model)
{
    unsigned live = 0;
    for (size_t i = 0; i < KEYS; i++) {
        live += model->terms[i].until > model->now;
    }
    return live;
}

static int64_t later(int64_t a, int64_t b)
{
    return a > b ? a : b;
}

static auth0_mark_said_t model_deny(auth0_mark_terms_t *known,
                                    auth0_mark_terms_t more, int64_t now)
{
    if (known->until <= now) {
        *known = more;
        return AUTH0_MARK_NEW;
    }
    auth0_mark_terms_t was = *known;
    known->before = later(was.before, more.before);
    known->until = later(was.until, more.until);
    return known->before > was.before || known->until > was.until
               ? AUTH0_MARK_NEW
               : AUTH0_MARK_KNOWN;
}

static void step(model_t *model, auth0_marks_t *marks)
{
    uint64_t number = next(model, KEYS);
    auth0_mark_terms_t *known = &model->terms[number];
    auth0_mark_terms_t more = terms((int64_t)next(model, 100),
                                    model->now + 1 + (int64_t)next(model, 30));
    bool is_deny = next(model, 2) == 0;
    bool is_live = known->until > model->now;
    auth0_mark_terms_t was = *known;
    auth0_mark_said_t want = is_deny || !is_live
                                 ? model_deny(known, more, model->now)
                                 : AUTH0_MARK_KNOWN;
    auth0_mark_said_t said = (is_deny ? auth0_marks_deny : auth0_marks_add)(
        marks, key_of(number), more, model->now);
    if (said == AUTH0_MARK_REFUSED) {
        *known = was;
        assert_false(is_live);
        assert_true(count_live(model) >= 8);
        return;
    }
    assert_int_equal(said, want);
}

static void agree(const model_t *model, const auth0_marks_t *marks)
{
    for (size_t i = 0; i < KEYS; i++) {
        int64_t before = -1;
        bool found = auth0_marks_find(&before, marks, key_of(i), model->now);
        assert_int_equal(found, model->terms[i].until > model->now);
        assert_true(!found || before == model->terms[i].before);
    }
}

static void a_table_is_like_an_array(void **state)
{
    static const size_t sizes[] = {16, 32, 64, 1024};
    for (uint64_t seed = 0; seed < 40; seed++) {
        auth0_marks_t *marks = make(sizes[seed % COUNT(sizes)], *state);
        model_t model = {.now = NOW, .random = seed << 32};
        for (unsigned i = 0; i < 2000; i++) {
            step(&model, marks);
            agree(&model, marks);
            model.now += next(&model, 8) == 0;
        }
    }
}

#define READERS 3
#define TAKERS 2

/* One slot that several keys take in turns, each for a second of its own. */
typedef struct crowd_t {
    auth0_marks_t *marks;
    _Atomic int64_t now;
    atomic_bool is_over;
    atomic_ulong found;
    atomic_ulong wrong;
} crowd_t;

static int64_t before_of(uint64_t number)
{
    return (int64_t)(mix(number + 77) >> 1);
}

static void *look(void *baton)
{
    crowd_t *crowd = baton;
    for (uint64_t i = 0; !atomic_load(&crowd->is_over); i++) {
        uint64_t number = i % TAKERS;
        int64_t before = 0;
        if (auth0_marks_find(&before, crowd->marks, key_of(number),
                             atomic_load(&crowd->now))) {
            atomic_fetch_add(&crowd->found, 1);
            atomic_fetch_add(&crowd->wrong, before != before_of(number));
        }
    }
    return NULL;
}

static void take_turns(crowd_t *crowd, uint64_t lasting)
{
    for (uint64_t i = 0; i < 1000000; i++) {
        int64_t now = NOW + (int64_t)i;
        int64_t before;
        atomic_store(&crowd->now, now);
        assert_int_equal(auth0_marks_add(crowd->marks, key_of(i % TAKERS),
                                         terms(before_of(i % TAKERS), now + 1),
                                         now),
                         AUTH0_MARK_NEW);
        assert_true(i % 64 || auth0_marks_find(&before, crowd->marks,
                                               key_of(lasting + i % 15), now));
    }
}

static void readers_see_whole_marks(void **state)
{
    crowd_t crowd = {.marks = make(16, *state), .now = NOW};
    pthread_t readers[READERS];
    uint64_t lasting = 100;
    for (uint64_t i = 0; i < 15; i++) {
        assert_int_equal(auth0_marks_add(crowd.marks, key_of(lasting + i),
                                         terms(5, INT64_MAX), NOW),
                         AUTH0_MARK_NEW);
    }
    for (size_t i = 0; i < READERS; i++) {
        assert_int_equal(pthread_create(&readers[i], NULL, look, &crowd), 0);
    }
    take_turns(&crowd, lasting);
    atomic_store(&crowd.is_over, true);
    for (size_t i = 0; i < READERS; i++) {
        assert_int_equal(pthread_join(readers[i], NULL), 0);
    }
    assert_true(atomic_load(&crowd.found) > 0);
    assert_int_equal(atomic_load(&crowd.wrong), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SUPPORT_TEST(a_mark_is_new_once_until_it_is_over),
        SUPPORT_TEST(what_is_over_already_is_refused),
        SUPPORT_TEST(the_later_of_both_terms_count),
        SUPPORT_TEST(what_is_over_is_not_raised),
        SUPPORT_TEST(marks_by_themselves_deny_nothing),
        SUPPORT_TEST(no_two_names_have_one_key),
        SUPPORT_TEST(a_full_table_says_so_and_forgets_nothing),
        SUPPORT_TEST(the_modest_leave_room_for_others),
        SUPPORT_TEST(a_table_is_like_an_array),
        SUPPORT_TEST(readers_see_whole_marks),
    };
    return SUPPORT_RUN(tests);
}
