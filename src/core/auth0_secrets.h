/* Licensed under the Apache License, Version 2.0; see LICENSE. */
#ifndef AUTH0_SECRETS_H
#define AUTH0_SECRETS_H

#include "core/auth0_box.h"
#include "core/auth0_must_use.h"

/*
 * One random secret for each *epoch* of some minutes, on which all processes of
 * a server agree, and all servers of a fleet. All bytes zero is a table with
 * none. It may lie in memory that processes share; one writer at a time, any
 * number of readers, who never wait.
 */
#define AUTH0_SECRET_BYTES 32

/* Seconds of an epoch. */
#define AUTH0_SECRETS_PERIOD 300

/* The epoch in force, the one before and the one after, and one to spare. */
#define AUTH0_SECRETS_KEPT 4

typedef struct auth0_secrets_t {
    auth0_box_t boxes[AUTH0_SECRETS_KEPT];
} auth0_secrets_t;

typedef enum auth0_secret_scope_t {
    AUTH0_SECRET_NONE,
    AUTH0_SECRET_SERVER, /* known to this server alone         */
    AUTH0_SECRET_FLEET   /* all servers that share a store agree */
} auth0_secret_scope_t;

/* The epoch of a time of wall clock, in seconds since 1970. */
uint32_t auth0_secrets_epoch(int64_t now);

/* Reader: the secret of an epoch; false when it is not there. */
AUTH0_MUST_USE bool auth0_secrets_find(unsigned char secret[AUTH0_SECRET_BYTES],
                                       const auth0_secrets_t *secrets,
                                       uint32_t epoch);

/* Reader: who knows the secret of an epoch. */
auth0_secret_scope_t auth0_secrets_scope(const auth0_secrets_t *secrets,
                                         uint32_t epoch);

/* Writer: put one there, for one that was there or that is long over. */
void auth0_secrets_put(auth0_secrets_t *secrets, uint32_t epoch,
                       auth0_secret_scope_t scope,
                       const unsigned char secret[AUTH0_SECRET_BYTES]);

#endif
