/* Licensed under the Apache License, Version 2.0; see LICENSE. */
#ifndef REGISTRATIONS_H
#define REGISTRATIONS_H

#include "core/auth0_registration.h"

enum {
    REGISTRATIONS_MINIMAL,
    REGISTRATIONS_ALL, /* all members, two grants to one client */
    REGISTRATIONS_HOSTILE,
    REGISTRATIONS_RANDOM /* and all above: another one each */
};

/* Registrations by number, always the same; from pool. */
const apr_array_header_t *registrations(unsigned number, apr_pool_t *pool);

#endif
