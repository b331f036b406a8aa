/* Licensed under the Apache License, Version 2.0; see LICENSE. */
#ifndef AUTH0_JSON_PLAIN_H
#define AUTH0_JSON_PLAIN_H

#include "core/auth0_json.h"
#include "core/auth0_must_use.h"

/*
 * Read a text that is plain, as payloads of access tokens nearly always are:
 * one JSON object (RFC 8259) of printable ASCII without a backslash, with
 * spaces for white space, whole numbers of few digits without a sign, few
 * members in each object, no deeper than depth. What is read is what jansson
 * makes of the same text, at a fraction of the cost.
 *
 * False, with *object NULL, says no more than that the text is not plain: it
 * may be good, and is for jansson to judge. What jansson refuses is not plain.
 *
 * The block of *object is from pool, and holds nothing of text. What is not
 * plain leaves at most 25 bytes in pool for each of its own.
 */
AUTH0_MUST_USE bool auth0_json_plain(const auth0_json_t **object,
                                     auth0_span_t text, unsigned depth,
                                     apr_pool_t *pool);

#endif
