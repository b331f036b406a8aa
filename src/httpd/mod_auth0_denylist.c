/* Licensed under the Apache License, Version 2.0; see LICENSE. */
#include "httpd/mod_auth0_denylist.h"

#include <errno.h>
#include <stdalign.h>
#include <unistd.h>

#include <apr_shm.h>
#include <apr_strings.h>

#include "core/auth0_denypair.h"
#include "httpd/mod_auth0_config.h"
#include "httpd/mod_auth0_log.h"
#include "net/auth0_clock.h"
#include "net/auth0_file.h"

/* Of the processor's cache, in bytes. */
#define LINE ((size_t)64)

/* Room for the image of a list: it is not taken before it is written to. */
#define ROOM_LEAST ((size_t)64 << 20)
#define ROOM_TIMES 4

/* Microseconds between two looks at the files. */
#define LOOK_AGAIN ((int64_t)300000)

/* A file that changes under our hands is left alone so often in a row. */
#define UNSETTLED_MOST 2

/* What the processes share; the pair is last, with its images behind it. */
typedef struct shared_t {
    auth0_file_stamp_t stamp; /* of the file when it was last read */
    alignas(LINE) auth0_denypair_t pair;
} shared_t;

struct mod_auth0_denylist_t {
    const char *path;
    const server_rec *server;
    shared_t *shared;
    int unsettled;
    bool is_tried; /* this process has seen whether it can read the file */
};

/* A file that was read, in a pool that is given back at once. */
typedef struct reading_t {
    apr_pool_t *pool;
    auth0_file_stamp_t stamp; /* before it was read */
    auth0_span_t text;
    auth0_deny_plan_t plan;
    const char *why; /* NULL when it is good */
} reading_t;

static struct {
    apr_array_header_t *lists; /* of mod_auth0_denylist_t * */
    int64_t next_look;
} deny;

static const char *read_text(reading_t *reading, const char *path)
{
    size_t bytes = (size_t)reading->stamp.bytes;
    const char *why = auth0_file_read(
        &reading->text, path,
        bytes < AUTH0_DENY_TEXT_MAX ? bytes : AUTH0_DENY_TEXT_MAX,
        reading->pool);

    if (why) {
        return why;
    }
    why = auth0_deny_plan(&reading->plan, reading->text);
    return why ? apr_psprintf(reading->pool, "line %" APR_SIZE_T_FMT " %s",
                              reading->plan.line, why)
               : NULL;
}

/* An unmanaged pool has memory of its own, which goes back to the system. */
static bool open_reading(reading_t *reading, const char *path)
{
    *reading = (reading_t){0};
    if (apr_pool_create_unmanaged_ex(&reading->pool, NULL, NULL) !=
        APR_SUCCESS) {
        return false;
    }
    reading->stamp = auth0_file_stamp(path);
    reading->why = read_text(reading, path);
    return true;
}

static void close_reading(reading_t *reading)
{
    apr_pool_destroy(reading->pool);
}

const char *mod_auth0_denylist_try(const char *path, apr_pool_t *pool)
{
    reading_t reading;

    if (!open_reading(&reading, path)) {
        return "no memory to read the list";
    }
    const char *why =
        reading.why ? apr_psprintf(pool, "the list %s: %s", path, reading.why)
                    : NULL;

    close_reading(&reading);
    return why;
}

static auth0_siphash_key_t any_key(void)
{
    auth0_siphash_key_t key = {0, 0};

    (void)apr_generate_random_bytes((unsigned char *)&key, sizeof(key));
    return key;
}

static void put_in_force(mod_auth0_denylist_t *list, const reading_t *reading)
{
    auth0_denypair_t *pair = &list->shared->pair;

    auth0_deny_build(auth0_denypair_begin(pair), &reading->plan, reading->text,
                     any_key());
    auth0_denypair_end(pair);
}

static size_t room_for(const auth0_deny_plan_t *plan)
{
    size_t room = ROOM_TIMES * plan->bytes;

    return room > ROOM_LEAST ? room : ROOM_LEAST;
}

static bool make_room(mod_auth0_denylist_t *list, size_t room, apr_pool_t *pool)
{
    size_t bytes = offsetof(shared_t, pair) + auth0_denypair_bytes(room) + LINE;
    apr_shm_t *shm;

    if (apr_shm_create(&shm, bytes, NULL, pool) != APR_SUCCESS) {
        return false;
    }
    /* APR keeps a few bytes at the beginning of the page for itself. */
    list->shared =
        (void *)APR_ALIGN((uintptr_t)apr_shm_baseaddr_get(shm), LINE);
    auth0_denypair_start(&list->shared->pair, room);
    return true;
}

static const char *start(mod_auth0_denylist_t *list, const reading_t *reading,
                         apr_pool_t *pconf)
{
    if (reading->why) {
        return reading->why;
    }
    if (!make_room(list, room_for(&reading->plan), pconf)) {
        return "no shared memory for it";
    }
    put_in_force(list, reading);
    list->shared->stamp = reading->stamp;
    return NULL;
}

