/* Licensed under the Apache License, Version 2.0; see LICENSE. */
#include "httpd/mod_auth0_directives_server.h"

#include <apr_strings.h>

#include "core/auth0_redis_url.h"
#include "httpd/mod_auth0_config.h"
#include "httpd/mod_auth0_denylist.h"
#include "net/auth0_file.h"

/* All of Debian's authorities together are a quarter of this, in bytes. */
#define CA_FILE_MAX ((size_t)1048576)

static const mod_auth0_range_t store_range = {4096, 1073741824, "bytes"};
static const mod_auth0_range_t cache_range = {16, 1048576, "tokens"};
static const mod_auth0_range_t timeout_range = {1, 60, "seconds"};

/* Read now, as the user who starts httpd, so that children need no access. */
const char *mod_auth0_set_ca_file(cmd_parms *cmd, void *conf, const char *name)
{
    mod_auth0_server_t *server = mod_auth0_settings_edit(cmd->server);
    const char *path = mod_auth0_path(cmd, name);
    auth0_span_t text;

    (void)conf;
    if (!path) {
        return mod_auth0_complain(cmd, name, "is not a path");
    }
    const char *why = auth0_file_read(&text, path, CA_FILE_MAX, cmd->pool);

    why = why ? why : auth0_fetch_check_authorities(text.ptr);
    server->ca_pem = why ? NULL : text.ptr;
    return why ? mod_auth0_complain(cmd, path, why) : NULL;
}

#define SERVER_INT(member) offsetof(mod_auth0_server_t, member)

const mod_auth0_number_t mod_auth0_key_refresh = {SERVER_INT(refresh),
                                                  {1, 86400, "seconds"}};
const mod_auth0_number_t mod_auth0_key_max_stale = {SERVER_INT(max_stale),
                                                    {0, 604800, "seconds"}};
const mod_auth0_number_t mod_auth0_key_cooldown = {SERVER_INT(cooldown),
                                                   {1, 86400, "seconds"}};
const mod_auth0_number_t mod_auth0_key_wait = {SERVER_INT(wait),
                                               {0, 10000, "milliseconds"}};

const char *mod_auth0_set_number(cmd_parms *cmd, void *conf, const char *text)
{
    const mod_auth0_number_t *number = cmd->info;
    char *server = (char *)mod_auth0_settings_edit(cmd->server);

    (void)conf;
    return mod_auth0_read_number((int *)(void *)(server + number->offset), cmd,
                                 text, &number->range);
}

const char *mod_auth0_set_timeout(cmd_parms *cmd, void *conf,
                                  const char *connect, const char *total)
{
    mod_auth0_server_t *server = mod_auth0_settings_edit(cmd->server);
    const char *why =
        mod_auth0_read_number(&server->connect, cmd, connect, &timeout_range);

    (void)conf;
    why =
        why ? why
            : mod_auth0_read_number(&server->total, cmd, total, &timeout_range);
    if (!why && server->connect > server->total) {
        why = mod_auth0_complain(
            cmd, total,
            "is shorter than the time to connect, which is a part "
            "of it");
    }
    return why;
}

const char *mod_auth0_set_proxy(cmd_parms *cmd, void *conf, const char *url)
{
    const char *why = auth0_fetch_check_proxy(url);

    (void)conf;
    mod_auth0_settings_edit(cmd->server)->proxy = url;
    return why ? apr_psprintf(cmd->pool, "%s: %s", cmd->cmd->name, why) : NULL;
}

const char *mod_auth0_set_state_dir(cmd_parms *cmd, void *conf,
                                    const char *name)
{
    const char *path = mod_auth0_path(cmd, name);

    (void)conf;
    if (!path) {
        return mod_auth0_complain(cmd, name, "is not a path");
    }
    mod_auth0_settings_edit(cmd->server)->state_dir = path;
    return NULL;
}

const char *mod_auth0_set_deny_list(cmd_parms *cmd, void *conf,
                                    const char *name)
{
    const char *path = mod_auth0_path(cmd, name);

    (void)conf;
    if (!path) {
        return mod_auth0_complain(cmd, name, "is not a path");
    }
    if (mod_auth0_settings_edit(cmd->server)->deny_file) {
        return mod_auth0_complain(cmd, name,
                                  "is a second list of this server, which has "
                                  "one; put the lines of both into one file");
    }
    const char *why = mod_auth0_denylist_try(path, cmd->pool);

    mod_auth0_settings_edit(cmd->server)->deny_file = path;
    return why ? apr_psprintf(cmd->pool, "%s: %s", cmd->cmd->name, why) : NULL;
}

/* A URL may hold a password, so none is repeated. */
static const char *set_redis(cmd_parms *cmd, const char *text)
{
    auth0_redis_url_t *url = apr_palloc(cmd->pool, sizeof(*url));
    const char *why = auth0_redis_url_read(url, text, cmd->pool);
    mod_auth0_server_t *server = mod_auth0_settings_edit(cmd->server);

    server->store_redis = url;
    server->store_place = cmd->directive;
    return why ? apr_psprintf(cmd->pool, "%s: the URL of the Redis %s",
                              cmd->cmd->name, why)
               : NULL;
}

/* One store for all virtual hosts, as they are one server. */
const char *mod_auth0_set_store(cmd_parms *cmd, void *conf, const char *where)
{
    const char *why = ap_check_cmd_context(cmd, GLOBAL_ONLY);
    auth0_span_t bytes = auth0_span_cstr(where);
    mod_auth0_server_t *server = mod_auth0_settings_edit(cmd->server);
    auth0_span_t kind;

    (void)conf;
    bool has_more = auth0_span_cut(&kind, &bytes, ':');

    server->store_redis = NULL;
    server->store_bytes = -1;
    if (why) {
        return why;
    }
    if (auth0_span_is_nocase(kind, "redis") ||
        auth0_span_is_nocase(kind, "rediss")) {
        return set_redis(cmd, where);
    }
    if (!auth0_span_is(kind, "shm")) {
        return apr_psprintf(cmd->pool,
                            "%s is neither shm nor shm:BYTES, such as "
                            "shm:4194304, nor redis://HOST or rediss://HOST",
                            cmd->cmd->name);
    }
    return has_more ? mod_auth0_read_number(&server->store_bytes, cmd,
                                            bytes.ptr, &store_range)
                    : NULL;
}

/* One cache for all virtual hosts, as they are served by the same processes. */
const char *mod_auth0_set_token_cache(cmd_parms *cmd, void *conf,
                                      const char *text)
{
    const char *why = ap_check_cmd_context(cmd, GLOBAL_ONLY);
    int *entries = &mod_auth0_settings_edit(cmd->server)->token_cache;

    (void)conf;
    if (why) {
        return why;
    }
    if (auth0_span_is_nocase(auth0_span_cstr(text), "off")) {
        *entries = 0;
        return NULL;
    }
    why = mod_auth0_read_number(entries, cmd, text, &cache_range);
    return why ? apr_pstrcat(cmd->pool, why, ", nor off", NULL) : NULL;
}
