/* Licensed under the Apache License, Version 2.0; see LICENSE. */
#include "httpd/mod_auth0_documents.h"

#include <string.h>

#include <apr_hash.h>
#include <apr_strings.h>

#include "httpd/mod_auth0_api.h"
#include "httpd/mod_auth0_area.h"
#include "httpd/mod_auth0_plain.h"
#include "httpd/mod_auth0_survey.h"

/* Of lists of mod_auth0_document_t, by server. */
static apr_hash_t *documents;

/* What is made, and of what. */
typedef struct make_t {
    apr_pool_t *pconf;
    apr_pool_t *ptemp;
    mod_auth0_survey_t survey;
    const apr_array_header_t *areas;
    const server_rec *server;
    const ap_directive_t *host; /* of the server, as in a place */
    apr_array_header_t *list;   /* of mod_auth0_document_t      */
} make_t;

void mod_auth0_documents_reset(apr_pool_t *pool)
{
    documents = apr_hash_make(pool);
}

static mod_auth0_document_t *document_in(const apr_array_header_t *list, int i)
{
    return &APR_ARRAY_IDX(list, i, mod_auth0_document_t);
}

static mod_auth0_document_t *find_path(const apr_array_header_t *list,
                                       const char *path)
{
    for (int i = 0; list && i < list->nelts; i++) {
        if (auth0_span_is(auth0_span_cstr(path), document_in(list, i)->path)) {
            return document_in(list, i);
        }
    }
    return NULL;
}

static const apr_array_header_t *list_of(const server_rec *server)
{
    return apr_hash_get(documents, &server, sizeof(server));
}

const mod_auth0_document_t *mod_auth0_document_at(const server_rec *server,
                                                  const char *path)
{
    /* Most servers have none, and most requests are for something else. */
    return apr_hash_count(documents) > 0 &&
                   auth0_span_starts(auth0_span_cstr(path),
                                     AUTH0_METADATA_WELL_KNOWN)
               ? find_path(list_of(server), path)
               : NULL;
}

const mod_auth0_document_t *mod_auth0_document_of(const server_rec *server,
                                                  const char *resource)
{
    const apr_array_header_t *list = list_of(server);

    for (int i = 0; list && i < list->nelts; i++) {
        if (auth0_span_is(auth0_span_cstr(resource),
                          document_in(list, i)->facts.resource)) {
            return document_in(list, i);
        }
    }
    return NULL;
}

/* By default httpd takes no %2F for a slash, so neither does this. */
static const char *path_of(const char *target, apr_pool_t *pool)
{
    char *path = apr_pstrmemdup(pool, target, strcspn(target, "?"));

    (void)ap_unescape_url_keep2f(path, 0);
    return path;
}

static mod_auth0_document_t *add_document(const make_t *make,
                                          const char *resource)
{
    mod_auth0_document_t *document = apr_array_push(make->list);

    document->facts = auth0_metadata(resource, make->pconf);
    document->facts.needs_dpop = true;
    document->target = auth0_metadata_target(resource, make->pconf);
    document->path = path_of(document->target, make->pconf);
    return document;
}

static void add_issuers(auth0_metadata_t *facts, const mod_auth0_dir_t *dir,
                        apr_pool_t *pool)
{
    for (int i = 0; i < dir->issuers->nelts; i++) {
        auth0_span_t issuer = APR_ARRAY_IDX(dir->issuers, i, auth0_span_t);
        auth0_metadata_add(facts->issuers,
                           apr_pstrmemdup(pool, issuer.ptr, issuer.len));
    }
}

static unsigned methods_of(const mod_auth0_dir_t *dir)
{
    const mod_auth0_token_sources_t *from = mod_auth0_dir_token_sources(dir);

    return (from->header ? AUTH0_METADATA_HEADER : 0) |
           (from->form ? AUTH0_METADATA_BODY : 0) |
           (from->query ? AUTH0_METADATA_QUERY : 0);
}

static void take_first(const char **member, const char *text)
{
    if (!*member) {
        *member = text;
    }
}

static void add_policy(auth0_metadata_t *facts, const mod_auth0_dir_t *dir,
                       apr_pool_t *pool)
{
    auth0_binding_t dpop = mod_auth0_dir_bindings(dir).dpop;

    add_issuers(facts, dir, pool);
    facts->methods |= methods_of(dir);
    facts->algs |= mod_auth0_dir_algs(dir);
    facts->takes_dpop |= dpop != AUTH0_BINDING_DISABLED;
    facts->needs_dpop &= dpop == AUTH0_BINDING_REQUIRED;
    /* Allowed by default, where nobody may have thought of certificates. */
    facts->takes_certificates |= dir->certificate >= 0;
    take_first(&facts->documentation, dir->documentation);
    take_first(&facts->policy, dir->resource_policy);
    take_first(&facts->tos, dir->tos);
}

