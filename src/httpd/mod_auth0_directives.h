/* Licensed under the Apache License, Version 2.0; see LICENSE. */
#ifndef MOD_AUTH0_DIRECTIVES_H
#define MOD_AUTH0_DIRECTIVES_H

#include "httpd/mod_auth0_config.h"

/* Every directive; each checks its words at configuration time. */
extern const command_rec mod_auth0_directives[];

#endif
