/* Licensed under the Apache License, Version 2.0; see LICENSE. */
#include "net/auth0_fetch.h"

#include <string.h>
#include <sys/socket.h>

#include <apr_strings.h>
#include <curl/curl.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509_vfy.h>

#include "core/auth0_ascii.h"
#include "core/auth0_count.h"
#include "core/auth0_version.h"

/* A peer that sends less than this for so long is given up. */
#define SLOW_BYTES_PER_SECOND 100L
#define SLOW_SECONDS 5L

#define HEADERS_MAX ((size_t)65536)
#define MICROSECONDS ((int64_t)1000000)

struct auth0_fetcher_t {
    CURLM *multi;
};

/* One fetch; lives in its own pool. */
typedef struct transfer_t {
    CURLM *multi;
    CURL *curl;
    void *baton;
    apr_pool_t *pool;
    char *bytes;
    size_t len;
    size_t max;
    size_t header_len;
    const char *refused; /* a sentence, when we broke it off */
    char error[CURL_ERROR_SIZE];
} transfer_t;

void auth0_fetch_start(void)
{
    curl_global_init(CURL_GLOBAL_DEFAULT);
}

/* True when the part is there and, if that is given, is this text. */
static bool has_part(CURLU *url, CURLUPart part, const char *wanted)
{
    char *text;

    if (curl_url_get(url, part, &text, 0) != CURLUE_OK) {
        return false;
    }
    bool is_so = !wanted || auth0_span_is(auth0_span_cstr(text), wanted);

    curl_free(text);
    return is_so;
}

static bool is_proxy(CURLU *url, const char *text)
{
    return !auth0_span_has_control(auth0_span_cstr(text)) &&
           curl_url_set(url, CURLUPART_URL, text, 0) == CURLUE_OK &&
           has_part(url, CURLUPART_SCHEME, "http") &&
           has_part(url, CURLUPART_HOST, NULL) &&
           has_part(url, CURLUPART_PORT, NULL) &&
           !has_part(url, CURLUPART_PORT, "0") &&
           has_part(url, CURLUPART_PATH, "/") &&
           !has_part(url, CURLUPART_QUERY, NULL) &&
           !has_part(url, CURLUPART_FRAGMENT, NULL);
}

const char *auth0_fetch_check_proxy(const char *url)
{
    CURLU *parts = curl_url();
    bool is_good = parts && is_proxy(parts, url);

    curl_url_cleanup(parts);
    return is_good ? NULL
                   : "that is not the URL of a proxy; write "
                     "http://proxy.example.com:3128";
}

const char *auth0_fetch_check_authorities(const char *pem)
{
    BIO *bio = BIO_new_mem_buf(pem, -1);
    X509 *certificate;
    unsigned count = 0;

    ERR_clear_error();
    while (bio && (certificate = PEM_read_bio_X509(bio, NULL, NULL, NULL))) {
        X509_free(certificate);
        count++;
    }
    /* What ends a whole file: nothing more that begins like a certificate. */
    bool is_whole =
        ERR_GET_REASON(ERR_peek_last_error()) == PEM_R_NO_START_LINE;

    ERR_clear_error();
    BIO_free(bio);
    if (count == 0) {
        return "holds no certificate in PEM form";
    }
    return is_whole ? NULL : "holds a certificate that cannot be read";
}

static apr_status_t end_fetcher(void *data)
{
    auth0_fetcher_t *fetcher = data;

    curl_multi_cleanup(fetcher->multi);
    return APR_SUCCESS;
}

auth0_fetcher_t *auth0_fetcher_make(apr_pool_t *pool)
{
    auth0_fetcher_t *fetcher = apr_pcalloc(pool, sizeof(*fetcher));

    fetcher->multi = curl_multi_init();
    if (!fetcher->multi) {
        return NULL;
    }
    apr_pool_cleanup_register(pool, fetcher, end_fetcher,
                              apr_pool_cleanup_null);
    return fetcher;
}

static size_t receive(char *data, size_t size, size_t count, void *baton)
{
    transfer_t *transfer = baton;
    size_t len = size * count;

    if (len > transfer->max - transfer->len) {
        transfer->refused =
            apr_psprintf(transfer->pool,
                         "the answer is larger than %" APR_SIZE_T_FMT " bytes",
                         transfer->max);
        return 0;
    }
    memcpy(transfer->bytes + transfer->len, data, len);
    transfer->len += len;
    return len;
}

