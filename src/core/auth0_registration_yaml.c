/* Licensed under the Apache License, Version 2.0; see LICENSE. */
#include "core/auth0_outline.h"
#include "core/auth0_registration_tree.h"

/*
 * Every text is quoted, so none is taken for a number, a boolean, null or a
 * comment. The deploy tool replaces ##X## and @@X@@ in the file, before it is
 * read as YAML: these must not stand there.
 */
static const auth0_outline_escape_t escapes[] = {
    {"##", 1, "\\u0023"}, {"@@", 1, "\\u0040"}, {NULL, 0, NULL}};

typedef struct yaml_t {
    auth0_outline_t outline;
    bool has_dash; /* an element was begun, but not its line */
    apr_pool_t *pool;
} yaml_t;

static bool is_array(const auth0_json_t *value)
{
    size_t len;

    return auth0_json_array(&len, value);
}

static bool is_empty_array(const auth0_json_t *value)
{
    size_t len;

    return auth0_json_array(&len, value) && len == 0;
}

/* The dash takes the place of one level. */
static void begin_line(yaml_t *yaml)
{
    yaml->outline.depth -= yaml->has_dash;
    auth0_outline_line(&yaml->outline);
    yaml->outline.depth += yaml->has_dash;
    if (yaml->has_dash) {
        auth0_outline_add(&yaml->outline, "- ");
    }
    yaml->has_dash = false;
}

static void write_scalar(yaml_t *yaml, const auth0_json_t *value)
{
    auth0_outline_add(&yaml->outline,
                      is_array(value)
                          ? "[]"
                          : auth0_outline_scalar(value, escapes, yaml->pool));
}

static void write_member(void *baton, const char *name,
                         const auth0_json_t *value);

/* An object's first member stands in the line of the dash. */
static void write_element(yaml_t *yaml, const auth0_json_t *value)
{
    yaml->outline.depth++;
    yaml->has_dash = true;
    if (auth0_json_is_object(value)) {
        auth0_json_each(value, write_member, yaml);
    }
    else {
        begin_line(yaml);
        write_scalar(yaml, value);
    }
    yaml->outline.depth--;
}

static void write_member(void *baton, const char *name,
                         const auth0_json_t *value)
{
    yaml_t *yaml = baton;

    if (!name) {
        write_element(yaml, value);
        return;
    }
    begin_line(yaml);
    auth0_outline_add(&yaml->outline, name);
    if ((is_array(value) && !is_empty_array(value)) ||
        auth0_json_is_object(value)) {
        auth0_outline_add(&yaml->outline, ":");
        yaml->outline.depth++;
        auth0_json_each(value, write_member, yaml);
        yaml->outline.depth--;
        return;
    }
    auth0_outline_add(&yaml->outline, ": ");
    write_scalar(yaml, value);
}

/* The deploy tool may delete all that an empty list does not name. */
static void write_list(void *baton, const char *name, const auth0_json_t *list)
{
    if (!is_empty_array(list)) {
        write_member(baton, name, list);
    }
}

const char *auth0_registration_yaml(const apr_array_header_t *apis,
                                    apr_pool_t *pool)
{
    const auth0_json_t *all = auth0_registration_tree_all(
        apis, "resourceServers", "clientGrants", pool);
    yaml_t yaml = {auth0_outline_make(pool), false, pool};

    if (!all) {
        return NULL;
    }
    auth0_json_each(all, write_list, &yaml);
    if (apis->nelts == 0) {
        auth0_outline_add(&yaml.outline, "{}");
    }
    return auth0_outline_text(&yaml.outline, pool);
}
