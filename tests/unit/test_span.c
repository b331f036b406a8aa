/* Licensed under the Apache License, Version 2.0; see LICENSE. */
#include "support.h"

#include "core/auth0_span.h"

typedef struct pair_row_t {
    const char *name;
    const char *a;
    size_t a_len;
    const char *b;
    bool same;
    bool same_nocase;
    bool starts;
} pair_row_t;

static const pair_row_t pairs[] = {
    {"both empty", "", 0, "", true, true, true},
    {"equal", "RS256", 5, "RS256", true, true, true},
    {"a is a prefix of b", "RS2", 3, "RS256", false, false, false},
    {"b is a prefix of a", "RS256x", 6, "RS256", false, false, true},
    {"a is empty", "", 0, "RS256", false, false, false},
    {"b is empty", "RS256", 5, "", false, false, true},
    {"case differs", "rs256", 5, "RS256", false, true, false},
    {"last byte differs", "RS257", 5, "RS256", false, false, false},
    {"first byte differs", "PS256", 5, "RS256", false, false, false},
    {"case differs, and the last byte", "rs257", 5, "RS256", false, false,
     false},
    {"letters and signs between them", "Org-A_1", 7, "oRG-a_1", false, true,
     false},
    {"caret and tilde", "^", 1, "~", false, false, false},
    {"underline and delete", "_", 1, "\x7f", false, false, false},
    {"hyphen and carriage return", "-", 1, "\r", false, false, false},
    {"first and last letters", "AZaz", 4, "azAZ", false, true, false},
    {"UTF-8 letters do not fold", "\xc3\x84", 2, "\xc3\xa4", false, false,
     false},
    {"NUL inside", "RS\0006", 4, "RS", false, false, true},
    {"NUL at the end", "RS\0", 3, "RS", false, false, true},
    {"letter and its 0x20 neighbour", "[", 1, "{", false, false, false},
    {"at sign and grave accent", "@", 1, "`", false, false, false},
    {"Latin-1 letters do not fold", "\xc4", 1, "\xe4", false, false, false},
};

static void compares_whole_values(void **state)
{
    unsigned bad = 0;
    for (size_t i = 0; i < COUNT(pairs); i++) {
        const pair_row_t *row = &pairs[i];
        auth0_span_t a = support_copy(auth0_span(row->a, row->a_len), *state);
        auth0_span_t b = support_span(row->b);
        bad += support_equal(row->name, auth0_span_eq(a, b), row->same);
        bad += support_equal(row->name, auth0_span_eq(b, a), row->same);
        bad += support_equal(row->name, auth0_span_is(a, row->b), row->same);
        bad += support_equal(row->name, auth0_span_is_nocase(a, row->b),
                             row->same_nocase);
        bad += support_equal(row->name, auth0_span_eq_nocase(a, b),
                             row->same_nocase);
        bad += support_equal(row->name, auth0_span_eq_nocase(b, a),
                             row->same_nocase);
        bad +=
            support_equal(row->name, auth0_span_starts(a, row->b), row->starts);
    }
    assert_int_equal(bad, 0);
}

/* Both may hold NULs; a byte behind the end is never looked at. */
static void case_is_ignored_in_all_bytes(void **state)
{
    auth0_span_t a = support_copy(auth0_span("A\0B", 3), *state);
    auth0_span_t b = support_copy(auth0_span("a\0b", 3), *state);
    auth0_span_t c = support_copy(auth0_span("a\0c", 3), *state);
    assert_true(auth0_span_eq_nocase(a, b));
    assert_false(auth0_span_eq_nocase(a, c));
    assert_false(auth0_span_eq_nocase(a, support_span("A")));
}

static void null_text_is_the_empty_span(void **state)
{
    (void)state;
    auth0_span_t none = auth0_span_cstr(NULL);
    assert_int_equal(none.len, 0);
    assert_true(auth0_span_is(none, ""));
    assert_true(auth0_span_eq(none, auth0_span(NULL, 0)));
    assert_true(auth0_span_eq_nocase(none, auth0_span(NULL, 0)));
    assert_int_equal(auth0_span_cstr("abc").len, 3);
}

typedef struct cut_row_t {
    const char *text;
    bool found;
    const char *head;
    const char *rest;
} cut_row_t;

static const cut_row_t cuts[] = {
    {"", false, "", ""},         {".", true, "", ""},   {"a", false, "a", ""},
    {"a.", true, "a", ""},       {".a", true, "", "a"}, {"a.b", true, "a", "b"},
    {"a.b.c", true, "a", "b.c"}, {"..", true, "", "."},
};

