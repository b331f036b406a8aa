/* Licensed under the Apache License, Version 2.0; see LICENSE. */
#ifndef MOD_AUTH0_DIRECTIVES_METADATA_H
#define MOD_AUTH0_DIRECTIVES_METADATA_H

#include "httpd/mod_auth0.h"

/*
 * Setters of the directives that say what clients find out about a resource
 * (RFC 9728). Each returns NULL, or a complaint that names the directive and
 * says what would be right.
 */
const char *mod_auth0_set_resource(cmd_parms *cmd, void *conf, const char *url);

/* A URL for people; cmd->info is the offset of its member. */
const char *mod_auth0_set_link(cmd_parms *cmd, void *conf, const char *url);

#endif
