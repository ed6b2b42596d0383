/* args.c - see args.h. Options may stand anywhere behind the command; "--" ends them. */
#include "base/args.h"

#include <assert.h>
#include <string.h>

#include "base/bytes.h"

static enum err wrong(struct problem *problem, const struct args_command *command)
{
    problem_remedy(problem, "For example: %s", command->example);
    return ERR_MALFORMED;
}

static size_t option_index(const struct args_command *command, const char *name, size_t size)
{
    for (size_t i = 0; i < ARGS_OPTION_MAX && command->options[i].name; i++) {
        const char *known = command->options[i].name;
        if (strlen(known) == size && memcmp(known, name, size) == 0)
            return i;
    }
    return ARGS_OPTION_MAX;
}

static bool is_help(const char *argument)
{
    return strcmp(argument, "--help") == 0 || strcmp(argument, "-h") == 0;
}

static enum err find_command(const struct args_command *commands, const char *name,
                             struct args *args, struct problem *problem)
{
    CLEANUP(buffer_release) struct buffer names = {0};
    for (const struct args_command *command = commands; command->name; command++) {
        if (name && strcmp(command->name, name) == 0) {
            args->command = command;
            return OK;
        }
        buffer_add_format(&names, "%s%s", command == commands ? "" : ", ", command->name);
    }
    buffer_add(&names, bytes_of("", 1));
    if (name)
        problem_set(problem, "There is no command \"%s\"; the commands are: %s", name,
                    (const char *)names.data);
    else
        problem_set(problem, "No command given; the commands are: %s", (const char *)names.data);
    return wrong(problem, commands);
}

/* Takes the option at argv[*at], and the value behind it if it has one that is not joined by "=".
 */
static enum err take_option(struct args *args, char **argv, int argc, int *at,
                            struct problem *problem)
{
    const struct args_command *command = args->command;
    const char *argument = argv[*at];
    const char *equals = strchr(argument, '=');
    size_t size = equals ? (size_t)(equals - argument) : strlen(argument);
    size_t index = option_index(command, argument, size);
    if (index == ARGS_OPTION_MAX) {
        problem_set(problem, "%s has no option \"%.*s\"", command->name, (int)size, argument);
        return wrong(problem, command);
    }
    while (args->values[index] && index + 1 < ARGS_OPTION_MAX && command->options[index + 1].name &&
           strcmp(command->options[index + 1].name, command->options[index].name) == 0)
        index++; /* a name on several rows may be given so often */
    const struct args_option *option = &command->options[index];
    if (args->values[index]) {
        problem_set(problem, "%s is given twice", option->name);
        return wrong(problem, command);
    }
    if (!option->value && equals) {
        problem_set(problem, "%s takes no value", option->name);
        return wrong(problem, command);
    }
    const char *value = !option->value ? "" : equals ? equals + 1 : NULL;
    /* "--by --json" is a forgotten name, not a person called --json. */
    if (!value && *at + 1 < argc && strncmp(argv[*at + 1], "--", 2) != 0)
        value = argv[++*at];
    if (!value) {
        problem_set(problem, "%s needs a value: %s", option->name, option->value);
        return wrong(problem, command);
    }
    args->values[index] = value;
    return OK;
}

static enum err take_positional(struct args *args, size_t *count, const char *argument,
                                struct problem *problem)
{
    const struct args_command *command = args->command;
    if (*count == ARGS_POSITIONAL_MAX || !command->positional[*count]) {
        problem_set(problem, "%s: one argument too many: \"%s\"", command->name, argument);
        return wrong(problem, command);
    }
    args->positional[(*count)++] = argument;
    return OK;
}

static enum err check_complete(const struct args *args, struct problem *problem)
{
    const struct args_command *command = args->command;
    for (size_t i = 0; i < ARGS_POSITIONAL_MAX && command->positional[i]; i++) {
        if (!args->positional[i] && command->positional[i][0] != '[') {
            problem_set(problem, "%s: %s is missing", command->name, command->positional[i]);
            return wrong(problem, command);
        }
    }
    for (size_t i = 0; i < ARGS_OPTION_MAX && command->options[i].name; i++) {
        if (command->options[i].required && !args->values[i]) {
            problem_set(problem, "%s: %s is missing", command->name, command->options[i].name);
            return wrong(problem, command);
        }
    }
    return OK;
}

