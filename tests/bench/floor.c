/* Licensed under the Apache License, Version 2.0; see LICENSE. */
/*
 * For measurement only, never for a server that protects anything: about the
 * least that a module takes which judges tokens, and knows them again.
 *
 *   AuthType Floor
 *   Floor nothing         a user, and a provider that grants
 *   Floor hash            and SHA-256 of the token by EVP
 *   Floor plain           and SHA-256 of the token without EVP
 *   Floor fingerprint     and SHA-256 of the token and 32 bytes, for a cache
 *                         whose key is one hash of token and policy
 *   Floor verify PEM      hash, and RS256 by EVP, with no JSON at all
 *   Floor cjose JWK       hash, and RS256 by cjose, and one JSON parse
 *   Require floor
 *
 * verify and cjose refuse a token whose signature does not hold. Nothing else
 * of it is looked at: not who issued it, for whom, or whether it has expired.
 */
#define OPENSSL_SUPPRESS_DEPRECATED /* SHA256_Init and its like */
#include <stdbool.h>
#include <string.h>
#include <strings.h>

#include <httpd.h>
#include <http_config.h>
#include <http_core.h>
#include <http_protocol.h>
#include <http_request.h>
#include <mod_auth.h>
#include <apr_strings.h>
#include <apr_thread_proc.h>
#include <cjose/cjose.h>
#include <jansson.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/sha.h>

#define SCHEME "Bearer "
#define DIGEST 32
#define MOST_SIGNATURE 1024 /* in base64url; a multiple of 4 */

typedef struct text_t {
    const char *ptr;
    size_t len;
} text_t;

/* What a thread keeps, so that a request makes none of it. */
typedef struct tools_t {
    EVP_MD_CTX *sha256;
    EVP_PKEY_CTX *rs256;
} tools_t;

typedef struct floor_t floor_t;

/* A word that Floor takes. */
typedef struct kind_t {
    const char *name;
    bool (*judge)(const floor_t *floor, tools_t *tools, text_t token);
    bool (*read)(floor_t *floor, const char *file);
} kind_t;

/* A Floor line. */
struct floor_t {
    const kind_t *kind;
    EVP_MD *sha256;
    EVP_PKEY *key;
    cjose_jwk_t *jwk;
    apr_threadkey_t *tools; /* to those of each thread */
};

module AP_MODULE_DECLARE_DATA floor_module;

static void free_tools(void *data)
{
    tools_t *tools = data;

    EVP_MD_CTX_free(tools->sha256);
    EVP_PKEY_CTX_free(tools->rs256);
    OPENSSL_free(tools);
}

/* A context with all settings, to be used again and again. */
static EVP_PKEY_CTX *make_rs256(const floor_t *floor)
{
    EVP_PKEY_CTX *made = EVP_PKEY_CTX_new(floor->key, NULL);

    ap_assert(made && EVP_PKEY_verify_init(made) == 1 &&
              EVP_PKEY_CTX_set_rsa_padding(made, RSA_PKCS1_PADDING) == 1 &&
              EVP_PKEY_CTX_set_signature_md(made, floor->sha256) == 1);
    return made;
}

static tools_t *make_tools(const floor_t *floor)
{
    tools_t *made = OPENSSL_zalloc(sizeof(*made));

    ap_assert(made);
    made->sha256 = EVP_MD_CTX_new();
    ap_assert(EVP_DigestInit_ex(made->sha256, floor->sha256, NULL));
    made->rs256 = floor->key ? make_rs256(floor) : NULL;
    ap_assert(!apr_threadkey_private_set(made, floor->tools));
    return made;
}

static tools_t *tools_of_thread(const floor_t *floor)
{
    void *tools = NULL;

    (void)apr_threadkey_private_get(&tools, floor->tools);
    return tools ? tools : make_tools(floor);
}

static bool digest(unsigned char *made, tools_t *tools, text_t text,
                   text_t more)
{
    return EVP_DigestInit_ex(tools->sha256, NULL, NULL) &&
           EVP_DigestUpdate(tools->sha256, text.ptr, text.len) &&
           (!more.len || EVP_DigestUpdate(tools->sha256, more.ptr, more.len)) &&
           EVP_DigestFinal_ex(tools->sha256, made, NULL);
}

static bool hash(const floor_t *floor, tools_t *tools, text_t token)
{
    unsigned char made[DIGEST];

    (void)floor;
    return digest(made, tools, token, (text_t){NULL, 0});
}

static bool plain(const floor_t *floor, tools_t *tools, text_t token)
{
    unsigned char made[DIGEST];
    SHA256_CTX state;

    (void)floor;
    (void)tools;
    return SHA256_Init(&state) && SHA256_Update(&state, token.ptr, token.len) &&
           SHA256_Final(made, &state);
}

static bool fingerprint(const floor_t *floor, tools_t *tools, text_t token)
{
    static const char policy[DIGEST] = "what this location asks for";
    unsigned char made[DIGEST];

    (void)floor;
    return digest(made, tools, token, (text_t){policy, sizeof(policy)});
}

/* Returns the length; 0 for what is no base64url, or too long. */
static size_t unb64(unsigned char *out, text_t text)
{
    unsigned char padded[MOST_SIGNATURE];
    size_t n = 0;

    if (text.len > sizeof(padded)) {
        return 0;
    }
    for (; n < text.len; n++) {
        char c = text.ptr[n];
        padded[n] = c == '-' ? '+' : c == '_' ? '/' : (unsigned char)c;
    }
    for (; n % 4; n++) {
        padded[n] = '=';
    }
    return EVP_DecodeBlock(out, padded, (int)n) < 0 ? 0 : text.len * 3 / 4;
}