static size_t receive_header(char *data, size_t size, size_t count, void *baton)
{
    transfer_t *transfer = baton;
    size_t len = size * count;

    (void)data;
    if (len > HEADERS_MAX - transfer->header_len) {
        transfer->refused = "the answer's header is larger than 64 KiB";
        return 0;
    }
    transfer->header_len += len;
    return len;
}

static void set_authorities(CURL *curl, const char *ca_pem)
{
    struct curl_blob pem = {(void *)(uintptr_t)ca_pem, strlen(ca_pem),
                            CURL_BLOB_NOCOPY};

    curl_easy_setopt(curl, CURLOPT_CAINFO_BLOB, &pem);
    curl_easy_setopt(curl, CURLOPT_CAINFO, NULL);
    curl_easy_setopt(curl, CURLOPT_CAPATH, NULL);
}

/* No redirects, no other protocol, and no way to switch verification off. */
static void set_security(CURL *curl, const auth0_fetch_how_t *how)
{
    curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "https,http");
    curl_easy_setopt(curl, CURLOPT_FOLLOWLOCATION, 0L);
    curl_easy_setopt(curl, CURLOPT_SSLVERSION, CURL_SSLVERSION_TLSv1_2);
    curl_easy_setopt(curl, CURLOPT_SSL_VERIFYPEER, 1L);
    curl_easy_setopt(curl, CURLOPT_SSL_VERIFYHOST, 2L);
    /* A resumed session or a kept connection would show no certificate. */
    curl_easy_setopt(curl, CURLOPT_SSL_SESSIONID_CACHE, 0L);
    curl_easy_setopt(curl, CURLOPT_FRESH_CONNECT, 1L);
    curl_easy_setopt(curl, CURLOPT_FORBID_REUSE, 1L);
    if (how->ca_pem) {
        set_authorities(curl, how->ca_pem);
    }
}

static void set_limits(CURL *curl, const auth0_fetch_how_t *how)
{
    curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT_MS, how->connect_ms);
    curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, how->total_ms);
    curl_easy_setopt(curl, CURLOPT_LOW_SPEED_LIMIT, SLOW_BYTES_PER_SECOND);
    curl_easy_setopt(curl, CURLOPT_LOW_SPEED_TIME, SLOW_SECONDS);
    curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    /* A name server that hangs must not hold up who gives the fetch up. */
    curl_easy_setopt(curl, CURLOPT_QUICK_EXIT, 1L);
}

/* A program that another thread starts meanwhile has no use for it. */
static curl_socket_t open_socket(void *baton, curlsocktype purpose,
                                 struct curl_sockaddr *address)
{
    (void)baton, (void)purpose;
    return socket(address->family, address->socktype | SOCK_CLOEXEC,
                  address->protocol);
}

static void set_request(CURL *curl, const auth0_fetch_how_t *how,
                        const char *url)
{
    curl_easy_setopt(curl, CURLOPT_URL, url);
    curl_easy_setopt(curl, CURLOPT_HTTP_VERSION, CURL_HTTP_VERSION_1_1);
    curl_easy_setopt(curl, CURLOPT_USERAGENT, "mod_auth0/" AUTH0_VERSION);
    curl_easy_setopt(curl, CURLOPT_OPENSOCKETFUNCTION, open_socket);
    curl_easy_setopt(curl, CURLOPT_PROXY, how->proxy ? how->proxy : "");
    curl_easy_setopt(curl, CURLOPT_NOPROXY, "localhost,127.0.0.0/8,::1");
}

static void set_receivers(transfer_t *transfer)
{
    CURL *curl = transfer->curl;

    curl_easy_setopt(curl, CURLOPT_PRIVATE, transfer);
    curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, transfer->error);
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, receive);
    curl_easy_setopt(curl, CURLOPT_WRITEDATA, transfer);
    curl_easy_setopt(curl, CURLOPT_HEADERFUNCTION, receive_header);
    curl_easy_setopt(curl, CURLOPT_HEADERDATA, transfer);
}

static apr_status_t end_transfer(void *data)
{
    transfer_t *transfer = data;

    curl_multi_remove_handle(transfer->multi, transfer->curl);
    curl_easy_cleanup(transfer->curl);
    return APR_SUCCESS;
}

