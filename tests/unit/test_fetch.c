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
 * A server on loopback that answers by the path.
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
    {"/busy", HEAD("429 Too Many Requests", "0") "Retry-After: 120\r\n\r\n", 0},
    {"/later", HEAD("503 Unavailable", "0") "Retry-After: 99999999999\r\n\r\n",
     0},
    {"/past",
     HEAD("503 Unavailable",
          "0") "Retry-After: Thu, 01 Jan 1970 00:00:10 GMT\r\n\r\n",
     0},
    {"/nonsense", HEAD("503 Unavailable", "0") "Retry-After: soon\r\n\r\n", 0},
    {"/calm", HEAD("200 OK", "4") "Retry-After: 120\r\n\r\nkeys", 0},
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

/* Header lines without end, until the client has had enough. */
static void send_headers(int connection)
{
    const char *status = "HTTP/1.1 200 OK\r\n";
    const char *line = "X-Header: 0123456789012345678901234567890123456789\r\n";
    ssize_t sent = write(connection, status, strlen(status));

    for (int i = 0; i < 4000 && sent > 0; i++) {
        sent = send(connection, line, strlen(line), MSG_NOSIGNAL);
    }
}

static void *answer(void *baton)
{
    int connection = (int)(intptr_t)baton;
    char request[1024];
    ssize_t len = read(connection, request, sizeof(request) - 1);

    request[len > 0 ? len : 0] = '\0';
    const page_t *page = page_find(request);

    requests++;
    if (page) {
        (void)!write(connection, page->answer, strlen(page->answer));
        hold(connection, page->hold_ms);
    }
    else if (strstr(request, "/headers")) {
        send_headers(connection);
    }
    close(connection);
    return NULL;
}