static void cuts_before_the_first_separator(void **state)
{
    unsigned bad = 0;
    for (size_t i = 0; i < COUNT(cuts); i++) {
        const cut_row_t *row = &cuts[i];
        auth0_span_t rest = support_copy(support_span(row->text), *state);
        auth0_span_t head;
        bad += support_equal(row->text, auth0_span_cut(&head, &rest, '.'),
                             row->found);
        bad += support_text(row->text, support_string(head, *state), row->head);
        bad += support_text(row->text, support_string(rest, *state), row->rest);
    }
    assert_int_equal(bad, 0);
}

typedef struct word_row_t {
    const char *text;
    const char *words; /* with a | behind each */
} word_row_t;

static const word_row_t word_rows[] = {
    {"", ""},          {" ", ""},
    {"    ", ""},      {"a", "a|"},
    {"a b", "a|b|"},   {" a", "a|"},
    {"a ", "a|"},      {"  a   bc  ", "a|bc|"},
    {"a\tb", "a\tb|"}, {"a\nb c", "a\nb|c|"},
};

static void takes_words_between_spaces(void **state)
{
    unsigned bad = 0;
    for (size_t i = 0; i < COUNT(word_rows); i++) {
        auth0_span_t rest =
            support_copy(support_span(word_rows[i].text), *state);
        auth0_span_t word;
        const char *words = "";
        while (auth0_span_word(&word, &rest)) {
            words = apr_pstrcat(*state, words, support_string(word, *state),
                                "|", NULL);
        }
        bad += support_text(word_rows[i].text, words, word_rows[i].words);
    }
    assert_int_equal(bad, 0);
}

static void finds_control_characters(void **state)
{
    unsigned bad = 0;
    for (int c = 0; c < 256; c++) {
        char text[3] = {'a', (char)c, 'b'};
        bool want = c < 0x20 || c == 0x7f;
        auth0_span_t all = support_copy(auth0_span(text, 3), *state);
        auth0_span_t last = support_copy(auth0_span(text, 2), *state);
        const char *name = apr_psprintf(*state, "byte %02x", (unsigned)c);
        bad += support_equal(name, auth0_span_has_control(all), want);
        bad += support_equal(name, auth0_span_has_control(last), want);
    }
    bad += support_equal("empty", auth0_span_has_control(support_span("")), 0);
    assert_int_equal(bad, 0);
}

/* However many bytes are compared in one step. */
static void every_byte_of_any_length_counts(void **state)
{
    const char *most = support_repeat("a", 40, *state);
    for (size_t len = 0; len <= 40; len++) {
        auth0_span_t a = auth0_span(most, len);
        auth0_span_t b = support_copy(a, *state);
        assert_true(auth0_span_eq(a, b));
        assert_true(auth0_span_eq_nocase(a, b));
        for (size_t i = 0; i < len; i++) {
            char *other = apr_pstrmemdup(*state, most, len);
            other[i] = 'b';
            assert_false(auth0_span_eq(auth0_span(other, len), b));
            assert_false(auth0_span_eq_nocase(auth0_span(other, len), b));
        }
    }
}

static void a_word_is_found_whole(void **state)
{
    static const struct {
        const char *text;
        const char *word;
        bool want;
    } rows[] = {
        {"a", "a", true},
        {"read write", "read", true},
        {"read write", "write", true},
        {"  read  ", "read", true},
        {"read:a", "read:ab", false},
        {"read:ab", "read:a", false},
        {"xread", "read", false},
        {"Read", "read", false},
        {"read write", "read write", false},
        {"", "read", false},
        {"read", "", false},
        {"", "", false},
        {"  ", "", false},
        {"a\tb", "a", false},
    };
    unsigned bad = 0;
    for (size_t i = 0; i < COUNT(rows); i++) {
        bad +=
            support_equal(rows[i].text,
                          auth0_span_has_word(
                              support_copy(support_span(rows[i].text), *state),
                              support_span(rows[i].word)),
                          rows[i].want);
    }
    assert_int_equal(bad, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SUPPORT_TEST(compares_whole_values),
        SUPPORT_TEST(every_byte_of_any_length_counts),
        SUPPORT_TEST(case_is_ignored_in_all_bytes),
        SUPPORT_TEST(null_text_is_the_empty_span),
        SUPPORT_TEST(cuts_before_the_first_separator),
        SUPPORT_TEST(takes_words_between_spaces),
        SUPPORT_TEST(a_word_is_found_whole),
        SUPPORT_TEST(finds_control_characters),
    };
    return SUPPORT_RUN(tests);
}
