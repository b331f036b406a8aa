/* Licensed under the Apache License, Version 2.0; see LICENSE. */
#include "core/auth0_logout.h"

static auth0_mark_name_t name_of(auth0_mark_kind_t kind,
                                 const auth0_claims_t *claims,
                                 auth0_span_t value)
{
    auth0_mark_name_t name = {kind, auth0_span("", 0), value};

    (void)auth0_claims_string(&name.issuer, claims, "iss");
    return name;
}

/* Without a fraction, rounded up: denied for too long rather than too short. */
static int64_t seconds_of(const auth0_claims_t *claims, const char *name)
{
    double value;

    if (!auth0_claims_number(&value, claims, name)) {
        return INT64_MAX;
    }
    int64_t whole = (int64_t)value;

    return (double)whole < value ? whole + 1 : whole;
}

/* A sid that is no word cannot be told from another: as good as none. */
static bool read_sid(auth0_span_t *sid, const auth0_claims_t *claims)
{
    return auth0_claims_string(sid, claims, "sid") && sid->len > 0;
}

static void deny(auth0_logout_t *logout, auth0_mark_name_t name, int64_t before)
{
    logout->denials[logout->count++] = (auth0_logout_denial_t){name, before};
}

void auth0_logout_read(auth0_logout_t *logout, const auth0_claims_t *claims)
{
    auth0_span_t jti = auth0_span("", 0);
    auth0_span_t sid;
    auth0_span_t sub;
    bool has_sid = read_sid(&sid, claims);

    (void)auth0_claims_string(&jti, claims, "jti");
    logout->token = name_of(AUTH0_MARK_LOGOUT, claims, jti);
    logout->until = seconds_of(claims, "exp");
    logout->count = 0;
    if (has_sid) {
        deny(logout, name_of(AUTH0_MARK_SID, claims, sid), INT64_MAX);
    }
    if (auth0_claims_string(&sub, claims, "sub")) {
        auth0_mark_kind_t kind =
            has_sid ? AUTH0_MARK_SUB_SESSIONLESS : AUTH0_MARK_SUB;
        deny(logout, name_of(kind, claims, sub), seconds_of(claims, "iat"));
    }
}

size_t auth0_logout_questions(
    auth0_logout_question_t questions[AUTH0_LOGOUT_QUESTIONS],
    const auth0_claims_t *claims)
{
    auth0_span_t sid;
    auth0_span_t sub;
    bool has_sid = read_sid(&sid, claims);
    size_t count = 0;

    if (auth0_claims_string(&sub, claims, "sub")) {
        questions[count++] = (auth0_logout_question_t){
            name_of(AUTH0_MARK_SUB, claims, sub), AUTH0_DENY_SUB};
        if (!has_sid) {
            questions[count++] = (auth0_logout_question_t){
                name_of(AUTH0_MARK_SUB_SESSIONLESS, claims, sub),
                AUTH0_DENY_SUB};
        }
    }
    if (has_sid) {
        questions[count++] = (auth0_logout_question_t){
            name_of(AUTH0_MARK_SID, claims, sid), AUTH0_DENY_SID};
    }
    return count;
}

bool auth0_logout_concerns(const auth0_claims_t *claims, int64_t before)
{
    double iat;

    return before == INT64_MAX || !auth0_claims_number(&iat, claims, "iat") ||
           iat <= (double)before;
}
