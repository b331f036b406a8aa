/* Licensed under the Apache License, Version 2.0; see LICENSE. */
#ifndef AUTH0_REDIS_WHY_H
#define AUTH0_REDIS_WHY_H

#include "core/auth0_span.h"

/* Why a question was not answered as it should be. */
typedef enum auth0_redis_why_t {
    AUTH0_REDIS_GOOD,
    AUTH0_REDIS_NO_ADDRESS, /* of its host is known            */
    AUTH0_REDIS_NO_CONNECTION,
    AUTH0_REDIS_NO_TLS,
    AUTH0_REDIS_NO_LOGIN, /* user, password or database       */
    AUTH0_REDIS_NO_REPLY, /* in time, or before it was closed */
    AUTH0_REDIS_GARBAGE,  /* no reply of Redis, or not one to that */
    AUTH0_REDIS_ERROR,    /* it says so itself                */
    AUTH0_REDIS_READONLY, /* as the following: a known error  */
    AUTH0_REDIS_FULL,
    AUTH0_REDIS_UNSAVED,
    AUTH0_REDIS_TOO_FEW,
    AUTH0_REDIS_NO_RIGHT,
    AUTH0_REDIS_BUSY /* all connections were taken       */
} auth0_redis_why_t;

/* In a few words for the log, none of which came over the network. */
const char *auth0_redis_why_text(auth0_redis_why_t why);

/* What an error of Redis means, by the word that it begins with. */
auth0_redis_why_t auth0_redis_why_of(auth0_span_t error);

/* True when the Redis has said so itself: it is there, and can be read from. */
bool auth0_redis_why_is_error(auth0_redis_why_t why);

#endif
