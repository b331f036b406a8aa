/* Licensed under the Apache License, Version 2.0; see LICENSE. */
#include "httpd/mod_auth0_task.h"

#include <apr_general.h>
#include <apr_strings.h>

#include "core/auth0_discovery.h"
#include "core/auth0_jwks.h"
#include "core/auth0_url.h"
#include "httpd/mod_auth0_log.h"
#include "httpd/mod_auth0_news.h"
#include "httpd/mod_auth0_state.h"
#include "net/auth0_clock.h"

#define SECOND ((int64_t)1000000)

/* Between two looks at the metadata; and, in refresh intervals, in trouble. */
#define DISCOVERY_INTERVAL (3600 * SECOND)
#define SEARCH_AGAIN 4

static auth0_keyring_t *ring_of(const mod_auth0_task_t *task)
{
    return mod_auth0_board_ring(task->board, task->source->slot);
}

static mod_auth0_note_t *note_of(const mod_auth0_task_t *task)
{
    return mod_auth0_board_note(task->board, task->source->slot);
}

static bool serves(const mod_auth0_task_t *task)
{
    return auth0_keyring_serves(ring_of(task), &task->source->rules,
                                auth0_clock_monotonic());
}

static uint32_t any_number(void)
{
    uint32_t number = 0;

    (void)apr_generate_random_bytes((unsigned char *)&number, sizeof(number));
    return number;
}

/* Where the keys are, as far as that is known. */
static const char *place_of(const mod_auth0_task_t *task, apr_pool_t *pool)
{
    const mod_auth0_source_t *source = task->source;

    return source->jwks_url
               ? source->jwks_url
               : mod_auth0_board_url(task->board, source->slot, pool);
}

static void note_kept(mod_auth0_task_t *task)
{
    atomic_store(&note_of(task)->kept,
                 mod_auth0_board_edition(task->board, task->source->slot));
}

static bool is_kept(const mod_auth0_task_t *task)
{
    return atomic_load(&note_of(task)->kept) ==
           mod_auth0_board_edition(task->board, task->source->slot);
}

/* A file is only said to be fresh when it is known to hold this very set. */
static void keep(mod_auth0_task_t *task, auth0_span_t document)
{
    const mod_auth0_source_t *source = task->source;
    mod_auth0_note_t *note = note_of(task);

    if (is_kept(task) && !mod_auth0_state_confirm(source, task->pool)) {
        return;
    }
    const char *why = mod_auth0_state_save(source, place_of(task, task->pool),
                                           document, task->pool);

    if (!why) {
        note_kept(task);
    }
    else if (!atomic_load(&note->is_unkept)) {
        ap_log_error(APLOG_MARK, APLOG_WARNING, 0, source->server,
                     "the keys of issuer %s cannot be kept for the next "
                     "start: %s",
                     source->issuer, why);
    }
    atomic_store(&note->is_unkept, why != NULL);
}

/* Taken or refused as a whole; a refused document leaves the former keys. */
static const char *take(bool *is_new, mod_auth0_task_t *task,
                        auth0_span_t document, apr_pool_t *pool)
{
    size_t slot = task->source->slot;
    auth0_span_t former;
    auth0_jwks_t *set;
    const char *why = auth0_jwks_parse(&set, document, pool);

    *is_new = false;
    if (why) {
        return why;
    }
    bool has_former = mod_auth0_board_read(&former, task->board, slot, pool);

    *is_new = !has_former || !auth0_span_eq(former, document);
    if (*is_new) {
        mod_auth0_board_write(task->board, slot, document);
        mod_auth0_news(task->source, set, former, pool);
    }
    return NULL;
}

static const char *verb_of(const mod_auth0_source_t *source)
{
    return source->file ? "read" : "fetched";
}

static const char *url_of(const mod_auth0_task_t *task)
{
    return task->is_discovering
               ? auth0_discovery_url(task->source->issuer, task->pool)
               : place_of(task, task->pool);
}

/* Which document it was; of a file the sentence tells itself. */
static const char *document_of(const mod_auth0_task_t *task)
{
    apr_pool_t *pool = task->pool;

    return task->source->file
               ? ""
               : apr_psprintf(pool, " (%s)",
                              auth0_url_shown(url_of(task), pool));
}

static void complain(const mod_auth0_task_t *task, const char *why)
{
    const mod_auth0_source_t *source = task->source;

    ap_log_error(APLOG_MARK, APLOG_ERR, 0, source->server,
                 "the keys of issuer %s cannot be %s: %s%s; %s", source->issuer,
                 verb_of(source), why, document_of(task),
                 serves(task) ? "the former keys stay in force"
                              : "until they can, requests are answered 503");
}

/* One line when things turn bad and one when they are good again. */
static void fail(mod_auth0_task_t *task, const char *why, int64_t retry_after)
{
    auth0_keyring_t *ring = ring_of(task);

    if (!auth0_keyring_is_failing(ring)) {
        complain(task, why);
    }
    auth0_keyring_fail(ring, &task->source->rules, auth0_clock_monotonic(),
                       retry_after, any_number());
}

