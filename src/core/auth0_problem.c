/* Licensed under the Apache License, Version 2.0; see LICENSE. */
#include "core/auth0_problem.h"

#include <apr_strings.h>

#include "core/auth0_count.h"

/* What to say to clients where the reason is none of their business. */
static const struct {
    int status;
    const char *detail;
} general[] = {{401, "An access token is required"},
               {403, "The token does not allow this request"},
               {500, "The server is not able to judge the request"},
               {503, "The server is not able to judge the request now"}};

static const char *detail_of(auth0_reason_t reason, int status)
{
    const char *description = auth0_reason_info(reason)->description;

    if (description) {
        return description;
    }
    for (size_t i = 0; i < AUTH0_COUNT(general); i++) {
        if (general[i].status == status) {
            return general[i].detail;
        }
    }
    return "The request is refused";
}

/* All are constants that hold neither quotes nor backslashes. */
const char *auth0_problem(auth0_reason_t reason, int status, const char *title,
                          apr_pool_t *pool)
{
    return apr_psprintf(pool,
                        "{\"type\":\"about:blank\",\"title\":\"%s\","
                        "\"status\":%d,\"detail\":\"%s\","
                        "\"reason\":\"%s\"}",
                        title, status, detail_of(reason, status),
                        auth0_reason_info(reason)->code);
}
