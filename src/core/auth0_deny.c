/* Licensed under the Apache License, Version 2.0; see LICENSE. */
#include "core/auth0_deny.h"

#include <string.h>

#include "core/auth0_count.h"
#include "core/auth0_denyline.h"

#define UNIT sizeof(uint64_t)
#define SLOTS_LEAST 8

/* No slot, and no record: there is the head. */
#define NOTHING UINT64_MAX

typedef struct head_t {
    auth0_siphash_key_t key;
    uint64_t slots; /* a power of two, at least twice the records        */
    uint64_t kinds; /* of which there are entries: bits as bit_of() says */
} head_t;

/*
 * A slot is 0, or the upper half of a value's hash, then where its first
 * record begins, in units: so that a look for what is not there hardly ever
 * touches a record.
 *
 * A record hangs on an earlier one for the same value, so that whatever a torn
 * image holds, the walk comes to an end.
 */
typedef struct record_t {
    int64_t before;
    int64_t until;
    uint32_t next; /* in units; 0: none */
    uint16_t len;
    uint16_t reason;
} record_t;

typedef struct image_t {
    const volatile uint64_t *words;
    size_t room;  /* in units                              */
    size_t begin; /* of the records, in units              */
    head_t head;  /* read once: it may change under our hands */
} image_t;

/* A value that is looked for. */
typedef struct query_t {
    auth0_reason_t reason;
    auth0_span_t value;
    bool is_exact; /* false: whatever its case */
    uint64_t hash;
} query_t;

static uint64_t bit_of(auth0_reason_t reason)
{
    return UINT64_C(1) << (reason - AUTH0_DENY_SUB);
}

static size_t units_of(size_t bytes)
{
    return (bytes + UNIT - 1) / UNIT;
}

static size_t record_units(size_t len)
{
    return units_of(sizeof(record_t) + len);
}

/* Names of organizations are compared without case: their hash has none. */
static uint64_t hash_of(auth0_siphash_key_t key, auth0_reason_t reason,
                        auth0_span_t value)
{
    key.k1 ^= (uint64_t)reason;
    return reason == AUTH0_DENY_ORG ? auth0_siphash_nocase(key, value)
                                    : auth0_siphash(key, value);
}

static size_t slots_for(size_t entries)
{
    size_t slots = SLOTS_LEAST;

    while (slots < 2 * entries) {
        slots *= 2;
    }
    return slots;
}

const char *auth0_deny_plan(auth0_deny_plan_t *plan, auth0_span_t text)
{
    auth0_denyline_t line;
    auth0_span_t row;
    size_t units = 0;

    *plan = (auth0_deny_plan_t){0, 0, 0};
    while (text.len > 0) {
        plan->line++;
        (void)auth0_span_cut(&row, &text, '\n');
        const char *why = auth0_denyline_read(&line, row);
        if (why) {
            return why;
        }
        if (line.reason != AUTH0_OK) {
            plan->entries++;
            units += record_units(line.len);
        }
    }
    units += units_of(sizeof(head_t)) + slots_for(plan->entries);
    plan->bytes = units * UNIT;
    return NULL;
}

static bool open_image(image_t *image, const void *block, size_t room)
{
    size_t least = units_of(sizeof(head_t));

    image->words = block;
    image->room = room / UNIT;
    if (image->room < least) {
        return false;
    }
    image->head = *(const volatile head_t *)block;
    uint64_t slots = image->head.slots;

    image->begin = least + slots;
    return slots >= SLOTS_LEAST && (slots & (slots - 1)) == 0 &&
           slots <= image->room - least;
}

/* False when what stands there cannot be a record. */
static bool read_record(record_t *record, auth0_span_t *value,
                        const image_t *image, size_t at)
{
    if (at < image->begin || at > image->room ||
        image->room - at < record_units(0)) {
        return false;
    }
    *record = *(const volatile record_t *)(image->words + at);
    *value = auth0_span((const char *)(uintptr_t)(image->words + at) +
                            sizeof(*record),
                        record->len);
    return image->room - at >= record_units(record->len);
}