static mod_auth0_denylist_t *find(const char *path)
{
    for (int i = 0; i < deny.lists->nelts; i++) {
        mod_auth0_denylist_t *list =
            APR_ARRAY_IDX(deny.lists, i, mod_auth0_denylist_t *);
        if (auth0_span_is(auth0_span_cstr(list->path), path)) {
            return list;
        }
    }
    return NULL;
}

static mod_auth0_denylist_t *make(const char *path, const server_rec *server,
                                  apr_pool_t *pconf)
{
    mod_auth0_denylist_t *list = apr_pcalloc(pconf, sizeof(*list));
    reading_t reading;

    list->path = path;
    list->server = server;
    if (!open_reading(&reading, path)) {
        return NULL;
    }
    const char *why = start(list, &reading, pconf);

    if (why) {
        ap_log_error(APLOG_MARK, APLOG_EMERG, 0, server,
                     "Auth0DenyList: the list %s: %s", path, why);
    }
    close_reading(&reading);
    if (why) {
        return NULL;
    }
    APR_ARRAY_PUSH(deny.lists, mod_auth0_denylist_t *) = list;
    return list;
}

int mod_auth0_denylist_prepare(apr_pool_t *pconf, server_rec *server)
{
    deny.lists = apr_array_make(pconf, 1, sizeof(mod_auth0_denylist_t *));
    for (; server; server = server->next) {
        mod_auth0_server_t *config = mod_auth0_settings_edit(server);
        if (!config->deny_file) {
            continue;
        }
        config->deny_list = find(config->deny_file);
        if (!config->deny_list) {
            config->deny_list = make(config->deny_file, server, pconf);
        }
        if (!config->deny_list) {
            return HTTP_INTERNAL_SERVER_ERROR;
        }
    }
    return OK;
}

static void tell(const mod_auth0_denylist_t *list, const char *why)
{
    ap_log_error(APLOG_MARK, APLOG_ERR, 0, list->server,
                 "Auth0DenyList: the list %s: %s; the former list stays in "
                 "force",
                 list->path, why);
}

static void judge(mod_auth0_denylist_t *list, const reading_t *reading)
{
    if (reading->why) {
        tell(list, reading->why);
        return;
    }
    if (reading->plan.bytes > list->shared->pair.room) {
        tell(list, "has outgrown its memory; a graceful restart makes room");
        return;
    }
    put_in_force(list, reading);
    ap_log_error(APLOG_MARK, APLOG_INFO, 0, list->server,
                 "the deny list %s was read again: %" APR_SIZE_T_FMT " entries",
                 list->path, reading->plan.entries);
}

/*
 * Half a file may look like a whole one. The stamp comes last: should this
 * process die before, the next reads the file once more.
 */
static void read_again(mod_auth0_denylist_t *list)
{
    reading_t reading;

    if (!open_reading(&reading, list->path)) {
        return;
    }
    bool is_settled =
        auth0_file_stamp_same(auth0_file_stamp(list->path), reading.stamp);

    if (is_settled || ++list->unsettled > UNSETTLED_MOST) {
        list->unsettled = 0;
        judge(list, &reading);
        list->shared->stamp = reading.stamp;
    }
    close_reading(&reading);
}

/*
 * What root has read when httpd was started, its User may not be able to: that
 * should be told before the list changes.
 */
static void try_once(mod_auth0_denylist_t *list)
{
    if (list->is_tried) {
        return;
    }
    list->is_tried = true;
    if (access(list->path, R_OK) != 0) {
        ap_log_error(APLOG_MARK, APLOG_ERR, APR_FROM_OS_ERROR(errno),
                     list->server,
                     "Auth0DenyList: the User of httpd cannot read the list "
                     "%s: let it, or changes have no effect",
                     list->path);
    }
}

static void look_at(mod_auth0_denylist_t *list)
{
    if (!auth0_file_stamp_same(auth0_file_stamp(list->path),
                               list->shared->stamp)) {
        list->is_tried = true;
        read_again(list);
    }
    try_once(list);
}

void mod_auth0_denylist_look(void)
{
    int64_t now = auth0_clock_monotonic();

    if (now < deny.next_look) {
        return;
    }
    for (int i = 0; i < deny.lists->nelts; i++) {
        look_at(APR_ARRAY_IDX(deny.lists, i, mod_auth0_denylist_t *));
    }
    deny.next_look = now + LOOK_AGAIN;
}

auth0_reason_t mod_auth0_denylist_check(const request_rec *r,
                                        const auth0_claims_t *claims)
{
    const mod_auth0_denylist_t *list = mod_auth0_settings(r->server)->deny_list;

    return list ? auth0_denypair_check(&list->shared->pair, claims,
                                       r->request_time)
                : AUTH0_OK;
}
