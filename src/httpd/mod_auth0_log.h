/* Licensed under the Apache License, Version 2.0; see LICENSE. */
#ifndef MOD_AUTH0_LOG_H
#define MOD_AUTH0_LOG_H

#include "httpd/mod_auth0.h"

/* Makes this file's lines subject to LogLevel auth0:... */
APLOG_USE_MODULE(auth0);

#endif
