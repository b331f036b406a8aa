/* Licensed under the Apache License, Version 2.0; see LICENSE. */
#include "httpd/mod_auth0_dump.h"

#include <http_core.h>
#include <apr_file_io.h>

#include "core/auth0_count.h"
#include "core/auth0_registration.h"
#include "httpd/mod_auth0_api.h"
#include "httpd/mod_auth0_derive.h"
#include "httpd/mod_auth0_dump_section.h"
#include "httpd/mod_auth0_lint.h"

/* What there is to print, looked at once. */
typedef struct dump_t {
    apr_pool_t *pool;
    const server_rec *main_server;
    apr_file_t *out;
    apr_file_t *err;
    const apr_array_header_t *all; /* of mod_auth0_protected_t */
    mod_auth0_derived_t derived;
} dump_t;

static void print_warnings(const dump_t *dump)
{
    const apr_array_header_t *warnings =
        mod_auth0_lint(dump->pool, dump->main_server);

    for (int i = 0; i < warnings->nelts; i++) {
        apr_file_printf(
            dump->out, "%s\n",
            mod_auth0_lint_text(
                &APR_ARRAY_IDX(warnings, i, mod_auth0_warning_t), dump->pool));
    }
}

static void print_remarks(const dump_t *dump, apr_file_t *file)
{
    const apr_array_header_t *remarks = dump->derived.remarks;

    for (int i = 0; i < remarks->nelts; i++) {
        apr_file_printf(file, "Remark on %s\n",
                        APR_ARRAY_IDX(remarks, i, const char *));
    }
}

static void print_sections(const dump_t *dump)
{
    apr_file_printf(dump->out, "Auth0 configuration:\n");
    if (dump->all->nelts == 0) {
        apr_file_printf(dump->out, "no section has AuthType Auth0\n");
    }
    for (int i = 0; i < dump->all->nelts; i++) {
        mod_auth0_dump_section(dump->out, mod_auth0_protected_at(dump->all, i),
                               dump->pool);
    }
    print_warnings(dump);
    print_remarks(dump, dump->out);
}

static void print_document(const dump_t *dump, auth0_registration_fn *make)
{
    if (dump->derived.apis->nelts == 0) {
        apr_file_printf(dump->err,
                        "No API is declared: add an <Auth0API identifier> "
                        "section for each, whose identifier is that of "
                        "Auth0Audience\n");
    }
    print_remarks(dump, dump->err);
    const char *document = make(dump->derived.apis, dump->pool);

    if (!document) {
        apr_file_printf(dump->err, "There is no document: a kid, or a type of "
                                   "authorization details, is not UTF-8\n");
        return;
    }
    apr_file_puts(document, dump->out);
}

static void print_json(const dump_t *dump)
{
    print_document(dump, auth0_registration_json);
}

static void print_yaml(const dump_t *dump)
{
    print_document(dump, auth0_registration_yaml);
}

static void print_hcl(const dump_t *dump)
{
    print_document(dump, auth0_registration_hcl);
}

static const struct {
    const char *define;
    void (*print)(const dump_t *dump);
} dumps[] = {{"DUMP_AUTH0", print_sections},
             {"DUMP_AUTH0_API", print_json},
             {"DUMP_AUTH0_DEPLOY", print_yaml},
             {"DUMP_AUTH0_TERRAFORM", print_hcl}};

static bool is_wanted(void)
{
    for (size_t i = 0; i < AUTH0_COUNT(dumps); i++) {
        if (ap_exists_config_define(dumps[i].define)) {
            return true;
        }
    }
    return false;
}

static dump_t begin(apr_pool_t *pool, const server_rec *main_server)
{
    mod_auth0_survey_t survey = mod_auth0_survey(pool);
    dump_t dump = {.pool = pool, .main_server = main_server};

    apr_file_open_stdout(&dump.out, pool);
    apr_file_open_stderr(&dump.err, pool);
    dump.all =
        mod_auth0_survey_protected(&survey, mod_auth0_areas(pool), main_server);
    dump.derived = mod_auth0_derive(dump.all, pool);
    return dump;
}

void mod_auth0_dump(apr_pool_t *pool, server_rec *main_server)
{
    if (!is_wanted()) {
        return;
    }
    dump_t dump = begin(pool, main_server);

    for (size_t i = 0; i < AUTH0_COUNT(dumps); i++) {
        if (ap_exists_config_define(dumps[i].define)) {
            dumps[i].print(&dump);
        }
    }
}
