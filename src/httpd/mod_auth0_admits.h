/* Licensed under the Apache License, Version 2.0; see LICENSE. */
#ifndef MOD_AUTH0_ADMITS_H
#define MOD_AUTH0_ADMITS_H

#include "core/auth0_subject.h"
#include "httpd/mod_auth0_survey.h"

/* A mask of every kind of subject, those that nobody can tell included. */
#define MOD_AUTH0_ADMITS_ALL (~0u)

/*
 * What the subjects of tokens may be in a section, as far as its Require
 * auth0-subject lines tell: a mask of auth0_subject_t, or MOD_AUTH0_ADMITS_ALL
 * where one may be of any kind. 0 where everybody is let in without a token,
 * or nobody. pool is for scratch.
 */
unsigned mod_auth0_admits(const mod_auth0_protected_t *section,
                          apr_pool_t *pool);

#endif
