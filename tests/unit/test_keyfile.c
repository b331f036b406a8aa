/* Licensed under the Apache License, Version 2.0; see LICENSE. */
#include "support.h"

#include <string.h>

#include "core/auth0_keyfile.h"

#define URL "https://tenant.example.auth0.com/.well-known/jwks.json"

typedef struct trip_row_t {
    const char *name;
    auth0_span_t issuer;
    auth0_span_t jwks_url;
    auth0_span_t document;
} trip_row_t;

#define SPAN(text)                                                             \
    {                                                                          \
        text, sizeof(text) - 1                                                 \
    }

static const trip_row_t trips[] = {
    {"good", SPAN(SUPPORT_ISSUER), SPAN(URL), SPAN("{\"keys\":[]}")},
    {"empty document", SPAN(SUPPORT_ISSUER), SPAN(URL), SPAN("")},
    {"all empty", SPAN(""), SPAN(""), SPAN("")},
    {"no place", SPAN(SUPPORT_ISSUER), SPAN(""), SPAN("{}")},
    {"NUL", SPAN("a"), SPAN("b"), SPAN("\0{\0}\0\0")},
    {"only NUL", SPAN("a"), SPAN("b"), SPAN("\0")},
    {"NUL in every part", SPAN("a\0b"), SPAN("\0"), SPAN("\0\n\0")},
    {"line feeds", SPAN("a"), SPAN("b"), SPAN("\n\n{\n}\n\n")},
    {"line feed alone", SPAN("a"), SPAN("b"), SPAN("\n")},
    {"carriage returns", SPAN("a\r"), SPAN("b\r"), SPAN("\r\n")},
    {"bytes", SPAN("a"), SPAN("b"), SPAN("\xff\xfe\x80\x01")},
    {"a text within", SPAN("a"), SPAN("b"), SPAN("mod_auth0 keys 1 0\na\nb\n")},
};

static unsigned check_part(const char *name, auth0_span_t got,
                           auth0_span_t want)
{
    return support_equal(name, auth0_span_eq(got, want), true);
}

static unsigned check_trip(const char *name, const auth0_keyfile_t *want,
                           apr_pool_t *pool)
{
    auth0_keyfile_t got;
    auth0_span_t text = support_copy(auth0_keyfile_text(want, pool), pool);
    const char *why = auth0_keyfile_read(&got, text, pool);

    if (why) {
        print_error("%s: %s\n", name, why);
        return 1;
    }
    return check_part(name, got.issuer, want->issuer) +
           check_part(name, got.jwks_url, want->jwks_url) +
           check_part(name, got.document, want->document) +
           check_part(name, auth0_keyfile_text(&got, pool), text);
}

static void what_was_written_is_read(void **state)
{
    unsigned bad = 0;

    for (size_t i = 0; i < COUNT(trips); i++) {
        auth0_keyfile_t file = {trips[i].issuer, trips[i].jwks_url,
                                trips[i].document};
        bad += check_trip(trips[i].name, &file, *state);
    }
    assert_int_equal(bad, 0);
}

/* By sha256sum. A server reads what one before it has kept. */
static void a_text_stays_what_it_was(void **state)
{
    const auth0_keyfile_t file = {SPAN("a"), SPAN("b"), SPAN("c")};
    auth0_span_t text = auth0_keyfile_text(&file, *state);

    assert_true(auth0_span_is(
        text, "mod_auth0 keys 1 "
              "ea7fb08b7a2dc4619ffb7c7bb38d95a2047935fa165d71b12efd3852a2e6d0cc"
              "\na\nb\nc"));
}

static void a_large_document_is_read(void **state)
{
    static char document[256 * 1024];
    auth0_keyfile_t file = {support_span(SUPPORT_ISSUER),
                            support_span(URL),
                            {document, sizeof(document)}};

    for (size_t i = 0; i < sizeof(document); i++) {
        document[i] = (char)(i * 2654435761u >> 13);
    }
    assert_int_equal(check_trip("256 KiB", &file, *state), 0);
}

static auth0_span_t good_text(apr_pool_t *pool)
{
    auth0_keyfile_t file = {support_span(SUPPORT_ISSUER), support_span(URL),
                            support_span("{\"keys\":[{\"kty\":\"RSA\"}]}")};

    return auth0_keyfile_text(&file, pool);
}

static bool is_refused(auth0_span_t text, apr_pool_t *pool)
{
    auth0_keyfile_t file;
    const char *why = auth0_keyfile_read(&file, text, pool);

    return why != NULL && *why != '\0';
}

