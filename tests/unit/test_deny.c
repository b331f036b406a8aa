/* Licensed under the Apache License, Version 2.0; see LICENSE. */
#include "support.h"

#include <string.h>

#include "core/auth0_deny.h"

#define NOW_S SUPPORT_NOW_S

static const auth0_siphash_key_t key = {1, 2};

/* Exactly as large as the list needs, so that a sanitizer sees more. */
typedef struct block_t {
    uint64_t *image;
    size_t bytes;
    size_t entries;
} block_t;

static block_t build(const char *text, apr_pool_t *pool)
{
    auth0_span_t copy = support_copy(support_span(text), pool);
    auth0_deny_plan_t plan;
    const char *why = auth0_deny_plan(&plan, copy);

    assert_null(why);
    block_t block = {test_malloc(plan.bytes), plan.bytes, plan.entries};

    memset(block.image, 0xa5, plan.bytes);
    auth0_deny_build(block.image, &plan, copy, key);
    return block;
}

typedef struct row_t {
    const char *name;
    const char *list;
    const char *claims;
    const char *kid;
    auth0_reason_t reason;
} row_t;

#define ALL "sub a\nclient a\norg a\njti a\nsid a\nkid a\n"

static const row_t rows[] = {
    {"empty list", "", "{\"sub\":\"a\"}", "a", AUTH0_OK},
    {"comments only", "# sub a\n\n", "{\"sub\":\"a\"}", "a", AUTH0_OK},
    {"no claims", ALL, "{}", "", AUTH0_OK},
    {"others", ALL, "{\"sub\":\"b\",\"azp\":\"\",\"jti\":\"aa\"}", "b",
     AUTH0_OK},
    {"sub", "sub a", "{\"sub\":\"a\"}", "", AUTH0_DENY_SUB},
    {"sub by case", "sub a", "{\"sub\":\"A\"}", "", AUTH0_OK},
    {"longer sub", "sub a", "{\"sub\":\"ab\"}", "", AUTH0_OK},
    {"shorter sub", "sub ab", "{\"sub\":\"a\"}", "", AUTH0_OK},
    {"sub of NUL", "sub a", "{\"sub\":\"a\\u0001\"}", "", AUTH0_OK},
    {"quoted", "sub \"a \\\"b\\\\\"", "{\"sub\":\"a \\\"b\\\\\"}", "",
     AUTH0_DENY_SUB},
    {"escaped in JSON", "sub a", "{\"sub\":\"\\u0061\"}", "", AUTH0_DENY_SUB},
    {"UTF-8", "sub J\xc3\xb6rg", "{\"sub\":\"J\\u00f6rg\"}", "",
     AUTH0_DENY_SUB},
    {"last line", "sub b\n\n#\nsub a\n", "{\"sub\":\"a\"}", "", AUTH0_DENY_SUB},
    {"no string", "sub 1", "{\"sub\":1}", "", AUTH0_OK},
    {"azp", "client a", "{\"azp\":\"a\"}", "", AUTH0_DENY_CLIENT},
    {"client_id", "client a", "{\"client_id\":\"a\"}", "", AUTH0_DENY_CLIENT},
    {"client_id beside azp", "client a", "{\"azp\":\"b\",\"client_id\":\"a\"}",
     "", AUTH0_DENY_CLIENT},
    {"sub of a client", "client a", "{\"sub\":\"a\"}", "", AUTH0_OK},
    {"org_id", "org org_a", "{\"org_id\":\"org_a\"}", "", AUTH0_DENY_ORG},
    {"org_id by case", "org ORG_A", "{\"org_id\":\"org_a\"}", "", AUTH0_OK},
    {"org_name", "org acme", "{\"org_name\":\"acme\"}", "", AUTH0_DENY_ORG},
    {"org_name by case", "org Acme", "{\"org_name\":\"aCME\"}", "",
     AUTH0_DENY_ORG},
    {"org_name beside org_id", "org Acme",
     "{\"org_id\":\"org_a\",\"org_name\":\"acme\"}", "", AUTH0_DENY_ORG},
    {"one case of many", "org ACME\norg aCME\norg Acme",
     "{\"org_id\":\"ACME\"}", "", AUTH0_DENY_ORG},
    {"no case of many", "org ACME\norg aCME\norg Acme", "{\"org_id\":\"acme\"}",
     "", AUTH0_OK},
    {"case in force among others",
     "org ACME\norg acme until=1\norg aCme until=1", "{\"org_name\":\"acme\"}",
     "", AUTH0_DENY_ORG},
    {"jti", "jti a", "{\"jti\":\"a\"}", "", AUTH0_DENY_JTI},
    {"sid", "sid a", "{\"sid\":\"a\"}", "", AUTH0_DENY_SID},
    {"kid", "kid a", "{}", "a", AUTH0_DENY_KID},
    {"kid as a claim", "kid a", "{\"kid\":\"a\"}", "", AUTH0_OK},
    {"the first reason", ALL, "{\"sid\":\"a\",\"azp\":\"a\"}", "a",
     AUTH0_DENY_CLIENT},
    {"issued before", "sub a before=1000", "{\"sub\":\"a\",\"iat\":999}", "",
     AUTH0_DENY_SUB},
    {"issued a little before", "sub a before=1000",
     "{\"sub\":\"a\",\"iat\":999.999}", "", AUTH0_DENY_SUB},
    {"issued then", "sub a before=1000", "{\"sub\":\"a\",\"iat\":1000}", "",
     AUTH0_OK},
    {"issued after", "sub a before=1000", "{\"sub\":\"a\",\"iat\":1001}", "",
     AUTH0_OK},
    {"issued at no time", "sub a before=0", "{\"sub\":\"a\"}", "",
     AUTH0_DENY_SUB},
    {"before the beginning", "sub a before=0", "{\"sub\":\"a\",\"iat\":0}", "",
     AUTH0_OK},
    {"until later", "sub a until=1800000001", "{\"sub\":\"a\"}", "",
     AUTH0_DENY_SUB},
    {"until now", "sub a until=1800000000", "{\"sub\":\"a\"}", "", AUTH0_OK},
    {"until the end", "sub a until=253402300799", "{\"sub\":\"a\"}", "",
     AUTH0_DENY_SUB},
    {"both", "sub a before=5 until=1800000001", "{\"sub\":\"a\",\"iat\":4}", "",
     AUTH0_DENY_SUB},
    {"before but over", "sub a before=5 until=1800000000",
     "{\"sub\":\"a\",\"iat\":4}", "", AUTH0_OK},
    {"after but in force", "sub a before=5 until=1800000001",
     "{\"sub\":\"a\",\"iat\":5}", "", AUTH0_OK},
    {"a longer time first", "sub a before=9\nsub a before=5",
     "{\"sub\":\"a\",\"iat\":7}", "", AUTH0_DENY_SUB},
    {"a longer time last", "sub a before=5\nsub a before=9",
     "{\"sub\":\"a\",\"iat\":7}", "", AUTH0_DENY_SUB},
    {"for ever, and for a time", "sub a\nsub a until=1",
     "{\"sub\":\"a\",\"iat\":7}", "", AUTH0_DENY_SUB},
    {"for a time, and for ever", "sub a until=1\nsub a",
     "{\"sub\":\"a\",\"iat\":7}", "", AUTH0_DENY_SUB},
    {"neither within the other",
     "sub a before=9 until=1800000000\nsub a before=5 until=1800000001",
     "{\"sub\":\"a\",\"iat\":7}", "", AUTH0_OK},
    {"the last of many",
     "sub a before=9 until=1800000000\nsub a before=5 until=1800000001\n"
     "sub a before=4 until=1800000002",
     "{\"sub\":\"a\",\"iat\":3}", "", AUTH0_DENY_SUB},
    {"the first of many",
     "sub a before=9 until=1800000001\nsub a before=5 until=1800000002\n"
     "sub a before=4 until=1800000003",
     "{\"sub\":\"a\",\"iat\":8}", "", AUTH0_DENY_SUB},
};

