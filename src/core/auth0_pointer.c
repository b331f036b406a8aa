/* Licensed under the Apache License, Version 2.0; see LICENSE. */
#include "core/auth0_pointer.h"

#include <string.h>

#include <apr_strings.h>

#include "core/auth0_digits.h"

/* Claims do not nest deeper. */
#define STEPS_MAX 32

/* Nine digits: more than any array has. */
#define INDEX_MAX 999999999

/* One reference token: a member's name and, if it can be one, an index. */
typedef struct step_t {
    const char *name;
    bool is_index;
    uint64_t index;
} step_t;

struct auth0_pointer_t {
    size_t count;
    step_t *steps;
};

/* In place: ~1 is a slash, ~0 a tilde. False on any other tilde. */
static bool unescape(char *text)
{
    char *out = text;

    for (; *text; text++) {
        if (*text != '~') {
            *out++ = *text;
            continue;
        }
        text++;
        if (*text != '0' && *text != '1') {
            return false;
        }
        *out++ = *text == '0' ? '~' : '/';
    }
    *out = '\0';
    return true;
}

/* At most so many; more than STEPS_MAX are refused. */
static size_t steps_of(const char *name)
{
    size_t count = 0;

    for (; *name && count < STEPS_MAX; name++) {
        count += *name == '/';
    }
    return count;
}

static void add_step(auth0_pointer_t *pointer, const char *name)
{
    step_t *step = &pointer->steps[pointer->count++];

    step->name = name;
    /* RFC 6901 section 4 */
    step->is_index = auth0_digits_read_canonical(
        &step->index, auth0_span_cstr(name), INDEX_MAX);
}

static const char *add_steps(auth0_pointer_t *pointer, char *rest)
{
    while (rest) {
        char *next = strchr(rest, '/');
        if (next) {
            *next++ = '\0';
        }
        if (pointer->count == STEPS_MAX) {
            return "has more than 32 steps, and claims do not nest as deep";
        }
        if (!unescape(rest)) {
            return "is no JSON Pointer: in one a tilde is written ~0, and a "
                   "slash that belongs to a name ~1";
        }
        add_step(pointer, rest);
        rest = next;
    }
    return NULL;
}

static auth0_pointer_t *make(size_t steps, apr_pool_t *pool)
{
    auth0_pointer_t *pointer = apr_pcalloc(pool, sizeof(*pointer));

    pointer->steps = apr_pcalloc(pool, steps * sizeof(step_t));
    return pointer;
}

auth0_pointer_t *auth0_pointer_to(const char *name, apr_pool_t *pool)
{
    auth0_pointer_t *pointer = make(1, pool);

    add_step(pointer, apr_pstrdup(pool, name));
    return pointer;
}

const char *auth0_pointer_parse(auth0_pointer_t **pointer, const char *name,
                                apr_pool_t *pool)
{
    *pointer = NULL;
    if (!*name || auth0_span_has_control(auth0_span_cstr(name))) {
        return "names no claim: write its exact name, or a JSON Pointer such "
               "as /user/roles";
    }
    if (*name != '/') {
        *pointer = auth0_pointer_to(name, pool);
        return NULL;
    }
    auth0_pointer_t *made = make(steps_of(name), pool);
    const char *why = add_steps(made, apr_pstrdup(pool, name + 1));

    *pointer = why ? NULL : made;
    return why;
}

static const auth0_json_t *follow(const auth0_json_t *json, const step_t *step)
{
    size_t len;

    if (!auth0_json_array(&len, json)) {
        return auth0_json_member(json, step->name);
    }
    return step->is_index ? auth0_json_at(json, (size_t)step->index) : NULL;
}

const auth0_json_t *auth0_pointer_find(const auth0_pointer_t *pointer,
                                       const auth0_json_t *object)
{
    const auth0_json_t *found = object;

    for (size_t i = 0; found && i < pointer->count; i++) {
        found = follow(found, &pointer->steps[i]);
    }
    return auth0_json_is_null(found) ? NULL : found;
}
