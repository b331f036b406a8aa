/* Licensed under the Apache License, Version 2.0; see LICENSE. */
#include "httpd/mod_auth0_state.h"

#include <apr_strings.h>
#include <unistd.h>
#include <http_core.h>
#include <unixd.h>

#include "httpd/mod_auth0_board.h"
#include "httpd/mod_auth0_log.h"
#include "net/auth0_file.h"

static const char GOOD[] = "good";
static const char BAD[] = "bad";

/* A document, and lines that are bounded by httpd's configuration. */
#define KEPT_MAX (MOD_AUTH0_DOCUMENT_MAX + 65536)

/* The user that children run as: only root can make them another. */
static uid_t owner(void)
{
    return geteuid() == 0 ? ap_unixd_config.user_id : geteuid();
}

static gid_t group(void)
{
    return geteuid() == 0 ? ap_unixd_config.group_id : getegid();
}

/* Keys that came on another way, or from another place, are others' keys. */
static const char *path_of(const mod_auth0_source_t *source, apr_pool_t *pool)
{
    const char *const parts[] = {source->issuer, source->jwks_url,
                                 source->how.ca_pem, source->how.proxy};
    const char *name = auth0_keyfile_name(parts, 4, pool);

    return name ? apr_pstrcat(pool, source->state_dir, "/", name, NULL) : NULL;
}

static bool prepare(const char *dir, const server_rec *server, apr_pool_t *pool)
{
    /* Later, children of an earlier configuration may still be writing. */
    bool is_first = ap_state_query(AP_SQ_CONFIG_GEN) <= 1;
    const char *why =
        auth0_file_own_folder(dir, owner(), group(), is_first, pool);

    if (why) {
        ap_log_error(APLOG_MARK, APLOG_WARNING, 0, server,
                     "Auth0StateDir: %s %s; keys are not kept across restarts",
                     dir, why);
    }
    return !why;
}

void mod_auth0_state_prepare(apr_pool_t *pconf, apr_pool_t *ptemp)
{
    const apr_array_header_t *sources = mod_auth0_sources();
    apr_hash_t *outcomes = apr_hash_make(ptemp);

    for (int i = 0; i < sources->nelts; i++) {
        mod_auth0_source_t *source =
            APR_ARRAY_IDX(sources, i, mod_auth0_source_t *);
        const char *dir = source->state_dir;
        if (!source->needed || source->file || !dir) {
            continue;
        }
        const char *outcome = apr_hash_get(outcomes, dir, APR_HASH_KEY_STRING);
        if (!outcome) {
            outcome = prepare(dir, source->server, ptemp) ? GOOD : BAD;
            apr_hash_set(outcomes, dir, APR_HASH_KEY_STRING, outcome);
        }
        source->state_file = outcome == GOOD ? path_of(source, pconf) : NULL;
    }
}

static const char *load(auth0_keyfile_t *kept, const char *path,
                        const char *issuer, apr_pool_t *pool)
{
    auth0_span_t text;
    const char *why = auth0_file_read_own(&text, path, KEPT_MAX, owner(), pool);

    if (!why) {
        why = auth0_keyfile_read(kept, text, pool);
    }
    if (!why && !auth0_span_is(kept->issuer, issuer)) {
        why = "is of another issuer";
    }
    return why;
}

/* A time in the future says nothing of the age: then a fetch is overdue. */
static int64_t age_of(auth0_file_stamp_t stamp,
                      const mod_auth0_source_t *source)
{
    int64_t age = apr_time_now() - stamp.changed;

    return age < 0 ? source->rules.refresh : age;
}

bool mod_auth0_state_load(auth0_keyfile_t *kept, int64_t *age,
                          const mod_auth0_source_t *source, apr_pool_t *pool)
{
    const char *path = source->state_file;
    auth0_file_stamp_t stamp =
        path ? auth0_file_stamp(path) : (auth0_file_stamp_t){0};

    if (!stamp.exists) {
        return false;
    }
    const char *why = load(kept, path, source->issuer, pool);

    if (why) {
        ap_log_error(APLOG_MARK, APLOG_WARNING, 0, source->server,
                     "the kept keys of issuer %s are ignored: %s %s",
                     source->issuer, path, why);
    }
    *age = age_of(stamp, source);
    return !why;
}

const char *mod_auth0_state_save(const mod_auth0_source_t *source,
                                 const char *jwks_url, auth0_span_t document,
                                 apr_pool_t *pool)
{
    auth0_keyfile_t file = {auth0_span_cstr(source->issuer),
                            auth0_span_cstr(jwks_url), document};
    const char *path = source->state_file;
    const char *why =
        path ? auth0_file_replace(path, auth0_keyfile_text(&file, pool), 0600,
                                  pool)
             : NULL;

    return why ? apr_pstrcat(pool, path, " ", why, NULL) : NULL;
}

const char *mod_auth0_state_confirm(const mod_auth0_source_t *source,
                                    apr_pool_t *pool)
{
    return source->state_file ? auth0_file_touch(source->state_file, pool)
                              : NULL;
}
