/* Licensed under the Apache License, Version 2.0; see LICENSE. */
#ifndef AUTH0_EXPORT_H
#define AUTH0_EXPORT_H

#include "core/auth0_claims.h"

/* The longest value that is sent, and the most of all that a request gets. */
#define AUTH0_EXPORT_MAX ((size_t)4096)
#define AUTH0_EXPORT_ALL_MAX ((size_t)16384)

/*
 * How a claim becomes the text of a field or a variable. Plain is the value of
 * a string, a number, true or false, and of an array of strings its elements
 * with a space between them. JSON is the value's JSON text, in ASCII. Base64url
 * (RFC 4648 section 5, no padding) is of a string's bytes, and of the JSON text
 * of anything else.
 */
typedef enum auth0_encoding_t {
    AUTH0_ENCODING_PLAIN,
    AUTH0_ENCODING_JSON,
    AUTH0_ENCODING_BASE64URL,
    AUTH0_ENCODING_COUNT
} auth0_encoding_t;

/* As administrators write it: "plain" and so on. Static storage. */
const char *auth0_encoding_name(auth0_encoding_t encoding);

/* A claim that is to be sent; read-only once it is made. */
typedef struct auth0_export_t {
    const char *name; /* of the field or variable                  */
    const char *claim;
    auth0_pointer_t *pointer; /* to that claim                     */
    auth0_encoding_t encoding;
    bool is_required;
} auth0_export_t;

/*
 * Read the words that follow the claim: an encoding, "required", or both in
 * this order. Returns how many words were read; the next one is out of place.
 */
AUTH0_MUST_USE size_t auth0_export_read(auth0_export_t *made,
                                        const char *const *words, size_t count);

/*
 * The text of a claim, from pool; room is what all may still have in bytes, and
 * less afterwards. Returns NULL, or, with *value NULL, a sentence that goes on
 * after the claim's name and says why it cannot be sent faithfully. That it is
 * absent is auth0_export_absent, to be compared by its address. A value that
 * is sent is printable ASCII, and no receiver has cause to trim it.
 * Thread-safe.
 */
AUTH0_MUST_USE const char *auth0_export_value(const char **value, size_t *room,
                                              const auth0_export_t *wanted,
                                              const auth0_claims_t *claims,
                                              apr_pool_t *pool);

extern const char auth0_export_absent[];

#endif
