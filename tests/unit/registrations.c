/* Licensed under the Apache License, Version 2.0; see LICENSE. */
#include "registrations.h"

#include <stdint.h>

#include <apr_strings.h>

typedef auth0_registration_api_t api_t;

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))
#define PEM                                                                    \
    "-----BEGIN PUBLIC KEY-----\nMIIBIjANBgkq\n-----END PUBLIC KEY-----\n"

static const api_t nothing = {.enforce_policies = AUTH0_REGISTRATION_UNSAID,
                              .allow_offline_access = AUTH0_REGISTRATION_UNSAID,
                              .skip_consent = AUTH0_REGISTRATION_UNSAID,
                              .token_lifetime = -1};

static apr_array_header_t *texts(apr_pool_t *pool, const char *first,
                                 const char *second)
{
    apr_array_header_t *array = apr_array_make(pool, 2, sizeof(const char *));

    APR_ARRAY_PUSH(array, const char *) = first;
    if (second) {
        APR_ARRAY_PUSH(array, const char *) = second;
    }
    return array;
}

static apr_array_header_t *scopes(apr_pool_t *pool,
                                  auth0_registration_scope_t first,
                                  auth0_registration_scope_t second)
{
    apr_array_header_t *array =
        apr_array_make(pool, 2, sizeof(auth0_registration_scope_t));

    APR_ARRAY_PUSH(array, auth0_registration_scope_t) = first;
    APR_ARRAY_PUSH(array, auth0_registration_scope_t) = second;
    return array;
}

static apr_array_header_t *grants(apr_pool_t *pool,
                                  auth0_registration_grant_t first,
                                  auth0_registration_grant_t second)
{
    apr_array_header_t *array =
        apr_array_make(pool, 2, sizeof(auth0_registration_grant_t));

    APR_ARRAY_PUSH(array, auth0_registration_grant_t) = first;
    APR_ARRAY_PUSH(array, auth0_registration_grant_t) = second;
    return array;
}

static void add_minimal(apr_array_header_t *apis)
{
    api_t api = nothing;

    api.identifier = "https://api.example.com/orders";
    APR_ARRAY_PUSH(apis, api_t) = api;
}

static void add_all(apr_array_header_t *apis, apr_pool_t *pool)
{
    static const auth0_registration_key_t key = {"httpd", "RSA-OAEP-256", "k1",
                                                 PEM};
    auth0_registration_scope_t read = {"read:orders", "Read orders"};
    auth0_registration_scope_t write = {"write:orders", NULL};
    auth0_registration_grant_t by_name = {
        "Nightly batch", texts(pool, "read:orders", "write:orders")};
    auth0_registration_grant_t by_id = {"AbCdEfGhIjKlMnOpQrStUvWxYz012345",
                                        texts(pool, "read:orders", NULL)};

    APR_ARRAY_PUSH(apis, api_t) = (api_t){
        .identifier = "https://api.example.com/orders",
        .name = "Orders API",
        .scopes = scopes(pool, read, write),
        .grants = grants(pool, by_name, by_id),
        .signing_alg = "PS256",
        .token_dialect = "rfc9068_profile_authz",
        .enforce_policies = AUTH0_REGISTRATION_YES,
        .allow_offline_access = AUTH0_REGISTRATION_NO,
        .skip_consent = AUTH0_REGISTRATION_YES,
        .token_lifetime = 3600,
        .pop_mechanism = "dpop",
        .encryption = &key,
        .authorization_types = texts(pool, "payment", "refund"),
        .user_policy = "require_client_grant",
        .client_policy = "deny_all",
    };
}

/* Another API with a label of the same words, and the same client again. */
static void add_second(apr_array_header_t *apis, apr_pool_t *pool)
{
    auth0_registration_grant_t by_name = {"Nightly batch", NULL};
    auth0_registration_grant_t again = {"Nightly-Batch",
                                        texts(pool, "a", NULL)};
    api_t api = nothing;

    api.identifier = "https://api.example.com/orders/";
    api.allow_offline_access = AUTH0_REGISTRATION_YES;
    api.pop_mechanism = "mtls";
    api.client_policy = "require_client_grant";
    api.token_lifetime = 0;
    api.grants = grants(pool, by_name, again);
    APR_ARRAY_PUSH(apis, api_t) = api;
}

#define CONTROLS "\x01\x02\b\t\n\v\f\r\x1b\x1f\x7f"
#define WIDE "\xc3\xa4\xe2\x80\xa8\xc2\x85\xef\xbb\xbf\xf0\x9f\x98\x80"

