/* Licensed under the Apache License, Version 2.0; see LICENSE. */
#include "httpd/mod_auth0_request.h"

#include <http_core.h>

/* Tables look at the first four letters: those of many a note are "auth". */
#define NOTE_PLACED "placed-auth0"

const struct ap_logconf mod_auth0_quiet = {NULL, APLOG_EMERG};

mod_auth0_request_t *mod_auth0_request_make(request_rec *r)
{
    mod_auth0_request_t *state = mod_auth0_request_get(r);

    if (!state) {
        state = apr_pcalloc(r->pool, sizeof(*state));
        ap_set_module_config(r->request_config, &auth0_module, state);
    }
    return state;
}

request_rec *mod_auth0_request_origin(const request_rec *r)
{
    return r->main ? r->main : r->prev;
}

request_rec *mod_auth0_request_first(request_rec *r)
{
    request_rec *origin;

    while ((origin = mod_auth0_request_origin(r))) {
        r = origin;
    }
    return r;
}

int mod_auth0_request_placed(request_rec *r)
{
    apr_table_setn(r->notes, NOTE_PLACED, "");
    return DECLINED;
}

bool mod_auth0_request_is_read_by(const request_rec *r,
                                  const ap_filter_rec_t *filter)
{
    for (const ap_filter_t *f = r->input_filters; f; f = f->next) {
        if (f->frec == filter) {
            return true;
        }
    }
    return false;
}

bool mod_auth0_request_is_placed(const request_rec *r)
{
    return apr_table_get(r->notes, NOTE_PLACED) != NULL;
}

static const request_rec *same_section(const request_rec *r)
{
    const request_rec *origin = mod_auth0_request_origin(r);

    return origin && origin->per_dir_config == r->per_dir_config ? origin
                                                                 : NULL;
}

/* What a subrequest is part of, however many there are in between. */
static request_rec *whole_of(const request_rec *part)
{
    request_rec *r = part->main;

    while (r->main) {
        r = r->main;
    }
    return r;
}

static apr_status_t take_back(void *subrequest)
{
    const request_rec *r = subrequest;
    mod_auth0_request_t *state = mod_auth0_request_get(r);
    mod_auth0_request_t **link = &mod_auth0_request_get(whole_of(r))->parts;

    while (*link != state) {
        link = &(*link)->next;
    }
    *link = state->next;
    return APR_SUCCESS;
}

/*
 * A subrequest may become the request it belongs to, with its section and
 * without its verdict. Until it is over: an index of a directory has many.
 */
static void lend(mod_auth0_request_t *state, request_rec *r)
{
    mod_auth0_request_t *whole = mod_auth0_request_make(whole_of(r));

    state->next = whole->parts;
    whole->parts = state;
    apr_pool_cleanup_register(r->pool, r, take_back, apr_pool_cleanup_null);
}

void mod_auth0_request_judge(mod_auth0_request_t *state, request_rec *r)
{
    if (r->main && !state->judged) {
        lend(state, r);
    }
    state->judged = r->per_dir_config;
}

/*
 * While authorization is asked for, an <AuthzProviderAlias> may stand in the
 * section's place.
 */
static bool is_judged_here(const mod_auth0_request_t *state,
                           const request_rec *r)
{
    return state && (state->judged == r->per_dir_config ||
                     state->asking != MOD_AUTH0_ASKED_BY_HTTPD);
}

/* The verdict of the section that a request is under by now, or NULL. */
static const mod_auth0_request_t *judged_here(const request_rec *r)
{
    const mod_auth0_request_t *own = mod_auth0_request_get(r);

    if (is_judged_here(own, r)) {
        return own;
    }
    const mod_auth0_request_t *whole =
        r->main ? mod_auth0_request_get(whole_of(r)) : own;
    const mod_auth0_request_t *part = whole ? whole->parts : NULL;

    while (part && part->judged != r->per_dir_config) {
        part = part->next;
    }
    return part;
}

const mod_auth0_request_t *mod_auth0_request_in_force(const request_rec *r)
{
    for (; r; r = same_section(r)) {
        const mod_auth0_request_t *state = judged_here(r);
        if (state && state->claims) {
            return state;
        }
    }
    return NULL;
}

/* What is said in so many words need not be asked for; an expression must. */
bool mod_auth0_request_is_ours(request_rec *r)
{
    return mod_auth0_dir(r)->auth_type == MOD_AUTH0_ON ||
           auth0_span_is_nocase(auth0_span_cstr(ap_auth_type(r)), "Auth0");
}
