/* Licensed under the Apache License, Version 2.0; see LICENSE. */
#ifndef MOD_AUTH0_DIRECTIVES_SERVER_H
#define MOD_AUTH0_DIRECTIVES_SERVER_H

#include "httpd/mod_auth0_argument.h"

/*
 * What the directives of a server or virtual host do with their arguments, as
 * httpd calls them: each returns NULL, or a complaint. conf is not used.
 */

/* A number that stands alone: where it goes, and what it may be. */
typedef struct mod_auth0_number_t {
    size_t offset; /* of an int in mod_auth0_server_t */
    mod_auth0_range_t range;
} mod_auth0_number_t;

extern const mod_auth0_number_t mod_auth0_key_refresh;
extern const mod_auth0_number_t mod_auth0_key_max_stale;
extern const mod_auth0_number_t mod_auth0_key_cooldown;
extern const mod_auth0_number_t mod_auth0_key_wait;

/* The number that cmd->info points to. */
const char *mod_auth0_set_number(cmd_parms *cmd, void *conf, const char *text);

const char *mod_auth0_set_ca_file(cmd_parms *cmd, void *conf, const char *name);
const char *mod_auth0_set_timeout(cmd_parms *cmd, void *conf,
                                  const char *connect, const char *total);
const char *mod_auth0_set_proxy(cmd_parms *cmd, void *conf, const char *url);
const char *mod_auth0_set_state_dir(cmd_parms *cmd, void *conf,
                                    const char *name);
const char *mod_auth0_set_deny_list(cmd_parms *cmd, void *conf,
                                    const char *name);
const char *mod_auth0_set_token_cache(cmd_parms *cmd, void *conf,
                                      const char *text);
const char *mod_auth0_set_store(cmd_parms *cmd, void *conf, const char *where);

#endif
