/* commands_grants.c - grant, list and revoke: who may look at the wall from elsewhere. A display
 * that runs takes up the changed file at once. */
#include "display/commands.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/day.h"
#include "base/random.h"
#include "display/display_home.h"
#include "io/command_line.h"
#include "io/control.h"
#include "io/daemon.h"
#include "report/report_json.h"

enum { HOUR_MS = 3600000 };

struct change { /* of the grants file, under its lock */
    const struct args *args;
    struct grants *grants;
    struct problem problem;
    char token[GRANT_SECRET_TEXT_SIZE];
};

static bool is_display(const char *directory, struct problem *problem)
{
    char path[DISPLAY_PATH_MAX];
    if (access(display_home_path(directory, "huoshui.conf", path), F_OK) == 0)
        return true;
    problem_set(problem, "%s 不是大屏的目录 (not a display's directory: it has no huoshui.conf)",
                directory);
    problem_remedy(problem, "make one: huoshui-display init %s --name 市委大屏", directory);
    return false;
}

static enum err change_grants(struct change *change, enum err (*work)(struct change *change))
{
    const char *directory = change->args->positional[0];
    if (!is_display(directory, &change->problem))
        return ERR_NOT_FOUND;
    int lock = display_home_lock_grants(directory, &change->problem);
    if (lock < 0)
        return ERR_IO;
    CLEANUP(grants_free) struct grants *grants = grants_new();
    change->grants = grants;
    enum err err = display_home_read_grants(directory, grants, &change->problem);
    if (err == OK)
        err = work(change);
    if (err == OK)
        err = display_home_write_grants(directory, grants, &change->problem);
    display_home_unlock_grants(lock);
    return err;
}

/* ---- grant ---- */

static enum err wrong(const struct args *args, struct problem *problem)
{
    problem_remedy(problem, "For example: %s", args->command->example);
    return ERR_MALFORMED;
}

static enum err read_units(const struct args *args, struct visitor *visitor,
                           struct problem *problem)
{
    const char *rest = args_value(args, "--units");
    while (rest && *rest) {
        size_t size = strcspn(rest, ",");
        if (size == 0 || size > GRANT_UNIT_TEXT_MAX || visitor->unit_count == GRANT_UNITS_MAX) {
            problem_set(problem, "--units: 1 到 %d 个单位代码，用逗号分开 (codes with commas)",
                        GRANT_UNITS_MAX);
            return wrong(args, problem);
        }
        memcpy(visitor->units[visitor->unit_count++], rest, size);
        rest += size + (rest[size] == ',');
    }
    if ((visitor->scope == GRANT_UNIT) == (visitor->unit_count > 0))
        return OK;
    problem_set(problem, "--scope unit 与 --units 须同时给出 (go together)");
    return wrong(args, problem);
}

static enum err read_visitor(const struct args *args, struct visitor *visitor,
                             struct problem *problem)
{
    static const char *const scopes[] = {"wall", "office", "unit", NULL};
    static const enum grant_scope meanings[] = {GRANT_WALL, GRANT_OFFICE, GRANT_UNIT};
    size_t scope = 0;
    uint64_t hours = GRANT_HOURS_DEFAULT;
    struct bytes name = bytes_of_text(args->positional[1]);
    if (name.size == 0 || name.size > GRANT_NAME_MAX || !bytes_are_utf8(name)) {
        problem_set(problem, "NAME: 1 到 %d 个字节 (bytes of UTF-8)", GRANT_NAME_MAX);
        return wrong(args, problem);
    }
    if (args_value(args, "--units") && !args_value(args, "--scope"))
        scope = 2;
    TRY(command_choice(args, "--scope", scopes, &scope, problem));
    TRY(command_number(args, "--hours", (struct command_range){1, GRANT_HOURS_MAX}, &hours,
                       problem));
    *visitor = (struct visitor){.scope = meanings[scope],
                                .expires_ms = clock_wall_ms() + (int64_t)hours * HOUR_MS};
    bytes_to_text(name, visitor->name, sizeof visitor->name);
    return read_units(args, visitor, problem);
}

static enum err add_grant(struct change *change)
{
    struct visitor visitor;
    uint8_t secret[GRANT_TOKEN_SIZE];
    TRY(read_visitor(change->args, &visitor, &change->problem));
    random_secret(secret, sizeof secret);
    (void)hex_text(bytes_of(secret, sizeof secret), change->token, sizeof change->token);
    return grants_add(change->grants, &visitor, change->token, clock_wall_ms(), &change->problem);
}

