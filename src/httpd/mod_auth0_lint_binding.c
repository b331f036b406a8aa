/* Licensed under the Apache License, Version 2.0; see LICENSE. */
#include "httpd/mod_auth0_lint_binding.h"

#include <http_ssl.h>
#include <apr_strings.h>

static const mod_auth0_area_t *decider(const mod_auth0_lint_t *lint,
                                       const mod_auth0_subject_t *subject,
                                       mod_auth0_fact_t fact)
{
    return mod_auth0_area_of(lint->areas, subject->area, fact);
}

static bool is_required(const mod_auth0_lint_t *lint,
                        const mod_auth0_subject_t *subject,
                        mod_auth0_fact_t fact)
{
    const mod_auth0_area_t *area = decider(lint, subject, fact);

    return subject->is_auth0 && area &&
           mod_auth0_area_says(area, fact, "required", lint->pool);
}

/* The line at which it begins to be so, or NULL: a section around has it. */
static const ap_directive_t *begins_at(const mod_auth0_subject_t *subject,
                                       mod_auth0_fact_t fact)
{
    const mod_auth0_area_t *area = subject->area;

    return area->said[fact] ? area->said[fact]
                            : area->said[MOD_AUTH0_AUTH_TYPE];
}

/* Lines add up, and the main server's have no section to look through. */
static bool may_take_header(const mod_auth0_lint_t *lint,
                            const mod_auth0_area_t *area)
{
    const ap_directive_t *top =
        area->place.section ? area->place.section : area->place.host;

    for (const ap_directive_t *node = top ? mod_auth0_tree_next(top, top)
                                          : NULL;
         node; node = mod_auth0_tree_next(top, node)) {
        if (mod_auth0_tree_is(node, "Auth0TokenSource") &&
            mod_auth0_lint_has_word(node, "header", lint->pool)) {
            return true;
        }
    }
    return !top;
}

static bool eases_dpop(const mod_auth0_lint_t *lint,
                       const mod_auth0_area_t *area)
{
    return (area->said[MOD_AUTH0_DPOP] &&
            !mod_auth0_area_says(area, MOD_AUTH0_DPOP, "required",
                                 lint->pool)) ||
           (area->said[MOD_AUTH0_TOKEN_SOURCE] && may_take_header(lint, area));
}

static bool eases_certificate(const mod_auth0_lint_t *lint,
                              const mod_auth0_area_t *area)
{
    return area->said[MOD_AUTH0_CERTIFICATE] &&
           !mod_auth0_area_says(area, MOD_AUTH0_CERTIFICATE, "required",
                                lint->pool);
}

/* A virtual host may say otherwise for a section that it shares. */
static bool
is_eased(const mod_auth0_lint_t *lint, const mod_auth0_subject_t *subject,
         bool (*eases)(const mod_auth0_lint_t *, const mod_auth0_area_t *))
{
    for (int i = 0; i < lint->areas->nelts; i++) {
        const mod_auth0_area_t *area = mod_auth0_area_at(lint->areas, i);
        if (!subject->area->place.host && !area->place.section &&
            area->place.host && eases(lint, area)) {
            return true;
        }
    }
    return mod_auth0_lint_elsewhere(lint, subject->area, eases);
}

void mod_auth0_lint_dpop(const mod_auth0_lint_t *lint,
                         const mod_auth0_subject_t *subject)
{
    const mod_auth0_area_t *source =
        decider(lint, subject, MOD_AUTH0_TOKEN_SOURCE);
    const ap_directive_t *line =
        subject->area->said[MOD_AUTH0_TOKEN_SOURCE]
            ? subject->area->said[MOD_AUTH0_TOKEN_SOURCE]
            : begins_at(subject, MOD_AUTH0_DPOP);

    if (line && is_required(lint, subject, MOD_AUTH0_DPOP) && source &&
        !may_take_header(lint, source) &&
        !is_eased(lint, subject, eases_dpop)) {
        mod_auth0_lint_warn(
            lint, line,
            apr_psprintf(lint->pool,
                         "Auth0DPoP required takes tokens from the header "
                         "alone, which Auth0TokenSource %s leaves out: no "
                         "token is good here; add header",
                         source->said[MOD_AUTH0_TOKEN_SOURCE]->args));
    }
}

/* Other modules for TLS have words of their own, which nobody knows here. */
static bool is_other_tls_there(void)
{
    const apr_array_header_t *hooks = ap_hook_get_ssl_var_lookup();
    int own = ap_find_linked_module("mod_ssl.c") ? 1 : 0;

    return (hooks && hooks->nelts > own) ||
           ap_find_linked_module("mod_gnutls.c") != NULL;
}

/* SSLOpenSSLConfCmd can ask as well. */
static bool is_certificate_asked_for(const mod_auth0_lint_t *lint)
{
    for (int i = 0; i < lint->areas->nelts; i++) {
        const mod_auth0_area_t *area = mod_auth0_area_at(lint->areas, i);
        if (area->said[MOD_AUTH0_OPENSSL] ||
            (area->said[MOD_AUTH0_VERIFY_CLIENT] &&
             !mod_auth0_area_says(area, MOD_AUTH0_VERIFY_CLIENT, "none",
                                  lint->pool))) {
            return true;
        }
    }
    return is_other_tls_there() ||
           mod_auth0_lint_in_htaccess(lint, "SSLVerifyClient");
}

void mod_auth0_lint_certificate(const mod_auth0_lint_t *lint,
                                const mod_auth0_subject_t *subject)
{
    const ap_directive_t *line = begins_at(subject, MOD_AUTH0_CERTIFICATE);

    if (line && is_required(lint, subject, MOD_AUTH0_CERTIFICATE) &&
        !is_certificate_asked_for(lint) &&
        !is_eased(lint, subject, eases_certificate)) {
        mod_auth0_lint_warn(
            lint, line,
            "Auth0CertificateBound required needs clients' certificates, and "
            "nobody is asked for one: no token is good here; add "
            "SSLVerifyClient optional_no_ca to the virtual host");
    }
}
