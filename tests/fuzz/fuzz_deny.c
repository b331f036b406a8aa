/* Licensed under the Apache License, Version 2.0; see LICENSE. */
#include "common.h"

#include <stdlib.h>
#include <string.h>

#include "core/auth0_deny.h"
#include "core/auth0_denyline.h"
#include "known.h"

static const auth0_siphash_key_t key = {7, 8};

/* Names what the seeds name. */
static const char claims_text[] =
    "{\"sub\":\"auth0|fuzz\",\"azp\":\"app\",\"client_id\":\"app2\","
    "\"org_id\":\"org_1\",\"org_name\":\"acme\",\"jti\":\"j\",\"sid\":\"s\","
    "\"iat\":1799999940}";

static bool is_expected(auth0_reason_t reason)
{
    return reason == AUTH0_OK ||
           (reason > AUTH0_DENY_UNAVAILABLE && reason <= AUTH0_DENY_KID);
}

/* By reading the list line by line, as its manual says. */
static bool names(auth0_span_t text, auth0_reason_t reason, const char *value,
                  apr_pool_t *pool)
{
    auth0_denyline_t line;
    auth0_span_t row;
    bool found = false;
    while (text.len > 0) {
        (void)auth0_span_cut(&row, &text, '\n');
        HOLDS(auth0_denyline_read(&line, row) == NULL);
        char *bytes = apr_palloc(pool, line.len + 1);
        auth0_denyline_value(bytes, &line);
        found = found || (line.reason == reason && line.before > 1799999940 &&
                          line.until > KNOWN_NOW &&
                          auth0_span_is(auth0_span(bytes, line.len), value));
    }
    return found;
}

/* Bytes of the input in place of the image's: no harm, whatever they are. */
static void damage(char *image, size_t bytes, auth0_span_t text,
                   const auth0_claims_t *claims)
{
    for (size_t i = 0; i + 1 < text.len; i += 2) {
        size_t at = (size_t)(unsigned char)text.ptr[i] * 7 % bytes;
        image[at] = text.ptr[i + 1];
        (void)!auth0_deny_check(image, bytes, claims,
                                apr_time_from_sec(KNOWN_NOW));
    }
    memcpy(image, text.ptr, text.len < bytes ? text.len : bytes);
    (void)!auth0_deny_check(image, bytes, claims, apr_time_from_sec(KNOWN_NOW));
}

static void ask(auth0_span_t text, const auth0_deny_plan_t *plan,
                const auth0_claims_t *claims, apr_pool_t *pool)
{
    char *image = malloc(plan->bytes);
    HOLDS(image != NULL);
    auth0_deny_build(image, plan, text, key);
    auth0_reason_t reason = auth0_deny_check(image, plan->bytes, claims,
                                             apr_time_from_sec(KNOWN_NOW));
    HOLDS(is_expected(reason));
    HOLDS((reason == AUTH0_DENY_SUB) ==
          names(text, AUTH0_DENY_SUB, "auth0|fuzz", pool));
    HOLDS(reason != AUTH0_OK || !names(text, AUTH0_DENY_KID, "rsa", pool));
    HOLDS(reason != AUTH0_OK || !names(text, AUTH0_DENY_CLIENT, "app2", pool));
    HOLDS(reason != AUTH0_OK || !names(text, AUTH0_DENY_ORG, "acme", pool));
    damage(image, plan->bytes, text, claims);
    free(image);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    apr_pool_t *pool = fuzz_pool();
    auth0_span_t text = fuzz_span(data, size);
    auth0_deny_plan_t plan;
    auth0_claims_t *claims;
    HOLDS(auth0_claims_parse(&claims, auth0_span_cstr(claims_text), pool) ==
          AUTH0_OK);
    auth0_claims_note_kid(claims, auth0_span_cstr("rsa"));
    const char *why = auth0_deny_plan(&plan, text);
    HOLDS(why == NULL || (*why != '\0' && plan.line > 0));
    if (why == NULL) {
        ask(text, &plan, claims, pool);
    }
    apr_pool_destroy(pool);
    return 0;
}
