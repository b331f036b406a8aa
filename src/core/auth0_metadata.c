/* Licensed under the Apache License, Version 2.0; see LICENSE. */
#include "core/auth0_metadata.h"

#include <string.h>

#include <apr_strings.h>

#include "core/auth0_alg.h"
#include "core/auth0_count.h"
#include "core/auth0_dpop.h"
#include "core/auth0_json.h"
#include "core/auth0_percent.h"
#include "core/auth0_url.h"

auth0_metadata_t auth0_metadata(const char *resource, apr_pool_t *pool)
{
    return (auth0_metadata_t){
        .resource = resource,
        .issuers = apr_array_make(pool, 1, sizeof(const char *)),
        .scopes = apr_array_make(pool, 4, sizeof(const char *)),
        .details = apr_array_make(pool, 1, sizeof(const char *))};
}

static const char *text_at(const apr_array_header_t *list, int i)
{
    return APR_ARRAY_IDX(list, i, const char *);
}

void auth0_metadata_add(apr_array_header_t *list, const char *text)
{
    for (int i = 0; i < list->nelts; i++) {
        if (auth0_span_is(auth0_span_cstr(text), text_at(list, i))) {
            return;
        }
    }
    APR_ARRAY_PUSH(list, const char *) = text;
}

static void put_text(auth0_json_draft_t *object, const char *name,
                     const char *text)
{
    if (text) {
        (void)auth0_json_add_text(object, name, text);
    }
}

static void put_list(auth0_json_draft_t *object, const char *name,
                     const apr_array_header_t *list)
{
    auth0_json_draft_t *array = auth0_json_add_array(object, name);

    for (int i = 0; i < list->nelts; i++) {
        put_text(array, NULL, text_at(list, i));
    }
}

static void put_list_if_any(auth0_json_draft_t *object, const char *name,
                            const apr_array_header_t *list)
{
    if (list->nelts > 0) {
        put_list(object, name, list);
    }
}

/* Section 2: false is what is taken for granted. */
static void put_if_true(auth0_json_draft_t *object, const char *name, bool flag)
{
    if (flag) {
        (void)auth0_json_add_flag(object, name, true);
    }
}

static apr_array_header_t *method_names(unsigned methods, apr_pool_t *pool)
{
    static const struct {
        unsigned bit;
        const char *name;
    } rows[] = {{AUTH0_METADATA_HEADER, "header"},
                {AUTH0_METADATA_BODY, "body"},
                {AUTH0_METADATA_QUERY, "query"}};
    apr_array_header_t *names = apr_array_make(pool, 3, sizeof(const char *));

    for (size_t i = 0; i < AUTH0_COUNT(rows); i++) {
        if (methods & rows[i].bit) {
            auth0_metadata_add(names, rows[i].name);
        }
    }
    return names;
}

static apr_array_header_t *alg_names(unsigned algs, apr_pool_t *pool)
{
    apr_array_header_t *names = apr_array_make(pool, 4, sizeof(const char *));

    for (size_t i = 0; auth0_alg_at(i); i++) {
        if (algs & auth0_alg_at(i)->bit) {
            auth0_metadata_add(names, auth0_alg_at(i)->name);
        }
    }
    return names;
}

static apr_array_header_t *dpop_names(bool takes_dpop, apr_pool_t *pool)
{
    auth0_span_t rest = auth0_span_cstr(takes_dpop ? auth0_dpop_algs() : "");
    auth0_span_t word;
    apr_array_header_t *names = apr_array_make(pool, 9, sizeof(const char *));

    while (auth0_span_word(&word, &rest)) {
        auth0_metadata_add(names, apr_pstrmemdup(pool, word.ptr, word.len));
    }
    return names;
}

const char *auth0_metadata_document(const auth0_metadata_t *metadata,
                                    apr_pool_t *pool)
{
    auth0_json_draft_t *object = auth0_json_new(pool);

    if (!object) {
        return NULL;
    }
    put_text(object, "resource", metadata->resource);
    put_list_if_any(object, "authorization_servers", metadata->issuers);
    put_list_if_any(object, "scopes_supported", metadata->scopes);
    /* An empty one tells that tokens come by none of these ways. */
    put_list(object, "bearer_methods_supported",
             method_names(metadata->methods, pool));
    put_list_if_any(object, "resource_signing_alg_values_supported",
                    alg_names(metadata->algs, pool));
    put_text(object, "resource_name", metadata->name);
    put_text(object, "resource_documentation", metadata->documentation);
    put_text(object, "resource_policy_uri", metadata->policy);
    put_text(object, "resource_tos_uri", metadata->tos);
    put_if_true(object, "tls_client_certificate_bound_access_tokens",
                metadata->takes_certificates);
    put_list_if_any(object, "authorization_details_types_supported",
                    metadata->details);
    put_list_if_any(object, "dpop_signing_alg_values_supported",
                    dpop_names(metadata->takes_dpop, pool));
    put_if_true(object, "dpop_bound_access_tokens_required",
                metadata->needs_dpop);
    return auth0_json_text(auth0_json_of(object, pool), pool);
}

/* The first of these characters, or the end. */
static const char *find(const char *text, const char *characters)
{
    return text + strcspn(text, characters);
}

/* What follows scheme, host and port of a URL that was checked. */
static const char *after_host(const char *url)
{
    return find(strstr(url, "://") + strlen("://"), "/?#");
}

static bool is_dots(auth0_span_t segment)
{
    return auth0_span_is(segment, ".") || auth0_span_is(segment, "..") ||
           auth0_span_is_nocase(segment, "%2e") ||
           auth0_span_is_nocase(segment, ".%2e") ||
           auth0_span_is_nocase(segment, "%2e.") ||
           auth0_span_is_nocase(segment, "%2e%2e");
}

/* The last segment may be empty, as that of /orders/ is. */
static bool has_strange_segment(auth0_span_t path)
{
    auth0_span_t segment;
    bool more = path.len > 0;

    (void)auth0_span_cut(&segment, &path, '/');
    while (more) {
        more = auth0_span_cut(&segment, &path, '/');
        if (is_dots(segment) || (more && segment.len == 0)) {
            return true;
        }
    }
    return false;
}

static bool has_bad_escape(const char *url)
{
    for (const char *c = strchr(url, '%'); c; c = strchr(c + 1, '%')) {
        if (auth0_percent_byte(auth0_span_cstr(c)) <= 0) {
            return true;
        }
    }
    return false;
}

const char *auth0_metadata_check(const char *resource, apr_pool_t *pool)
{
    const char *why = auth0_url_check(resource, pool);

    if (why) {
        return why;
    }
    if (*find(resource, "\"<>\\^`{|}")) {
        return "has a character that has to be escaped in a URL";
    }
    if (has_bad_escape(resource)) {
        return "has a % that two hexadecimal digits, other than 00, do not "
               "follow";
    }
    const char *path = after_host(resource);

    return has_strange_segment(
               auth0_span(path, (size_t)(find(path, "?") - path)))
               ? "has a path with an empty segment, or one of dots, which "
                 "clients take out"
               : NULL;
}

const char *auth0_metadata_target(const char *resource, apr_pool_t *pool)
{
    const char *path = after_host(resource);

    /* "Any terminating slash following the host component MUST be removed." */
    if (*path == '/' && (path[1] == '\0' || path[1] == '?')) {
        path++;
    }
    return apr_pstrcat(pool, AUTH0_METADATA_WELL_KNOWN, path, NULL);
}
