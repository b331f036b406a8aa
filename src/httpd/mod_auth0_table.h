/* Licensed under the Apache License, Version 2.0; see LICENSE. */
#ifndef MOD_AUTH0_TABLE_H
#define MOD_AUTH0_TABLE_H

#include <stdbool.h>

#include <apr_tables.h>

/* What is asked of the name of an entry; what is meant comes along. */
typedef bool mod_auth0_meant_t(const char *name, const void *what);

/* Remove each entry that is meant. True when there was one. */
bool mod_auth0_table_drop(apr_table_t *table, mod_auth0_meant_t *is_meant,
                          const void *what);

/* Set all of from, in the place of what to has; nothing is copied. */
void mod_auth0_table_set(apr_table_t *to, const apr_table_t *from);

/*
 * The name that a variable had, before httpd put REDIRECT_ in front of it at
 * each internal redirect.
 */
const char *mod_auth0_variable_name(const char *name);

#endif