static void add_requires(const make_t *make, auth0_metadata_t *facts,
                         const mod_auth0_area_t *area)
{
    const apr_array_header_t *in_force =
        mod_auth0_area_requires(make->areas, area, make->ptemp);

    for (int i = 0; i < in_force->nelts; i++) {
        const ap_directive_t *top =
            APR_ARRAY_IDX(in_force, i, const mod_auth0_area_t *)->place.section;
        for (const ap_directive_t *node = mod_auth0_tree_next(top, top); node;
             node = mod_auth0_tree_next(top, node)) {
            if (!mod_auth0_requires_inverted(node, make->ptemp)) {
                mod_auth0_requires_collect(facts->scopes, facts->details, node,
                                           make->ptemp);
            }
        }
    }
}

/* What the API is called at Auth0. */
static const char *name_of_api(const mod_auth0_dir_t *dir)
{
    const mod_auth0_api_t *api = NULL;

    for (int i = 0; dir->audiences && !api && i < dir->audiences->nelts; i++) {
        api =
            mod_auth0_api_find(APR_ARRAY_IDX(dir->audiences, i, auth0_span_t));
    }
    return api ? api->said.name : NULL;
}

/* One that is an expression is another for each request. */
static const char *realm_of(const make_t *make, const mod_auth0_area_t *area)
{
    const mod_auth0_area_t *whose =
        mod_auth0_area_of(make->areas, area, MOD_AUTH0_AUTH_NAME);
    const char *name =
        whose ? mod_auth0_tree_word(whose->said[MOD_AUTH0_AUTH_NAME], 0,
                                    make->pconf)
              : "";

    return *name && !strstr(name, "%{") ? name : NULL;
}

/* Two documents cannot be in one place. */
static const char *complain(const make_t *make, const mod_auth0_area_t *area,
                            const char *resource, const char *other)
{
    const ap_directive_t *line = area->place.section;

    return apr_psprintf(make->ptemp,
                        "Syntax error on line %d of %s: the metadata of the "
                        "resource %s would be where that of %s is: give one of "
                        "them another path, by Auth0Resource",
                        line->line_num, line->filename, resource, other);
}

static bool is_told(const mod_auth0_dir_t *dir)
{
    return dir->auth_type == MOD_AUTH0_ON && dir->metadata == MOD_AUTH0_ON &&
           dir->issuers && mod_auth0_dir_resource(dir);
}

static const char *add_area(const make_t *make, const mod_auth0_area_t *area)
{
    mod_auth0_area_t here = *area;

    here.place.host = make->host;
    const mod_auth0_dir_t *dir =
        mod_auth0_survey_effective(&make->survey, make->server, &here.place);

    if (!is_told(dir)) {
        return NULL;
    }
    const char *resource = mod_auth0_dir_resource(dir);
    mod_auth0_document_t *document = find_path(
        make->list,
        path_of(auth0_metadata_target(resource, make->ptemp), make->ptemp));

    document = document ? document : add_document(make, resource);
    if (!auth0_span_is(auth0_span_cstr(resource), document->facts.resource)) {
        return complain(make, area, resource, document->facts.resource);
    }
    add_policy(&document->facts, dir, make->pconf);
    add_requires(make, &document->facts, &here);
    take_first(&document->facts.name, name_of_api(dir));
    take_first(&document->facts.name, realm_of(make, &here));
    return NULL;
}

static const char *write_all(const make_t *make)
{
    for (int i = 0; i < make->list->nelts; i++) {
        mod_auth0_document_t *document = document_in(make->list, i);
        document->text = auth0_metadata_document(&document->facts, make->pconf);
        if (!document->text) {
            return "no memory for the metadata of resources";
        }
    }
    return NULL;
}

static bool is_of(const mod_auth0_area_t *area, const ap_directive_t *host)
{
    return area->place.section &&
           (!area->place.host || area->place.host == host);
}

static const char *make_server(make_t *make)
{
    make->host = mod_auth0_plain_host(make->server);
    make->list = apr_array_make(make->pconf, 1, sizeof(mod_auth0_document_t));
    for (int i = 0; i < make->areas->nelts; i++) {
        const mod_auth0_area_t *area = mod_auth0_area_at(make->areas, i);
        const char *why = is_of(area, make->host) ? add_area(make, area) : NULL;
        if (why) {
            return why;
        }
    }
    return write_all(make);
}

/* Most configurations do not, and looking takes its time. */
static bool is_spoken_of(void)
{
    for (int i = 0; i < mod_auth0_sections()->nelts; i++) {
        if (APR_ARRAY_IDX(mod_auth0_sections(), i, mod_auth0_section_t)
                .dir->metadata == MOD_AUTH0_ON) {
            return true;
        }
    }
    return false;
}

const char *mod_auth0_documents_make(const server_rec *first, apr_pool_t *pconf,
                                     apr_pool_t *ptemp)
{
    if (!is_spoken_of()) {
        return NULL;
    }
    make_t make = {.pconf = pconf,
                   .ptemp = ptemp,
                   .survey = mod_auth0_survey(ptemp),
                   .areas = mod_auth0_areas(ptemp)};

    for (make.server = first; make.server; make.server = make.server->next) {
        const char *why = make_server(&make);
        const server_rec **key =
            apr_pmemdup(pconf, &make.server, sizeof(make.server));
        if (why) {
            return why;
        }
        apr_hash_set(documents, key, sizeof(*key), make.list);
    }
    return NULL;
}