static void every_turned_bit_is_noticed(void **state)
{
    auth0_span_t good = good_text(*state);
    auth0_span_t text = support_copy(good, *state);
    char *bytes = (char *)(uintptr_t)text.ptr;
    unsigned bad = 0;

    assert_false(is_refused(text, *state));
    for (size_t i = 0; i < 8 * text.len; i++) {
        char turned = (char)(1 << i % 8);
        bytes[i / 8] = (char)(bytes[i / 8] ^ turned);
        bad += support_equal(apr_psprintf(*state, "bit %d", (int)i),
                             is_refused(text, *state), true);
        bytes[i / 8] = (char)(bytes[i / 8] ^ turned);
    }
    assert_int_equal(bad, 0);
    assert_false(is_refused(text, *state));
}

static void every_truncation_is_noticed(void **state)
{
    auth0_span_t good = good_text(*state);
    unsigned bad = 0;

    for (size_t len = 0; len < good.len; len++) {
        auth0_span_t head = support_copy(auth0_span(good.ptr, len), *state);
        auth0_span_t tail =
            support_copy(auth0_span(good.ptr + good.len - len, len), *state);
        const char *name = apr_psprintf(*state, "%d bytes", (int)len);
        bad += support_equal(name, is_refused(head, *state), true);
        bad += support_equal(name, is_refused(tail, *state), true);
    }
    assert_int_equal(bad, 0);
}

static void every_byte_too_many_is_noticed(void **state)
{
    auth0_span_t good = good_text(*state);
    char *bytes = apr_pcalloc(*state, good.len + 2);
    unsigned bad = 0;

    memcpy(bytes + 1, good.ptr, good.len);
    for (int c = 0; c < 256; c++) {
        bytes[0] = (char)c;
        bytes[good.len + 1] = (char)c;
        const char *name = apr_psprintf(*state, "byte %02x", (unsigned)c);
        auth0_span_t behind = auth0_span(bytes + 1, good.len + 1);
        auth0_span_t before = auth0_span(bytes, good.len + 1);
        bad += support_equal(name, is_refused(behind, *state), true);
        bad += support_equal(name, is_refused(before, *state), true);
    }
    assert_int_equal(bad, 0);
}

/* A text with a good checksum over whatever follows the first line. */
static auth0_span_t sealed(auth0_span_t rest, apr_pool_t *pool)
{
    unsigned char hash[EVP_MAX_MD_SIZE];
    auth0_span_t tail = good_text(pool);
    auth0_span_t head;
    size_t len;

    assert_true(auth0_span_cut(&head, &tail, '\n'));
    assert_true(
        EVP_Q_digest(NULL, "SHA256", NULL, rest.ptr, rest.len, hash, &len));
    char *text = apr_pcalloc(pool, head.len + 1 + rest.len + 1);

    memcpy(text, head.ptr, head.len - 2 * len);
    for (size_t i = 0; i < len; i++) {
        apr_snprintf(text + head.len - 2 * (len - i), 3, "%02x", hash[i]);
    }
    text[head.len] = '\n';
    memcpy(text + head.len + 1, rest.ptr, rest.len);
    return support_copy(auth0_span(text, head.len + 1 + rest.len), pool);
}

typedef struct line_row_t {
    const char *name;
    const char *rest;
    bool is_refused;
} line_row_t;

static const line_row_t line_rows[] = {
    {"both lines and a document", "a\nb\nc", false},
    {"both lines", "a\nb\n", false},
    {"two empty lines", "\n\n", false},
    {"an open second line", "a\nb", true},
    {"one line", "a\n", true},
    {"an open line", "a", true},
    {"an empty line", "\n", true},
    {"nothing", "", true},
};

static void missing_lines_are_noticed(void **state)
{
    unsigned bad = 0;

    for (size_t i = 0; i < COUNT(line_rows); i++) {
        const line_row_t *row = &line_rows[i];
        bad += support_equal(
            row->name,
            is_refused(sealed(support_span(row->rest), *state), *state),
            row->is_refused);
    }
    assert_int_equal(bad, 0);
}

