/* Licensed under the Apache License, Version 2.0; see LICENSE. */
#include "ctl/auth0ctl_dev.h"

#include <stdio.h>

#include <apr_strings.h>

#include "core/auth0_count.h"
#include "core/auth0_url.h"
#include "ctl/auth0ctl_dev_seal.h"
#include "ctl/auth0ctl_dev_token.h"

#define DEFAULT_ISSUER "https://dev.localhost/"
#define DEFAULT_EXPIRES_IN "3600"
#define DEFAULT_ALG "RS256"
#define DEFAULT_KEY_ALG "RSA-OAEP-256"
#define DEFAULT_ENC "A256GCM"

/* About 300 years: far enough for any test, and nothing overflows. */
#define EXPIRES_IN_MAX ((apr_int64_t)10000000000)

static const auth0ctl_option_t init_options[] = {
    {"issuer", "URL", "the tokens' iss (default " DEFAULT_ISSUER ")", false},
    {NULL, NULL, NULL, false},
};

static const auth0ctl_option_t token_options[] = {
    {"audience", "ID", "the API's identifier; more than one make a list", true},
    {"scope", "WORDS", "granted scopes, such as \"read:a write:a\"", false},
    {"subject", "SUB", "default CLIENT@clients, which is a machine", false},
    {"client", "CLIENT", "default: the subject's, or dev-client", false},
    {"expires-in", "SECONDS",
     "default " DEFAULT_EXPIRES_IN "; -60: expired a minute ago", false},
    {"claim", "NAME=VALUE", "sets any claim; VALUE is JSON, or else text",
     true},
    {"typ", "TYPE", "the header's typ (default JWT)", false},
    {"alg", "NAME", "RS256 (default) RS384 RS512 PS256 PS384 PS512", false},
    {"encrypt-to", "FILE", "encrypts to this public key, RSA in PEM", false},
    {"key-alg", "NAME",
     "RSA-OAEP-256 (default) RSA-OAEP-384 RSA-OAEP-512 RSA-OAEP", false},
    {"enc", "NAME", "A256GCM (default) A128GCM A128CBC-HS256 A256CBC-HS512",
     false},
    {NULL, NULL, NULL, false},
};

static const char *option(const auth0ctl_args_t *args, const char *name,
                          const char *otherwise)
{
    const char *value = apr_table_get(args->options, name);

    return value ? value : otherwise;
}

static int collect(void *list, const char *name, const char *value)
{
    (void)name;
    APR_ARRAY_PUSH((apr_array_header_t *)list, const char *) = value;
    return 1;
}

static apr_array_header_t *options(const auth0ctl_args_t *args,
                                   const char *name)
{
    apr_array_header_t *list =
        apr_array_make(args->pool, 4, sizeof(const char *));

    apr_table_do(collect, list, args->options, name, NULL);
    return list;
}

static auth0ctl_exit_t run_init(const auth0ctl_args_t *args)
{
    const char *issuer = option(args, "issuer", DEFAULT_ISSUER);
    const char *wrong = auth0_url_check(issuer, args->pool);
    auth0ctl_tenant_t tenant;

    if (wrong) {
        return auth0ctl_misuse(args, "--issuer '%s' %s", issuer, wrong);
    }
    wrong =
        auth0ctl_tenant_init(&tenant, args->operands[0], issuer, args->pool);
    if (wrong) {
        return auth0ctl_fail(args, "%s", wrong);
    }
    printf("issuer %s\nkid    %s\n", tenant.issuer, tenant.kid);
    return AUTH0CTL_GOOD;
}

static auth0ctl_exit_t read_expires_in(auth0ctl_token_t *wanted,
                                       const auth0ctl_args_t *args)
{
    const char *text = option(args, "expires-in", DEFAULT_EXPIRES_IN);
    char *end;

    wanted->expires_in = apr_strtoi64(text, &end, 10);
    if (end == text || *end || wanted->expires_in > EXPIRES_IN_MAX ||
        wanted->expires_in < -EXPIRES_IN_MAX) {
        return auth0ctl_misuse(args,
                               "--expires-in '%s' is not a number of seconds "
                               "such as 3600 or -60",
                               text);
    }
    return AUTH0CTL_GOOD;
}

static auth0ctl_exit_t read_alg(auth0ctl_token_t *wanted,
                                const auth0ctl_args_t *args)
{
    const char *name = option(args, "alg", DEFAULT_ALG);

    wanted->alg = auth0_alg_find(auth0_span_cstr(name));
    if (!wanted->alg || wanted->alg->kty != AUTH0_KTY_RSA) {
        return auth0ctl_misuse(args,
                               "--alg '%s' is not one of a tenant's RSA key: "
                               "RS256 RS384 RS512 PS256 PS384 PS512",
                               name);
    }
    return AUTH0CTL_GOOD;
}

static auth0ctl_exit_t read_audiences(auth0ctl_token_t *wanted,
                                      const auth0ctl_args_t *args)
{
    wanted->audiences = options(args, "audience");
    if (wanted->audiences->nelts == 0) {
        return auth0ctl_misuse(args, "--audience is missing: give the API's "
                                     "identifier, such as "
                                     "--audience https://api.example.com/");
    }
    return AUTH0CTL_GOOD;
}

