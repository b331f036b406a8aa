/* Licensed under the Apache License, Version 2.0; see LICENSE. */
#include "httpd/mod_auth0_bell.h"

#include <unistd.h>

#include <apr_file_io.h>
#include <apr_portable.h>

struct mod_auth0_bell_t {
    apr_os_file_t in;
    apr_os_file_t out;
};

mod_auth0_bell_t *mod_auth0_bell_make(apr_status_t *status, apr_pool_t *pool)
{
    mod_auth0_bell_t *bell = apr_pcalloc(pool, sizeof(*bell));
    apr_file_t *in;
    apr_file_t *out;

    *status = apr_file_pipe_create_ex(&in, &out, APR_FULL_NONBLOCK, pool);
    if (*status != APR_SUCCESS) {
        return NULL;
    }
    apr_file_inherit_unset(in);
    apr_file_inherit_unset(out);
    apr_os_file_get(&bell->in, in);
    apr_os_file_get(&bell->out, out);
    return bell;
}

int mod_auth0_bell_fd(const mod_auth0_bell_t *bell)
{
    return bell->in;
}

/* A pipe that is full has been rung often enough. */
void mod_auth0_bell_ring(const mod_auth0_bell_t *bell)
{
    (void)!write(bell->out, "", 1);
}

void mod_auth0_bell_silence(const mod_auth0_bell_t *bell)
{
    char bytes[64];

    while (read(bell->in, bytes, sizeof(bytes)) > 0) {
    }
}
