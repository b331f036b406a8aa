/* Licensed under the Apache License, Version 2.0; see LICENSE. */
#ifndef MOD_AUTH0_PROBLEM_H
#define MOD_AUTH0_PROBLEM_H

#include "httpd/mod_auth0_request.h"

/* Make the output filter known; in the register_hooks phase. */
void mod_auth0_problem_register(void);

/*
 * Before a refusal is returned to httpd: no ErrorDocument is to answer in the
 * place of what mod_auth0_problem_insert sends.
 */
void mod_auth0_problem_prefer(request_rec *r, int status);

/*
 * Let the body of r's answer be the problem details of refused, which is r
 * itself or, where r is an error document, the request that it stands for.
 */
void mod_auth0_problem_insert(request_rec *r, const request_rec *refused);

#endif