static const char *const others[] = {
    "",
    "\n",
    "\n\n\n",
    "{\"keys\":[]}",
    "mod_auth0 keys 1",
    "mod_auth0 keys 1 \n",
    "mod_auth0 keys 1 \na\nb\n",
    /* the SHA-256 of nothing */
    "mod_auth0 keys 1 "
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "mod_auth0 keys 1 "
    "E3B0C44298FC1C149AFBF4C8996FB92427AE41E4649B934CA495991B7852B855\n",
    "mod_auth0 keys 2 "
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855\n",
};

static void other_texts_are_refused(void **state)
{
    unsigned bad = 0;

    for (size_t i = 0; i < COUNT(others); i++) {
        auth0_span_t text = support_copy(support_span(others[i]), *state);
        bad += support_equal(others[i], is_refused(text, *state), true);
    }
    assert_int_equal(bad, 0);
}

typedef struct name_row_t {
    const char *name;
    const char *a[3];
    const char *b[3];
    bool is_same;
} name_row_t;

static const name_row_t name_rows[] = {
    {"equal", {"a", "b", "c"}, {"a", "b", "c"}, true},
    {"all NULL", {NULL, NULL, NULL}, {NULL, NULL, NULL}, true},
    {"all empty", {"", "", ""}, {"", "", ""}, true},
    {"NULL and empty", {"a", NULL, "c"}, {"a", "", "c"}, false},
    {"NULL and its mark", {"a", NULL, "c"}, {"a", "-", "c"}, false},
    {"NULL elsewhere", {"a", NULL, "c"}, {"a", "c", NULL}, false},
    {"empty elsewhere", {"", "a", ""}, {"", "", "a"}, false},
    {"cut elsewhere", {"ab", "c", ""}, {"a", "bc", ""}, false},
    {"another order", {"a", "b", "c"}, {"b", "a", "c"}, false},
    {"another case", {"a", "b", "c"}, {"A", "b", "c"}, false},
    {"a length within", {"a1:b", "", ""}, {"a", "b", ""}, false},
    {"another length within", {"1:a", "b", ""}, {"a", "1:b", ""}, false},
    {"what two parts look like", {"1:a1:b", "", ""}, {"a", "b", ""}, false},
    {"a colon elsewhere", {"a:b", "c", ""}, {"a", "b:c", ""}, false},
    {"ten", {"aaaaaaaaaa", "", ""}, {"a", "aaaaaaaaa", ""}, false},
    {"a slash more",
     {SUPPORT_ISSUER, NULL, NULL},
     {SUPPORT_ISSUER "/", NULL, NULL},
     false},
};

static void names_differ_where_parts_do(void **state)
{
    unsigned bad = 0;

    for (size_t i = 0; i < COUNT(name_rows); i++) {
        const name_row_t *row = &name_rows[i];
        const char *a = auth0_keyfile_name(row->a, 3, *state);
        const char *b = auth0_keyfile_name(row->b, 3, *state);
        bad += support_equal(row->name, strcmp(a, b) == 0, row->is_same);
    }
    assert_int_equal(bad, 0);
}

/* By sha256sum of "1:a-0:". A server finds what one before it has kept. */
static void a_name_stays_what_it_was(void **state)
{
    const char *const parts[] = {"a", NULL, ""};

    assert_string_equal(auth0_keyfile_name(parts, 3, *state),
                        "0d4fc2449da5ae2c1adf59a881206ac5372187e0.keys");
}

static void a_name_is_that_of_a_plain_file(void **state)
{
    const char *const parts[] = {"../../etc/passwd",
                                 support_repeat("/long", 10000, *state)};
    const char *name = auth0_keyfile_name(parts, 2, *state);
    size_t digits = strspn(name, "0123456789abcdef");

    assert_in_range(digits, 32, 64);
    assert_string_equal(name + digits, ".keys");
    assert_string_equal(name, auth0_keyfile_name(parts, 2, *state));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SUPPORT_TEST(what_was_written_is_read),
        SUPPORT_TEST(a_text_stays_what_it_was),
        SUPPORT_TEST(a_large_document_is_read),
        SUPPORT_TEST(every_turned_bit_is_noticed),
        SUPPORT_TEST(every_truncation_is_noticed),
        SUPPORT_TEST(every_byte_too_many_is_noticed),
        SUPPORT_TEST(missing_lines_are_noticed),
        SUPPORT_TEST(other_texts_are_refused),
        SUPPORT_TEST(names_differ_where_parts_do),
        SUPPORT_TEST(a_name_stays_what_it_was),
        SUPPORT_TEST(a_name_is_that_of_a_plain_file),
    };
    return SUPPORT_RUN(tests);
}