static void succeed(mod_auth0_task_t *task, bool is_new)
{
    const mod_auth0_source_t *source = task->source;
    auth0_keyring_t *ring = ring_of(task);

    if (auth0_keyring_is_failing(ring)) {
        ap_log_error(APLOG_MARK, APLOG_NOTICE, 0, source->server,
                     "the keys of issuer %s can be %s again", source->issuer,
                     verb_of(source));
    }
    atomic_store(&note_of(task)->is_stale, false);
    auth0_keyring_succeed(ring, &source->rules, auth0_clock_monotonic(), is_new,
                          any_number());
}

static void end(mod_auth0_task_t *task)
{
    apr_pool_t *pool = task->pool;

    task->pool = NULL;
    apr_pool_destroy(pool);
}

static void give_up(mod_auth0_task_t *task, const char *why,
                    int64_t retry_after)
{
    fail(task, why, retry_after);
    end(task);
}

/* Who is asked too often wants to be left alone, even if it does not say so. */
static int64_t patience(const auth0_fetched_t *fetched)
{
    return fetched->status == 429 && fetched->retry_after == 0
               ? SECOND
               : fetched->retry_after;
}

/* One line when keys are found although their place cannot be looked up. */
static void note_lost(mod_auth0_task_t *task)
{
    bool was_lost =
        atomic_exchange(&note_of(task)->is_lost, task->lost != NULL);

    if (task->lost && !was_lost) {
        ap_log_error(APLOG_MARK, APLOG_WARNING, 0, task->source->server,
                     "the metadata of issuer %s cannot be used: %s (%s); its "
                     "keys are still where they were",
                     task->source->issuer, task->lost,
                     auth0_discovery_url(task->source->issuer, task->pool));
    }
}

/* NULL, or why nothing was fetched. */
static const char *fault_of(const auth0_fetched_t *fetched, apr_pool_t *pool)
{
    return fetched->is_untrusted
               ? apr_pstrcat(pool, fetched->why,
                             "; if its authority is to be trusted, name it by "
                             "Auth0CACertificateFile",
                             NULL)
               : fetched->why;
}

static void take_keys(mod_auth0_task_t *task, const auth0_fetched_t *fetched)
{
    const char *why = fault_of(fetched, task->pool);
    bool is_new = false;

    if (!why) {
        why = take(&is_new, task, fetched->body, task->pool);
    }
    if (why) {
        give_up(task, why, patience(fetched));
        return;
    }
    succeed(task, is_new);
    if (task->has_searched) {
        note_lost(task);
    }
    keep(task, fetched->body);
    end(task);
}

static void fetch(mod_auth0_task_t *task, auth0_fetcher_t *fetcher)
{
    if (!auth0_fetcher_begin(fetcher, &task->source->how, url_of(task), task,
                             task->pool)) {
        give_up(task, "out of memory", 0);
    }
}

static void fetch_keys(mod_auth0_task_t *task, auth0_fetcher_t *fetcher)
{
    task->is_discovering = false;
    fetch(task, fetcher);
}

static const char *note_place(mod_auth0_task_t *task, auth0_span_t document)
{
    const mod_auth0_source_t *source = task->source;
    const char *former = place_of(task, task->pool);
    const char *found;
    const char *why =
        auth0_discovery_parse(&found, document, source->issuer, task->pool);

    if (why) {
        return why;
    }
    if (strlen(found) >= MOD_AUTH0_URL_MAX) {
        return "the discovery document's jwks_uri is too long";
    }
    if (!former || !auth0_span_is(auth0_span_cstr(former), found)) {
        mod_auth0_board_set_url(task->board, source->slot, found);
        atomic_store(&note_of(task)->kept, 0);
    }
    return NULL;
}

/* Where only the metadata are out of reach, the known place still serves. */
static void take_metadata(mod_auth0_task_t *task,
                          const auth0_fetched_t *fetched,
                          auth0_fetcher_t *fetcher)
{
    const char *why = fault_of(fetched, task->pool);

    why = why ? why : note_place(task, fetched->body);
    if (why && (!place_of(task, task->pool) || patience(fetched) > 0)) {
        give_up(task, why, patience(fetched));
        return;
    }
    task->lost = why;
    fetch_keys(task, fetcher);
}

/*
 * Now and then, and sooner when something is wrong: but an issuer in trouble is
 * not asked twice as often for that.
 */
static bool must_discover(const mod_auth0_task_t *task, int64_t now)
{
    const mod_auth0_note_t *note = note_of(task);
    bool is_well = !auth0_keyring_is_failing(ring_of(task));
    int64_t soon = SEARCH_AGAIN * task->source->rules.refresh;

    if (task->source->jwks_url) {
        return false;
    }
    return atomic_load(&note->url_len) == 0 ||
           now - atomic_load(&note->searched) >=
               (is_well || soon > DISCOVERY_INTERVAL ? DISCOVERY_INTERVAL
                                                     : soon);
}

static void discover(mod_auth0_task_t *task, auth0_fetcher_t *fetcher,
                     int64_t now)
{
    atomic_store(&note_of(task)->searched, now);
    task->is_discovering = true;
    task->has_searched = true;
    fetch(task, fetcher);
}

