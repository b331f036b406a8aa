/* Licensed under the Apache License, Version 2.0; see LICENSE. */
#include "httpd/mod_auth0_secret.h"

#include <apr_strings.h>
#include <apr_thread_proc.h>
#include <openssl/crypto.h>

#include "net/auth0_file.h"

#define SECRET_MAX ((size_t)4096)

static const char *read_file(auth0_span_t *secret, const char *name,
                             apr_pool_t *pool)
{
    const char *path = ap_server_root_relative(pool, name);
    const char *why =
        auth0_file_read(secret, path ? path : name, SECRET_MAX, pool);

    return why ? apr_psprintf(pool, "the file %s %s", name, why) : NULL;
}

static const char *await_end(apr_proc_t *proc)
{
    int code = -1;
    apr_exit_why_e how = APR_PROC_SIGNAL;

    apr_proc_wait(proc, &code, &how, APR_WAIT);
    return how == APR_PROC_EXIT && code == 0 ? NULL : "failed";
}

static const char *read_output(auth0_span_t *secret, apr_proc_t *proc,
                               apr_pool_t *pool)
{
    char *buffer = apr_palloc(pool, SECRET_MAX + 1);
    apr_size_t len = 0;

    apr_file_read_full(proc->out, buffer, SECRET_MAX + 1, &len);
    apr_file_close(proc->out);
    const char *why = await_end(proc);

    if (!why && len > SECRET_MAX) {
        why = "printed more than 4096 bytes";
    }
    if (why) {
        OPENSSL_cleanse(buffer, len);
    }
    *secret = auth0_span(buffer, why ? 0 : len);
    return why;
}

static const char *read_program(auth0_span_t *secret, const char *name,
                                apr_pool_t *pool)
{
    const char *path = ap_server_root_relative(pool, name);
    const char *const argv[] = {path, NULL};
    apr_procattr_t *attr;
    apr_proc_t proc;
    const char *why = "cannot be started";

    if (path && apr_procattr_create(&attr, pool) == APR_SUCCESS &&
        apr_procattr_io_set(attr, APR_NO_PIPE, APR_FULL_BLOCK, APR_NO_PIPE) ==
            APR_SUCCESS &&
        apr_procattr_error_check_set(attr, 1) == APR_SUCCESS &&
        apr_proc_create(&proc, path, argv, NULL, attr, pool) == APR_SUCCESS) {
        why = read_output(secret, &proc, pool);
    }
    return why ? apr_psprintf(pool, "the program %s %s", name, why) : NULL;
}

static const char *read_secret(auth0_span_t *secret, const char *where,
                               apr_pool_t *pool)
{
    auth0_span_t rest = auth0_span_cstr(where);
    auth0_span_t kind;

    if (!auth0_span_cut(&kind, &rest, ':') || rest.len == 0) {
        return "write file:/path/to/secret or exec:/path/to/program";
    }
    if (auth0_span_is(kind, "file")) {
        return read_file(secret, rest.ptr, pool);
    }
    if (auth0_span_is(kind, "exec")) {
        return read_program(secret, rest.ptr, pool);
    }
    return "write file:/path/to/secret or exec:/path/to/program";
}

const char *mod_auth0_secret_read(const auth0_key_t **key, const char *where,
                                  apr_pool_t *pool)
{
    auth0_span_t secret;
    const char *why = read_secret(&secret, where, pool);

    *key = NULL;
    if (why) {
        return why;
    }
    size_t read = secret.len;

    if (secret.len > 0 && secret.ptr[secret.len - 1] == '\n') {
        secret.len--;
    }
    if (secret.len > 0) {
        *key = auth0_key_from_secret(secret, pool);
    }
    OPENSSL_cleanse((void *)(uintptr_t)secret.ptr, read);
    return *key ? NULL : "the secret is empty";
}
