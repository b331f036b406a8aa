/* Licensed under the Apache License, Version 2.0; see LICENSE. */
#include "ctl/auth0ctl_cli.h"

#include <stdarg.h>
#include <stdio.h>

#include <apr_strings.h>

#include "core/auth0_span.h"

static void complain(const auth0ctl_args_t *args, const char *format,
                     va_list ap)
{
    fprintf(stderr, "%s: %s\n", args->command,
            apr_pvsprintf(args->pool, format, ap));
}

auth0ctl_exit_t auth0ctl_fail(const auth0ctl_args_t *args, const char *format,
                              ...)
{
    va_list ap;

    va_start(ap, format);
    complain(args, format, ap);
    va_end(ap);
    return AUTH0CTL_FAILED;
}

auth0ctl_exit_t auth0ctl_misuse(const auth0ctl_args_t *args, const char *format,
                                ...)
{
    va_list ap;

    va_start(ap, format);
    complain(args, format, ap);
    va_end(ap);
    return AUTH0CTL_MISUSED;
}

static void print_commands(const auth0ctl_command_t *command)
{
    for (; command && command->name; command++) {
        printf("  %-14s %s\n", command->name, command->summary);
    }
}

static void print_options(const auth0ctl_option_t *option, apr_pool_t *pool)
{
    for (; option && option->name; option++) {
        printf("  %-24s %s\n",
               apr_psprintf(pool, "--%s %s", option->name, option->value),
               option->help);
    }
}

static auth0ctl_exit_t print_help(const auth0ctl_args_t *args,
                                  const auth0ctl_command_t *command)
{
    printf("usage: %s %s\n\n%s\n\n", args->command, command->synopsis,
           command->summary);
    print_commands(command->commands);
    print_options(command->options, args->pool);
    return AUTH0CTL_GOOD;
}

static bool is_help(const char *word)
{
    auth0_span_t text = auth0_span_cstr(word);

    return auth0_span_is(text, "--help") || auth0_span_is(text, "-h");
}

static const auth0ctl_command_t *find_command(const auth0ctl_command_t *list,
                                              const char *name)
{
    for (; list->name; list++) {
        if (auth0_span_is(auth0_span_cstr(name), list->name)) {
            return list;
        }
    }
    return NULL;
}

static const auth0ctl_option_t *find_option(const auth0ctl_option_t *list,
                                            auth0_span_t name)
{
    if (!auth0_span_starts(name, "--")) {
        return NULL;
    }
    name = auth0_span(name.ptr + 2, name.len - 2);
    for (; list && list->name; list++) {
        if (auth0_span_is(name, list->name)) {
            return list;
        }
    }
    return NULL;
}

/* A command line on its way into args. */
typedef struct reader_t {
    auth0ctl_args_t *args;
    const auth0ctl_command_t *command;
    const char *const *word; /* the next one; NULL at the end */
    apr_array_header_t *operands;
    bool help;
} reader_t;

static auth0ctl_exit_t
take_value(reader_t *reader, const auth0ctl_option_t *option, const char *value)
{
    if (!value && !*reader->word) {
        return auth0ctl_misuse(reader->args, "--%s needs a value: --%s %s",
                               option->name, option->name, option->value);
    }
    if (!option->repeatable &&
        apr_table_get(reader->args->options, option->name)) {
        return auth0ctl_misuse(
            reader->args, "--%s is given twice; give it once", option->name);
    }
    apr_table_addn(reader->args->options, option->name,
                   value ? value : *reader->word++);
    return AUTH0CTL_GOOD;
}

static auth0ctl_exit_t take_option(reader_t *reader)
{
    const char *word = *reader->word++;
    auth0_span_t value = auth0_span_cstr(word);
    auth0_span_t name;
    bool joined = auth0_span_cut(&name, &value, '=');
    const auth0ctl_option_t *option =
        find_option(reader->command->options, name);

    if (is_help(word)) {
        reader->help = true;
        return AUTH0CTL_GOOD;
    }
    if (!option) {
        return auth0ctl_misuse(reader->args,
                               "there is no option %s; see '%s --help'", word,
                               reader->args->command);
    }
    return take_value(reader, option, joined ? value.ptr : NULL);
}

/* Operands and options may come in any order; "--" ends the options. */
static auth0ctl_exit_t take_words(reader_t *reader)
{
    bool options = true;

    while (*reader->word) {
        auth0_span_t word = auth0_span_cstr(*reader->word);
        bool dashed = options && word.len > 1 && auth0_span_starts(word, "-");

        if (!dashed) {
            APR_ARRAY_PUSH(reader->operands, const char *) = *reader->word++;
        }
        else if (auth0_span_is(word, "--")) {
            options = false;
            reader->word++;
        }
        else if (take_option(reader) != AUTH0CTL_GOOD) {
            return AUTH0CTL_MISUSED;
        }
    }
    return AUTH0CTL_GOOD;
}

static auth0ctl_exit_t run_leaf(auth0ctl_args_t *args,
                                const auth0ctl_command_t *command,
                                const char *const *words)
{
    reader_t reader = {args, command, words, NULL, false};

    args->options = apr_table_make(args->pool, 8);
    reader.operands = apr_array_make(args->pool, 2, sizeof(const char *));
    if (take_words(&reader) != AUTH0CTL_GOOD) {
        return AUTH0CTL_MISUSED;
    }
    if (reader.help) {
        return print_help(args, command);
    }
    if ((size_t)reader.operands->nelts != command->operand_count) {
        return auth0ctl_misuse(args, "wrong number of arguments; usage: %s %s",
                               args->command, command->synopsis);
    }
    args->operands = (const char *const *)reader.operands->elts;
    return command->run(args);
}

auth0ctl_exit_t auth0ctl_run(const auth0ctl_command_t *root,
                             const char *const *words, apr_pool_t *pool)
{
    const auth0ctl_command_t *command = root;
    auth0ctl_args_t args = {.command = root->name, .pool = pool};

    while (command->commands) {
        const auth0ctl_command_t *next;

        if (!*words) {
            return auth0ctl_misuse(&args, "which command? see '%s --help'",
                                   args.command);
        }
        if (is_help(*words)) {
            return print_help(&args, command);
        }
        next = find_command(command->commands, *words);
        if (!next) {
            return auth0ctl_misuse(&args, "there is no '%s'; see '%s --help'",
                                   *words, args.command);
        }
        args.command = apr_pstrcat(pool, args.command, " ", next->name, NULL);
        command = next;
        words++;
    }
    return run_leaf(&args, command, words);
}