static enum err take_arguments(struct args *args, int argc, char **argv, struct problem *problem)
{
    size_t count = 0;
    bool options_ended = false;
    for (int at = 2; at < argc; at++) {
        const char *argument = argv[at];
        enum err err = OK;
        if (!options_ended && strcmp(argument, "--") == 0)
            options_ended = true;
        else if (!options_ended && argument[0] == '-' && argument[1] != '\0')
            err = take_option(args, argv, argc, &at, problem);
        else /* "-" alone is standard input */
            err = take_positional(args, &count, argument, problem);
        if (err != OK)
            return err;
    }
    return check_complete(args, problem);
}

enum err args_parse(const struct args_command *commands, int argc, char **argv, struct args *out,
                    struct problem *problem)
{
    struct args args = {0};
    for (int at = 1; at < argc && strcmp(argv[at], "--") != 0; at++)
        args.help = args.help || is_help(argv[at]) || (at == 1 && strcmp(argv[at], "help") == 0);
    bool is_named = argc > 1 && argv[1][0] != '-' && strcmp(argv[1], "help") != 0;
    if (!args.help || is_named) {
        enum err err = find_command(commands, argc > 1 ? argv[1] : NULL, &args, problem);
        if (err != OK)
            return err;
    }
    if (!args.help) {
        enum err err = take_arguments(&args, argc, argv, problem);
        if (err != OK)
            return err;
    }
    *out = args;
    return OK;
}

const char *args_value(const struct args *args, const char *option)
{
    size_t index = option_index(args->command, option, strlen(option));
    assert(index < ARGS_OPTION_MAX); /* a name that the table does not have is a bug */
    return args->values[index];
}

bool args_flag(const struct args *args, const char *option)
{
    return args_value(args, option) != NULL;
}

static void add_usage(const char *program, const struct args_command *command, struct buffer *out)
{
    buffer_add_format(out, "%s %s", program, command->name);
    for (size_t i = 0; i < ARGS_POSITIONAL_MAX && command->positional[i]; i++)
        buffer_add_format(out, " %s", command->positional[i]);
    for (size_t i = 0; i < ARGS_OPTION_MAX && command->options[i].name; i++) {
        const struct args_option *option = &command->options[i];
        buffer_add_format(out, option->required ? " %s%s%s" : " [%s%s%s]", option->name,
                          option->value ? " " : "", option->value ? option->value : "");
    }
    buffer_add_text(out, "\n");
}

static void help_command(const char *program, const struct args_command *command,
                         struct buffer *out)
{
    buffer_add_text(out, "usage: ");
    add_usage(program, command, out);
    buffer_add_format(out, "\n%s\n", command->sentence);
    for (size_t i = 0; i < ARGS_OPTION_MAX && command->options[i].name; i++) {
        const struct args_option *option = &command->options[i];
        buffer_add_format(out, "%s  %s%s%s\n      %s\n", i == 0 ? "\n" : "", option->name,
                          option->value ? " " : "", option->value ? option->value : "",
                          option->sentence);
    }
    buffer_add_format(out, "\nexample: %s\n", command->example);
}

void args_help(const char *program, const struct args_command *commands,
               const struct args_command *command, struct buffer *out)
{
    if (command) {
        help_command(program, command, out);
        return;
    }
    buffer_add_format(out, "usage: %s COMMAND DIRECTORY [ARGUMENT...] [--option [VALUE]]...\n",
                      program);
    for (; commands->name; commands++)
        buffer_add_format(out, "\n  %s\n      %s\n      example: %s\n", commands->name,
                          commands->sentence, commands->example);
    buffer_add_format(out, "\n%s COMMAND --help tells more about one command.\n", program);
}
