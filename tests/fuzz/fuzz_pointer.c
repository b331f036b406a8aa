/* Licensed under the Apache License, Version 2.0; see LICENSE. */
#include "common.h"

#include <string.h>

#include <apr_strings.h>

#include "core/auth0_pointer.h"

#define ESCAPED(c) ((c) == '0' || (c) == '1')

/* The model of a reference token: RFC 6901 sections 3 and 4. */
static char *read_token(const char **at, apr_pool_t *pool)
{
    char *token = apr_palloc(pool, strlen(*at) + 1);
    size_t len = 0;
    for (; **at != '\0' && **at != '/'; ++*at) {
        bool escaped = **at == '~';
        *at += escaped;
        HOLDS(!escaped || ESCAPED(**at));
        token[len++] = !escaped ? **at : **at == '1' ? '/' : '~';
    }
    token[len] = '\0';
    return token;
}

/* An index has one spelling, so it is found by writing each of them. */
static const auth0_json_t *element(const auth0_json_t *array, size_t len,
                                   const char *token, apr_pool_t *pool)
{
    for (size_t i = 0; i < len; i++) {
        const char *index = apr_psprintf(pool, "%" APR_SIZE_T_FMT, i);
        if (auth0_span_is(auth0_span_cstr(token), index)) {
            return auth0_json_at(array, i);
        }
    }
    return NULL;
}

static const auth0_json_t *walk(const char *at, const auth0_json_t *json,
                                apr_pool_t *pool)
{
    size_t len;
    while (*at == '/') {
        at++;
        const char *token = read_token(&at, pool);
        json = auth0_json_array(&len, json) ? element(json, len, token, pool)
                                            : auth0_json_member(json, token);
    }
    HOLDS(*at == '\0');
    return auth0_json_is_null(json) ? NULL : json;
}

static bool is_name(const char *name)
{
    return *name != '\0' && !auth0_span_has_control(auth0_span_cstr(name));
}

/* Every tilde is followed by 0 or 1, and steps are 32 at most. */
static bool is_pointer(const char *name)
{
    unsigned steps = 0;
    for (const char *c = name; *c != '\0'; c++) {
        steps += *c == '/';
        if (*c == '~' && !ESCAPED(c[1])) {
            return false;
        }
    }
    return steps <= 32;
}

static void find(const char *name, const auth0_pointer_t *pointer,
                 const auth0_json_t *object, apr_pool_t *pool)
{
    const auth0_json_t *found = auth0_pointer_find(pointer, object);
    const auth0_json_t *member = auth0_json_member(object, name);
    HOLDS(found == NULL || !auth0_json_is_null(found));
    if (*name == '/') {
        HOLDS(found == walk(name, object, pool));
    }
    else {
        HOLDS(found == (auth0_json_is_null(member) ? NULL : member));
    }
}

/* The first line is the name of a claim, the rest are the claims. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    apr_pool_t *pool = fuzz_pool();
    auth0_span_t json = fuzz_span(data, size);
    auth0_span_t line;
    auth0_pointer_t *pointer;
    const auth0_json_t *object;
    (void)auth0_span_cut(&line, &json, '\n');
    const char *name = apr_pstrmemdup(pool, line.ptr, line.len);
    const char *why = auth0_pointer_parse(&pointer, name, pool);
    HOLDS((why == NULL) == (pointer != NULL));
    HOLDS((why == NULL) ==
          (is_name(name) && (*name != '/' || is_pointer(name))));
    if (pointer != NULL &&
        auth0_json_object(&object, json, auth0_json_payload_limit, pool)) {
        find(name, pointer, object, pool);
    }
    apr_pool_destroy(pool);
    return 0;
}
