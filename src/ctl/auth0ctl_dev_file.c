/* Licensed under the Apache License, Version 2.0; see LICENSE. */
#include "ctl/auth0ctl_dev_file.h"

#include <stdlib.h>

#include <apr_file_io.h>
#include <apr_strings.h>
#include <jansson.h>

#include "net/auth0_file.h"

#define FILE_MAX ((size_t)1 << 20)

/* The file's name, and the sentence that follows it, if there is one. */
static const char *about(const char *path, const char *why, apr_pool_t *pool)
{
    return why ? apr_pstrcat(pool, path, " ", why, NULL) : NULL;
}

const char *auth0ctl_file_read(auth0_span_t *text, const char *path,
                               apr_pool_t *pool)
{
    return about(path, auth0_file_read(text, path, FILE_MAX, pool), pool);
}

const char *auth0ctl_file_write(const char *path, auth0_span_t text,
                                mode_t mode, apr_pool_t *pool)
{
    return about(path, auth0_file_replace(path, text, mode, pool), pool);
}

static const char *not_made(const char *path, apr_status_t status,
                            apr_pool_t *pool)
{
    char words[128];

    return apr_psprintf(pool, "cannot make %s: %s", path,
                        apr_strerror(status, words, sizeof(words)));
}

const char *auth0ctl_dir_make(const char *path, apr_fileperms_t mode,
                              apr_pool_t *pool)
{
    apr_status_t status = apr_dir_make(path, mode, pool);

    if (status == APR_SUCCESS) {
        status = apr_file_perms_set(path, mode);
    }
    return status == APR_SUCCESS ? NULL : not_made(path, status, pool);
}

const char *auth0ctl_dir_make_all(const char *path, apr_pool_t *pool)
{
    apr_status_t status =
        apr_dir_make_recursive(path, APR_FPROT_OS_DEFAULT, pool);

    return status == APR_SUCCESS ? NULL : not_made(path, status, pool);
}

bool auth0ctl_file_exists(const char *path, apr_pool_t *pool)
{
    apr_finfo_t info;

    return apr_stat(&info, path, APR_FINFO_TYPE, pool) == APR_SUCCESS;
}

const char *auth0ctl_json_text(json_t *json, bool pretty, apr_pool_t *pool)
{
    char *dump = json_dumps(json, pretty ? JSON_INDENT(2) : JSON_COMPACT);
    const char *text = dump ? apr_pstrdup(pool, dump) : NULL;

    free(dump);
    json_decref(json);
    return text;
}
