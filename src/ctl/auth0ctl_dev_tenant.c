/* Licensed under the Apache License, Version 2.0; see LICENSE. */
#include "ctl/auth0ctl_dev_tenant.h"

#include <string.h>

#include <apr_strings.h>
#include <jansson.h>
#include <openssl/bio.h>
#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>

#include "core/auth0_b64.h"
#include "core/auth0_count.h"
#include "core/auth0_json.h"
#include "core/auth0_thumbprint.h"
#include "ctl/auth0ctl_dev_file.h"

#define KEY_BITS 2048
#define KEY_FILE "private.pem"
#define JWKS_FILE "jwks.json"
#define DISCOVERY_FILE "openid-configuration"

#define MODE_OWNER_DIR (APR_FPROT_UREAD | APR_FPROT_UWRITE | APR_FPROT_UEXECUTE)
#define MODE_OWNER 0600
#define MODE_PUBLIC 0644

static const char *path_in(const char *dir, const char *name, apr_pool_t *pool)
{
    return apr_pstrcat(pool, dir, "/", name, NULL);
}

static apr_status_t release_key(void *key)
{
    EVP_PKEY_free(key);
    return APR_SUCCESS;
}

/* A public number of the key, as RFC 7518 section 6.3.1 writes it. */
static const char *number(EVP_PKEY *key, const char *name, apr_pool_t *pool)
{
    BIGNUM *value = NULL;
    const char *text = NULL;

    if (EVP_PKEY_get_bn_param(key, name, &value) == 1) {
        size_t len = (size_t)BN_num_bytes(value);
        unsigned char *bytes = apr_palloc(pool, len);
        BN_bn2bin(value, bytes);
        text = auth0_b64url_encode(auth0_span((const char *)bytes, len), pool);
    }
    BN_free(value);
    return text;
}

/* RFC 7638 section 3: the hash of the required members in their order. */
static const char *thumbprint(EVP_PKEY *key, apr_pool_t *pool)
{
    const char *members =
        apr_pstrcat(pool, "{\"e\":\"", number(key, OSSL_PKEY_PARAM_RSA_E, pool),
                    "\",\"kty\":\"RSA\",\"n\":\"",
                    number(key, OSSL_PKEY_PARAM_RSA_N, pool), "\"}", NULL);

    return auth0_thumbprint_of(auth0_span_cstr(members), pool);
}

/* Takes over the reference to key; false when it cannot serve. */
static bool adopt_key(auth0ctl_tenant_t *tenant, EVP_PKEY *key,
                      apr_pool_t *pool)
{
    if (!key) {
        return false;
    }
    apr_pool_cleanup_register(pool, key, release_key, apr_pool_cleanup_null);
    tenant->signer = (auth0_signer_t){.key = key};
    tenant->kid = EVP_PKEY_get_base_id(key) == EVP_PKEY_RSA
                      ? thumbprint(key, pool)
                      : NULL;
    return tenant->kid != NULL;
}

static const char *write_key(const auth0ctl_tenant_t *tenant, const char *dir,
                             apr_pool_t *pool)
{
    const char *wrong = "cannot write the key as PEM";
    BIO *bio = BIO_new(BIO_s_mem());
    char *pem;

    if (bio && PEM_write_bio_PrivateKey(bio, tenant->signer.key, NULL, NULL, 0,
                                        NULL, NULL) == 1) {
        long len = BIO_get_mem_data(bio, &pem);
        wrong =
            auth0ctl_file_write(path_in(dir, KEY_FILE, pool),
                                auth0_span(pem, (size_t)len), MODE_OWNER, pool);
    }
    BIO_free(bio);
    return wrong;
}

/* Takes over the reference to json, NULL when memory is short. */
static const char *write_json(const char *dir, const char *name, json_t *json,
                              apr_pool_t *pool)
{
    const char *text = auth0ctl_json_text(json, true, pool);

    if (!text) {
        return apr_psprintf(pool, "cannot make the text of %s", name);
    }
    return auth0ctl_file_write(
        path_in(dir, name, pool),
        auth0_span_cstr(apr_pstrcat(pool, text, "\n", NULL)), MODE_PUBLIC,
        pool);
}

static json_t *make_jwks(const auth0ctl_tenant_t *tenant, apr_pool_t *pool)
{
    EVP_PKEY *key = tenant->signer.key;

    return json_pack("{s:[{s:s,s:s,s:s,s:s,s:s,s:s}]}", "keys", "kty", "RSA",
                     "n", number(key, OSSL_PKEY_PARAM_RSA_N, pool), "e",
                     number(key, OSSL_PKEY_PARAM_RSA_E, pool), "alg", "RS256",
                     "use", "sig", "kid", tenant->kid);
}