static auth0ctl_exit_t read_claims(auth0ctl_token_t *wanted,
                                   const auth0ctl_args_t *args)
{
    wanted->claims = options(args, "claim");
    for (int i = 0; i < wanted->claims->nelts; i++) {
        const char *text = APR_ARRAY_IDX(wanted->claims, i, const char *);
        auth0_span_t rest = auth0_span_cstr(text);
        auth0_span_t name;
        if (!auth0_span_cut(&name, &rest, '=') || name.len == 0) {
            return auth0ctl_misuse(args,
                                   "--claim '%s' is not NAME=VALUE, such as "
                                   "org_id=org_1",
                                   text);
        }
    }
    return AUTH0CTL_GOOD;
}

static auth0ctl_exit_t read_wanted(auth0ctl_token_t *wanted,
                                   const auth0ctl_args_t *args)
{
    static auth0ctl_exit_t (*const readers[])(auth0ctl_token_t *,
                                              const auth0ctl_args_t *) = {
        read_audiences, read_expires_in, read_alg, read_claims};

    *wanted = (auth0ctl_token_t){
        .typ = option(args, "typ", NULL),
        .subject = option(args, "subject", NULL),
        .client = option(args, "client", NULL),
        .scope = option(args, "scope", NULL),
    };
    for (size_t i = 0; i < AUTH0_COUNT(readers); i++) {
        auth0ctl_exit_t read = readers[i](wanted, args);
        if (read != AUTH0CTL_GOOD) {
            return read;
        }
    }
    return AUTH0CTL_GOOD;
}

static auth0ctl_exit_t read_seal(auth0ctl_seal_t *seal,
                                 const auth0ctl_args_t *args)
{
    static const char *const names[] = {"key-alg", "enc"};
    const char *enc = option(args, "enc", DEFAULT_ENC);

    *seal = (auth0ctl_seal_t){option(args, "encrypt-to", NULL),
                              option(args, "key-alg", DEFAULT_KEY_ALG),
                              auth0_jweenc_find(auth0_span_cstr(enc))};
    for (size_t i = 0; i < AUTH0_COUNT(names); i++) {
        if (!seal->path && option(args, names[i], NULL)) {
            return auth0ctl_misuse(args, "--%s needs --encrypt-to", names[i]);
        }
    }
    if (!auth0_seal_digest(auth0_span_cstr(seal->key_alg))) {
        return auth0ctl_misuse(args,
                               "--key-alg '%s' is not one of RSA-OAEP-256 "
                               "RSA-OAEP-384 RSA-OAEP-512 RSA-OAEP",
                               seal->key_alg);
    }
    return seal->enc ? AUTH0CTL_GOOD
                     : auth0ctl_misuse(args,
                                       "--enc '%s' is not one of A256GCM "
                                       "A128GCM A128CBC-HS256 A256CBC-HS512",
                                       enc);
}

static auth0ctl_exit_t run_token(const auth0ctl_args_t *args)
{
    auth0ctl_tenant_t tenant;
    auth0ctl_token_t wanted;
    auth0ctl_seal_t seal;
    const char *token;
    const char *wrong;
    auth0ctl_exit_t read = read_wanted(&wanted, args);

    if (read == AUTH0CTL_GOOD) {
        read = read_seal(&seal, args);
    }

    if (read != AUTH0CTL_GOOD) {
        return read;
    }
    wrong = auth0ctl_tenant_open(&tenant, args->operands[0], args->pool);
    if (!wrong) {
        wrong = auth0ctl_token_make(&token, &wanted, &tenant, apr_time_now(),
                                    args->pool);
    }
    if (!wrong && seal.path) {
        wrong = auth0ctl_seal_token(&token, &seal, args->pool);
    }
    if (wrong) {
        return auth0ctl_fail(args, "%s", wrong);
    }
    puts(token);
    return AUTH0CTL_GOOD;
}

static auth0ctl_exit_t run_serve_files(const auth0ctl_args_t *args)
{
    const char *wrong = auth0ctl_tenant_publish(args->operands[0],
                                                args->operands[1], args->pool);

    return wrong ? auth0ctl_fail(args, "%s", wrong) : AUTH0CTL_GOOD;
}

const auth0ctl_command_t auth0ctl_dev_commands[] = {
    {.name = "init",
     .summary = "Makes a tenant in DIR: key, key set, discovery document.",
     .synopsis = "DIR [--issuer URL]",
     .operand_count = 1,
     .options = init_options,
     .run = run_init},
    {.name = "token",
     .summary = "Prints an access token of the tenant in DIR.",
     .synopsis = "DIR --audience ID [options]",
     .operand_count = 1,
     .options = token_options,
     .run = run_token},
    {.name = "serve-files",
     .summary = "Writes the tenant's public files below DOCROOT/.well-known/.",
     .synopsis = "DIR DOCROOT",
     .operand_count = 2,
     .run = run_serve_files},
    {.name = NULL},
};
