/* Licensed under the Apache License, Version 2.0; see LICENSE. */
#include "net/auth0_link.h"

#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <unistd.h>

#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include "net/auth0_clock.h"

/* poll counts milliseconds; what is left of one is waited for, too. */
static bool wait_for(const auth0_link_t *link, short events, int64_t deadline)
{
    struct pollfd poller = {link->fd, events, 0};
    int64_t left = deadline - auth0_clock_monotonic();

    while (left > 0) {
        int count = poll(&poller, 1, (int)((left + 999) / 1000));
        if (count > 0) {
            return true;
        }
        if (count < 0 && errno != EINTR) {
            return false;
        }
        left = deadline - auth0_clock_monotonic();
    }
    return false;
}

static socklen_t length_of(const auth0_address_t *address)
{
    return address->any.sa_family == AF_INET ? sizeof(address->v4)
                                             : sizeof(address->v6);
}

static bool begin(const auth0_link_t *link, const auth0_address_t *to)
{
    int one = 1;

    (void)setsockopt(link->fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
    return connect(link->fd, &to->any, length_of(to)) == 0 ||
           errno == EINPROGRESS;
}

static bool is_connected(const auth0_link_t *link)
{
    int error = 0;
    socklen_t len = sizeof(error);

    return getsockopt(link->fd, SOL_SOCKET, SO_ERROR, &error, &len) == 0 &&
           error == 0;
}

bool auth0_link_open(auth0_link_t *link, const auth0_address_t *to,
                     int64_t deadline)
{
    *link = AUTH0_LINK_NONE;
    link->fd = socket(to->any.sa_family,
                      SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (link->fd >= 0 && begin(link, to) && wait_for(link, POLLOUT, deadline) &&
        is_connected(link)) {
        return true;
    }
    auth0_link_close(link);
    return false;
}

static bool trust(SSL_CTX *context, const char *ca_pem)
{
    if (!ca_pem) {
        return SSL_CTX_set_default_verify_paths(context) == 1;
    }
    BIO *bio = BIO_new_mem_buf(ca_pem, -1);
    X509_STORE *store = SSL_CTX_get_cert_store(context);
    X509 *authority = NULL;
    int count = 0;

    while (bio && PEM_read_bio_X509(bio, &authority, NULL, NULL)) {
        count += X509_STORE_add_cert(store, authority);
        X509_free(authority);
        authority = NULL;
    }
    BIO_free(bio);
    ERR_clear_error();
    return count > 0;
}

SSL_CTX *auth0_link_context(const char *ca_pem)
{
    SSL_CTX *context = SSL_CTX_new(TLS_client_method());

    if (!context) {
        return NULL;
    }
    SSL_CTX_set_verify(context, SSL_VERIFY_PEER, NULL);
    if (SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION) == 1 &&
        trust(context, ca_pem)) {
        return context;
    }
    SSL_CTX_free(context);
    return NULL;
}

/* The name that the certificate has to be of is told to the other side, too. */
static bool expect(SSL *ssl, const char *host)
{
    X509_VERIFY_PARAM *param = SSL_get0_param(ssl);

    if (X509_VERIFY_PARAM_set1_ip_asc(param, host) == 1) {
        return true;
    }
    X509_VERIFY_PARAM_set_hostflags(param,
                                    X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
    return X509_VERIFY_PARAM_set1_host(param, host, 0) == 1 &&
           SSL_set_tlsext_host_name(ssl, host) == 1;
}

/* Wait for what TLS wants; false when it has failed for good. */
static bool may_go_on(const auth0_link_t *link, int result, int64_t deadline)
{
    switch (SSL_get_error(link->ssl, result)) {
    case SSL_ERROR_WANT_READ:
        return wait_for(link, POLLIN, deadline);
    case SSL_ERROR_WANT_WRITE:
        return wait_for(link, POLLOUT, deadline);
    default:
        return false;
    }
}

static bool shake_hands(const auth0_link_t *link, int64_t deadline)
{
    int result;

    do {
        ERR_clear_error();
        result = SSL_connect(link->ssl);
    } while (result != 1 && may_go_on(link, result, deadline));
    ERR_clear_error();
    return result == 1;
}

bool auth0_link_secure(auth0_link_t *link, SSL_CTX *context, const char *host,
                       int64_t deadline)
{
    link->ssl = SSL_new(context);
    return link->ssl && SSL_set_fd(link->ssl, link->fd) == 1 &&
           expect(link->ssl, host) && shake_hands(link, deadline);
}

static bool is_for_now(void)
{
    return errno == EAGAIN || errno == EINTR;
}

/* Bytes, 0 when some may be sent later, or negative. */
static ssize_t send_some(const auth0_link_t *link, auth0_span_t bytes,
                         int64_t deadline)
{
    if (link->ssl) {
        int len = bytes.len < INT_MAX ? (int)bytes.len : INT_MAX;
        ERR_clear_error();
        int sent = SSL_write(link->ssl, bytes.ptr, len);
        if (sent > 0) {
            return sent;
        }
        return may_go_on(link, sent, deadline) ? 0 : -1;
    }
    ssize_t sent = send(link->fd, bytes.ptr, bytes.len, MSG_NOSIGNAL);

    if (sent >= 0) {
        return sent;
    }
    return is_for_now() && wait_for(link, POLLOUT, deadline) ? 0 : -1;
}

bool auth0_link_send(auth0_link_t *link, auth0_span_t bytes, int64_t deadline)
{
    while (bytes.len > 0) {
        ssize_t sent = send_some(link, bytes, deadline);
        if (sent < 0) {
            ERR_clear_error();
            return false;
        }
        bytes = auth0_span(bytes.ptr + sent, bytes.len - (size_t)sent);
    }
    return true;
}

static size_t receive_secure(char *into, int room, const auth0_link_t *link,
                             int64_t deadline)
{
    int len;

    do {
        ERR_clear_error();
        len = SSL_read(link->ssl, into, room);
    } while (len <= 0 && may_go_on(link, len, deadline));
    ERR_clear_error();
    return len > 0 ? (size_t)len : 0;
}

size_t auth0_link_receive(char *into, size_t room, auth0_link_t *link,
                          int64_t deadline)
{
    if (link->ssl) {
        return receive_secure(into, room < INT_MAX ? (int)room : INT_MAX, link,
                              deadline);
    }
    ssize_t len;

    do {
        len = recv(link->fd, into, room, 0);
    } while (len < 0 && is_for_now() && wait_for(link, POLLIN, deadline));
    return len > 0 ? (size_t)len : 0;
}

bool auth0_link_is_quiet(const auth0_link_t *link)
{
    struct pollfd poller = {link->fd, POLLIN, 0};

    return poll(&poller, 1, 0) == 0;
}

void auth0_link_close(auth0_link_t *link)
{
    SSL_free(link->ssl);
    if (link->fd >= 0) {
        (void)close(link->fd);
    }
    *link = AUTH0_LINK_NONE;
}