static const char *read_file(bool *is_new, mod_auth0_task_t *task,
                             apr_pool_t *pool)
{
    const char *file = task->source->file;
    auth0_span_t document;

    task->stamp = auth0_file_stamp(file);
    const char *why =
        auth0_file_read(&document, file, MOD_AUTH0_DOCUMENT_MAX, pool);

    *is_new = false;
    if (!why) {
        why = take(is_new, task, document, pool);
        return why ? apr_pstrcat(pool, file, ": ", why, NULL) : NULL;
    }
    return apr_pstrcat(pool, file, " ", why, NULL);
}

static void attend_file(mod_auth0_task_t *task)
{
    bool is_new = false;
    auth0_file_stamp_t stamp = auth0_file_stamp(task->source->file);
    bool is_same = stamp.exists && auth0_file_stamp_same(task->stamp, stamp);
    const char *why = is_same && !auth0_keyring_is_failing(ring_of(task))
                          ? NULL
                          : read_file(&is_new, task, task->pool);

    if (why) {
        give_up(task, why, 0);
        return;
    }
    succeed(task, is_new);
    end(task);
}

bool mod_auth0_task_is_due(const mod_auth0_task_t *task, int64_t now)
{
    return !task->pool && task->source->needed &&
           auth0_keyring_due(ring_of(task)) <= now;
}

void mod_auth0_task_begin(mod_auth0_task_t *task, auth0_fetcher_t *fetcher,
                          apr_pool_t *pool)
{
    int64_t now = auth0_clock_monotonic();

    apr_pool_create(&task->pool, pool);
    task->has_searched = false;
    task->lost = NULL;
    auth0_keyring_begin(ring_of(task), now);
    if (task->source->file) {
        attend_file(task);
        return;
    }
    if (must_discover(task, now)) {
        discover(task, fetcher, now);
    }
    else {
        fetch_keys(task, fetcher);
    }
}

void mod_auth0_task_go_on(mod_auth0_task_t *task,
                          const auth0_fetched_t *fetched,
                          auth0_fetcher_t *fetcher)
{
    if (task->is_discovering) {
        take_metadata(task, fetched, fetcher);
    }
    else {
        take_keys(task, fetched);
    }
}

void mod_auth0_task_look_at_age(mod_auth0_task_t *task, int64_t now)
{
    const mod_auth0_source_t *source = task->source;
    mod_auth0_note_t *note = note_of(task);

    if (mod_auth0_board_edition(task->board, source->slot) == 0 ||
        auth0_keyring_serves(ring_of(task), &source->rules, now) ||
        atomic_exchange(&note->is_stale, true)) {
        return;
    }
    ap_log_error(APLOG_MARK, APLOG_ERR, 0, source->server,
                 "the keys of issuer %s are too old to serve "
                 "(Auth0KeyMaxStale): requests are answered 503 until new "
                 "ones can be %s",
                 source->issuer, verb_of(source));
}

/* Once was good does not mean still is: the document is judged again. */
static void restore(mod_auth0_task_t *task, int64_t now, apr_pool_t *ptemp)
{
    const mod_auth0_source_t *source = task->source;
    auth0_keyfile_t kept;
    bool is_new;
    int64_t age;

    if (!mod_auth0_state_load(&kept, &age, source, ptemp)) {
        return;
    }
    const char *url =
        apr_pstrmemdup(ptemp, kept.jwks_url.ptr, kept.jwks_url.len);
    const char *why = take(&is_new, task, kept.document, ptemp);

    if (why) {
        ap_log_error(APLOG_MARK, APLOG_WARNING, 0, source->server,
                     "the kept keys of issuer %s are ignored: %s",
                     source->issuer, why);
        return;
    }
    if (!auth0_url_check(url, ptemp) && kept.jwks_url.len < MOD_AUTH0_URL_MAX) {
        mod_auth0_board_set_url(task->board, source->slot, url);
    }
    note_kept(task);
    auth0_keyring_restore(ring_of(task), &source->rules, now, age,
                          any_number());
    ap_log_error(APLOG_MARK, APLOG_INFO, 0, source->server,
                 "the keys of issuer %s are from an earlier run, confirmed "
                 "%" APR_TIME_T_FMT " seconds ago",
                 source->issuer, apr_time_sec(age));
}

const char *mod_auth0_task_start(mod_auth0_task_t *task, int64_t due,
                                 apr_pool_t *ptemp)
{
    const mod_auth0_source_t *source = task->source;
    int64_t now = auth0_clock_monotonic();
    bool is_new;

    auth0_keyring_start(ring_of(task), due);
    atomic_store(&note_of(task)->searched, now - DISCOVERY_INTERVAL);
    if (!source->needed) {
        return NULL;
    }
    if (!source->file) {
        restore(task, now, ptemp);
        return NULL;
    }
    const char *why = read_file(&is_new, task, ptemp);

    if (!why) {
        auth0_keyring_restore(ring_of(task), &source->rules, now, 0, 0);
    }
    return why;
}
