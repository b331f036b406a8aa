/* Licensed under the Apache License, Version 2.0; see LICENSE. */
/*
 * Load for the comparison: GET requests over kept connections.
 *
 *   load PORT PATH TOKENS SKIP COUNT CONNECTIONS RATE PAUSE
 *
 * TOKENS is a file with a token in each line, or - for requests without one. A
 * file of one line is that token again and again; of a longer one SKIP lines
 * are left out and COUNT are sent, each once. RATE is requests a second; 0
 * sends the next request of a connection when the last is answered. At a rate,
 * time counts from when a request was due, also when none of the connections
 * was free then. PAUSE is how many microseconds, after an answer, the next
 * request of a connection waits.
 *
 * Once all connections are open it prints "ready" and waits for a line; after
 * the load it prints one line of JSON, and waits for the end of its input with
 * the connections open. So neither opening nor closing is part of what is
 * measured between the two.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <sched.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define ROOM 65536
#define MOST_CONNECTIONS 256
#define STATUSES 600
#define HOST "Host: api.example.com\r\n"

typedef struct channel_t {
    int fd;
    bool busy;
    double begun;
    size_t have;
    char data[ROOM];
} channel_t;

typedef struct load_t {
    int port;
    const char *path;
    char **tokens;
    size_t token_count;
    size_t count;
    size_t connections;
    double rate;
    double pause; /* seconds */
    int poll;
    channel_t *channels;
    size_t sent;
    size_t answered;
    size_t lost;
    size_t statuses[STATUSES];
    double *lasted;
    double begun;
} load_t;

static void fail(const char *what)
{
    fprintf(stderr, "load: %s: %s\n", what, strerror(errno));
    exit(2);
}

