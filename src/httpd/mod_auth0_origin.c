/* Licensed under the Apache License, Version 2.0; see LICENSE. */
#include "httpd/mod_auth0_origin.h"

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

/*
 * As the client wrote it. What httpd decodes and merges in parsed_uri is the
 * path of other requests, too: of /a%3Fb it makes /a?b.
 */
static const char *target_of(const request_rec *first)
{
    const char *target = first->unparsed_uri;
    apr_uri_t uri;

    if (!target || *target == '/') {
        return target;
    }
    return apr_uri_parse(first->pool, target, &uri) == APR_SUCCESS &&
                   (!uri.path || *uri.path == '/')
               ? uri.path
               : "*";
}

const char *mod_auth0_origin_url(request_rec *r)
{
    const char *target = target_of(mod_auth0_request_first(r));

    return apr_pstrcat(r->pool, mod_auth0_origin(r), target ? target : "/",
                       NULL);
}

/* Redirects within httpd make a GET of the request that they come from. */
auth0_span_t mod_auth0_origin_method(request_rec *r)
{
    auth0_span_t line =
        auth0_span_cstr(mod_auth0_request_first(r)->the_request);
    auth0_span_t method;

    return auth0_span_word(&method, &line) ? method : auth0_span("", 0);
}
