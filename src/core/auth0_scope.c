/* Licensed under the Apache License, Version 2.0; see LICENSE. */
#include "core/auth0_scope.h"

#include <apr_strings.h>

#include "core/auth0_ascii.h"

typedef struct alternative_t {
    auth0_span_t *words;
    size_t count;
} alternative_t;

struct auth0_scope_req_t {
    alternative_t *alternatives;
    size_t count;
};

/* RFC 6749 section 3.3: printable ASCII but for the quote and backslash. */
static bool is_scope_byte(char c)
{
    return auth0_ascii_is_graph(c) && c != '"' && c != '\\';
}

bool auth0_scope_is_word(auth0_span_t text)
{
    for (size_t i = 0; i < text.len; i++) {
        if (!is_scope_byte(text.ptr[i])) {
            return false;
        }
    }
    return text.len > 0;
}

static const char *check_bytes(const char *text, apr_pool_t *pool)
{
    for (const char *c = text; *c; c++) {
        if (*c != ' ' && !is_scope_byte(*c)) {
            return apr_psprintf(pool,
                                "'%s' has a character that none can have: "
                                "use printable ASCII without quote and "
                                "backslash",
                                text);
        }
    }
    return NULL;
}

static void split(alternative_t *alternative, const char *text,
                  apr_pool_t *pool)
{
    auth0_span_t rest = auth0_span_cstr(text);
    auth0_span_t word;

    alternative->words =
        apr_pcalloc(pool, (rest.len / 2 + 1) * sizeof(*alternative->words));
    while (auth0_span_word(&word, &rest)) {
        alternative->words[alternative->count++] = word;
    }
}

const char *auth0_scope_req_parse(auth0_scope_req_t **req,
                                  const char *const *alternatives, size_t count,
                                  apr_pool_t *pool)
{
    auth0_scope_req_t *made = apr_pcalloc(pool, sizeof(*made));

    *req = NULL;
    if (count == 0) {
        return "needs at least one word, such as read:orders";
    }
    made->alternatives = apr_pcalloc(pool, count * sizeof(alternative_t));
    made->count = count;
    for (size_t i = 0; i < count; i++) {
        const char *text = apr_pstrdup(pool, alternatives[i]);
        const char *wrong = check_bytes(text, pool);
        if (wrong) {
            return wrong;
        }
        split(&made->alternatives[i], text, pool);
        if (made->alternatives[i].count == 0) {
            return "has an empty word: name a scope or permission, such as "
                   "read:orders";
        }
    }
    *req = made;
    return NULL;
}

/* Is the word among what was granted, a span or an array? */
typedef bool holds_fn(const void *granted, auth0_span_t wanted);

static bool holds_word(const void *granted, auth0_span_t wanted)
{
    return auth0_span_has_word(*(const auth0_span_t *)granted, wanted);
}

static bool holds_element(const void *granted, auth0_span_t wanted)
{
    const auth0_json_t *element = NULL;
    auth0_span_t word;

    while ((element = auth0_json_next(granted, element))) {
        if (auth0_json_string(&word, element) && auth0_span_eq(word, wanted)) {
            return true;
        }
    }
    return false;
}

static bool holds_all(const void *granted, holds_fn *holds,
                      const alternative_t *alternative)
{
    for (size_t i = 0; i < alternative->count; i++) {
        if (!holds(granted, alternative->words[i])) {
            return false;
        }
    }
    return true;
}

static bool satisfied(const auth0_scope_req_t *req, const void *granted,
                      holds_fn *holds)
{
    for (size_t i = 0; i < req->count; i++) {
        if (holds_all(granted, holds, &req->alternatives[i])) {
            return true;
        }
    }
    return false;
}

bool auth0_scope_satisfied(const auth0_scope_req_t *req, auth0_span_t granted)
{
    return satisfied(req, &granted, holds_word);
}

bool auth0_scope_satisfied_by(const auth0_scope_req_t *req,
                              const auth0_json_t *granted)
{
    return satisfied(req, granted, holds_element);
}

static const char *append_words(const char *joined,
                                const alternative_t *alternative,
                                apr_pool_t *pool)
{
    for (size_t i = 0; i < alternative->count; i++) {
        auth0_span_t word = alternative->words[i];
        if (!auth0_span_has_word(auth0_span_cstr(joined), word)) {
            joined =
                apr_pstrcat(pool, joined, *joined ? " " : "",
                            apr_pstrmemdup(pool, word.ptr, word.len), NULL);
        }
    }
    return joined;
}

const char *auth0_scope_words(const auth0_scope_req_t *const *reqs,
                              size_t count, apr_pool_t *pool)
{
    const char *joined = "";

    for (size_t i = 0; i < count; i++) {
        joined = append_words(joined, &reqs[i]->alternatives[0], pool);
    }
    return joined;
}