static double now(void)
{
    struct timespec t;

    (void)clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void read_tokens(load_t *load, const char *file, size_t skip)
{
    FILE *in = fopen(file, "r");
    char *line = NULL;
    size_t room = 0;
    ssize_t len = 0;

    if (!in) {
        fail(file);
    }
    load->tokens = calloc(load->count + 1, sizeof(char *));
    for (size_t i = 0; (len = getline(&line, &room, in)) > 0; i++) {
        line[strcspn(line, "\n")] = '\0';
        if (i >= skip && load->token_count < load->count) {
            load->tokens[load->token_count++] = strdup(line);
        }
    }
    fclose(in);
    free(line);
    if (load->token_count != 1 && load->token_count < load->count) {
        fprintf(stderr, "load: %s has too few tokens\n", file);
        exit(2);
    }
}

static void channel_open(load_t *load, channel_t *channel)
{
    struct sockaddr_in to = {.sin_family = AF_INET};
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = channel};
    int on = 1;

    to.sin_port = htons((uint16_t)load->port);
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    channel->fd = socket(AF_INET, SOCK_STREAM, 0);
    channel->have = 0;
    channel->busy = false;
    if (connect(channel->fd, (struct sockaddr *)&to, sizeof(to)) != 0) {
        fail("connect");
    }
    (void)setsockopt(channel->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
    if (epoll_ctl(load->poll, EPOLL_CTL_ADD, channel->fd, &event) != 0) {
        fail("epoll_ctl");
    }
}

static void transmit(channel_t *channel, const char *path, const char *token)
{
    static char text[ROOM];
    int len =
        snprintf(text, sizeof(text), "GET %s HTTP/1.1\r\n" HOST "%s%s%s\r\n",
                 path, token ? "Authorization: Bearer " : "",
                 token ? token : "", token ? "\r\n" : "");

    /* A lost connection is noticed, and counted, where it is read. */
    (void)!send(channel->fd, text, (size_t)len, MSG_NOSIGNAL);
}

static const char *token_of(const load_t *load, size_t index)
{
    if (load->token_count == 0) {
        return NULL;
    }
    return load->tokens[load->token_count == 1 ? 0 : index];
}

static void send_next(load_t *load, channel_t *channel, double begun)
{
    channel->busy = true;
    channel->begun = begun;
    channel->have = 0;
    transmit(channel, load->path, token_of(load, load->sent));
    load->sent++;
}

/* Whether data holds a whole answer; *status is what it says. */
static bool is_whole(int *status, channel_t *channel)
{
    char *end = NULL;
    char *length = NULL;

    channel->data[channel->have] = '\0';
    end = strstr(channel->data, "\r\n\r\n");
    if (!end) {
        return false;
    }
    length = strcasestr(channel->data, "\r\nContent-Length:");
    if (!length || length > end) {
        return false;
    }
    *status = (int)strtol(channel->data + 9, NULL, 10);
    return channel->have >=
           (size_t)(end - channel->data) + 4 + strtoul(length + 17, NULL, 10);
}

static void note(load_t *load, channel_t *channel, int status)
{
    load->lasted[load->answered++] = now() - channel->begun;
    load->statuses[status > 0 && status < STATUSES ? status : 0]++;
    channel->busy = false;
}

/* Read what has come; false while the answer is not whole. */
static bool receive(load_t *load, channel_t *channel)
{
    int status = 0;
    ssize_t got = recv(channel->fd, channel->data + channel->have,
                       ROOM - 1 - channel->have, 0);

    if (got <= 0) {
        bool was_busy = channel->busy;
        close(channel->fd);
        load->lost++;
        if (was_busy) {
            note(load, channel, 0);
        }
        channel_open(load, channel);
        return was_busy;
    }
    channel->have += (size_t)got;
    if (!is_whole(&status, channel)) {
        return false;
    }
    note(load, channel, status);
    return true;
}

static channel_t *idle_channel(load_t *load)
{
    for (size_t i = 0; i < load->connections; i++) {
        if (!load->channels[i].busy) {
            return &load->channels[i];
        }
    }
    return NULL;
}

static void send_due(load_t *load)
{
    while (load->sent < load->count) {
        double due = load->begun + (double)load->sent / load->rate;
        channel_t *channel = due <= now() ? idle_channel(load) : NULL;

        if (!channel) {
            return;
        }
        send_next(load, channel, due);
    }
}

/*
 * Who sleeps has to be woken by the server, which on a virtual machine may cost
 * it more than its answer. Several connections are for servers on all cores.
 */
static bool is_sleepless(const load_t *load)
{
    return load->rate > 0 || load->connections == 1;
}

/* Awake, for the same reason. */
static void pause_before_next(const load_t *load)
{
    double until = now() + load->pause;

    while (load->pause > 0 && now() < until) {
    }
}

static void run(load_t *load)
{
    struct epoll_event events[MOST_CONNECTIONS];

    load->begun = now();
    for (size_t i = 0; load->rate == 0 && i < load->connections; i++) {
        if (load->sent < load->count) {
            send_next(load, &load->channels[i], now());
        }
    }
    while (load->answered < load->count) {
        int n = 0;

        if (load->rate > 0) {
            send_due(load);
        }
        n = epoll_wait(load->poll, events, MOST_CONNECTIONS,
                       is_sleepless(load) ? 0 : -1);
        if (n == 0) {
            /* A back end may have to share its core. */
            (void)sched_yield();
        }
        for (int i = 0; i < n; i++) {
            channel_t *channel = events[i].data.ptr;
            if (receive(load, channel) && load->rate == 0 &&
                load->sent < load->count) {
                pause_before_next(load);
                send_next(load, channel, now());
            }
        }
    }
}

/* A request without a token over each connection, so that all are served. */
static void warm(load_t *load)
{
    int status = 0;

    for (size_t i = 0; i < load->connections; i++) {
        channel_t *channel = &load->channels[i];
        channel_open(load, channel);
        transmit(channel, "/plain.html", NULL);
        while (!is_whole(&status, channel)) {
            ssize_t got = recv(channel->fd, channel->data + channel->have,
                               ROOM - 1 - channel->have, 0);
            if (got <= 0) {
                fail("the first answer");
            }
            channel->have += (size_t)got;
        }
        channel->have = 0;
    }
}

static int by_size(const void *a, const void *b)
{
    double x = *(const double *)a;
    double y = *(const double *)b;

    return (x > y) - (x < y);
}

static void report(load_t *load, double seconds)
{
    const char *comma = "";

    qsort(load->lasted, load->answered, sizeof(double), by_size);
    printf("{\"seconds\": %.6f, \"lost\": %zu, \"p50\": %.1f, \"p99\": %.1f, "
           "\"statuses\": {",
           seconds, load->lost, load->lasted[load->answered / 2] * 1e6,
           load->lasted[(load->answered - 1) * 99 / 100] * 1e6);
    for (int i = 0; i < STATUSES; i++) {
        if (load->statuses[i]) {
            printf("%s\"%d\": %zu", comma, i, load->statuses[i]);
            comma = ", ";
        }
    }
    printf("}}\n");
    fflush(stdout);
}

int main(int argc, char **argv)
{
    load_t load = {0};
    char line[16];

    if (argc != 9) {
        fprintf(stderr, "see the head of load.c\n");
        return 2;
    }
    load.port = (int)strtol(argv[1], NULL, 10);
    load.path = argv[2];
    load.count = strtoul(argv[5], NULL, 10);
    load.connections = strtoul(argv[6], NULL, 10);
    load.rate = strtod(argv[7], NULL);
    load.pause = strtod(argv[8], NULL) / 1e6;
    if (load.count == 0 || load.connections > MOST_CONNECTIONS) {
        return 2;
    }
    if (argv[3][0] != '-') {
        read_tokens(&load, argv[3], strtoul(argv[4], NULL, 10));
    }
    load.poll = epoll_create1(0);
    load.channels = calloc(load.connections, sizeof(channel_t));
    load.lasted = calloc(load.count, sizeof(double));
    warm(&load);
    printf("ready\n");
    fflush(stdout);
    if (!fgets(line, sizeof(line), stdin)) {
        return 2;
    }
    double begun = now();
    run(&load);
    report(&load, now() - begun);
    while (fgets(line, sizeof(line), stdin)) {
    }
    return 0;
}
