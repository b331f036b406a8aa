/* Licensed under the Apache License, Version 2.0; see LICENSE. */
#ifndef MOD_AUTH0_REQUIRES_H
#define MOD_AUTH0_REQUIRES_H

#include "core/auth0_require.h"
#include "httpd/mod_auth0_tree.h"

/*
 * What the Require lines of the configuration ask for, as far as it can be
 * told from the tree. All of this is for configuration time; pool is for
 * scratch. A section that holds Require lines is a RequireAny of them.
 */

/* Methods of requests, as httpd numbers them: one bit each. */
typedef apr_uint64_t mod_auth0_methods_t;

/* Every method there is, those that nobody has heard of included. */
#define MOD_AUTH0_METHODS_ALL (~(mod_auth0_methods_t)0)

/* What the <Limit> and <LimitExcept> around a directive leave to it. */
mod_auth0_methods_t mod_auth0_requires_methods(const ap_directive_t *directive,
                                               apr_pool_t *pool);

/* The methods that the words of a directive name. */
mod_auth0_methods_t mod_auth0_requires_named(const ap_directive_t *directive,
                                             apr_pool_t *pool);

/* True for Require auth0-..., whatever stands around it. */
bool mod_auth0_requires_auth0(const ap_directive_t *node, apr_pool_t *pool);

/*
 * The words after the name of a Require of this kind, of const char *, in pool;
 * NULL for anything else.
 */
const apr_array_header_t *mod_auth0_requires_words(const ap_directive_t *node,
                                                   auth0_require_kind_t kind,
                                                   apr_pool_t *pool);

/*
 * Add what a Require asks of a token to lists of names, as of
 * mod_auth0_names.h: the words of auth0-scope and auth0-permission, as Auth0
 * grants a permission to who asks for the scope of that name; and the types of
 * auth0-authorization-details. Whether it is inverted is not looked at.
 */
void mod_auth0_requires_collect(apr_array_header_t *scopes,
                                apr_array_header_t *types,
                                const ap_directive_t *node, apr_pool_t *pool);

/* True for a Require that may depend on who is asking. */
bool mod_auth0_requires_user(const ap_directive_t *node, apr_pool_t *pool);

/* True for a Require that meeting refuses: under "not" or RequireNone. */
bool mod_auth0_requires_inverted(const ap_directive_t *node, apr_pool_t *pool);

/* True for a Require or a container of them, <Limit> included. */
bool mod_auth0_requires_counts(const ap_directive_t *node);

/* True for Require all granted. */
bool mod_auth0_requires_nothing(const ap_directive_t *node, apr_pool_t *pool);

/*
 * True when a Require, a container of them or a section certainly lets
 * everybody in, whatever the method.
 */
bool mod_auth0_requires_admits(const ap_directive_t *node, apr_pool_t *pool);

/* The container that a Require counts in, <Limit> left out. */
const ap_directive_t *mod_auth0_requires_around(const ap_directive_t *node);

#endif
