/* Licensed under the Apache License, Version 2.0; see LICENSE. */
#include "httpd/mod_auth0_file.h"

#include <apr_file_io.h>
#include <apr_strings.h>

static const char *complain(apr_pool_t *pool, const char *what,
                            apr_status_t status)
{
    char words[120];

    return apr_pstrcat(pool, what, ": ",
                       apr_strerror(status, words, sizeof(words)), NULL);
}

static const char *read_open(auth0_span_t *bytes, apr_file_t *file, size_t max,
                             apr_pool_t *pool)
{
    char *buffer = apr_palloc(pool, max + 1);
    apr_size_t len = 0;
    apr_status_t status = apr_file_read_full(file, buffer, max + 1, &len);

    if (status != APR_SUCCESS && status != APR_EOF) {
        return complain(pool, "cannot be read", status);
    }
    if (len > max) {
        return apr_psprintf(pool, "is larger than %" APR_SIZE_T_FMT " bytes",
                            max);
    }
    buffer[len] = '\0';
    *bytes = auth0_span(buffer, len);
    return NULL;
}

const char *mod_auth0_file_read(auth0_span_t *bytes, const char *path,
                                size_t max, apr_pool_t *pool)
{
    apr_file_t *file;
    apr_finfo_t info;
    apr_status_t status = apr_file_open(
        &file, path, APR_FOPEN_READ | APR_FOPEN_BINARY, APR_OS_DEFAULT, pool);

    *bytes = auth0_span("", 0);
    if (status != APR_SUCCESS) {
        return complain(pool, "cannot be opened", status);
    }
    status = apr_file_info_get(&info, APR_FINFO_TYPE, file);
    const char *why = status == APR_SUCCESS && info.filetype == APR_REG
                          ? read_open(bytes, file, max, pool)
                          : "is not a regular file";

    apr_file_close(file);
    return why;
}

apr_time_t mod_auth0_file_mtime(const char *path, apr_pool_t *pool)
{
    apr_finfo_t info;

    return apr_stat(&info, path, APR_FINFO_MTIME, pool) == APR_SUCCESS
               ? info.mtime
               : 0;
}
