/* Licensed under the Apache License, Version 2.0; see LICENSE. */
#include "httpd/mod_auth0_verdict.h"

#include "core/auth0_fingerprint.h"
#include "httpd/mod_auth0_log.h"
#include "httpd/mod_auth0_throttle.h"

#define NOTE_REASON "auth0-reason"
#define NOTE_TOKEN "auth0-token"
#define ENV_REASON "AUTH0_REASON"

/* Why keys are lacking is told once, as an error, by who fetches them. */
static int level_of(auth0_reason_t reason)
{
    if (reason == AUTH0_OK) {
        return APLOG_DEBUG;
    }
    return auth0_reason_info(reason)->status >= 500 &&
                   reason != AUTH0_KEY_UNAVAILABLE
               ? APLOG_ERR
               : APLOG_INFO;
}

/* The name of a token in the log; "-": none. */
static const char *fingerprint_of(request_rec *r, auth0_span_t token)
{
    mod_auth0_digest_t *digest = &mod_auth0_request_make(r)->digest;

    return token.len > 0 && mod_auth0_digest_make(digest, token)
               ? auth0_fingerprint(digest->bytes, r->pool)
               : "-";
}

void mod_auth0_verdict_note(request_rec *r, auth0_reason_t reason,
                            const char *detail, auth0_span_t token)
{
    const auth0_reason_info_t *info = auth0_reason_info(reason);
    const char *fingerprint = fingerprint_of(r, token);
    const char *more;
    int level = mod_auth0_throttle(&more, r, (int)reason, level_of(reason));

    apr_table_setn(r->notes, NOTE_REASON, info->code);
    apr_table_setn(r->notes, NOTE_TOKEN, fingerprint);
    apr_table_setn(r->subprocess_env, ENV_REASON, info->code);
    ap_log_rerror(APLOG_MARK, level, 0, r, "%s: %s%s%s [token %s]%s",
                  info->code, info->hint, detail ? ": " : "",
                  detail ? detail : "", fingerprint, more);
}

bool mod_auth0_verdict_is(const request_rec *r, auth0_reason_t reason)
{
    return auth0_span_is(auth0_span_cstr(apr_table_get(r->notes, NOTE_REASON)),
                         auth0_reason_info(reason)->code);
}

static const request_rec *first_refused(const request_rec *r)
{
    for (; r; r = r->next) {
        const mod_auth0_request_t *state = mod_auth0_request_get(r);
        if (state && state->reason != AUTH0_OK) {
            return r;
        }
    }
    return NULL;
}

static void copy_note(request_rec *to, const request_rec *from,
                      const char *name)
{
    const char *value = apr_table_get(from->notes, name);

    if (value) {
        apr_table_setn(to->notes, name, value);
    }
}

/* The request whose verdict explains the answer. */
static const request_rec *decisive(const request_rec *last,
                                   const request_rec *first)
{
    const request_rec *refused = first_refused(first);

    if (refused) {
        return refused;
    }
    while (last->prev && !apr_table_get(last->notes, NOTE_REASON)) {
        last = last->prev;
    }
    return last;
}

int mod_auth0_verdict_logged(request_rec *r)
{
    request_rec *last = r;

    while (last->next) {
        last = last->next;
    }
    const request_rec *from = decisive(last, r);

    if (from != last) {
        copy_note(last, from, NOTE_REASON);
        copy_note(last, from, NOTE_TOKEN);
    }
    return DECLINED;
}