/* What OpenID Connect Discovery section 3 demands, at Auth0's own paths. */
static json_t *make_discovery(const char *issuer, apr_pool_t *pool)
{
    size_t len = strlen(issuer);
    const char *base = apr_pstrcat(
        pool, issuer, len && issuer[len - 1] == '/' ? "" : "/", NULL);

    return json_pack(
        "{s:s,s:s,s:s,s:s,s:[s],s:[s],s:[s]}", "issuer", issuer,
        "authorization_endpoint", apr_pstrcat(pool, base, "authorize", NULL),
        "token_endpoint", apr_pstrcat(pool, base, "oauth/token", NULL),
        "jwks_uri", apr_pstrcat(pool, base, ".well-known/jwks.json", NULL),
        "response_types_supported", "code", "subject_types_supported", "public",
        "id_token_signing_alg_values_supported", "RS256");
}

static const char *make_dir(const char *dir, apr_pool_t *pool)
{
    if (auth0ctl_file_exists(path_in(dir, KEY_FILE, pool), pool)) {
        return apr_psprintf(pool,
                            "%s holds a tenant already: use that one, or "
                            "remove the folder first to make it anew",
                            dir);
    }
    if (auth0ctl_file_exists(dir, pool)) {
        return apr_psprintf(pool,
                            "%s exists and is no tenant: name a folder that "
                            "does not exist yet",
                            dir);
    }
    return auth0ctl_dir_make(dir, MODE_OWNER_DIR, pool);
}

const char *auth0ctl_tenant_init(auth0ctl_tenant_t *tenant, const char *dir,
                                 const char *issuer, apr_pool_t *pool)
{
    const char *wrong = make_dir(dir, pool);

    if (wrong) {
        return wrong;
    }
    if (!adopt_key(tenant, EVP_RSA_gen(KEY_BITS), pool)) {
        return "cannot generate an RSA key";
    }
    tenant->issuer = issuer;
    wrong = write_json(dir, JWKS_FILE, make_jwks(tenant, pool), pool);
    if (!wrong) {
        wrong =
            write_json(dir, DISCOVERY_FILE, make_discovery(issuer, pool), pool);
    }
    return wrong ? wrong : write_key(tenant, dir, pool);
}

static const char *read_key(auth0ctl_tenant_t *tenant, const char *dir,
                            apr_pool_t *pool)
{
    const char *path = path_in(dir, KEY_FILE, pool);
    auth0_span_t pem;
    const char *wrong = auth0ctl_file_read(&pem, path, pool);
    char no_password[] = ""; /* else a terminal would be asked for one */
    BIO *bio;
    bool read;

    if (wrong) {
        return wrong;
    }
    bio = BIO_new_mem_buf(pem.ptr, (int)pem.len);
    read =
        bio &&
        adopt_key(tenant, PEM_read_bio_PrivateKey(bio, NULL, NULL, no_password),
                  pool);
    BIO_free(bio);
    return read ? NULL : apr_psprintf(pool, "%s holds no RSA key in PEM", path);
}

static const char *read_issuer(auth0ctl_tenant_t *tenant, const char *dir,
                               apr_pool_t *pool)
{
    const char *path = path_in(dir, DISCOVERY_FILE, pool);
    const auth0_json_t *metadata;
    auth0_span_t text;
    const char *wrong = auth0ctl_file_read(&text, path, pool);

    if (wrong) {
        return wrong;
    }
    if (!auth0_json_object(&metadata, text, auth0_json_jwks_limit, pool) ||
        !auth0_json_string(&text, auth0_json_member(metadata, "issuer"))) {
        return apr_psprintf(pool, "%s names no issuer", path);
    }
    tenant->issuer = apr_pstrmemdup(pool, text.ptr, text.len);
    return NULL;
}

static const char *check_tenant(const char *dir, apr_pool_t *pool)
{
    if (auth0ctl_file_exists(path_in(dir, KEY_FILE, pool), pool)) {
        return NULL;
    }
    return apr_psprintf(pool,
                        "%s holds no tenant: make one with "
                        "'auth0ctl dev init %s'",
                        dir, dir);
}

const char *auth0ctl_tenant_open(auth0ctl_tenant_t *tenant, const char *dir,
                                 apr_pool_t *pool)
{
    const char *wrong = check_tenant(dir, pool);

    if (!wrong) {
        wrong = read_key(tenant, dir, pool);
    }
    return wrong ? wrong : read_issuer(tenant, dir, pool);
}

const char *auth0ctl_tenant_publish(const char *dir, const char *docroot,
                                    apr_pool_t *pool)
{
    static const char *const names[] = {JWKS_FILE, DISCOVERY_FILE};
    const char *public_dir = path_in(docroot, ".well-known", pool);
    const char *wrong = check_tenant(dir, pool);
    auth0_span_t text;

    if (!wrong) {
        wrong = auth0ctl_dir_make_all(public_dir, pool);
    }
    for (size_t i = 0; !wrong && i < AUTH0_COUNT(names); i++) {
        wrong = auth0ctl_file_read(&text, path_in(dir, names[i], pool), pool);
        if (!wrong) {
            wrong = auth0ctl_file_write(path_in(public_dir, names[i], pool),
                                        text, MODE_PUBLIC, pool);
        }
    }
    return wrong;
}
