/* Licensed under the Apache License, Version 2.0; see LICENSE. */
#ifndef MOD_AUTH0_VERDICT_H
#define MOD_AUTH0_VERDICT_H

#include "httpd/mod_auth0_request.h"

/*
 * Write down a verdict in the notes, the environment and, for a refusal, the
 * error log. token is empty when there was none; detail is NULL or words of the
 * configuration for the log.
 */
void mod_auth0_verdict_note(request_rec *r, auth0_reason_t reason,
                            const char *detail, auth0_span_t token);

/* True when this verdict stands in the notes of a request. */
bool mod_auth0_verdict_is(const request_rec *r, auth0_reason_t reason);

/*
 * log_transaction hook, before the loggers: whatever internal redirects came
 * in between, the verdict that explains the answer stands in the notes of the
 * request that is logged.
 */
int mod_auth0_verdict_logged(request_rec *r);

#endif
