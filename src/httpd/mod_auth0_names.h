/* Licensed under the Apache License, Version 2.0; see LICENSE. */
#ifndef MOD_AUTH0_NAMES_H
#define MOD_AUTH0_NAMES_H

#include <apr_tables.h>

#include "core/auth0_span.h"

/*
 * Lists of names, of const char *, in which none is twice. They are compared
 * byte for byte. For configuration time: a list is for one thread at a time.
 */
bool mod_auth0_names_hold(const apr_array_header_t *names, auth0_span_t name);

/* Add a copy, in the pool of the list, unless the list holds the name. */
void mod_auth0_names_add(apr_array_header_t *names, auth0_span_t name);

/* The same for each of the words, between blanks, of a text. */
void mod_auth0_names_add_words(apr_array_header_t *names, const char *text);

#endif
