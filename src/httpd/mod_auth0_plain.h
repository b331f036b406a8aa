/* Licensed under the Apache License, Version 2.0; see LICENSE. */
#ifndef MOD_AUTH0_PLAIN_H
#define MOD_AUTH0_PLAIN_H

#include "httpd/mod_auth0_tree.h"

/*
 * Where a server, main or virtual host, is reached by plain HTTP from other
 * machines: the address and port, made in pool, such as "0.0.0.0:80". NULL
 * where it is not: on loopback, with SSLEngine on or the protocol https, where
 * ServerName says that TLS ends in front, and where all is redirected to
 * https. At configuration time, once the virtual hosts are known.
 */
const char *mod_auth0_plain_address(const server_rec *server,
                                    const server_rec *main_server,
                                    apr_pool_t *pool);

/* The <VirtualHost> that a server was made of, NULL for the main server. */
const ap_directive_t *mod_auth0_plain_host(const server_rec *server);

#endif
