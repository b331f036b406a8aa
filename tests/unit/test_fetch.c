/* Licensed under the Apache License, Version 2.0; see LICENSE. */
#include "support.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <netinet/in.h>
#include <pthread.h>
#include <sys/socket.h>
#include <sys/time.h>

#include <apr_time.h>

#include "net/auth0_fetch.h"

/*
 * A server on loopback that answers by the path, one connection at a time.
 * What TLS has to do with fetching is a matter of the HTTP tests.
 */
typedef struct page_t {
    const char *path;
    const char *answer;
    unsigned hold_ms; /* before the connection is closed */
} page_t;

#define HEAD(status, len) "HTTP/1.1 " status "\r\nContent-Length: " len "\r\n"

static const page_t pages[] = {
    {"/good", HEAD("200 OK", "4") "\r\nkeys", 0},
    {"/empty", HEAD("200 OK", "0") "\r\n", 0},
    {"/eight", HEAD("200 OK", "8") "\r\n12345678", 0},
    {"/nine", HEAD("200 OK", "9") "\r\n123456789", 0},
    {"/chunked",
     "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
     "5\r\n12345\r\n5\r\n67890\r\n0\r\n\r\n",
     0},
    {"/cut", HEAD("200 OK", "8") "\r\n123", 0},
    {"/missing", HEAD("404 Not Found", "4") "\r\nkeys", 0},
    {"/no-content", "HTTP/1.1 204 No Content\r\n\r\n", 0},
    {"/moved", HEAD("302 Found", "0") "Location: /good\r\n\r\n", 0},
    {"/hang", "", 3000},
    {"/drip", HEAD("200 OK", "8") "\r\n1", 3000},
};

static int listener;
static unsigned short port;
static atomic_int requests;

static const page_t *page_find(const char *request)
{
    for (size_t i = 0; i < sizeof(pages) / sizeof(pages[0]); i++) {
        size_t len = strlen(pages[i].path);
        if (strstr(request, pages[i].path) == request + strlen("GET ") &&
            request[strlen("GET ") + len] == ' ') {
            return &pages[i];
        }
    }
    return NULL;
}

/* Holds until the time is over or the client has gone. */
static void hold(int connection, unsigned ms)
{
    struct timeval limit = {ms / 1000, (ms % 1000) * 1000};
    char byte;

    if (ms > 0) {
        setsockopt(connection, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit));
        (void)!read(connection, &byte, 1);
    }
}

static void *serve(void *unused)
{
    char request[1024];
    int connection;

    (void)unused;
    while ((connection = accept(listener, NULL, NULL)) >= 0) {
        ssize_t len = read(connection, request, sizeof(request) - 1);
        request[len > 0 ? len : 0] = '\0';
        const page_t *page = page_find(request);
        requests++;
        if (page) {
            (void)!write(connection, page->answer, strlen(page->answer));
            hold(connection, page->hold_ms);
        }
        close(connection);
    }
    return NULL;
}

