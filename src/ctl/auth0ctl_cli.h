/* Licensed under the Apache License, Version 2.0; see LICENSE. */
#ifndef AUTH0CTL_CLI_H
#define AUTH0CTL_CLI_H

#include <stdbool.h>
#include <stddef.h>

#include <apr_pools.h>
#include <apr_tables.h>

/* What the tool's exit status means, whatever the command. */
typedef enum auth0ctl_exit_t {
    AUTH0CTL_GOOD = 0,
    AUTH0CTL_FAILED = 1, /* asked for rightly, but it could not be done */
    AUTH0CTL_MISUSED = 2 /* the command line itself is wrong            */
} auth0ctl_exit_t;

/* An option that takes a value: "--name VALUE" or "--name=VALUE". */
typedef struct auth0ctl_option_t {
    const char *name;  /* without the dashes; NULL ends a list    */
    const char *value; /* what belongs there, as help prints it   */
    const char *help;
    bool repeatable;
} auth0ctl_option_t;

/* A command line, read and checked against its command. */
typedef struct auth0ctl_args_t {
    const char *command;         /* "auth0ctl dev token"                   */
    const char *const *operands; /* exactly as many as the command takes   */
    apr_table_t *options;        /* by name, in the order they were given  */
    apr_pool_t *pool;            /* lives as long as the command runs      */
} auth0ctl_args_t;

typedef auth0ctl_exit_t auth0ctl_run_fn(const auth0ctl_args_t *args);

/* One command: either a group of commands, or something that runs. */
typedef struct auth0ctl_command_t {
    const char *name; /* NULL ends a list */
    const char *summary;
    const struct auth0ctl_command_t *commands; /* of a group, else NULL  */
    const char *synopsis;                      /* what follows the name  */
    size_t operand_count;
    const auth0ctl_option_t *options;
    auth0ctl_run_fn *run;
} auth0ctl_command_t;

/*
 * Find the command that the words (NULL terminated, without the program's own
 * name) ask for, read its arguments, run it. "--help" is answered at every
 * level. Mistakes are told in one line on the standard error stream.
 */
auth0ctl_exit_t auth0ctl_run(const auth0ctl_command_t *root,
                             const char *const *words, apr_pool_t *pool);

/* Say in one line what could not be done, or what was asked for wrongly. */
auth0ctl_exit_t auth0ctl_fail(const auth0ctl_args_t *args, const char *format,
                              ...) __attribute__((format(printf, 2, 3)));
auth0ctl_exit_t auth0ctl_misuse(const auth0ctl_args_t *args, const char *format,
                                ...) __attribute__((format(printf, 2, 3)));

#endif
