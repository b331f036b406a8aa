/* Licensed under the Apache License, Version 2.0; see LICENSE. */
#include "core/auth0_subject.h"

#include <string.h>

#include "core/auth0_count.h"

typedef struct name_t {
    const char *name;
    auth0_subject_t subject;
} name_t;

static const name_t names[] = {
    {"user", AUTH0_SUBJECT_USER},
    {"machine", AUTH0_SUBJECT_MACHINE},
    {"agent", AUTH0_SUBJECT_AGENT},
    {"anonymous", AUTH0_SUBJECT_ANONYMOUS},
};

/* An application is a machine, whatever kind of application it is. */
static const name_t profiles[] = {
    {"user", AUTH0_SUBJECT_USER},
    {"ai_agent", AUTH0_SUBJECT_AGENT},
    {"service", AUTH0_SUBJECT_MACHINE},
    {"browser_app", AUTH0_SUBJECT_MACHINE},
    {"native_app", AUTH0_SUBJECT_MACHINE},
};

/* "password" and "refresh_token" are grants of users only. */
static const name_t grants[] = {
    {"client-credentials", AUTH0_SUBJECT_MACHINE},
    {"password", AUTH0_SUBJECT_USER},
    {"refresh_token", AUTH0_SUBJECT_USER},
};

/* Of the sub of a client: "id@clients". */
#define SUFFIX "@clients"

static auth0_subject_t find(auth0_span_t name, const name_t *rows, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (auth0_span_is(name, rows[i].name)) {
            return rows[i].subject;
        }
    }
    return AUTH0_SUBJECT_UNKNOWN;
}

auth0_subject_t auth0_subject_named(auth0_span_t name)
{
    return find(name, names, AUTH0_COUNT(names));
}

static bool ends(auth0_span_t text, const char *end)
{
    size_t len = strlen(end);

    return text.len > len &&
           auth0_span_is(auth0_span(text.ptr + text.len - len, len), end);
}

static bool is_claim(const auth0_claims_t *claims, const char *name,
                     auth0_span_t value)
{
    auth0_span_t claim;

    return auth0_claims_string(&claim, claims, name) &&
           auth0_span_eq(claim, value);
}

static bool has_bar(auth0_span_t sub)
{
    return memchr(sub.ptr, '|', sub.len);
}

/* A user's sub is "connection|id", and a connection may have any name. */
static auth0_subject_t by_prefix(auth0_span_t sub)
{
    if (has_bar(sub)) {
        return AUTH0_SUBJECT_UNKNOWN;
    }
    if (auth0_span_starts(sub, "anon@")) {
        return AUTH0_SUBJECT_ANONYMOUS;
    }
    return auth0_span_starts(sub, "agt_") ? AUTH0_SUBJECT_AGENT
                                          : AUTH0_SUBJECT_UNKNOWN;
}

static bool is_client(auth0_span_t name, const auth0_claims_t *claims)
{
    return is_claim(claims, "azp", name) || is_claim(claims, "client_id", name);
}

/* A client's name may be a URL of its own choice, with a bar in it. */
static auth0_subject_t by_form(auth0_span_t sub, const auth0_claims_t *claims)
{
    bool has_suffix = ends(sub, SUFFIX);
    auth0_span_t client = sub;

    client.len -= has_suffix ? strlen(SUFFIX) : 0;
    if (is_client(sub, claims) || is_client(client, claims)) {
        return AUTH0_SUBJECT_MACHINE;
    }
    if (has_bar(sub)) {
        return AUTH0_SUBJECT_USER;
    }
    return has_suffix ? AUTH0_SUBJECT_MACHINE : AUTH0_SUBJECT_UNKNOWN;
}

static auth0_subject_t by_name(const auth0_claims_t *claims, const char *claim,
                               const name_t *rows, size_t count)
{
    auth0_span_t value;

    return auth0_claims_string(&value, claims, claim) ? find(value, rows, count)
                                                      : AUTH0_SUBJECT_UNKNOWN;
}

/* There is no profile for anonymous subjects: they may be called users. */
static auth0_subject_t by_profile(auth0_span_t sub,
                                  const auth0_claims_t *claims)
{
    auth0_subject_t told =
        by_name(claims, "sub_profile", profiles, AUTH0_COUNT(profiles));

    return told == AUTH0_SUBJECT_USER &&
                   by_prefix(sub) == AUTH0_SUBJECT_ANONYMOUS
               ? AUTH0_SUBJECT_ANONYMOUS
               : told;
}

/* What is said outright goes before what the form of sub suggests. */
auth0_subject_t auth0_subject_of(const auth0_claims_t *claims)
{
    auth0_span_t sub;
    auth0_subject_t told;

    if (!auth0_claims_string(&sub, claims, "sub") || sub.len == 0) {
        return AUTH0_SUBJECT_UNKNOWN;
    }
    if (auth0_claims_member(claims, "sub_profile")) {
        return by_profile(sub, claims);
    }
    told = by_prefix(sub);
    if (told == AUTH0_SUBJECT_UNKNOWN) {
        told = by_name(claims, "gty", grants, AUTH0_COUNT(grants));
    }
    return told == AUTH0_SUBJECT_UNKNOWN ? by_form(sub, claims) : told;
}