static void each_list_denies_what_it_names(void **state)
{
    unsigned bad = 0;

    for (size_t i = 0; i < COUNT(rows); i++) {
        const row_t *row = &rows[i];
        block_t block = build(row->list, *state);
        auth0_reason_t got = auth0_deny_check(
            block.image, block.bytes,
            support_claims(row->claims, row->kid, *state), SUPPORT_NOW);
        bad += support_reason(row->name, got, row->reason);
        test_free(block.image);
    }
    assert_int_equal(bad, 0);
}

static void the_last_second_counts_to_its_end(void **state)
{
    block_t block = build("sub a until=1800000001", *state);
    const auth0_claims_t *claims =
        support_claims("{\"sub\":\"a\"}", "", *state);

    assert_int_equal(auth0_deny_check(block.image, block.bytes, claims,
                                      SUPPORT_NOW + 999999),
                     AUTH0_DENY_SUB);
    assert_int_equal(auth0_deny_check(block.image, block.bytes, claims,
                                      SUPPORT_NOW + 1000000),
                     AUTH0_OK);
    test_free(block.image);
}

typedef struct fault_row_t {
    const char *text;
    size_t line;
} fault_row_t;

static const fault_row_t faults[] = {
    {"nonsense", 1},
    {"nonsense\n", 1},
    {"sub a\nnonsense\nnonsense\n", 2},
    {"\n\n\nsub", 4},
    {"# sub\n\nsub a\nsub b", 0},
    {"sub a\nsub b\r\nsub c\n", 2},
};

