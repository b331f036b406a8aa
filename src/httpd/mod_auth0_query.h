/* Licensed under the Apache License, Version 2.0; see LICENSE. */
#ifndef MOD_AUTH0_QUERY_H
#define MOD_AUTH0_QUERY_H

#include "httpd/mod_auth0_request.h"

/*
 * post_perdir_config hook: where a query may bear a token, the query as it
 * came is remembered, and the token is cut from all that is logged, proxied or
 * handed to programs: also in the requests that this one comes from, unless it
 * is a look-ahead, and they are yet to be placed themselves. Of one that failed
 * before it was known which section it is for, all are cut that any section
 * looks for.
 */
int mod_auth0_query_cut(request_rec *r);

/*
 * log_transaction hook, before the loggers: the same cut for a request that
 * ended before it was known which section it is for, or whose section leaves
 * tokens as they came.
 */
int mod_auth0_query_logged(request_rec *r);

#endif