static bool same_value(auth0_span_t a, auth0_span_t b, bool is_exact)
{
    return is_exact ? auth0_span_eq(a, b) : auth0_span_eq_nocase(a, b);
}

/* A list may write one organization in many cases: they share a slot. */
static bool is_same_key(const record_t *record, auth0_span_t value,
                        const query_t *query)
{
    return record->reason == query->reason &&
           same_value(value, query->value, query->reason != AUTH0_DENY_ORG);
}

static size_t first_slot(const image_t *image, uint64_t hash)
{
    return units_of(sizeof(head_t)) + (hash & (image->head.slots - 1));
}

/* The slot of the value, or the empty one where it would be, or NOTHING. */
static uint64_t find_slot(const image_t *image, const query_t *query)
{
    size_t slot = first_slot(image, query->hash);
    record_t record;
    auth0_span_t value;

    for (uint64_t i = 0; i < image->head.slots; i++) {
        uint64_t word = image->words[slot];
        if (word == 0) {
            return slot;
        }
        if (word >> 32 == query->hash >> 32) {
            if (!read_record(&record, &value, image, word & UINT32_MAX)) {
                return NOTHING;
            }
            if (is_same_key(&record, value, query)) {
                return slot;
            }
        }
        slot = slot + 1 < image->begin ? slot + 1 : units_of(sizeof(head_t));
    }
    return NOTHING;
}

/* Memory fetches slots side by side when they are called for in time. */
static void call_for_slot(const image_t *image, const query_t *query)
{
    size_t slot = first_slot(image, query->hash);

    __builtin_prefetch((const void *)(uintptr_t)(image->words + slot));
}

/* So many records wait for their slots. */
#define WAITING 16

typedef struct waiting_t {
    query_t query;
    size_t record;
} waiting_t;

typedef struct builder_t {
    uint64_t *words;
    image_t image;
    size_t end; /* where the next record goes, in units */
    waiting_t waiting[WAITING];
    size_t arrived;
    size_t served;
} builder_t;

static record_t *record_at(const builder_t *builder, size_t at)
{
    return (record_t *)(void *)(builder->words + at);
}

/*
 * Lists grow by lines that say the same again, later: such a line takes the
 * place of the last one, so that no value has an entry for each of its logouts.
 */
static bool takes_place(record_t *former, const record_t *record)
{
    if (record->before >= former->before && record->until >= former->until) {
        former->before = record->before;
        former->until = record->until;
        return true;
    }
    return record->before <= former->before && record->until <= former->until;
}

static void serve_one(builder_t *builder)
{
    const waiting_t *first = &builder->waiting[builder->served++ % WAITING];
    uint64_t *slot = builder->words + find_slot(&builder->image, &first->query);
    record_t *record = record_at(builder, first->record);

    if (*slot) {
        record_t *former = record_at(builder, *slot & UINT32_MAX);
        auth0_span_t value =
            auth0_span((const char *)(former + 1), former->len);
        if (auth0_span_eq(value, first->query.value) &&
            takes_place(former, record)) {
            return;
        }
        record->next = *slot & UINT32_MAX;
    }
    *slot = (first->query.hash >> 32) << 32 | first->record;
}

static void add(builder_t *builder, const auth0_denyline_t *line)
{
    record_t *record = record_at(builder, builder->end);
    char *value = (char *)(record + 1);

    *record = (record_t){line->before, line->until, 0, (uint16_t)line->len,
                         (uint16_t)line->reason};
    auth0_denyline_value(value, line);
    query_t query = {line->reason, auth0_span(value, line->len), true, 0};

    query.hash = hash_of(builder->image.head.key, line->reason, query.value);
    call_for_slot(&builder->image, &query);
    if (builder->arrived - builder->served == WAITING) {
        serve_one(builder);
    }
    builder->waiting[builder->arrived++ % WAITING] =
        (waiting_t){query, builder->end};
    builder->end += record_units(line->len);
}

static void add_all(builder_t *builder, head_t *head, auth0_span_t text)
{
    auth0_denyline_t line;
    auth0_span_t row;

    while (text.len > 0) {
        (void)auth0_span_cut(&row, &text, '\n');
        if (!auth0_denyline_read(&line, row) && line.reason != AUTH0_OK) {
            head->kinds |= bit_of(line.reason);
            add(builder, &line);
        }
    }
    while (builder->served < builder->arrived) {
        serve_one(builder);
    }
}