static void start_server(void)
{
    struct sockaddr_in address = {.sin_family = AF_INET,
                                  .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t len = sizeof(address);
    pthread_t thread;

    listener = socket(AF_INET, SOCK_STREAM, 0);
    assert_int_equal(0, bind(listener, (void *)&address, sizeof(address)));
    assert_int_equal(0, listen(listener, 16));
    assert_int_equal(0, getsockname(listener, (void *)&address, &len));
    port = ntohs(address.sin_port);
    assert_int_equal(0, pthread_create(&thread, NULL, serve, NULL));
    assert_int_equal(0, pthread_detach(thread));
}

static bool never(void)
{
    return false;
}

static bool at_once(void)
{
    return true;
}

static auth0_fetch_t patient(void)
{
    return (auth0_fetch_t){NULL, 1000, 2000, 8, never};
}

static const char *url_of(const char *path, apr_pool_t *pool)
{
    return apr_psprintf(pool, "http://127.0.0.1:%u%s", (unsigned)port, path);
}

typedef struct fetch_row_t {
    const char *path;
    const char *body; /* NULL: refused */
    const char *why;  /* what the sentence has to hold */
} fetch_row_t;

static const fetch_row_t rows[] = {
    {"/good", "keys", NULL},
    {"/empty", "", NULL},
    {"/eight", "12345678", NULL},
    {"/nine", NULL, "larger than 8 bytes"},
    {"/chunked", NULL, "larger than 8 bytes"},
    {"/cut", NULL, "partial"},
    {"/missing", NULL, "status 404"},
    {"/no-content", NULL, "status 204"},
    {"/moved", NULL, "status 302"},
};

static unsigned check_row(const fetch_row_t *row, apr_pool_t *pool)
{
    auth0_fetch_t how = patient();
    auth0_span_t body;
    int before = atomic_load(&requests);
    const char *why = auth0_fetch(&body, &how, url_of(row->path, pool), pool);
    unsigned bad = support_equal(row->path, requests - before, 1);

    if (row->body) {
        return bad + support_equal(row->path, why == NULL, true) +
               support_equal(row->path, auth0_span_is(body, row->body), true);
    }
    return bad + support_equal(row->path, body.len == 0, true) +
           support_equal(row->path, why && strcasestr(why, row->why), true);
}

static void an_answer_is_taken_whole_or_not_at_all(void **state)
{
    unsigned bad = 0;

    for (size_t i = 0; i < COUNT(rows); i++) {
        bad += check_row(&rows[i], *state);
    }
    assert_int_equal(bad, 0);
}

static const char *const other_protocols[] = {
    "file:///etc/hostname", "ftp://127.0.0.1/x", "gopher://127.0.0.1/x",
    "dict://127.0.0.1/x"};

static void other_protocols_are_refused(void **state)
{
    auth0_fetch_t how = patient();
    auth0_span_t body;

    for (size_t i = 0; i < COUNT(other_protocols); i++) {
        const char *why = auth0_fetch(&body, &how, other_protocols[i], *state);
        assert_non_null(why);
        assert_non_null(strcasestr(why, "protocol"));
        assert_int_equal(body.len, 0);
    }
}

static void a_proxy_of_the_environment_is_not_asked(void **state)
{
    auth0_fetch_t how = patient();
    auth0_span_t body;

    setenv("http_proxy", "http://127.0.0.1:1", 1);
    setenv("all_proxy", "http://127.0.0.1:1", 1);
    assert_null(auth0_fetch(&body, &how, url_of("/good", *state), *state));
    unsetenv("http_proxy");
    unsetenv("all_proxy");
    assert_true(auth0_span_is(body, "keys"));
}

/* How long a fetch of path takes to fail, in milliseconds. */
static long fails_after(const char *path, const auth0_fetch_t *how,
                        apr_pool_t *pool)
{
    auth0_span_t body;
    apr_time_t begin = apr_time_now();

    assert_non_null(auth0_fetch(&body, how, url_of(path, pool), pool));
    return (long)apr_time_as_msec(apr_time_now() - begin);
}

static void time_has_a_limit(void **state)
{
    auth0_fetch_t how = patient();

    how.total_ms = 300;
    assert_in_range(fails_after("/hang", &how, *state), 250, 1500);
    assert_in_range(fails_after("/drip", &how, *state), 250, 1500);
}

static void a_fetch_can_be_given_up(void **state)
{
    auth0_fetch_t how = patient();

    how.total_ms = 2900;
    how.cancelled = at_once;
    assert_in_range(fails_after("/hang", &how, *state), 0, 1500);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SUPPORT_TEST(an_answer_is_taken_whole_or_not_at_all),
        SUPPORT_TEST(other_protocols_are_refused),
        SUPPORT_TEST(a_proxy_of_the_environment_is_not_asked),
        SUPPORT_TEST(time_has_a_limit),
        SUPPORT_TEST(a_fetch_can_be_given_up),
    };
    auth0_fetch_start();
    start_server();
    return SUPPORT_RUN(tests);
}
