/* Licensed under the Apache License, Version 2.0; see LICENSE. */
#include "core/auth0_denyline.h"

#include <string.h>

#include "core/auth0_count.h"
#include "core/auth0_digits.h"

/* The last second of the year 9999: milliseconds are larger. */
#define TIME_MAX UINT64_C(253402300799)

typedef struct kind_t {
    const char *word;
    auth0_reason_t reason;
} kind_t;

static const kind_t kinds[] = {
    {"sub", AUTH0_DENY_SUB}, {"client", AUTH0_DENY_CLIENT},
    {"org", AUTH0_DENY_ORG}, {"jti", AUTH0_DENY_JTI},
    {"sid", AUTH0_DENY_SID}, {"kid", AUTH0_DENY_KID},
};

static const char *read_kind(auth0_denyline_t *line, auth0_span_t word)
{
    for (size_t i = 0; i < AUTH0_COUNT(kinds); i++) {
        if (auth0_span_is(word, kinds[i].word)) {
            line->reason = kinds[i].reason;
            return NULL;
        }
    }
    return "begins with another word than sub, client, org, jti, sid or kid";
}

static bool is_escaped(char c)
{
    return c == '"' || c == '\\';
}

/* *rest begins behind the opening quote, and ends up behind the closing one. */
static const char *read_quoted(auth0_denyline_t *line, auth0_span_t *rest)
{
    auth0_span_t text = *rest;
    size_t i = 0;

    for (; i < text.len && text.ptr[i] != '"'; i++, line->len++) {
        if (text.ptr[i] != '\\') {
            continue;
        }
        if (++i == text.len || !is_escaped(text.ptr[i])) {
            return "has a backslash in quotes that is before neither a quote "
                   "nor a backslash: write two for one";
        }
    }
    if (i == text.len) {
        return "has no closing quote";
    }
    line->raw = auth0_span(text.ptr, i);
    *rest = auth0_span(text.ptr + i + 1, text.len - i - 1);
    return rest->len == 0 || *rest->ptr == ' '
               ? NULL
               : "has text right behind the closing quote: put a space "
                 "between";
}

static const char *read_number(int64_t *number, auth0_span_t digits)
{
    uint64_t value;

    if (!auth0_digits_read(&value, digits, TIME_MAX)) {
        return "has a time that is not a whole number of seconds since 1970, "
               "from 0 to 253402300799";
    }
    if (*number != AUTH0_DENYLINE_NEVER) {
        return "says before= or until= twice";
    }
    *number = (int64_t)value;
    return NULL;
}

/* NULL where the word is none of these. */
static int64_t *limit_of(auth0_denyline_t *line, auth0_span_t word)
{
    if (auth0_span_starts(word, "before=")) {
        return &line->before;
    }
    return auth0_span_starts(word, "until=") ? &line->until : NULL;
}

/* A name that a script found empty must not make the time a name. */
static const char *read_word(auth0_denyline_t *line, auth0_span_t *rest)
{
    return auth0_span_word(&line->raw, rest) && !limit_of(line, line->raw)
               ? NULL
               : "lacks the value to deny: put it behind the first word (in "
                 "quotes if it has a space or begins with before= or until=)";
}

static void skip_spaces(auth0_span_t *rest)
{
    while (rest->len > 0 && *rest->ptr == ' ') {
        *rest = auth0_span(rest->ptr + 1, rest->len - 1);
    }
}

static const char *read_value(auth0_denyline_t *line, auth0_span_t *rest)
{
    skip_spaces(rest);
    if (rest->len == 0 || *rest->ptr != '"') {
        const char *why = read_word(line, rest);
        line->len = line->raw.len;
        return why;
    }
    *rest = auth0_span(rest->ptr + 1, rest->len - 1);
    const char *why = read_quoted(line, rest);

    return why || line->len > 0 ? why : "has an empty value";
}

static const char *read_limits(auth0_denyline_t *line, auth0_span_t rest)
{
    auth0_span_t word;
    auth0_span_t name;
    const char *why = NULL;

    while (!why && auth0_span_word(&word, &rest)) {
        int64_t *limit = limit_of(line, word);
        if (!limit) {
            return "has more text behind the value than before=UNIXTIME and "
                   "until=UNIXTIME: put a value with spaces in quotes";
        }
        (void)auth0_span_cut(&name, &word, '=');
        why = read_number(limit, word);
    }
    return why;
}

const char *auth0_denyline_read(auth0_denyline_t *line, auth0_span_t text)
{
    auth0_span_t word;

    *line = (auth0_denyline_t){.reason = AUTH0_OK,
                               .raw = {"", 0},
                               .before = AUTH0_DENYLINE_NEVER,
                               .until = AUTH0_DENYLINE_NEVER};
    if (text.len > AUTH0_DENYLINE_MAX) {
        return "is longer than 8192 bytes";
    }
    skip_spaces(&text);
    if (text.len == 0 || *text.ptr == '#') {
        return NULL;
    }
    if (auth0_span_has_control(text)) {
        return "holds a control character: part words by spaces, and end "
               "lines by a line feed alone";
    }
    (void)auth0_span_word(&word, &text);
    const char *why = read_kind(line, word);

    why = why ? why : read_value(line, &text);
    return why ? why : read_limits(line, text);
}

void auth0_denyline_value(char *out, const auth0_denyline_t *line)
{
    const char *from = line->raw.ptr;

    if (line->raw.len == line->len) {
        memcpy(out, from, line->len);
        return;
    }
    for (size_t i = 0; i < line->len; i++) {
        from += *from == '\\';
        out[i] = *from++;
    }
}
