/* Licensed under the Apache License, Version 2.0; see LICENSE. */
#ifndef MOD_AUTH0_DIRECTIVES_BINDING_H
#define MOD_AUTH0_DIRECTIVES_BINDING_H

#include "httpd/mod_auth0.h"

/*
 * Setters of the directives that say how tokens are bound to their clients
 * (RFC 9449, RFC 8705). Each returns NULL, or a complaint that names the
 * directive and says what would be right.
 */
const char *mod_auth0_set_dpop(cmd_parms *cmd, void *conf, const char *mode,
                               const char *nonce);
const char *mod_auth0_set_dpop_window(cmd_parms *cmd, void *conf,
                                      const char *past, const char *future);
const char *mod_auth0_set_certificate_bound(cmd_parms *cmd, void *conf,
                                            const char *mode);
const char *mod_auth0_set_base_url(cmd_parms *cmd, void *conf, const char *url);

#endif
