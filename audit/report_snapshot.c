/* report_snapshot.c - `huoshui-audit snapshot`: what a sitting had before it, frozen: figures,
 * definitions, positions and digests; and whether the log still says so. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "audit/commands.h"
#include "audit/report.h"
#include "audit/report_commands.h"
#include "io/command_line.h"
#include "io/identity.h"

enum { SNAPSHOT_VERSION = 1, SNAPSHOT_SIZE_MAX = 64 << 20, FAULTS_SHOWN_MAX = 20, PATH_SIZE = 256 };

/* Over the object without "sha256", its keys sorted: whoever edits the file by hand is seen. */
static void seal_of(json_t *snapshot, char out[2 * HASH_SIZE + 1])
{
    json_t *bare = json_copy(snapshot);
    (void)json_object_del(bare, "sha256");
    char *text = json_dumps(bare, JSON_COMPACT | JSON_SORT_KEYS);
    json_decref(bare);
    if (!text)
        abort();
    struct hash hash = hash_of(bytes_of_text(text));
    free(text);
    (void)hex_text(hash_bytes(&hash), out, 2 * HASH_SIZE + 1);
}

static json_t *snapshot_json(struct report *report)
{
    struct bulletin bulletin;
    struct bulletin_paper paper;
    json_t *out = json_object();
    char seal[2 * HASH_SIZE + 1];
    report_bulletin(report, report->view.known_at, &bulletin, &paper);
    report_set(out, "snapshot", json_integer(SNAPSHOT_VERSION));
    report_set(out, "city", json_string(report->city));
    report_set(out, "as_of", report_day_json(report->view.as_of));
    report_set(out, "from", report_day_json(report->view.from));
    report_set(out, "known_at", json_integer((json_int_t)report->view.known_at));
    report_set(out, "definitions_in_force", report_text_json(report->view.definitions->versions));
    report_set(out, "bulletin", bulletin_to_json(&paper));
    seal_of(out, seal);
    report_set(out, "sha256", json_string(seal));
    return out;
}

/* ---- is it still so? ---- */

static enum err wrong(struct report *report, const char *path, const char *what)
{
    problem_set(&report->problem, "%s: %s", path, what);
    problem_remedy(&report->problem,
                   "take the file that huoshui-audit snapshot --out wrote, unchanged");
    return ERR_MALFORMED;
}

static enum err take_view(struct report *report, const char *path, json_t *frozen)
{
    char seal[2 * HASH_SIZE + 1];
    struct view view = {0};
    const char *said = json_string_value(json_object_get(frozen, "sha256"));
    const char *as_of = json_string_value(json_object_get(frozen, "as_of"));
    const char *from = json_string_value(json_object_get(frozen, "from"));
    json_int_t known_at = json_integer_value(json_object_get(frozen, "known_at"));
    if (json_integer_value(json_object_get(frozen, "snapshot")) != SNAPSHOT_VERSION || !said)
        return wrong(report, path, "不是快照 (not a snapshot)");
    seal_of(frozen, seal);
    if (strcmp(seal, said) != 0)
        return wrong(report, path, "快照被改动过：与其 sha256 不符 (it was changed by hand)");
    if (!as_of || day_parse(bytes_of_text(as_of), &view.as_of) != OK || known_at < 0 ||
        (from && day_parse(bytes_of_text(from), &view.from) != OK))
        return wrong(report, path, "快照不完整 (a day or the position is missing)");
    view.known_at = (uint64_t)known_at;
    enum err err = report_look_at(report, &view);
    if (err != OK)
        problem_set(&report->problem, "%s: %s", path, report->problem.text);
    return err;
}

struct pair { /* a place in the frozen tree, and what stands there now */
    char path[PATH_SIZE];
    json_t *frozen, *now;
};

struct faults {
    struct buffer pairs; /* struct pair, that differ */
    struct buffer *out;
    size_t count;
};

static void add_pair(struct faults *faults, const char *path, json_t *frozen, json_t *now)
{
    struct pair pair = {.frozen = frozen, .now = now};
    if (json_equal(frozen, now))
        return;
    (void)snprintf(pair.path, sizeof pair.path, "%s", path);
    buffer_add(&faults->pairs, bytes_of(&pair, sizeof pair));
}