void auth0_deny_build(void *block, const auth0_deny_plan_t *plan,
                      auth0_span_t text, auth0_siphash_key_t key)
{
    head_t *head = block;
    builder_t builder = {.words = block};

    *head = (head_t){key, slots_for(plan->entries), 0};
    memset(head + 1, 0, head->slots * UNIT);
    if (open_image(&builder.image, block, plan->bytes)) {
        builder.end = builder.image.begin;
        add_all(&builder, head, text);
    }
}

/* Which claims each kind of entry names. */
typedef struct question_t {
    auth0_reason_t reason;
    const char *claim; /* NULL: the key that the token was verified with */
    bool is_exact;
} question_t;

static const question_t questions[] = {
    {AUTH0_DENY_SUB, "sub", true},          {AUTH0_DENY_CLIENT, "azp", true},
    {AUTH0_DENY_CLIENT, "client_id", true}, {AUTH0_DENY_ORG, "org_id", true},
    {AUTH0_DENY_ORG, "org_name", false},    {AUTH0_DENY_JTI, "jti", true},
    {AUTH0_DENY_SID, "sid", true},          {AUTH0_DENY_KID, NULL, true},
};

static bool value_of(auth0_span_t *value, const question_t *question,
                     const auth0_claims_t *claims)
{
    if (question->claim) {
        return auth0_claims_string(value, claims, question->claim);
    }
    *value = auth0_claims_kid(claims);
    return value->len > 0;
}

/*
 * All queries are made, and their slots called for, before the first of them
 * is looked at: memory then fetches them side by side.
 */
static size_t ask(query_t *queries, const image_t *image,
                  const auth0_claims_t *claims)
{
    size_t count = 0;

    for (size_t i = 0; i < AUTH0_COUNT(questions); i++) {
        const question_t *question = &questions[i];
        query_t *query = &queries[count];
        if (!(image->head.kinds & bit_of(question->reason)) ||
            !value_of(&query->value, question, claims)) {
            continue;
        }
        query->reason = question->reason;
        query->is_exact = question->is_exact;
        query->hash = hash_of(image->head.key, question->reason, query->value);
        call_for_slot(image, query);
        count++;
    }
    return count;
}

/* When the token was issued, and what time it is, in seconds since 1970. */
typedef struct moment_t {
    double issued;
    int64_t now;
} moment_t;

static bool counts(const record_t *record, moment_t moment)
{
    return moment.issued < (double)record->before && moment.now < record->until;
}

static auth0_reason_t look_up(const image_t *image, const query_t *query,
                              moment_t moment)
{
    uint64_t slot = find_slot(image, query);
    record_t record;
    auth0_span_t value;

    if (slot == NOTHING) {
        return AUTH0_DENY_UNAVAILABLE;
    }
    size_t at = image->words[slot] & UINT32_MAX;

    while (at != 0) {
        if (!read_record(&record, &value, image, at) || record.next >= at) {
            return AUTH0_DENY_UNAVAILABLE;
        }
        if (same_value(value, query->value, query->is_exact) &&
            counts(&record, moment)) {
            return query->reason;
        }
        at = record.next;
    }
    return AUTH0_OK;
}

auth0_reason_t auth0_deny_check(const void *block, size_t room,
                                const auth0_claims_t *claims, apr_time_t now)
{
    moment_t moment = {-1, apr_time_sec(now)};
    query_t queries[AUTH0_COUNT(questions)];
    auth0_reason_t reason = AUTH0_OK;
    image_t image;

    if (!open_image(&image, block, room)) {
        return AUTH0_DENY_UNAVAILABLE;
    }
    (void)auth0_claims_number(&moment.issued, claims, "iat");
    size_t count = ask(queries, &image, claims);

    for (size_t i = 0; i < count && reason == AUTH0_OK; i++) {
        reason = look_up(&image, &queries[i], moment);
    }
    return reason;
}
