/* Licensed under the Apache License, Version 2.0; see LICENSE. */
#ifndef MOD_AUTH0_LINT_BINDING_H
#define MOD_AUTH0_LINT_BINDING_H

#include "httpd/mod_auth0_lint_subject.h"

/* Warnings about bindings that no token can meet. */

/* Auth0DPoP required, but Auth0TokenSource leaves the header out. */
void mod_auth0_lint_dpop(const mod_auth0_lint_t *lint,
                         const mod_auth0_subject_t *subject);

/* Auth0CertificateBound required, but nobody is asked for a certificate. */
void mod_auth0_lint_certificate(const mod_auth0_lint_t *lint,
                                const mod_auth0_subject_t *subject);

#endif