static void add_fault(struct faults *faults, const struct pair *pair)
{
    if (faults->count++ >= FAULTS_SHOWN_MAX)
        return;
    char *texts[2] = {json_dumps(pair->frozen, JSON_COMPACT | JSON_ENCODE_ANY),
                      pair->now ? json_dumps(pair->now, JSON_COMPACT | JSON_ENCODE_ANY) : NULL};
    buffer_add_format(faults->out, "  %s：快照 %.100s，日志 %.100s\n", pair->path,
                      texts[0] ? texts[0] : "", texts[1] ? texts[1] : "无");
    free(texts[0]);
    free(texts[1]);
}

/* Goes one floor down, or names the place. */
static void open_pair(struct faults *faults, const struct pair *pair)
{
    char below[PATH_SIZE];
    const char *key;
    size_t index;
    json_t *value;
    if (json_is_object(pair->frozen) && json_is_object(pair->now)) {
        json_object_foreach(pair->frozen, key, value)
        {
            (void)snprintf(below, sizeof below, "%.140s%s%.100s", pair->path,
                           *pair->path ? "." : "", key);
            add_pair(faults, below, value, json_object_get(pair->now, key));
        }
    } else if (json_is_array(pair->frozen) &&
               json_array_size(pair->frozen) == json_array_size(pair->now)) {
        json_array_foreach(pair->frozen, index, value)
        {
            (void)snprintf(below, sizeof below, "%.200s[%zu]", pair->path, index);
            add_pair(faults, below, value, json_array_get(pair->now, index));
        }
    } else {
        add_fault(faults, pair);
    }
}

/* What was frozen must be there now; a newer program may say more. */
static void find_faults(struct faults *faults, json_t *frozen, json_t *now)
{
    struct pair pair;
    add_pair(faults, "", frozen, now);
    for (size_t at = 0; at + sizeof pair <= faults->pairs.size; at += sizeof pair) {
        memcpy(&pair, faults->pairs.data + at, sizeof pair);
        open_pair(faults, &pair);
    }
    buffer_release(&faults->pairs);
}

static void judge(struct report *report, const char *path, json_t *frozen)
{
    json_t *now = snapshot_json(report);
    char day[DAY_TEXT_SIZE];
    (void)json_object_del(now, "sha256");
    json_t *bare = json_copy(frozen);
    (void)json_object_del(bare, "sha256");
    CLEANUP(buffer_release) struct buffer named = {0};
    struct faults faults = {.out = &named};
    find_faults(&faults, bare, now);
    json_decref(bare);
    json_decref(now);
    (void)day_text(report->view.as_of, day);
    if (faults.count == 0) {
        buffer_add_format(&report->out,
                          "一致 clean: %s 截至 %s、据第 %" PRIu64 " 号记录，与日志逐项相符\n", path,
                          day, report->view.known_at);
        return;
    }
    buffer_add_format(&report->out,
                      "不一致 differs: %s 截至 %s、据第 %" PRIu64 " 号记录，%zu 处不符\n", path,
                      day, report->view.known_at, faults.count);
    buffer_add(&report->out, buffer_bytes(&named));
    report->status = EXIT_REFUSED;
}

static enum err check_snapshot(struct report *report)
{
    const char *path = args_value(report->args, "--check");
    CLEANUP(buffer_release) struct buffer text = {0};
    json_error_t error;
    TRY(file_read(path, SNAPSHOT_SIZE_MAX, &text, &report->problem));
    json_t *frozen = json_loadb((const char *)text.data, text.size, JSON_REJECT_DUPLICATES, &error);
    if (!json_is_object(frozen)) {
        json_decref(frozen);
        return wrong(report, path, "不是快照 (not a snapshot)");
    }
    enum err err = take_view(report, path, frozen);
    if (err == OK)
        judge(report, path, frozen);
    json_decref(frozen);
    return err;
}

static enum err write_snapshot(struct report *report)
{
    if (args_value(report->args, "--check"))
        return check_snapshot(report);
    json_t *snapshot = snapshot_json(report);
    report_add_json(report, snapshot);
    return OK;
}

int command_snapshot(const struct args *args)
{
    struct problem problem = {0};
    bool is_check = args_value(args, "--check"), is_new = args_value(args, "--as-of");
    if (is_check == is_new) {
        problem_set(&problem,
                    "须给出 --as-of 或 --check 之一 (a day to freeze, or a file to check)");
        problem_remedy(&problem, "For example: %s", args->command->example);
        return command_fail(&problem, COMMAND_USAGE);
    }
    return report_run(args, write_snapshot);
}
