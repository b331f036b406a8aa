/* Licensed under the Apache License, Version 2.0; see LICENSE. */
#include "httpd/mod_auth0_origin.h"

#include <http_core.h>
#include <http_protocol.h>
#include <apr_strings.h>

#include "httpd/mod_auth0_request.h"

/* A ServerName that names a scheme stands for a server in front of this one. */
static apr_port_t port_of(const request_rec *r)
{
    if (r->server->port || r->server->server_scheme) {
        return r->server->port;
    }
    return r->connection->local_addr->port;
}

static const char *port_text(const request_rec *r, const char *scheme)
{
    apr_port_t port = port_of(r);

    return port == 0 || port == apr_uri_port_of_scheme(scheme)
               ? ""
               : apr_psprintf(r->pool, ":%u", port);
}

const char *mod_auth0_origin(request_rec *r)
{
    const char *base = mod_auth0_dir(r)->base_url;
    const char *scheme = ap_http_scheme(r);

    return base
               ? base
               : apr_pstrcat(r->pool, scheme, "://", r->server->server_hostname,
                             port_text(r, scheme), NULL);
}

const char *mod_auth0_origin_url(request_rec *r)
{
    const char *path = mod_auth0_request_first(r)->parsed_uri.path;

    return apr_pstrcat(r->pool, mod_auth0_origin(r), path ? path : "/", NULL);
}