bool auth0_fetcher_begin(auth0_fetcher_t *fetcher, const auth0_fetch_how_t *how,
                         const char *url, void *baton, apr_pool_t *pool)
{
    transfer_t *transfer = apr_pcalloc(pool, sizeof(*transfer));

    transfer->curl = curl_easy_init();
    if (!transfer->curl) {
        return false;
    }
    transfer->multi = fetcher->multi;
    transfer->baton = baton;
    transfer->pool = pool;
    transfer->max = how->max_bytes;
    transfer->bytes = apr_palloc(pool, how->max_bytes + 1);
    apr_pool_cleanup_register(pool, transfer, end_transfer,
                              apr_pool_cleanup_null);
    set_security(transfer->curl, how);
    set_limits(transfer->curl, how);
    set_request(transfer->curl, how, url);
    set_receivers(transfer);
    return curl_multi_add_handle(fetcher->multi, transfer->curl) == CURLM_OK;
}

void auth0_fetcher_wait(auth0_fetcher_t *fetcher, int fd, int ms)
{
    struct curl_waitfd extra = {fd, CURL_WAIT_POLLIN, 0};
    int running;

    curl_multi_perform(fetcher->multi, &running);
    curl_multi_poll(fetcher->multi, &extra, fd >= 0, ms, NULL);
    curl_multi_perform(fetcher->multi, &running);
}

/* What libcurl says may hold what the server has sent. */
static const char *error_of(transfer_t *transfer, CURLcode code)
{
    for (char *c = transfer->error; *c; c++) {
        if (auth0_ascii_is_control(*c)) {
            *c = ' ';
        }
    }
    return *transfer->error
               ? transfer->error
               : apr_pstrdup(transfer->pool, curl_easy_strerror(code));
}

static bool is_untrusted(const transfer_t *transfer, CURLcode code)
{
    static const long reasons[] = {
        X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT,
        X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY,
        X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE,
        X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT,
        X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN,
    };
    long verdict = X509_V_OK;
    bool is_listed = false;

    curl_easy_getinfo(transfer->curl, CURLINFO_SSL_VERIFYRESULT, &verdict);
    for (size_t i = 0; i < AUTH0_COUNT(reasons); i++) {
        is_listed = is_listed || reasons[i] == verdict;
    }
    return code == CURLE_PEER_FAILED_VERIFICATION && is_listed;
}

static const char *outcome(transfer_t *transfer, CURLcode code, long status)
{
    if (transfer->refused) {
        return transfer->refused;
    }
    if (code != CURLE_OK) {
        return error_of(transfer, code);
    }
    return status == 200
               ? NULL
               : apr_psprintf(transfer->pool,
                              "the answer has status %ld, not 200", status);
}

/* A date in the past is a negative number. */
static int64_t in_microseconds(curl_off_t seconds)
{
    if (seconds < 0) {
        return 0;
    }
    return (seconds < INT32_MAX ? seconds : INT32_MAX) * MICROSECONDS;
}

static void conclude(auth0_fetched_t *fetched, transfer_t *transfer,
                     CURLcode code)
{
    curl_off_t seconds = 0;

    *fetched = (auth0_fetched_t){.baton = transfer->baton, .body = {"", 0}};
    curl_easy_getinfo(transfer->curl, CURLINFO_RESPONSE_CODE, &fetched->status);
    curl_easy_getinfo(transfer->curl, CURLINFO_RETRY_AFTER, &seconds);
    fetched->why = outcome(transfer, code, fetched->status);
    if (fetched->why) {
        fetched->is_untrusted = is_untrusted(transfer, code);
        fetched->retry_after = in_microseconds(seconds);
        return;
    }
    transfer->bytes[transfer->len] = '\0';
    fetched->body = auth0_span(transfer->bytes, transfer->len);
}

bool auth0_fetcher_next(auth0_fetched_t *fetched, auth0_fetcher_t *fetcher)
{
    CURLMsg *message;
    transfer_t *transfer;
    int left;

    while ((message = curl_multi_info_read(fetcher->multi, &left))) {
        if (message->msg != CURLMSG_DONE) {
            continue;
        }
        curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &transfer);
        conclude(fetched, transfer, message->data.result);
        apr_pool_cleanup_run(transfer->pool, transfer, end_transfer);
        return true;
    }
    return false;
}
