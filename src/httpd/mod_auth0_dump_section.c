/* Licensed under the Apache License, Version 2.0; see LICENSE. */
#include "httpd/mod_auth0_dump_section.h"

#include <apr_strings.h>

#include "core/auth0_count.h"
#include "core/auth0_jwekey.h"
#include "core/auth0_url.h"

typedef struct print_t {
    apr_file_t *out;
    const mod_auth0_protected_t *section;
    const mod_auth0_dir_t *dir;
    apr_pool_t *pool;
} print_t;

static void print(const print_t *to, const char *label, const char *text)
{
    apr_file_printf(to->out, "    %-14s %s\n", label, text);
}

/* Words after one another. */
static const char *join(const char *words, const char *word, apr_pool_t *pool)
{
    return apr_pstrcat(pool, words, *words ? " " : "", word, NULL);
}

static void print_server(const print_t *to)
{
    const server_rec *server = to->section->server;
    const ap_directive_t *host = to->section->area->place.host;
    const char *name =
        server->server_hostname ? server->server_hostname : "(no ServerName)";

    print(to, "server",
          host ? apr_psprintf(to->pool, "%s, %s %s (%s:%d)", name,
                              host->directive, host->args, host->filename,
                              host->line_num)
               : apr_pstrcat(to->pool, name, ", main server", NULL));
}

static void print_issuers(const print_t *to)
{
    const apr_array_header_t *sources = to->dir->sources;
    bool is_fetched = mod_auth0_dir_algs(to->dir) & auth0_alg_asymmetric();

    for (int i = 0; sources && i < sources->nelts; i++) {
        const mod_auth0_source_t *source =
            APR_ARRAY_IDX(sources, i, mod_auth0_source_t *);
        const char *keys = source->file ? source->file
                           : source->jwks_url
                               ? auth0_url_shown(source->jwks_url, to->pool)
                               : "by discovery";
        print(to, i ? "" : "issuers",
              is_fetched ? apr_psprintf(to->pool, "%s (keys: %s)",
                                        source->issuer, keys)
                         : source->issuer);
    }
    if (!sources) {
        print(to, "issuers", "none known");
    }
}

static void print_audiences(const print_t *to)
{
    const apr_array_header_t *all = to->dir->audiences;

    for (int i = 0; all && i < all->nelts; i++) {
        print(to, i ? "" : "audiences",
              APR_ARRAY_IDX(all, i, auth0_span_t).ptr);
    }
    if (!all) {
        print(to, "audiences", "none known");
    }
}

static void print_algorithms(const print_t *to)
{
    unsigned algs = mod_auth0_dir_algs(to->dir);
    const char *names = "";

    for (size_t i = 0; auth0_alg_at(i); i++) {
        if (auth0_alg_at(i)->bit & algs) {
            names = join(names, auth0_alg_at(i)->name, to->pool);
        }
    }
    print(to, "algorithms", names);
}

static void print_kind(const print_t *to)
{
    auth0_policy_t policy;
    bool is_known = mod_auth0_policy(&policy, to->dir);

    if (!is_known) {
        return;
    }
    print(to, "profile", auth0_profile_rules(policy.profile)->name);
    print(to, "clock skew", apr_psprintf(to->pool, "%u s", policy.skew));
    if (policy.max_age) {
        print(to, "token age",
              apr_psprintf(to->pool, "%u s at most", policy.max_age));
    }
}

static void print_bindings(const print_t *to)
{
    mod_auth0_bindings_t bindings = mod_auth0_dir_bindings(to->dir);

    print(to, "DPoP",
          apr_pstrcat(to->pool, auth0_binding_name(bindings.dpop),
                      bindings.is_nonce_wanted ? " nonce" : "", NULL));
    print(to, "certificate", auth0_binding_name(bindings.certificate));
}

/* How many bits, and what it is called: all that may be known of a key. */
static const char *describe(const auth0_jwekey_t *key, apr_pool_t *pool)
{
    auth0_span_t kid = auth0_jwekey_kid(key);
    unsigned bits = (unsigned)auth0_jwekey_bytes(key) * 8;

    return kid.len > 0 ? apr_psprintf(pool, "RSA %u bits, kid %.*s", bits,
                                      (int)kid.len, kid.ptr)
                       : apr_psprintf(pool, "RSA %u bits", bits);
}

static void print_encryption(const print_t *to)
{
    const apr_array_header_t *keys = to->dir->decryption;
    const char *text =
        to->dir->encrypted_only == MOD_AUTH0_ON ? "required" : "allowed";

    if (!keys) {
        print(to, "encryption", "none");
        return;
    }
    for (int i = 0; i < keys->nelts; i++) {
        text = apr_pstrcat(
            to->pool, text, i ? "; " : ": ",
            describe(APR_ARRAY_IDX(keys, i, const auth0_jwekey_t *), to->pool),
            NULL);
    }
    print(to, "encryption", text);
}

