/* Licensed under the Apache License, Version 2.0; see LICENSE. */
#include "httpd/mod_auth0_directives_export.h"

#include <http_config.h>
#include <apr_strings.h>

#include "core/auth0_ascii.h"
#include "core/auth0_count.h"
#include "core/auth0_field.h"
#include "httpd/mod_auth0_argument.h"
#include "httpd/mod_auth0_config.h"

#define NONE "none"

/* When two names are one. */
typedef bool same_t(auth0_span_t a, auth0_span_t b);

static bool is_one_of(const char *name, same_t *same, const char *const *names,
                      size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (same(auth0_span_cstr(name), auth0_span_cstr(names[i]))) {
            return true;
        }
    }
    return false;
}

/* Taken from every request of the host, these would be missed. */
static const char *const taken_fields[] = {
    "Accept",
    "Accept-Charset",
    "Accept-Encoding",
    "Accept-Language",
    "Access-Control-Request-Headers",
    "Access-Control-Request-Method",
    "Authorization",
    "Cache-Control",
    "Connection",
    "Content-Encoding",
    "Content-Language",
    "Content-Length",
    "Content-Location",
    "Content-Range",
    "Content-Type",
    "Cookie",
    "DPoP",
    "Date",
    "Expect",
    "Forwarded",
    "Host",
    "HTTP2-Settings",
    "If-Match",
    "If-Modified-Since",
    "If-None-Match",
    "If-Range",
    "If-Unmodified-Since",
    "Keep-Alive",
    "Origin",
    "Pragma",
    "Prefer",
    "Proxy",
    "Proxy-Authorization",
    "Proxy-Connection",
    "Range",
    "Referer",
    "Sec-WebSocket-Extensions",
    "Sec-WebSocket-Key",
    "Sec-WebSocket-Protocol",
    "Sec-WebSocket-Version",
    "TE",
    "Trailer",
    "Transfer-Encoding",
    "Upgrade",
    "User-Agent",
    "Via",
    "X-Forwarded-For",
    "X-Forwarded-Host",
    "X-Forwarded-Port",
    "X-Forwarded-Proto",
    "X-Forwarded-Server",
};

static const char *check_field(const char *name)
{
    if (!auth0_field_is_name(name)) {
        return "is no name of a header field: letters, digits and hyphens are "
               "right, such as X-Auth0-Sub";
    }
    return is_one_of(name, auth0_field_same, taken_fields,
                     AUTH0_COUNT(taken_fields))
               ? "has a meaning of its own in HTTP; choose a name that nobody "
                 "else uses, such as X-Auth0-Sub"
               : NULL;
}

/* RFC 3875 section 4.1, what httpd adds, and what starts a program. */
static const char *const taken_variables[] = {
    "AUTH0_REASON",    "AUTH_TYPE",         "CONTENT_LENGTH",
    "CONTENT_TYPE",    "CONTEXT_PREFIX",    "CONTEXT_DOCUMENT_ROOT",
    "DOCUMENT_ROOT",   "GATEWAY_INTERFACE", "HTTPS",
    "LD_LIBRARY_PATH", "LD_PRELOAD",        "PATH",
    "PHP_ADMIN_VALUE", "PHP_VALUE",         "PATH_INFO",
    "PATH_TRANSLATED", "QUERY_STRING",      "REMOTE_ADDR",
    "REMOTE_HOST",     "REMOTE_IDENT",      "REMOTE_PORT",
    "REMOTE_USER",     "REQUEST_METHOD",    "REQUEST_SCHEME",
    "REQUEST_URI",     "SCRIPT_FILENAME",   "SCRIPT_NAME",
    "SCRIPT_URI",      "SCRIPT_URL",        "SERVER_ADDR",
    "SERVER_ADMIN",    "SERVER_NAME",       "SERVER_PORT",
    "SERVER_PROTOCOL", "SERVER_SIGNATURE",  "SERVER_SOFTWARE",
};

static bool is_variable(const char *name)
{
    if (auth0_ascii_is_digit(*name)) {
        return false;
    }
    while (auth0_ascii_is_alnum(*name) || *name == '_') {
        name++;
    }
    return !*name;
}

/* In tables of httpd, case makes no difference. */
static bool begins(auth0_span_t name, const char *prefix)
{
    size_t len = auth0_span_cstr(prefix).len;

    return name.len >= len &&
           auth0_span_is_nocase(auth0_span(name.ptr, len), prefix);
}

static const char *check_variable(const char *name)
{
    auth0_span_t span = auth0_span_cstr(name);

    if (!*name || !is_variable(name)) {
        return "is no name of an environment variable: letters, digits and "
               "underscores are right, such as AUTH0_SUB";
    }
    if (begins(span, "HTTP_") || begins(span, "REDIRECT_")) {
        return "begins like the variables that httpd makes of what a client "
               "sends; choose a name of your own, such as AUTH0_SUB";
    }
    return is_one_of(name, auth0_span_eq_nocase, taken_variables,
                     AUTH0_COUNT(taken_variables))
               ? "has a meaning of its own; choose a name that nobody else "
                 "uses, such as AUTH0_SUB"
               : NULL;
}