/* Where the display is: as the running one says, else as the settings do. */
static void find_address(const char *directory, char *out, size_t out_size)
{
    CLEANUP(buffer_release) struct buffer text = {0}, error = {0};
    struct control_answer answer = {.out = &text, .error = &error};
    struct control_request request = {.arguments = {"address"}, .argument_count = 1};
    struct problem problem = {0};
    struct display_home home;
    char path[DISPLAY_PATH_MAX];
    display_home_path(directory, "display.sock", path);
    if (control_call(path, &request, &answer, &problem) == OK && text.size > 0) {
        bytes_to_text(bytes_trim(buffer_bytes(&text)), out, out_size);
    } else if (display_home_open(directory, &home, &problem) == OK) {
        (void)snprintf(out, out_size, "http://%s", display_home_settings(&home)->http);
        display_home_close(&home);
    } else {
        (void)snprintf(out, out_size, "http://ADDRESS:PORT");
    }
}

int display_grant(const struct args *args)
{
    struct change change = {.args = args};
    char address[SETTING_TEXT_MAX + 16];
    enum err err = change_grants(&change, add_grant);
    if (err != OK)
        return command_fail(&change.problem,
                            err == ERR_MALFORMED ? COMMAND_USAGE : COMMAND_REFUSED);
    find_address(args->positional[0], address, sizeof address);
    (void)printf("%s/?token=%s\n", address, change.token);
    return command_finish(COMMAND_DONE);
}

/* ---- list, revoke ---- */

/* The next of the fields that tabs part; empty at the end. */
static struct bytes next_field(struct bytes *rest)
{
    const uint8_t *tab = rest->size > 0 ? memchr(rest->data, '\t', rest->size) : NULL;
    size_t size = tab ? (size_t)(tab - rest->data) : rest->size;
    struct bytes field = bytes_of(rest->data, size);
    *rest = bytes_of(rest->data + size, rest->size - size);
    if (rest->size > 0)
        *rest = bytes_of(rest->data + 1, rest->size - 1);
    return field;
}

/* A line of the file, as display/grants.h lays it out; secrets stay out. */
static json_t *grant_json(struct bytes line, int64_t now_ms)
{
    json_t *out = json_object();
    uint64_t created_ms = 0, expires_ms = 0;
    report_set(out, "name", report_text_json(next_field(&line)));
    report_set(out, "scope", report_text_json(next_field(&line)));
    struct bytes units = next_field(&line);
    report_set(out, "units", bytes_equal_text(units, "-") ? json_null() : report_text_json(units));
    bool is_good = u64_parse(next_field(&line), INT64_MAX, &created_ms) == OK &&
                   u64_parse(next_field(&line), INT64_MAX, &expires_ms) == OK;
    (void)next_field(&line);
    report_set(out, "created_at", json_integer((json_int_t)created_ms));
    report_set(out, "expires_at", json_integer((json_int_t)expires_ms));
    report_set(out, "is_used", json_boolean(!bytes_equal_text(next_field(&line), "-")));
    report_set(out, "is_over", json_boolean(!is_good || (int64_t)expires_ms <= now_ms));
    return out;
}

static void list_json(const struct grants *grants, int64_t now_ms, struct buffer *out)
{
    CLEANUP(buffer_release) struct buffer file = {0};
    json_t *whole = json_object(), *rows = json_array();
    grants_write(grants, &file);
    struct bytes rest = buffer_bytes(&file);
    for (bool is_head = true; rest.size > 0; is_head = false) {
        const uint8_t *end = memchr(rest.data, '\n', rest.size);
        size_t size = end ? (size_t)(end - rest.data) : rest.size;
        if (!is_head && size > 0)
            report_append(rows, grant_json(bytes_of(rest.data, size), now_ms));
        size += end != NULL;
        rest = bytes_of(rest.data + size, rest.size - size);
    }
    report_set(whole, "grants", rows);
    report_json_write(whole, out);
    buffer_add_text(out, "\n");
    json_decref(whole);
}

int display_list(const struct args *args)
{
    CLEANUP(buffer_release) struct buffer text = {0};
    CLEANUP(grants_free) struct grants *grants = grants_new();
    struct problem problem = {0};
    const char *directory = args->positional[0];
    if (!is_display(directory, &problem) ||
        display_home_read_grants(directory, grants, &problem) != OK)
        return command_fail(&problem, COMMAND_REFUSED);
    if (args_flag(args, "--json"))
        list_json(grants, clock_wall_ms(), &text);
    else
        grants_list(grants, clock_wall_ms(), &text);
    (void)fwrite(text.data, 1, text.size, stdout);
    return command_finish(COMMAND_DONE);
}

static enum err remove_grant(struct change *change)
{
    const char *name = change->args->positional[1];
    enum err err = grants_revoke(change->grants, name);
    if (err == ERR_NOT_FOUND) {
        problem_set(&change->problem, "%s: 没有这个授权 (no such grant)", name);
        problem_remedy(&change->problem, "huoshui-display list %s shows them",
                       change->args->positional[0]);
    }
    return err;
}

int display_revoke(const struct args *args)
{
    struct change change = {.args = args};
    if (change_grants(&change, remove_grant) != OK)
        return command_fail(&change.problem, COMMAND_REFUSED);
    (void)printf("%s: 已收回 (revoked)\n", args->positional[1]);
    return command_finish(COMMAND_DONE);
}
