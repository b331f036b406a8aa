/* Licensed under the Apache License, Version 2.0; see LICENSE. */
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#include <apr_general.h>

#include "core/auth0_version.h"
#include "core/auth0_span.h"
#include "ctl/auth0ctl_dev.h"

static const auth0ctl_command_t commands[] = {
    {.name = "dev",
     .summary = "An offline development tenant: no network, no account.",
     .commands = auth0ctl_dev_commands,
     .synopsis = "COMMAND ..."},
    {.name = NULL},
};

static const auth0ctl_command_t root = {
    .name = "auth0ctl",
    .summary = "Companion of mod_auth0. 'auth0ctl COMMAND --help' tells more.",
    .commands = commands,
    .synopsis = "COMMAND ... | --help | --version",
};

static auth0ctl_exit_t run(const char *const *words)
{
    auth0ctl_exit_t end;
    apr_pool_t *pool;

    if (auth0_span_is(auth0_span_cstr(words[0]), "--version")) {
        puts("auth0ctl " AUTH0_VERSION);
        return AUTH0CTL_GOOD;
    }
    if (apr_pool_create(&pool, NULL) != APR_SUCCESS) {
        fputs("auth0ctl: out of memory\n", stderr);
        return AUTH0CTL_FAILED;
    }
    end = auth0ctl_run(&root, words, pool);
    apr_pool_destroy(pool);
    return end;
}

int main(int argc, const char *const *argv)
{
    auth0ctl_exit_t end;

    if (apr_app_initialize(&argc, &argv, NULL) != APR_SUCCESS) {
        fputs("auth0ctl: out of memory\n", stderr);
        return AUTH0CTL_FAILED;
    }
    atexit(apr_terminate);
    /* Files say their own mode; what serve-files makes is for all to read. */
    umask(S_IWGRP | S_IWOTH);
    end = run(argv + (argc > 0));
    if (fflush(stdout) != 0) {
        fputs("auth0ctl: cannot write to the standard output\n", stderr);
        return AUTH0CTL_FAILED;
    }
    return (int)end;
}
