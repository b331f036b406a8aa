/* Licensed under the Apache License, Version 2.0; see LICENSE. */
#include "core/auth0_jose.h"

bool auth0_jose_kid(auth0_span_t *kid, const auth0_json_t *object)
{
    const auth0_json_t *member = auth0_json_member(object, "kid");
    auth0_span_t text = auth0_span("", 0);

    *kid = text;
    if (member &&
        (!auth0_json_string(&text, member) || text.len > AUTH0_KID_MAX)) {
        return false;
    }
    *kid = text;
    return true;
}

bool auth0_jose_has_any(const auth0_json_t *object, const char *const *names)
{
    for (; *names; names++) {
        if (auth0_json_member(object, *names)) {
            return true;
        }
    }
    return false;
}
