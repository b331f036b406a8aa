/* Licensed under the Apache License, Version 2.0; see LICENSE. */
#include "common.h"

#include <string.h>

#include <apr_strings.h>

#include "core/auth0_scope.h"

#define ALTERNATIVES_MAX 8

/* The model: a word is granted when it stands there between spaces. */
static bool is_granted(const char *word, size_t len, auth0_span_t granted)
{
    for (size_t i = 0; i + len <= granted.len; i++) {
        bool starts = i == 0 || granted.ptr[i - 1] == ' ';
        bool ends = i + len == granted.len || granted.ptr[i + len] == ' ';
        if (starts && ends &&
            auth0_span_eq(auth0_span(word, len),
                          auth0_span(granted.ptr + i, len))) {
            return true;
        }
    }
    return false;
}

static bool all_are_granted(const char *words, auth0_span_t granted)
{
    while (*words != '\0') {
        size_t len = strcspn(words, " ");
        if (len > 0 && !is_granted(words, len, granted)) {
            return false;
        }
        words += len + (words[len] != '\0');
    }
    return true;
}

/* The input's first line: alternatives between bars. */
static size_t split(const char **alternatives, char *line)
{
    size_t count = 0;
    while (count < ALTERNATIVES_MAX) {
        alternatives[count++] = line;
        char *bar = strchr(line, '|');
        if (bar == NULL) {
            break;
        }
        *bar = '\0';
        line = bar + 1;
    }
    return count;
}

static void judge(const auth0_scope_req_t *req, const char *const *alternatives,
                  size_t count, auth0_span_t granted, apr_pool_t *pool)
{
    bool want = false;
    for (size_t i = 0; i < count; i++) {
        want = want || all_are_granted(alternatives[i], granted);
    }
    HOLDS(auth0_scope_satisfied(req, granted) == want);
    const char *words = auth0_scope_words(&req, 1, pool);
    HOLDS(auth0_scope_satisfied(req, auth0_span_cstr(words)));
    HOLDS(strstr(words, "  ") == NULL && strpbrk(words, "\"\\") == NULL);
    HOLDS(!auth0_span_has_control(auth0_span_cstr(words)));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    apr_pool_t *pool = fuzz_pool();
    auth0_span_t granted = fuzz_span(data, size);
    auth0_span_t line;
    const char *alternatives[ALTERNATIVES_MAX];
    auth0_scope_req_t *req;
    (void)auth0_span_cut(&line, &granted, '\n');
    size_t count =
        split(alternatives, apr_pstrmemdup(pool, line.ptr, line.len));
    const char *why = auth0_scope_req_parse(&req, alternatives, count, pool);
    HOLDS((why == NULL) == (req != NULL));
    if (req != NULL) {
        judge(req, alternatives, count, granted, pool);
    }
    apr_pool_destroy(pool);
    return 0;
}
