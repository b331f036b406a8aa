/* Licensed under the Apache License, Version 2.0; see LICENSE. */
#include "httpd/mod_auth0_argument.h"

#include <string.h>

#include <apr_strings.h>

#include "core/auth0_ascii.h"

const char *mod_auth0_complain(const cmd_parms *cmd, const char *value,
                               const char *why)
{
    return apr_psprintf(cmd->pool, "%s: '%s' %s", cmd->cmd->name, value, why);
}

const char *mod_auth0_stray(const char *word)
{
    size_t len = strlen(word);

    if (*word == '#') {
        return "begins no comment here: a comment has a line of its own";
    }
    return len > 0 && (word[len - 1] == ',' || strstr(word, ", "))
               ? "has a comma at the end of a word; write blanks alone between "
                 "words"
               : NULL;
}

void *mod_auth0_member(const cmd_parms *cmd, void *conf)
{
    return (char *)conf + (uintptr_t)cmd->info;
}

const char *mod_auth0_path(const cmd_parms *cmd, const char *name)
{
    return *name ? ap_server_root_relative(cmd->pool, name) : NULL;
}

const char *mod_auth0_read_number(int *number, const cmd_parms *cmd,
                                  const char *text,
                                  const mod_auth0_range_t *range)
{
    char *end;
    apr_int64_t value = apr_strtoi64(text, &end, 10);

    if (!auth0_ascii_is_digit(*text) || *end != '\0' || value < range->least ||
        value > range->most) {
        return apr_psprintf(cmd->pool,
                            "%s: '%s' is not a whole number of %s from %d to "
                            "%d",
                            cmd->cmd->name, text, range->unit, range->least,
                            range->most);
    }
    *number = (int)value;
    return NULL;
}
