/* Licensed under the Apache License, Version 2.0; see LICENSE. */
#ifndef AUTH0CTL_DEV_TENANT_H
#define AUTH0CTL_DEV_TENANT_H

#include <apr_pools.h>

#include "ctl/auth0_sign.h"

/*
 * An offline development tenant: a folder, open to its owner only, that holds
 *   private.pem            the signing key (RSA, PKCS #8), mode 0600
 *   jwks.json              its public half, as Auth0 publishes keys
 *   openid-configuration   the discovery document, which names the issuer
 *
 * What these functions return is NULL, or a sentence that says what is wrong
 * and what would be right, allocated from pool.
 */
typedef struct auth0ctl_tenant_t {
    auth0_signer_t signer; /* released with the pool */
    const char *issuer;
    const char *kid; /* the key's RFC 7638 thumbprint */
} auth0ctl_tenant_t;

/* Make the folder, which must not exist yet, and a tenant with a new key. */
const char *auth0ctl_tenant_init(auth0ctl_tenant_t *tenant, const char *dir,
                                 const char *issuer, apr_pool_t *pool);

/* Open the tenant that a folder holds. */
const char *auth0ctl_tenant_open(auth0ctl_tenant_t *tenant, const char *dir,
                                 apr_pool_t *pool);

/*
 * Write what the tenant publishes, and nothing else, below docroot, which is
 * made when absent: .well-known/openid-configuration and
 * .well-known/jwks.json, readable by everyone.
 */
const char *auth0ctl_tenant_publish(const char *dir, const char *docroot,
                                    apr_pool_t *pool);

#endif
