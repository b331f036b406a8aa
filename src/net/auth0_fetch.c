/* Licensed under the Apache License, Version 2.0; see LICENSE. */
#include "net/auth0_fetch.h"

#include <string.h>

#include <apr_strings.h>
#include <curl/curl.h>

#include "core/auth0_version.h"

/* A peer that sends less than this for so long is given up. */
#define SLOW_BYTES_PER_SECOND 100L
#define SLOW_SECONDS 5L

typedef struct body_t {
    char *bytes;
    size_t len;
    size_t max;
    bool too_large;
} body_t;

void auth0_fetch_start(void)
{
    curl_global_init(CURL_GLOBAL_DEFAULT);
}

static size_t receive(char *data, size_t size, size_t count, void *baton)
{
    body_t *body = baton;
    size_t len = size * count;

    if (len > body->max - body->len) {
        body->too_large = true;
        return 0;
    }
    memcpy(body->bytes + body->len, data, len);
    body->len += len;
    return len;
}

static int progress(void *baton, curl_off_t a, curl_off_t b, curl_off_t c,
                    curl_off_t d)
{
    const auth0_fetch_t *how = baton;

    (void)a, (void)b, (void)c, (void)d;
    return how->cancelled();
}

/* No redirects, no other protocol, and no way to switch verification off. */
static void set_options(CURL *curl, const auth0_fetch_t *how, const char *url)
{
    curl_easy_setopt(curl, CURLOPT_URL, url);
    curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "https,http");
    curl_easy_setopt(curl, CURLOPT_PROXY, "");
    curl_easy_setopt(curl, CURLOPT_FOLLOWLOCATION, 0L);
    curl_easy_setopt(curl, CURLOPT_SSLVERSION, CURL_SSLVERSION_TLSv1_2);
    curl_easy_setopt(curl, CURLOPT_SSL_VERIFYPEER, 1L);
    curl_easy_setopt(curl, CURLOPT_SSL_VERIFYHOST, 2L);
    curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT_MS, how->connect_ms);
    curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, how->total_ms);
    curl_easy_setopt(curl, CURLOPT_LOW_SPEED_LIMIT, SLOW_BYTES_PER_SECOND);
    curl_easy_setopt(curl, CURLOPT_LOW_SPEED_TIME, SLOW_SECONDS);
    curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(curl, CURLOPT_USERAGENT, "mod_auth0/" AUTH0_VERSION);
    curl_easy_setopt(curl, CURLOPT_NOPROGRESS, 0L);
    curl_easy_setopt(curl, CURLOPT_XFERINFOFUNCTION, progress);
    curl_easy_setopt(curl, CURLOPT_XFERINFODATA, how);
    if (how->ca_pem) {
        struct curl_blob pem = {(void *)how->ca_pem, strlen(how->ca_pem),
                                CURL_BLOB_NOCOPY};
        curl_easy_setopt(curl, CURLOPT_CAINFO_BLOB, &pem);
        curl_easy_setopt(curl, CURLOPT_CAINFO, NULL);
        curl_easy_setopt(curl, CURLOPT_CAPATH, NULL);
    }
}

static const char *outcome(CURL *curl, CURLcode code, const body_t *body,
                           apr_pool_t *pool)
{
    long status = 0;

    if (body->too_large) {
        return apr_psprintf(
            pool, "the answer is larger than %" APR_SIZE_T_FMT " bytes",
            body->max);
    }
    if (code != CURLE_OK) {
        return apr_pstrdup(pool, curl_easy_strerror(code));
    }
    curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
    return status == 200
               ? NULL
               : apr_psprintf(pool, "the answer has status %ld, not 200",
                              status);
}

static apr_status_t cleanup(void *curl)
{
    curl_easy_cleanup(curl);
    return APR_SUCCESS;
}

const char *auth0_fetch(auth0_span_t *body, const auth0_fetch_t *how,
                        const char *url, apr_pool_t *pool)
{
    body_t received = {apr_palloc(pool, how->max_bytes + 1), 0, how->max_bytes,
                       false};
    CURL *curl = curl_easy_init();

    *body = auth0_span("", 0);
    if (!curl) {
        return "out of memory";
    }
    apr_pool_cleanup_register(pool, curl, cleanup, apr_pool_cleanup_null);
    set_options(curl, how, url);
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, receive);
    curl_easy_setopt(curl, CURLOPT_WRITEDATA, &received);
    const char *why = outcome(curl, curl_easy_perform(curl), &received, pool);

    if (why) {
        return why;
    }
    received.bytes[received.len] = '\0';
    *body = auth0_span(received.bytes, received.len);
    return NULL;
}
