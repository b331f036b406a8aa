/* Licensed under the Apache License, Version 2.0; see LICENSE. */
#ifndef MOD_AUTH0_DECRYPTION_H
#define MOD_AUTH0_DECRYPTION_H

#include "httpd/mod_auth0.h"

/* More would make strangers' garbage dear: each key tries each token. */
#define MOD_AUTH0_DECRYPTION_KEYS_MAX 8

/*
 * Auth0DecryptionKey and Auth0EncryptedTokens. Keys are read at configuration
 * time, as the user who starts httpd, so that children need no access to the
 * files. A relative path starts at the server root.
 */
const char *mod_auth0_set_decryption_key(cmd_parms *cmd, void *conf,
                                         const char *word);
const char *mod_auth0_set_encrypted_tokens(cmd_parms *cmd, void *conf,
                                           const char *word);

#endif
