/* Licensed under the Apache License, Version 2.0; see LICENSE. */
#include "ctl/auth0ctl_dev_seal.h"

#include <apr_strings.h>
#include <openssl/evp.h>
#include <openssl/pem.h>

#include "ctl/auth0ctl_dev_file.h"

static const char *read_key(EVP_PKEY **key, const char *path, apr_pool_t *pool)
{
    auth0_span_t pem;
    const char *wrong = auth0ctl_file_read(&pem, path, pool);

    *key = NULL;
    if (wrong) {
        return wrong;
    }
    BIO *bio = BIO_new_mem_buf(pem.ptr, (int)pem.len);

    *key = bio ? PEM_read_bio_PUBKEY(bio, NULL, NULL, NULL) : NULL;
    BIO_free(bio);
    return *key && EVP_PKEY_is_a(*key, "RSA")
               ? NULL
               : apr_psprintf(pool, "%s holds no RSA public key in PEM", path);
}

const char *auth0ctl_seal_token(const char **token,
                                const auth0ctl_seal_t *wanted, apr_pool_t *pool)
{
    auth0_sealer_t sealer = {
        .digest = auth0_seal_digest(auth0_span_cstr(wanted->key_alg)),
        .enc = wanted->enc};
    const char *header =
        apr_psprintf(pool, "{\"alg\":\"%s\",\"enc\":\"%s\",\"cty\":\"JWT\"}",
                     wanted->key_alg, wanted->enc->name);
    const char *wrong = read_key(&sealer.key, wanted->path, pool);

    if (!wrong) {
        *token = auth0_seal(&sealer, header, auth0_span_cstr(*token), pool);
        wrong = *token ? NULL
                       : apr_psprintf(pool, "cannot encrypt to the key in %s",
                                      wanted->path);
    }
    EVP_PKEY_free(sealer.key);
    return wrong;
}