static void a_list_is_refused_as_a_whole(void **state)
{
    unsigned bad = 0;

    for (size_t i = 0; i < COUNT(faults); i++) {
        const fault_row_t *row = &faults[i];
        auth0_deny_plan_t plan;
        const char *why = auth0_deny_plan(&plan, support_span(row->text));
        bad += support_equal(row->text, why != NULL, row->line > 0);
        bad += support_equal(row->text, why ? (long)plan.line : 0,
                             (long)row->line);
    }
    (void)state;
    assert_int_equal(bad, 0);
}

static void lines_are_counted_and_room_is_told(void **state)
{
    auth0_deny_plan_t few;
    auth0_deny_plan_t more;

    (void)state;
    assert_null(auth0_deny_plan(&few, support_span("#\n\nsub a\nsub a\n")));
    assert_int_equal(few.entries, 2);
    assert_null(auth0_deny_plan(&more, support_span("sub a\nsub a\njti bb")));
    assert_int_equal(more.entries, 3);
    assert_true(more.bytes > few.bytes);
}

/* Every value of a long list is found, and no other. */
static void many_values_are_told_apart(void **state)
{
    char *text = apr_pcalloc(*state, 20000 * 16);
    size_t len = 0;

    for (int i = 0; i < 20000; i += 2) {
        len += (size_t)apr_snprintf(text + len, 16, "sub u%d\n", i);
    }
    block_t block = build(text, *state);

    for (int i = 0; i < 20000; i++) {
        const char *json = apr_psprintf(*state, "{\"sub\":\"u%d\"}", i);
        assert_int_equal(auth0_deny_check(block.image, block.bytes,
                                          support_claims(json, "", *state),
                                          SUPPORT_NOW),
                         i % 2 ? AUTH0_OK : AUTH0_DENY_SUB);
    }
    test_free(block.image);
}

/* Small lists: values that share a slot are found behind the last one, too. */
static void every_arrangement_of_slots_is_good(void **state)
{
    const auth0_claims_t *first =
        support_claims("{\"jti\":\"a\",\"iat\":5}", "", *state);

    for (int i = 0; i < 500; i++) {
        const char *text = apr_psprintf(
            *state, "jti a before=0\nsub a%d\nsub b%d\nsub c%d", i, i, i);
        block_t block = build(text, *state);

        for (char c = 'a'; c <= 'c'; c++) {
            const char *json = apr_psprintf(*state, "{\"sub\":\"%c%d\"}", c, i);
            assert_int_equal(auth0_deny_check(block.image, block.bytes,
                                              support_claims(json, "", *state),
                                              SUPPORT_NOW),
                             AUTH0_DENY_SUB);
        }
        assert_int_equal(
            auth0_deny_check(block.image, block.bytes, first, SUPPORT_NOW),
            AUTH0_OK);
        test_free(block.image);
    }
}

/* A list, and claims of which some are looked for in it. */
typedef struct damage_row_t {
    const char *list;
    const char *claims;
    const char *kid;
    auth0_reason_t reason;
} damage_row_t;

static const damage_row_t damages[] = {
    {ALL ALL "org A\nsub a before=1 until=9\n",
     "{\"sub\":\"a\",\"azp\":\"b\",\"org_name\":\"A\"}", "b", AUTH0_DENY_SUB},
    {"sub a before=9 until=1800000000\nsub a before=5 until=1800000001\n"
     "sub a before=4 until=1800000002\nsub a before=3 until=1800000003\n",
     "{\"sub\":\"a\",\"iat\":7}", "", AUTH0_OK},
};

