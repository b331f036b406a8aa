/* Licensed under the Apache License, Version 2.0; see LICENSE. */
#include "ctl/auth0ctl_dev_file.h"

#include <stdlib.h>

#include <apr_file_io.h>
#include <apr_strings.h>
#include <jansson.h>

#define FILE_MAX ((apr_off_t)1 << 20)

static const char *trouble(const char *what, const char *path,
                           apr_status_t status, apr_pool_t *pool)
{
    char words[128];

    return apr_psprintf(pool, "cannot %s %s: %s", what, path,
                        apr_strerror(status, words, sizeof(words)));
}

static apr_status_t read_all(auth0_span_t *text, apr_file_t *file,
                             apr_pool_t *pool)
{
    apr_finfo_t info;
    apr_status_t status = apr_file_info_get(&info, APR_FINFO_SIZE, file);

    if (status != APR_SUCCESS) {
        return status;
    }
    if (info.size > FILE_MAX) {
        return APR_ENOSPC;
    }
    size_t len = (size_t)info.size;
    char *room = apr_pcalloc(pool, len + 1);

    status = apr_file_read_full(file, room, len, &len);
    *text = auth0_span(room, len);
    return status;
}

const char *auth0ctl_file_read(auth0_span_t *text, const char *path,
                               apr_pool_t *pool)
{
    apr_file_t *file;
    apr_status_t status =
        apr_file_open(&file, path, APR_FOPEN_READ, APR_FPROT_OS_DEFAULT, pool);

    if (status == APR_SUCCESS) {
        status = read_all(text, file, pool);
        apr_file_close(file);
    }
    return status == APR_SUCCESS ? NULL : trouble("read", path, status, pool);
}

static apr_status_t fill(apr_file_t *file, const char *path, auth0_span_t text,
                         apr_fileperms_t mode)
{
    apr_status_t status = apr_file_write_full(file, text.ptr, text.len, NULL);
    apr_status_t closed;

    if (status == APR_SUCCESS) {
        status = apr_file_perms_set(path, mode);
    }
    if (status == APR_SUCCESS) {
        status = apr_file_sync(file);
    }
    closed = apr_file_close(file);
    return status == APR_SUCCESS ? closed : status;
}

const char *auth0ctl_file_write(const char *path, auth0_span_t text,
                                apr_fileperms_t mode, apr_pool_t *pool)
{
    char *aside = apr_pstrcat(pool, path, ".XXXXXX", NULL);
    apr_file_t *file;
    apr_status_t status = apr_file_mktemp(
        &file, aside, APR_FOPEN_CREATE | APR_FOPEN_WRITE | APR_FOPEN_EXCL,
        pool);

    if (status != APR_SUCCESS) {
        return trouble("write", path, status, pool);
    }
    status = fill(file, aside, text, mode);
    if (status == APR_SUCCESS) {
        status = apr_file_rename(aside, path, pool);
    }
    if (status != APR_SUCCESS) {
        apr_file_remove(aside, pool);
        return trouble("write", path, status, pool);
    }
    return NULL;
}

const char *auth0ctl_dir_make(const char *path, apr_fileperms_t mode,
                              apr_pool_t *pool)
{
    apr_status_t status = apr_dir_make(path, mode, pool);

    if (status == APR_SUCCESS) {
        status = apr_file_perms_set(path, mode);
    }
    return status == APR_SUCCESS ? NULL : trouble("make", path, status, pool);
}

const char *auth0ctl_dir_make_all(const char *path, apr_pool_t *pool)
{
    apr_status_t status =
        apr_dir_make_recursive(path, APR_FPROT_OS_DEFAULT, pool);

    return status == APR_SUCCESS ? NULL : trouble("make", path, status, pool);
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
