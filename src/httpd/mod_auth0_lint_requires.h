/* Licensed under the Apache License, Version 2.0; see LICENSE. */
#ifndef MOD_AUTH0_LINT_REQUIRES_H
#define MOD_AUTH0_LINT_REQUIRES_H

#include "httpd/mod_auth0_lint_subject.h"

/* Warnings about Require lines that let more in than they seem to. */

/* <Limit> around them: methods that it does not name are open. */
void mod_auth0_lint_limit(const mod_auth0_lint_t *lint,
                          const mod_auth0_subject_t *subject);

/* Require all granted beside them: everybody is let in. */
void mod_auth0_lint_granted(const mod_auth0_lint_t *lint,
                            const mod_auth0_subject_t *subject);

/* The same by AuthMerging Or, from the section around. */
void mod_auth0_lint_merging(const mod_auth0_lint_t *lint,
                            const mod_auth0_subject_t *subject);

#endif