static void add_hostile(apr_array_header_t *apis, apr_pool_t *pool)
{
    static const auth0_registration_key_t key = {" \"key\" ", "RSA-OAEP-512",
                                                 "null", "\r\n\\n\n\n"};
    auth0_registration_scope_t first = {"yes", CONTROLS};
    auth0_registration_scope_t second = {"- a: b #c", WIDE};
    auth0_registration_grant_t name = {"${file(\"/etc/passwd\")}",
                                       texts(pool, "%{ if true }", "1e3")};
    auth0_registration_grant_t grant = {"7 \xc3\xa4 $${a} $$${b} %%{c}", NULL};
    api_t api = nothing;

    api.identifier = "##DOMAIN## @@LIST@@ ### a#b@c";
    api.name = "a \"b\" 'c' \\ \\u0041 \\\" \\\\b / &a *b !c [d] {e} | > ` ";
    api.scopes = scopes(pool, first, second);
    api.grants = grants(pool, name, grant);
    api.encryption = &key;
    api.authorization_types = texts(pool, "", "~");
    APR_ARRAY_PUSH(apis, api_t) = api;
}

static unsigned dice(uint64_t *seed, size_t sides)
{
    *seed = *seed * 6364136223846793005u + 1442695040888963407u;
    return (unsigned)((*seed >> 33) % sides);
}

static const char *random_text(uint64_t *seed, apr_pool_t *pool)
{
    static const char *const pieces[] = {
        "a",
        "B",
        "7",
        " ",
        "\"",
        "'",
        "\\",
        "\n",
        "\r",
        "\t",
        "\b",
        "\f",
        "\x01",
        "\x7f",
        "$",
        "${",
        "%",
        "%{",
        "}",
        "{",
        "#",
        "##",
        "@",
        "@@",
        ": ",
        "- ",
        "? ",
        "yes",
        "null",
        "0x1f",
        "1.5",
        "~",
        "&",
        "*",
        "!",
        "|",
        ">",
        "[",
        "]",
        ",",
        "---",
        "...",
        "<<EOF",
        "/\x2a",
        "//",
        "\\u0041",
        "/",
        "_",
        "\xc3\xa4",
        "\xe2\x80\xa8",
        "\xc2\x85",
        "\xef\xbf\xbf",
        "\xf0\x9f\x98\x80",
        "\xf4\x8f\xbf\xbf",
        "\xef\xbb\xbf",
        "https://",
    };
    const char *text = "";

    for (unsigned left = dice(seed, 9); left > 0; left--) {
        text = apr_pstrcat(pool, text, pieces[dice(seed, COUNT(pieces))], NULL);
    }
    return text;
}

static void add_random(apr_array_header_t *apis, uint64_t *seed,
                       apr_pool_t *pool)
{
    auth0_registration_key_t *key = apr_palloc(pool, sizeof(*key));
    auth0_registration_scope_t scope[2];
    auth0_registration_grant_t grant[2];
    api_t api = nothing;

    for (int i = 0; i < 2; i++) {
        scope[i].value = random_text(seed, pool);
        scope[i].description = dice(seed, 2) ? random_text(seed, pool) : NULL;
        grant[i].client = random_text(seed, pool);
        grant[i].scopes = texts(pool, random_text(seed, pool),
                                dice(seed, 2) ? random_text(seed, pool) : NULL);
    }
    *key = (auth0_registration_key_t){random_text(seed, pool), "RSA-OAEP-384",
                                      dice(seed, 2) ? random_text(seed, pool)
                                                    : NULL,
                                      random_text(seed, pool)};
    api.identifier = random_text(seed, pool);
    api.name = dice(seed, 2) ? random_text(seed, pool) : NULL;
    api.scopes = dice(seed, 4) ? scopes(pool, scope[0], scope[1]) : NULL;
    api.grants = dice(seed, 4) ? grants(pool, grant[0], grant[1]) : NULL;
    api.encryption = dice(seed, 2) ? key : NULL;
    api.user_policy = dice(seed, 2) ? "allow_all" : NULL;
    api.enforce_policies = (auth0_registration_said_t)((int)dice(seed, 3) - 1);
    APR_ARRAY_PUSH(apis, api_t) = api;
}

const apr_array_header_t *registrations(unsigned number, apr_pool_t *pool)
{
    apr_array_header_t *apis = apr_array_make(pool, 2, sizeof(api_t));
    uint64_t seed = number;

    if (number == REGISTRATIONS_MINIMAL) {
        add_minimal(apis);
    }
    else if (number == REGISTRATIONS_ALL) {
        add_all(apis, pool);
        add_second(apis, pool);
    }
    else if (number == REGISTRATIONS_HOSTILE) {
        add_hostile(apis, pool);
    }
    for (unsigned i = 0; number >= REGISTRATIONS_RANDOM && i < number % 4;
         i++) {
        add_random(apis, &seed, pool);
    }
    return apis;
}
