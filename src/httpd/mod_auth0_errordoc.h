/* Licensed under the Apache License, Version 2.0; see LICENSE. */
#ifndef MOD_AUTH0_ERRORDOC_H
#define MOD_AUTH0_ERRORDOC_H

#include "httpd/mod_auth0.h"

/* Once, when hooks are registered. */
void mod_auth0_errordoc_register(void);

/*
 * Where a back end or mod_cache answers r, the error document of what was
 * refused, the refusal keeps its status.
 */
void mod_auth0_errordoc_keep_status(request_rec *r, request_rec *refused);

#endif
