/* Licensed under the Apache License, Version 2.0; see LICENSE. */
#ifndef AUTH0CTL_DEV_H
#define AUTH0CTL_DEV_H

#include "ctl/auth0ctl_cli.h"

/* The commands below "auth0ctl dev". */
extern const auth0ctl_command_t auth0ctl_dev_commands[];

#endif
