/* Licensed under the Apache License, Version 2.0; see LICENSE. */
#ifndef AUTH0_LINK_H
#define AUTH0_LINK_H

#include <stdint.h>

#include <netinet/in.h>

#include "core/auth0_must_use.h"
#include "core/auth0_span.h"

/*
 * A TCP connection, with or without TLS, on which nothing takes longer than
 * until a deadline: microseconds of auth0_clock_monotonic. One thread at a time
 * uses it. Writing to a connection over TLS that the other side has closed
 * raises SIGPIPE, which the process has to ignore.
 */
typedef struct auth0_link_t {
    int fd;             /* negative: none */
    struct ssl_st *ssl; /* NULL: in the clear */
} auth0_link_t;

/* Where to; family is AF_UNSPEC when that is not known. */
typedef union auth0_address_t {
    struct sockaddr any;
    struct sockaddr_in v4;
    struct sockaddr_in6 v6;
} auth0_address_t;

/* No connection. Every link begins as one. */
#define AUTH0_LINK_NONE ((auth0_link_t){-1, NULL})

/* Connect; false, and no connection, on failure. */
AUTH0_MUST_USE bool auth0_link_open(auth0_link_t *link,
                                    const auth0_address_t *to,
                                    int64_t deadline);

/*
 * What TLS to a host takes: TLS 1.2 or newer, a certificate of these
 * authorities (PEM; NULL: the system's). Shared by threads and, over fork, by
 * processes. NULL when they cannot be used; else freed by SSL_CTX_free.
 */
struct ssl_ctx_st *auth0_link_context(const char *ca_pem);

/*
 * Begin TLS. The certificate must be of host, a name or an address. On failure
 * the link is good for nothing but closing.
 */
AUTH0_MUST_USE bool auth0_link_secure(auth0_link_t *link,
                                      struct ssl_ctx_st *context,
                                      const char *host, int64_t deadline);

/* Send all of it. */
AUTH0_MUST_USE bool auth0_link_send(auth0_link_t *link, auth0_span_t bytes,
                                    int64_t deadline);

/* Receive 1 to room bytes; 0 when none will come, or none in time. */
size_t auth0_link_receive(char *into, size_t room, auth0_link_t *link,
                          int64_t deadline);

/* False when the other side has closed it, or says what nobody asked for. */
bool auth0_link_is_quiet(const auth0_link_t *link);

/* Close it at once; no connection is fine. */
void auth0_link_close(auth0_link_t *link);

#endif