/* What Auth0ClaimHeader and Auth0ClaimEnv differ in. */
typedef struct kind_t {
    const char *(*check)(const char *name);
    same_t *same;
    size_t exports; /* of a section: which list             */
    size_t managed; /* of a server: which list              */
    bool is_sent_by_clients;
} kind_t;

static const kind_t fields = {check_field, auth0_field_same,
                              offsetof(mod_auth0_dir_t, fields),
                              offsetof(mod_auth0_server_t, fields), true};
static const kind_t variables = {
    check_variable, auth0_span_eq_nocase, offsetof(mod_auth0_dir_t, variables),
    offsetof(mod_auth0_server_t, variables), false};

static apr_array_header_t **list_in(void *conf, size_t offset)
{
    return (apr_array_header_t **)(void *)((char *)conf + offset);
}

static bool is_exported(const apr_array_header_t *list, same_t *same,
                        const char *name)
{
    for (int i = 0; i < list->nelts; i++) {
        const auth0_export_t *one = &APR_ARRAY_IDX(list, i, auth0_export_t);
        if (same(auth0_span_cstr(one->name), auth0_span_cstr(name))) {
            return true;
        }
    }
    return false;
}

/*
 * A .htaccess file is read when the request's fields have been read by others
 * already, and those of requests for other places will not be looked at.
 */
static const char *manage(cmd_parms *cmd, const kind_t *kind, const char *name)
{
    apr_array_header_t *managed =
        *list_in(mod_auth0_settings_edit(cmd->server), kind->managed);
    bool is_managed = is_one_of(name, kind->same, (const char **)managed->elts,
                                (size_t)managed->nelts);

    if (!mod_auth0_is_htaccess(cmd)) {
        if (!is_managed) {
            APR_ARRAY_PUSH(managed, const char *) = name;
        }
        return NULL;
    }
    return is_managed || !kind->is_sent_by_clients
               ? NULL
               : "is not in the server's configuration, so that clients could "
                 "send it themselves; name it there in an Auth0ClaimHeader too";
}

static const char *add(cmd_parms *cmd, const kind_t *kind,
                       apr_array_header_t *list, char *const argv[], int argc)
{
    auth0_export_t made = {.name = argv[0], .claim = argv[1]};
    size_t count = (size_t)argc - 2;
    const char *why = kind->check(made.name);

    why = why || !is_exported(list, kind->same, made.name)
              ? why
              : "is named twice in this section";
    why = why ? why : manage(cmd, kind, made.name);
    if (why) {
        return mod_auth0_complain(cmd, made.name, why);
    }
    why = auth0_pointer_parse(&made.pointer, made.claim, cmd->pool);
    if (why) {
        return mod_auth0_complain(cmd, made.claim, why);
    }
    size_t read =
        auth0_export_read(&made, (const char *const *)argv + 2, count);

    if (read < count) {
        return mod_auth0_complain(cmd, argv[2 + read],
                                  "is out of place: what may follow the claim "
                                  "is one of plain, json and base64url, then "
                                  "required");
    }
    APR_ARRAY_PUSH(list, auth0_export_t) = made;
    return NULL;
}

static const char *check_count(cmd_parms *cmd, const kind_t *kind, int count,
                               bool is_none)
{
    return count >= 2 || is_none
               ? NULL
               : apr_psprintf(
                     cmd->pool,
                     "%s takes a name and a claim, such as %s sub, and then "
                     "plain, json or base64url, and required; or none alone",
                     cmd->cmd->name,
                     kind->is_sent_by_clients ? "X-Auth0-Sub" : "AUTH0_SUB");
}

/* The list of a section that says none is there, and empty. */
static bool is_mixed(const apr_array_header_t *list, int count, bool is_none)
{
    return (is_none && count > 1) || (list && is_none == (list->nelts > 0));
}

static const char *set(cmd_parms *cmd, void *conf, const kind_t *kind,
                       char *const argv[], int argc)
{
    apr_array_header_t **list = list_in(conf, kind->exports);
    bool is_none =
        argc > 0 && auth0_span_is_nocase(auth0_span_cstr(argv[0]), NONE);
    const char *why = check_count(cmd, kind, argc, is_none);

    if (why) {
        return why;
    }
    if (is_mixed(*list, argc, is_none)) {
        return mod_auth0_complain(cmd, argv[0],
                                  "does not go with what else is said here: "
                                  "none stands alone in a section");
    }
    mod_auth0_section_record(cmd, conf);
    if (!*list) {
        *list = apr_array_make(cmd->pool, 2, sizeof(auth0_export_t));
    }
    return is_none ? NULL : add(cmd, kind, *list, argv, argc);
}

const char *mod_auth0_set_claim_header(cmd_parms *cmd, void *conf, int argc,
                                       char *const argv[])
{
    return set(cmd, conf, &fields, argv, argc);
}

const char *mod_auth0_set_claim_env(cmd_parms *cmd, void *conf, int argc,
                                    char *const argv[])
{
    return set(cmd, conf, &variables, argv, argc);
}

const char *mod_auth0_set_remote_user(cmd_parms *cmd, void *conf,
                                      const char *claim)
{
    mod_auth0_dir_t *dir = conf;

    mod_auth0_section_record(cmd, dir);
    dir->user_claim = claim;
    return NULL;
}
