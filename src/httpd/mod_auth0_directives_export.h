/* Licensed under the Apache License, Version 2.0; see LICENSE. */
#ifndef MOD_AUTH0_DIRECTIVES_EXPORT_H
#define MOD_AUTH0_DIRECTIVES_EXPORT_H

#include "httpd/mod_auth0.h"

/*
 * Setters of the directives that say what of a token reaches a back end. Each
 * returns NULL, or a complaint that names the directive and says what would be
 * right. In a .htaccess file nothing but the section is written to.
 */
const char *mod_auth0_set_claim_header(cmd_parms *cmd, void *conf, int argc,
                                       char *const argv[]);
const char *mod_auth0_set_claim_env(cmd_parms *cmd, void *conf, int argc,
                                    char *const argv[]);
const char *mod_auth0_set_remote_user(cmd_parms *cmd, void *conf,
                                      const char *claim);

#endif
