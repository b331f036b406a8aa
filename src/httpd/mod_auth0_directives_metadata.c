/* Licensed under the Apache License, Version 2.0; see LICENSE. */
#include "httpd/mod_auth0_directives_metadata.h"

#include "core/auth0_metadata.h"
#include "core/auth0_url.h"
#include "httpd/mod_auth0_argument.h"
#include "httpd/mod_auth0_config.h"

const char *mod_auth0_set_resource(cmd_parms *cmd, void *conf, const char *url)
{
    mod_auth0_dir_t *dir = conf;
    const char *why = auth0_metadata_check(url, cmd->temp_pool);

    mod_auth0_section_record(cmd, dir);
    dir->resource = url;
    return why ? mod_auth0_complain(cmd, url, why) : NULL;
}

const char *mod_auth0_set_link(cmd_parms *cmd, void *conf, const char *url)
{
    const char **member = mod_auth0_member(cmd, conf);
    const char *why = auth0_url_check(url, cmd->temp_pool);

    mod_auth0_section_record(cmd, conf);
    *member = url;
    return why ? mod_auth0_complain(cmd, url, why) : NULL;
}
