/* Licensed under the Apache License, Version 2.0; see LICENSE. */
#ifndef MOD_AUTH0_ARGUMENT_H
#define MOD_AUTH0_ARGUMENT_H

#include "core/auth0_must_use.h"
#include "httpd/mod_auth0.h"

/*
 * "Auth0Audience: 'x' is wrong": what a directive says of an argument, from
 * the pool of the configuration. why goes on after the argument.
 */
const char *mod_auth0_complain(const cmd_parms *cmd, const char *value,
                               const char *why);

/*
 * What is wrong with a word of a list that was not meant as one, to go on after
 * the word: httpd takes a comment behind a directive, and commas, for
 * arguments. NULL for others. A constant.
 */
AUTH0_MUST_USE const char *mod_auth0_stray(const char *word);

/*
 * The member of a section's configuration, which is conf, whose offset stands
 * in the info of the directive's row.
 */
void *mod_auth0_member(const cmd_parms *cmd, void *conf);

/*
 * An absolute path, from the pool of the configuration: name itself, or below
 * the server root. NULL when it is empty, or none.
 */
AUTH0_MUST_USE const char *mod_auth0_path(const cmd_parms *cmd,
                                          const char *name);

/* What a number may be, both ends included. */
typedef struct mod_auth0_range_t {
    int least;
    int most;
    const char *unit; /* such as "seconds" */
} mod_auth0_range_t;

/* Read a whole number within bounds. NULL, or a complaint. */
AUTH0_MUST_USE const char *
mod_auth0_read_number(int *number, const cmd_parms *cmd, const char *text,
                      const mod_auth0_range_t *range);

#endif