static bool verify(const floor_t *floor, tools_t *tools, text_t token)
{
    unsigned char made[DIGEST], signature[MOST_SIGNATURE];
    const char *dot = strrchr(token.ptr, '.');

    if (!dot || !hash(floor, tools, token)) {
        return false;
    }
    text_t head = {token.ptr, (size_t)(dot - token.ptr)};
    size_t len = unb64(signature, (text_t){dot + 1, token.len - head.len - 1});

    return digest(made, tools, head, (text_t){NULL, 0}) &&
           EVP_PKEY_verify(tools->rs256, signature, len, made, DIGEST) == 1;
}

static bool parse(cjose_jws_t *jws)
{
    uint8_t *text;
    size_t len;
    json_t *claims = cjose_jws_get_plaintext(jws, &text, &len, NULL)
                         ? json_loadb((const char *)text, len, 0, NULL)
                         : NULL;

    json_decref(claims);
    return claims != NULL;
}

static bool verify_by_cjose(const floor_t *floor, tools_t *tools, text_t token)
{
    cjose_jws_t *jws = hash(floor, tools, token)
                           ? cjose_jws_import(token.ptr, token.len, NULL)
                           : NULL;
    bool holds = jws && cjose_jws_verify(jws, floor->jwk, NULL) && parse(jws);

    cjose_jws_release(jws);
    return holds;
}

static bool read_pem(floor_t *floor, const char *file)
{
    BIO *in = BIO_new_file(file, "r");

    floor->key = in ? PEM_read_bio_PUBKEY(in, NULL, NULL, NULL) : NULL;
    BIO_free(in);
    return floor->key != NULL;
}

static bool read_jwk(floor_t *floor, const char *file)
{
    json_t *json = json_load_file(file, 0, NULL);

    floor->jwk =
        json ? cjose_jwk_import_json((cjose_header_t *)json, NULL) : NULL;
    json_decref(json);
    return floor->jwk != NULL;
}

static const kind_t kinds[] = {
    {"nothing", NULL, NULL},      {"hash", hash, NULL},
    {"plain", plain, NULL},       {"fingerprint", fingerprint, NULL},
    {"verify", verify, read_pem}, {"cjose", verify_by_cjose, read_jwk},
    {NULL, NULL, NULL},
};

static apr_status_t end(void *data)
{
    floor_t *floor = data;

    EVP_MD_free(floor->sha256);
    EVP_PKEY_free(floor->key);
    cjose_jwk_release(floor->jwk);
    return APR_SUCCESS;
}

static void *make_floor(apr_pool_t *pool, char *unused)
{
    floor_t *floor = apr_pcalloc(pool, sizeof(*floor));

    (void)unused;
    floor->kind = kinds;
    floor->sha256 = EVP_MD_fetch(NULL, "SHA256", NULL);
    ap_assert(!apr_threadkey_private_create(&floor->tools, free_tools, pool));
    apr_pool_cleanup_register(pool, floor, end, apr_pool_cleanup_null);
    return floor;
}

static const char *set_floor(cmd_parms *cmd, void *data, const char *name,
                             const char *file)
{
    floor_t *floor = data;
    const kind_t *kind = kinds;

    while (kind->name && strcmp(kind->name, name)) {
        kind++;
    }
    if (!kind->name || !kind->read != !file) {
        return "Floor nothing|hash|plain|fingerprint, verify PEM or cjose JWK";
    }
    floor->kind = kind;
    return file && !kind->read(floor, file)
               ? apr_psprintf(cmd->pool, "Floor: no key in %s", file)
               : NULL;
}

static bool is_good(request_rec *r, const floor_t *floor)
{
    if (!floor->kind->judge) {
        return true;
    }
    const char *field = apr_table_get(r->headers_in, "Authorization");

    if (!field || strncasecmp(field, SCHEME, sizeof(SCHEME) - 1)) {
        return false;
    }
    field += sizeof(SCHEME) - 1;
    return floor->kind->judge(floor, tools_of_thread(floor),
                              (text_t){field, strlen(field)});
}

static int check_authn(request_rec *r)
{
    const char *type = ap_auth_type(r);

    if (!type || strcasecmp(type, "Floor")) {
        return DECLINED;
    }
    if (!is_good(r, ap_get_module_config(r->per_dir_config, &floor_module))) {
        return HTTP_UNAUTHORIZED;
    }
    r->user = (char *)"floor";
    r->ap_auth_type = (char *)"Floor";
    return OK;
}

static authz_status grant(request_rec *r, const char *line, const void *parsed)
{
    (void)line;
    (void)parsed;
    return r->user ? AUTHZ_GRANTED : AUTHZ_DENIED_NO_USER;
}

static const authz_provider provider = {grant, NULL};

static const command_rec directives[] = {
    AP_INIT_TAKE12("Floor", set_floor, NULL, ACCESS_CONF,
                   "what a request is made to cost"),
    {NULL, {NULL}, NULL, 0, RAW_ARGS, NULL},
};

static void register_hooks(apr_pool_t *pool)
{
    ap_hook_check_authn(check_authn, NULL, NULL, APR_HOOK_MIDDLE,
                        AP_AUTH_INTERNAL_PER_CONF);
    ap_register_auth_provider(pool, AUTHZ_PROVIDER_GROUP, "floor",
                              AUTHZ_PROVIDER_VERSION, &provider,
                              AP_AUTH_INTERNAL_PER_CONF);
}

AP_DECLARE_MODULE(floor) = {
    STANDARD20_MODULE_STUFF, make_floor,         NULL, NULL, NULL, directives,
    register_hooks,          AP_MODULE_FLAG_NONE};
