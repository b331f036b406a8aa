/* Licensed under the Apache License, Version 2.0; see LICENSE. */
/*
 * registration_documents json|yaml|hcl FIRST LAST
 *
 * Prints the documents of these registrations, each with a NUL behind it.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <apr_general.h>

#include "registrations.h"

static auth0_registration_fn *document_of(const char *name)
{
    static const struct {
        const char *name;
        auth0_registration_fn *document;
    } rows[] = {{"json", auth0_registration_json},
                {"yaml", auth0_registration_yaml},
                {"hcl", auth0_registration_hcl}};

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        if (strcmp(rows[i].name, name) == 0) {
            return rows[i].document;
        }
    }
    return NULL;
}

static int print(auth0_registration_fn *document, unsigned number)
{
    apr_pool_t *pool = NULL;

    if (apr_pool_create(&pool, NULL) != APR_SUCCESS) {
        return 1;
    }
    const char *text = document(registrations(number, pool), pool);

    if (text) {
        (void)fwrite(text, 1, strlen(text) + 1, stdout);
    }
    apr_pool_destroy(pool);
    return text == NULL;
}

int main(int argc, char **argv)
{
    auth0_registration_fn *document = argc == 4 ? document_of(argv[1]) : NULL;
    int failed = 0;

    if (!document || apr_initialize() != APR_SUCCESS) {
        (void)fputs("usage: registration_documents json|yaml|hcl FIRST LAST\n",
                    stderr);
        return 2;
    }
    unsigned last = (unsigned)strtoul(argv[3], NULL, 10);

    for (unsigned i = (unsigned)strtoul(argv[2], NULL, 10); i <= last; i++) {
        failed |= print(document, i);
    }
    apr_terminate();
    return failed;
}
