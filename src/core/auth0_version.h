/* Licensed under the Apache License, Version 2.0; see LICENSE. */
#ifndef AUTH0_VERSION_H
#define AUTH0_VERSION_H

/* The one place of the version: configure reads this line too. */
#define AUTH0_VERSION "0.1.0"

#endif
