/* Licensed under the Apache License, Version 2.0; see LICENSE. */
#include "net/auth0_redis_why.h"

#include "core/auth0_count.h"

static const char *const why_texts[] = {
    [AUTH0_REDIS_GOOD] = "it answers",
    [AUTH0_REDIS_NO_ADDRESS] = "its host name has no address at which a Redis "
                               "answers, or the name server does not",
    [AUTH0_REDIS_NO_CONNECTION] = "no connection",
    [AUTH0_REDIS_NO_TLS] = "no TLS connection to a certificate of that name "
                           "and of a known authority",
    [AUTH0_REDIS_NO_LOGIN] = "it does not take this user, password or database",
    [AUTH0_REDIS_NO_REPLY] = "no reply in time",
    [AUTH0_REDIS_GARBAGE] = "a reply that makes no sense",
    [AUTH0_REDIS_ERROR] = "it replies with an error",
    [AUTH0_REDIS_READONLY] = "READONLY, it is a replica: Auth0SharedStore has "
                             "to lead to the primary",
    [AUTH0_REDIS_FULL] = "OOM, its memory is full: raise its maxmemory",
    [AUTH0_REDIS_UNSAVED] = "MISCONF, it cannot save to its disk: its log "
                            "tells why",
    [AUTH0_REDIS_TOO_FEW] = "NOREPLICAS, fewer replicas follow it than its "
                            "min-replicas-to-write",
    [AUTH0_REDIS_NO_RIGHT] = "NOPERM, its user lacks a right that the "
                             "documentation of Auth0SharedStore names",
    [AUTH0_REDIS_BUSY] = "all connections are in use",
};

const char *auth0_redis_why_text(auth0_redis_why_t why)
{
    return why_texts[why];
}

/* What an error of Redis begins with; the rest of it is not looked at. */
static const struct {
    const char *code;
    auth0_redis_why_t why;
} errors[] = {
    {"READONLY", AUTH0_REDIS_READONLY}, {"OOM", AUTH0_REDIS_FULL},
    {"MISCONF", AUTH0_REDIS_UNSAVED},   {"NOREPLICAS", AUTH0_REDIS_TOO_FEW},
    {"NOPERM", AUTH0_REDIS_NO_RIGHT},
};

auth0_redis_why_t auth0_redis_why_of(auth0_span_t error)
{
    auth0_span_t code;

    if (!auth0_span_cut(&code, &error, ' ')) {
        return AUTH0_REDIS_ERROR;
    }
    for (size_t i = 0; i < AUTH0_COUNT(errors); i++) {
        if (auth0_span_is(code, errors[i].code)) {
            return errors[i].why;
        }
    }
    return AUTH0_REDIS_ERROR;
}

bool auth0_redis_why_is_error(auth0_redis_why_t why)
{
    for (size_t i = 0; i < AUTH0_COUNT(errors); i++) {
        if (errors[i].why == why) {
            return true;
        }
    }
    return why == AUTH0_REDIS_ERROR;
}