static void *serve(void *unused)
{
    pthread_t thread;
    int connection;

    (void)unused;
    while ((connection = accept(listener, NULL, NULL)) >= 0) {
        if (pthread_create(&thread, NULL, answer,
                           (void *)(intptr_t)connection) == 0) {
            pthread_detach(thread);
        }
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

static auth0_fetch_how_t patient(void)
{
    return (auth0_fetch_how_t){NULL, NULL, 1000, 2000, 8};
}

/* One fetch from its beginning to its end. */
static auth0_fetched_t fetch(const char *url, const auth0_fetch_how_t *how,
                             apr_pool_t *pool)
{
    auth0_fetcher_t *fetcher = auth0_fetcher_make(pool);
    auth0_fetched_t fetched = {.why = "it did not end", .body = {"", 0}};
    int baton;

    assert_non_null(fetcher);
    assert_true(auth0_fetcher_begin(fetcher, how, url, &baton, pool));
    for (int i = 0; i < 1000; i++) {
        auth0_fetcher_wait(fetcher, -1, 50);
        if (auth0_fetcher_next(&fetched, fetcher)) {
            assert_ptr_equal(fetched.baton, &baton);
            assert_false(auth0_fetcher_next(&fetched, fetcher));
            return fetched;
        }
    }
    return fetched;
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
    {"/cut", NULL, "5 bytes remaining"},
    {"/missing", NULL, "status 404"},
    {"/no-content", NULL, "status 204"},
    {"/moved", NULL, "status 302"},
    {"/busy", NULL, "status 429"},
    {"/headers", NULL, "header is larger"},
};

static unsigned check_row(const fetch_row_t *row, apr_pool_t *pool)
{
    auth0_fetch_how_t how = patient();
    int before = atomic_load(&requests);
    auth0_fetched_t got = fetch(url_of(row->path, pool), &how, pool);
    unsigned bad = support_equal(row->path, requests - before, 1);

    if (row->body) {
        return bad + support_equal(row->path, got.why == NULL, true) +
               support_equal(row->path, auth0_span_is(got.body, row->body),
                             true);
    }
    return bad + support_equal(row->path, got.body.len == 0, true) +
           support_equal(row->path, got.why && strcasestr(got.why, row->why),
                         true);
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
    auth0_fetch_how_t how = patient();

    for (size_t i = 0; i < COUNT(other_protocols); i++) {
        auth0_fetched_t got = fetch(other_protocols[i], &how, *state);
        assert_non_null(got.why);
        assert_non_null(strcasestr(got.why, "protocol"));
        assert_int_equal(got.body.len, 0);
    }
}

/* The server at hand stands for a proxy: it would count a request. */
static void a_proxy_of_the_environment_is_not_asked(void **state)
{
    auth0_fetch_how_t how = patient();
    const char *proxy = url_of("", *state);
    int before = atomic_load(&requests);

    setenv("http_proxy", proxy, 1);
    setenv("all_proxy", proxy, 1);
    auth0_fetched_t got = fetch("http://tenant.invalid/good", &how, *state);
    unsetenv("http_proxy");
    unsetenv("all_proxy");
    assert_non_null(got.why);
    assert_non_null(strstr(got.why, "tenant.invalid"));
    assert_false(got.is_untrusted);
    assert_int_equal(atomic_load(&requests), before);
}

static void loopback_goes_without_a_proxy(void **state)
{
    auth0_fetch_how_t how = patient();

    how.proxy = "http://127.0.0.1:1";
    assert_null(fetch(url_of("/good", *state), &how, *state).why);
    auth0_fetched_t got = fetch("https://tenant.invalid/", &how, *state);
    assert_non_null(strcasestr(got.why, "connect"));
}

static void all_of_loopback_goes_without_a_proxy(void **state)
{
    auth0_fetch_how_t how = patient();
    int before = atomic_load(&requests);

    how.proxy = url_of("", *state);
    assert_non_null(fetch("http://127.0.0.2:1/good", &how, *state).why);
    assert_int_equal(atomic_load(&requests), before);
    assert_non_null(fetch("http://tenant.invalid/x", &how, *state).why);
    assert_int_equal(atomic_load(&requests), before + 1);
}

typedef struct patience_row_t {
    const char *path;
    long status;
    int64_t seconds;
} patience_row_t;

static const patience_row_t patience_rows[] = {
    {"/good", 200, 0},          {"/calm", 200, 0},     {"/missing", 404, 0},
    {"/busy", 429, 120},        {"/nonsense", 503, 0}, {"/past", 503, 0},
    {"/later", 503, INT32_MAX},
};

static void the_wish_to_be_left_alone_is_heard(void **state)
{
    auth0_fetch_how_t how = patient();
    unsigned bad = 0;

    for (size_t i = 0; i < COUNT(patience_rows); i++) {
        const patience_row_t *row = &patience_rows[i];
        auth0_fetched_t got = fetch(url_of(row->path, *state), &how, *state);
        bad += support_equal(row->path, got.status, row->status) +
               support_equal(row->path, (long)(got.retry_after / 1000000),
                             (long)row->seconds);
    }
    assert_int_equal(bad, 0);
}

static long since(apr_time_t begin)
{
    return (long)apr_time_as_msec(apr_time_now() - begin);
}

/* How long a fetch of path takes to fail, in milliseconds. */
static long fails_after(const char *path, const auth0_fetch_how_t *how,
                        apr_pool_t *pool)
{
    apr_time_t begin = apr_time_now();

    assert_non_null(fetch(url_of(path, pool), how, pool).why);
    return since(begin);
}

static void time_has_a_limit(void **state)
{
    auth0_fetch_how_t how = patient();

    how.total_ms = 300;
    assert_in_range(fails_after("/hang", &how, *state), 250, 1500);
    assert_in_range(fails_after("/drip", &how, *state), 250, 1500);
}

/* The listener is never asked to accept, and its queue is full. */
static void connecting_has_a_limit_of_its_own(void **state)
{
    struct sockaddr_in address = {.sin_family = AF_INET,
                                  .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t len = sizeof(address);
    auth0_fetch_how_t how = {NULL, NULL, 300, 5000, 8};
    int deaf = socket(AF_INET, SOCK_STREAM, 0);
    int callers[4];

    assert_int_equal(0, bind(deaf, (void *)&address, sizeof(address)));
    assert_int_equal(0, listen(deaf, 0));
    assert_int_equal(0, getsockname(deaf, (void *)&address, &len));
    for (size_t i = 0; i < COUNT(callers); i++) {
        callers[i] = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
        (void)!connect(callers[i], (void *)&address, sizeof(address));
    }
    apr_time_t begin = apr_time_now();
    auth0_fetched_t got = fetch(apr_psprintf(*state, "http://127.0.0.1:%u/",
                                             (unsigned)ntohs(address.sin_port)),
                                &how, *state);
    assert_non_null(got.why);
    assert_in_range(since(begin), 250, 2000);
    for (size_t i = 0; i < COUNT(callers); i++) {
        close(callers[i]);
    }
    close(deaf);
}

static void fetches_run_side_by_side(void **state)
{
    auth0_fetch_how_t how = patient();
    auth0_fetcher_t *fetcher = auth0_fetcher_make(*state);
    auth0_fetched_t got;
    apr_time_t begin = apr_time_now();
    unsigned ended = 0;

    how.total_ms = 500;
    for (int i = 0; i < 20; i++) {
        assert_true(auth0_fetcher_begin(fetcher, &how, url_of("/hang", *state),
                                        NULL, *state));
    }
    while (ended < 20 && since(begin) < 5000) {
        auth0_fetcher_wait(fetcher, -1, 50);
        while (auth0_fetcher_next(&got, fetcher)) {
            assert_non_null(got.why);
            ended++;
        }
    }
    assert_int_equal(ended, 20);
    assert_in_range(since(begin), 450, 1500);
}

static void a_fetch_is_given_up_with_its_pool(void **state)
{
    auth0_fetch_how_t how = patient();
    auth0_fetcher_t *fetcher = auth0_fetcher_make(*state);
    auth0_fetched_t got;
    apr_pool_t *pool;
    apr_time_t begin = apr_time_now();

    apr_pool_create(&pool, *state);
    assert_true(
        auth0_fetcher_begin(fetcher, &how, url_of("/hang", pool), NULL, pool));
    auth0_fetcher_wait(fetcher, -1, 50);
    apr_pool_destroy(pool);
    auth0_fetcher_wait(fetcher, -1, 50);
    assert_false(auth0_fetcher_next(&got, fetcher));
    assert_in_range(since(begin), 0, 1000);
}

static void a_descriptor_ends_the_wait(void **state)
{
    auth0_fetcher_t *fetcher = auth0_fetcher_make(*state);
    apr_time_t begin = apr_time_now();
    int ends[2];

    assert_int_equal(0, pipe(ends));
    assert_int_equal(1, write(ends[1], "", 1));
    auth0_fetcher_wait(fetcher, ends[0], 5000);
    assert_in_range(since(begin), 0, 1000);
    close(ends[0]);
    close(ends[1]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SUPPORT_TEST(an_answer_is_taken_whole_or_not_at_all),
        SUPPORT_TEST(other_protocols_are_refused),
        SUPPORT_TEST(a_proxy_of_the_environment_is_not_asked),
        SUPPORT_TEST(loopback_goes_without_a_proxy),
        SUPPORT_TEST(all_of_loopback_goes_without_a_proxy),
        SUPPORT_TEST(the_wish_to_be_left_alone_is_heard),
        SUPPORT_TEST(time_has_a_limit),
        SUPPORT_TEST(connecting_has_a_limit_of_its_own),
        SUPPORT_TEST(fetches_run_side_by_side),
        SUPPORT_TEST(a_fetch_is_given_up_with_its_pool),
        SUPPORT_TEST(a_descriptor_ends_the_wait),
    };
    auth0_fetch_start();
    start_server();
    return SUPPORT_RUN(tests);
}
