/* Licensed under the Apache License, Version 2.0; see LICENSE. */
#include "httpd/mod_auth0_decryption.h"

#include <string.h>

#include <apr_strings.h>
#include <openssl/crypto.h>

#include "core/auth0_jose.h"
#include "httpd/mod_auth0_argument.h"
#include "httpd/mod_auth0_config.h"
#include "net/auth0_file.h"

/* A key of 8192 bits takes up a tenth of this, in bytes. */
#define PEM_MAX ((size_t)65536)

/*
 * The path of "kid=path" or "path". Absolute paths begin with a slash, and so
 * none is taken for a name; of others, "./a=b" is a path.
 */
static const char *path_of(auth0_span_t *kid, const char *word)
{
    auth0_span_t rest = auth0_span_cstr(word);
    auth0_span_t name;

    *kid = auth0_span("", 0);
    if (!auth0_span_cut(&name, &rest, '=') ||
        (name.len > 0 && memchr(name.ptr, '/', name.len))) {
        return word;
    }
    *kid = name;
    return rest.ptr;
}

static const char *check_kid(const char *word, auth0_span_t kid)
{
    if (*word == '=') {
        return "has no name in front of the equals sign; write kid=path, or "
               "the path alone";
    }
    return kid.len <= AUTH0_KID_MAX && !auth0_span_has_control(kid)
               ? NULL
               : "has a kid that is longer than 256 bytes or has a control "
                 "character in it";
}

static const char *read_key(auth0_jwekey_t **key, const cmd_parms *cmd,
                            const char *name, auth0_span_t kid)
{
    const char *path = mod_auth0_path(cmd, name);
    auth0_span_t pem;

    if (!path) {
        return mod_auth0_complain(cmd, name, "is not a path");
    }
    const char *why = auth0_file_read(&pem, path, PEM_MAX, cmd->temp_pool);

    if (!why) {
        why = auth0_jwekey_parse(key, pem, kid, cmd->pool);
        OPENSSL_cleanse((void *)(uintptr_t)pem.ptr, pem.len);
    }
    return why ? apr_psprintf(cmd->pool, "%s: the key file %s %s",
                              cmd->cmd->name, path, why)
               : NULL;
}

static const auth0_jwekey_t *key_at(const apr_array_header_t *keys, int i)
{
    return APR_ARRAY_IDX(keys, i, const auth0_jwekey_t *);
}

static const char *check_others(const apr_array_header_t *keys,
                                const auth0_jwekey_t *key)
{
    auth0_span_t kid = auth0_jwekey_kid(key);

    if (keys->nelts >= MOD_AUTH0_DECRYPTION_KEYS_MAX) {
        return "is one key too many: a section has eight at most; remove those "
               "that Auth0 no longer encrypts to";
    }
    for (int i = 0; i < keys->nelts; i++) {
        if (auth0_jwekey_same(key, key_at(keys, i))) {
            return "is the same key as another of this section; name each key "
                   "once";
        }
        if (kid.len > 0 &&
            auth0_span_eq(kid, auth0_jwekey_kid(key_at(keys, i)))) {
            return "has the kid of another key of this section; a kid is of "
                   "one key";
        }
    }
    return NULL;
}

const char *mod_auth0_set_decryption_key(cmd_parms *cmd, void *conf,
                                         const char *word)
{
    mod_auth0_dir_t *dir = conf;
    auth0_span_t kid;
    const char *path = path_of(&kid, word);
    const char *why = check_kid(word, kid);
    auth0_jwekey_t *key;

    if (why) {
        return mod_auth0_complain(cmd, word, why);
    }
    why = read_key(&key, cmd, path, kid);
    if (why) {
        return why;
    }
    mod_auth0_section_record(cmd, dir);
    if (!dir->decryption) {
        dir->decryption =
            apr_array_make(cmd->pool, 1, sizeof(const auth0_jwekey_t *));
    }
    why = check_others(dir->decryption, key);
    APR_ARRAY_PUSH(dir->decryption, const auth0_jwekey_t *) = key;
    return why ? mod_auth0_complain(cmd, word, why) : NULL;
}

const char *mod_auth0_set_encrypted_tokens(cmd_parms *cmd, void *conf,
                                           const char *word)
{
    mod_auth0_dir_t *dir = conf;
    auth0_span_t wanted = auth0_span_cstr(word);
    bool is_required = auth0_span_is_nocase(wanted, "required");

    if (!is_required && !auth0_span_is_nocase(wanted, "allowed")) {
        return mod_auth0_complain(cmd, word, "is neither allowed nor required");
    }
    mod_auth0_section_record(cmd, dir);
    dir->encrypted_only = is_required ? MOD_AUTH0_ON : MOD_AUTH0_OFF;
    return NULL;
}