/* Wherever an image is damaged: no crash, an end, and no other reason. */
static void a_damaged_image_does_no_harm(void **state)
{
    for (size_t row = 0; row < COUNT(damages); row++) {
        const damage_row_t *d = &damages[row];
        block_t block = build(d->list, *state);
        const auth0_claims_t *claims =
            support_claims(d->claims, d->kid, *state);
        char *bytes = (char *)block.image;

        for (size_t i = 0; i < 8 * block.bytes; i++) {
            bytes[i / 8] = (char)(bytes[i / 8] ^ 1 << i % 8);
            auth0_reason_t got =
                auth0_deny_check(block.image, block.bytes, claims, SUPPORT_NOW);
            assert_true(got == AUTH0_OK || (got >= AUTH0_DENY_UNAVAILABLE &&
                                            got <= AUTH0_DENY_KID));
            bytes[i / 8] = (char)(bytes[i / 8] ^ 1 << i % 8);
        }
        assert_int_equal(
            auth0_deny_check(block.image, block.bytes, claims, SUPPORT_NOW),
            d->reason);
        test_free(block.image);
    }
}

/* The head of an image: two words of a key, the number of slots, the kinds. */
#define SLOTS_AT 2
#define HEAD 4
#define SLOTS 8

static void no_other_number_of_slots_is_taken(void **state)
{
    static const uint64_t numbers[] = {
        0, 1, 4, 7, 9, 10, 12, 16, UINT64_MAX, UINT64_C(1) << 63};
    const auth0_claims_t *claims =
        support_claims("{\"sub\":\"b\"}", "", *state);
    block_t block = build("sub a", *state);

    assert_int_equal(block.image[SLOTS_AT], SLOTS);
    for (size_t i = 0; i < COUNT(numbers); i++) {
        block.image[SLOTS_AT] = numbers[i];
        assert_int_equal(
            auth0_deny_check(block.image, block.bytes, claims, SUPPORT_NOW),
            AUTH0_DENY_UNAVAILABLE);
    }
    test_free(block.image);
}

/* A slot names a record, and neither the head nor another slot. */
static void no_slot_leads_before_the_records(void **state)
{
    const auth0_claims_t *claims =
        support_claims("{\"sub\":\"a\"}", "", *state);
    block_t block = build("sub a", *state);
    uint64_t *slot = block.image + HEAD;

    while (*slot == 0) {
        slot++;
    }
    uint64_t whole = *slot;

    for (uint64_t at = 0; at < HEAD + SLOTS; at++) {
        *slot = (whole & ~(uint64_t)UINT32_MAX) | at;
        assert_int_equal(
            auth0_deny_check(block.image, block.bytes, claims, SUPPORT_NOW),
            AUTH0_DENY_UNAVAILABLE);
    }
    test_free(block.image);
}

/* Memory that is no image lets nobody in. */
static void no_image_is_no_empty_list(void **state)
{
    const auth0_claims_t *claims =
        support_claims("{\"sub\":\"a\"}", "", *state);
    block_t block = build("sub a", *state);
    uint64_t zeros[32] = {0};

    for (size_t room = 0; room < block.bytes; room++) {
        uint64_t *cut = test_malloc(room);
        memcpy(cut, block.image, room);
        assert_int_equal(auth0_deny_check(cut, room, claims, SUPPORT_NOW),
                         AUTH0_DENY_UNAVAILABLE);
        test_free(cut);
    }
    assert_int_equal(
        auth0_deny_check(zeros, sizeof(zeros), claims, SUPPORT_NOW),
        AUTH0_DENY_UNAVAILABLE);
    test_free(block.image);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SUPPORT_TEST(each_list_denies_what_it_names),
        SUPPORT_TEST(the_last_second_counts_to_its_end),
        SUPPORT_TEST(a_list_is_refused_as_a_whole),
        SUPPORT_TEST(lines_are_counted_and_room_is_told),
        SUPPORT_TEST(many_values_are_told_apart),
        SUPPORT_TEST(every_arrangement_of_slots_is_good),
        SUPPORT_TEST(a_damaged_image_does_no_harm),
        SUPPORT_TEST(no_other_number_of_slots_is_taken),
        SUPPORT_TEST(no_slot_leads_before_the_records),
        SUPPORT_TEST(no_image_is_no_empty_list),
    };
    return SUPPORT_RUN(tests);
}
