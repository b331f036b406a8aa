/* Licensed under the Apache License, Version 2.0; see LICENSE. */
#include "httpd/mod_auth0_directives_binding.h"

#include <apr_strings.h>
#include <apr_uri.h>

#include "core/auth0_htu.h"
#include "core/auth0_url.h"
#include "httpd/mod_auth0_argument.h"
#include "httpd/mod_auth0_config.h"

static const mod_auth0_range_t past_range = {1, 3600, "seconds"};
static const mod_auth0_range_t future_range = {0, 300, "seconds"};

static bool read_binding(int *binding, const char *word, auth0_binding_t least)
{
    auth0_binding_t found;

    if (!auth0_binding_find(&found, auth0_span_cstr(word)) || found < least) {
        return false;
    }
    *binding = (int)found;
    return true;
}

const char *mod_auth0_set_dpop(cmd_parms *cmd, void *conf, const char *mode,
                               const char *nonce)
{
    mod_auth0_dir_t *dir = conf;

    mod_auth0_section_record(cmd, dir);
    if (!read_binding(&dir->dpop, mode, AUTH0_BINDING_DISABLED)) {
        return mod_auth0_complain(cmd, mode,
                                  "is none of disabled, allowed, required");
    }
    dir->dpop_nonce = nonce ? MOD_AUTH0_ON : MOD_AUTH0_OFF;
    if (!nonce) {
        return NULL;
    }
    if (!auth0_span_is_nocase(auth0_span_cstr(nonce), "nonce")) {
        return mod_auth0_complain(
            cmd, nonce,
            "is out of place: the word nonce, or nothing, "
            "may follow");
    }
    return dir->dpop == AUTH0_BINDING_DISABLED
               ? mod_auth0_complain(cmd, nonce, "goes with allowed or required")
               : NULL;
}

const char *mod_auth0_set_dpop_window(cmd_parms *cmd, void *conf,
                                      const char *past, const char *future)
{
    mod_auth0_dir_t *dir = conf;
    const char *why =
        mod_auth0_read_number(&dir->dpop_past, cmd, past, &past_range);

    mod_auth0_section_record(cmd, dir);
    return why ? why
               : mod_auth0_read_number(&dir->dpop_future, cmd, future,
                                       &future_range);
}

const char *mod_auth0_set_certificate_bound(cmd_parms *cmd, void *conf,
                                            const char *mode)
{
    mod_auth0_dir_t *dir = conf;

    mod_auth0_section_record(cmd, dir);
    return read_binding(&dir->certificate, mode, AUTH0_BINDING_ALLOWED)
               ? NULL
               : mod_auth0_complain(cmd, mode, "is none of allowed, required");
}

/* Paths are the requests'. */
static const char *check_origin(const char *url, apr_pool_t *pool)
{
    apr_uri_t uri;
    const char *why = auth0_url_check(url, pool);

    if (why || apr_uri_parse(pool, url, &uri) != APR_SUCCESS) {
        return why ? why : "is not a URL";
    }
    if ((uri.path && !auth0_span_is(auth0_span_cstr(uri.path), "/")) ||
        uri.query) {
        return "has a path or a query; scheme, host and port are right, such "
               "as https://api.example.com";
    }
    return auth0_htu_normal(auth0_span_cstr(url), pool)
               ? NULL
               : "has a host or port that no proof can name: write the port "
                 "without a zero in front, and a plain address in [ ]";
}

const char *mod_auth0_set_base_url(cmd_parms *cmd, void *conf, const char *url)
{
    mod_auth0_dir_t *dir = conf;
    size_t len = auth0_span_cstr(url).len;
    const char *why = check_origin(url, cmd->temp_pool);

    mod_auth0_section_record(cmd, dir);
    if (why) {
        return mod_auth0_complain(cmd, url, why);
    }
    dir->base_url =
        apr_pstrmemdup(cmd->pool, url, url[len - 1] == '/' ? len - 1 : len);
    return NULL;
}