static void print_sources(const print_t *to)
{
    const mod_auth0_token_sources_t *sources =
        mod_auth0_dir_token_sources(to->dir);
    const struct {
        const char *name;
        const char *parameter;
    } named[] = {{"query:", sources->query},
                 {"form:", sources->form},
                 {"cookie:", sources->cookie}};
    const char *text = sources->header ? "header" : "";

    for (size_t i = 0; i < AUTH0_COUNT(named); i++) {
        if (named[i].parameter) {
            text = join(
                text,
                apr_pstrcat(to->pool, named[i].name, named[i].parameter, NULL),
                to->pool);
        }
    }
    print(to, "token sources", text);
}

/* What is unusual, and should not go unseen. */
static void print_switches(const print_t *to)
{
    const struct {
        const char *name;
        mod_auth0_switch_t said;
    } switches[] = {{"Auth0ReportOnly", to->dir->report_only},
                    {"Auth0Optional", to->dir->optional},
                    {"Auth0CORSPreflight", to->dir->cors_preflight},
                    {"Auth0ForwardToken", to->dir->forward_token},
                    {"Auth0ProblemDetails", to->dir->problem}};
    const char *text = "";

    for (size_t i = 0; i < AUTH0_COUNT(switches); i++) {
        if (switches[i].said == MOD_AUTH0_ON) {
            text = join(text, switches[i].name, to->pool);
        }
    }
    if (*text) {
        print(to, "switched on", text);
    }
}

static int depth_of(const ap_directive_t *node, const ap_directive_t *top)
{
    int depth = 0;

    for (node = node->parent; node && node != top; node = node->parent) {
        depth++;
    }
    return depth;
}

/* A Require, a container of them, or how they go with those before. */
static bool is_require(const ap_directive_t *node)
{
    return mod_auth0_requires_counts(node) ||
           mod_auth0_tree_is(node, "AuthMerging");
}

static void print_requires_of(const print_t *to, const mod_auth0_area_t *area,
                              bool *is_first)
{
    const ap_directive_t *top = area->place.section;

    for (const ap_directive_t *node = mod_auth0_tree_next(top, top); node;
         node = mod_auth0_tree_next(top, node)) {
        if (is_require(node)) {
            bool has_args = node->args && *node->args;
            print(to, *is_first ? "requirements" : "",
                  apr_psprintf(to->pool, "%*s%s%s%s (%s:%d)",
                               2 * depth_of(node, top), "", node->directive,
                               has_args && *node->args != '>' ? " " : "",
                               has_args ? node->args : "", node->filename,
                               node->line_num));
            *is_first = false;
        }
    }
}

static void print_requires(const print_t *to)
{
    const apr_array_header_t *areas = to->section->requires;
    bool is_first = true;

    for (int i = 0; i < areas->nelts; i++) {
        print_requires_of(to, APR_ARRAY_IDX(areas, i, const mod_auth0_area_t *),
                          &is_first);
    }
    if (is_first) {
        print(to, "requirements", "none known");
    }
}

static void print_exports_of(const print_t *to, const char *label,
                             const apr_array_header_t *exports)
{
    for (int i = 0; exports && i < exports->nelts; i++) {
        const auth0_export_t *one = &APR_ARRAY_IDX(exports, i, auth0_export_t);
        const char *encoding =
            one->encoding == AUTH0_ENCODING_PLAIN
                ? ""
                : apr_pstrcat(to->pool, " ", auth0_encoding_name(one->encoding),
                              NULL);
        print(to, i ? "" : label,
              apr_pstrcat(to->pool, one->name, " ", one->claim, encoding,
                          one->is_required ? " required" : "", NULL));
    }
}

static void print_exports(const print_t *to)
{
    print(to, "remote user", mod_auth0_dir_user_claim(to->dir));
    print_exports_of(to, "header fields", to->dir->fields);
    print_exports_of(to, "variables", to->dir->variables);
}

void mod_auth0_dump_section(apr_file_t *out,
                            const mod_auth0_protected_t *section,
                            apr_pool_t *pool)
{
    static void (*const parts[])(const print_t *) = {
        print_server,   print_issuers,  print_audiences,  print_algorithms,
        print_kind,     print_bindings, print_encryption, print_sources,
        print_switches, print_requires, print_exports};
    const ap_directive_t *place = section->area->place.section;
    print_t to = {out, section, section->dir, pool};

    apr_file_printf(out, "%s %s (%s:%d)\n", place->directive, place->args,
                    place->filename, place->line_num);
    for (size_t i = 0; i < AUTH0_COUNT(parts); i++) {
        parts[i](&to);
    }
}
