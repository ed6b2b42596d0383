#include "broker/office.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/random.h"
#include "io/daemon.h"
#include "proto/wire.h"

enum { SETTINGS_SIZE_MAX = 64 << 10, SECRET_TEXT_SIZE_MAX = 256 };

static char *path_in(const char *directory, const char *name, char *out)
{
    (void)snprintf(out, OFFICE_PATH_MAX, "%s/%s", directory, name);
    return out;
}

char *office_path(const struct office *office, const char *name, char *out)
{
    return path_in(office->directory, name, out);
}

static enum err append_directly(void *context, struct batch *batch)
{
    struct office *office = context;
    TRY(commit_batch(&office->commit, office->store, batch, clock_wall_ms()));
    char path[OFFICE_PATH_MAX];
    TRY(log_head_file_write(office_path(office, "store", path), &office->commit.head));
    office_on_committed(office, batch);
    return OK;
}

enum err office_append(struct office *office, struct batch *batch)
{
    return office->append(office->append_context, batch);
}

static enum err open_store(const char *directory, const struct broker_settings *settings,
                           struct store **out, struct problem *problem)
{
    char path[OFFICE_PATH_MAX];
    struct store_options options = {
        .directory = path_in(directory, "store", path),
        .map_bytes = (uint64_t)settings->map_bytes,
        .quota_bytes = (uint64_t)settings->quota_bytes,
        .reserve_bytes = (uint64_t)settings->reserve_bytes,
        .tables = log_tables,
    };
    return store_open(&options, out, problem);
}

/* ---- init ---- */

static enum err write_settings(const struct office_plan *plan, struct broker_settings *settings,
                               struct problem *problem)
{
    settings_default(&broker_settings_table, settings);
    if (plan->listen)
        (void)snprintf(settings->listen, sizeof settings->listen, "%s", plan->listen);
    if (plan->advertise)
        (void)snprintf(settings->advertise, sizeof settings->advertise, "%s", plan->advertise);
    CLEANUP(buffer_release) struct buffer text = {0};
    settings_template(&broker_settings_table, settings, &text);
    /* What is written must be readable: --listen is checked by the same rows as the file. */
    TRY(settings_parse(&broker_settings_table, "--listen/--advertise", buffer_bytes(&text),
                       settings, problem));
    char path[OFFICE_PATH_MAX];
    return file_write(path_in(plan->directory, "huoshui.conf", path), buffer_bytes(&text), problem);
}

static enum err write_token_secret(const char *directory, struct problem *problem)
{
    struct token_secret secret;
    random_secret(secret.bytes, sizeof secret.bytes);
    char path[OFFICE_PATH_MAX], text[2 * TOKEN_SECRET_SIZE + 1];
    hex_text(bytes_of(secret.bytes, sizeof secret.bytes), text, sizeof text);
    enum err err =
        file_write(path_in(directory, "keys/token.secret", path), bytes_of_text(text), problem);
    explicit_bzero(&secret, sizeof secret);
    explicit_bzero(text, sizeof text);
    return err;
}

static enum err append_first_record(const struct office_plan *plan, const struct identity *identity,
                                    struct commit *commit, struct store *store)
{
    uint8_t log_id[LOG_ID_SIZE];
    random_secret(log_id, sizeof log_id);
    struct setting_record setting = {
        .name = bytes_of_text(plan->name),
        .unit = bytes_of_text(plan->unit),
        .log_id = bytes_of(log_id, sizeof log_id),
        .signing_key = bytes_of(identity->sign_public, sizeof identity->sign_public),
        .curve_key = bytes_of(identity->curve_public, sizeof identity->curve_public),
    };
    CLEANUP(buffer_release) struct buffer detail = {0};
    wire_setting_encode(&setting, &detail);
    struct batch batch;
    batch_init(&batch);
    batch_add_record(&batch, RECORD_SETTING, plan->unit, buffer_bytes(&detail));
    enum err err = commit_batch(commit, store, &batch, clock_wall_ms());
    batch_release(&batch);
    return err;
}

static enum err check_plan(const struct office_plan *plan, struct problem *problem)
{
    if (!unit_is_valid(bytes_of_text(plan->unit))) {
        problem_set(problem, "--unit %s: not an administrative code", plan->unit);
        problem_remedy(
            problem,
            "use 2, 4 or 6 digits, with -suffix for a body without a code: 3415 or 3415-zsj");
        return ERR_MALFORMED;
    }
    if (*plan->name == 0 || strlen(plan->name) > ROSTER_NAME_MAX ||
        !bytes_are_utf8(bytes_of_text(plan->name))) {
        problem_set(problem, "--name: 1 to %d bytes of UTF-8 are needed", ROSTER_NAME_MAX);
        return ERR_MALFORMED;
    }
    return OK;
}

enum err office_create(const struct office_plan *plan, struct problem *problem)
{
    TRY(check_plan(plan, problem));
    TRY(identity_create(plan->directory, problem));
    struct broker_settings settings;
    TRY(write_settings(plan, &settings, problem));
    TRY(write_token_secret(plan->directory, problem));
    struct identity identity = {0};
    TRY(identity_open(plan->directory, &identity, problem));
    CLEANUP(store_close) struct store *store = NULL;
    struct commit commit = {0};
    enum err err = open_store(plan->directory, &settings, &store, problem);
    if (err == OK)
        err = commit_open(&commit, store);
    if (err == OK)
        err = append_first_record(plan, &identity, &commit, store);
    commit_release(&commit);
    identity_close(&identity);
    return err;
}

/* ---- open ---- */

static enum err read_settings(struct office *office, struct problem *problem)
{
    char path[OFFICE_PATH_MAX];
    office_path(office, "huoshui.conf", path);
    CLEANUP(buffer_release) struct buffer text = {0};
    if (access(path, F_OK) != 0) {
        problem_set(problem, "%s is not a broker's directory: there is no huoshui.conf",
                    office->directory);
        problem_remedy(problem, "make one: huoshui-broker init %s --name 六安市 --unit 3415",
                       office->directory);
        return ERR_NOT_FOUND;
    }
    TRY(file_read(path, SETTINGS_SIZE_MAX, &text, problem));
    settings_default(&broker_settings_table, &office->settings);
    return settings_parse(&broker_settings_table, path, buffer_bytes(&text), &office->settings,
                          problem);
}

static enum err read_token_secret(struct office *office, struct problem *problem)
{
    char path[OFFICE_PATH_MAX];
    CLEANUP(buffer_release) struct buffer text = {0}, raw = {0};
    TRY(file_read(office_path(office, "keys/token.secret", path), SECRET_TEXT_SIZE_MAX, &text,
                  problem));
    enum err err = hex_decode(bytes_trim(buffer_bytes(&text)), &raw);
    if (err != OK || raw.size != TOKEN_SECRET_SIZE) {
        problem_set(problem, "%s: not %d bytes of hex", path, TOKEN_SECRET_SIZE);
        problem_remedy(problem, "restore the keys folder from your own copy of it");
        return ERR_MALFORMED;
    }
    memcpy(office->token_secret.bytes, raw.data, TOKEN_SECRET_SIZE);
    explicit_bzero(raw.data, raw.size);
    explicit_bzero(text.data, text.size);
    return OK;
}

/* Roster and city come from the marked records alone, so opening does not depend on the log's
 * length. */
static enum err fold_record(struct office *office, const struct record *record)
{
    if (record->kind == RECORD_ROSTER) {
        struct roster_change change;
        TRY(wire_roster_change_decode(record->detail, &change));
        return roster_apply(&office->roster, record->position, &change);
    }
    if (record->kind == RECORD_SETTING) {
        struct setting_record setting;
        TRY(wire_setting_decode(record->detail, &setting));
        bytes_to_text(setting.name, office->city_name, sizeof office->city_name);
        bytes_to_text(setting.unit, office->city_unit, sizeof office->city_unit);
        if (setting.log_id.size == LOG_ID_SIZE)
            memcpy(office->log_id, setting.log_id.data, LOG_ID_SIZE);
    }
    return OK;
}

static enum err read_marks(struct office *office)
{
    CLEANUP(store_txn_abort) struct store_txn *txn = NULL;
    TRY(store_begin_read(office->store, &txn));
    struct bytes safe;
    enum err err = log_meta_get(txn, "safe_position", &safe);
    if (err == OK && safe.size == 8)
        office->safe_position = u64_get(safe.data);
    else if (err != ERR_NOT_FOUND)
        TRY(err);
    uint8_t from[8] = {0};
    CLEANUP(store_cursor_close) struct store_cursor cursor = {0};
    err = store_seek(txn, LOG_MARKS, bytes_of(from, sizeof from), &cursor);
    for (; err == OK; err = store_next(&cursor)) {
        struct bytes row;
        struct record record;
        TRY(log_row(txn, u64_get(cursor.key.data), &row));
        TRY(wire_row_open(row, &record, NULL));
        TRY(fold_record(office, &record));
    }
    return err == ERR_NOT_FOUND ? OK : err;
}

static void look_at_head_file(struct office *office)
{
    char path[OFFICE_PATH_MAX];
    if (log_head_file_read(office_path(office, "store", path), &office->head_file) == OK)
        office->rolled_back = office->head_file.position > office->commit.head.position;
}

static enum err open_parts(struct office *office, struct problem *problem)
{
    TRY(read_settings(office, problem));
    TRY(identity_open(office->directory, &office->identity, problem));
    TRY(read_token_secret(office, problem));
    TRY(open_store(office->directory, &office->settings, &office->store, problem));
    enum err err = commit_open(&office->commit, office->store);
    if (err == OK)
        err = read_marks(office);
    if (err != OK) {
        problem_set(problem, "%s/store: the log cannot be read (%s)", office->directory,
                    err_name(err));
        problem_remedy(problem, "huoshui-audit verify %s names the place; then restore a backup",
                       office->directory);
        return err;
    }
    look_at_head_file(office);
    return OK;
}

enum err office_open(const char *directory, struct office *out, struct problem *problem)
{
    *out = (struct office){.append = append_directly};
    out->append_context = out;
    char *real = realpath(directory, NULL);
    (void)snprintf(out->directory, sizeof out->directory, "%s", real ? real : directory);
    free(real);
    uint64_t seed;
    random_secret(&seed, sizeof seed);
    roster_init(&out->roster, seed);
    enum err err = open_parts(out, problem);
    if (err != OK)
        office_close(out);
    return err;
}

void office_close(struct office *office)
{
    roster_release(&office->roster);
    commit_release(&office->commit);
    identity_close(&office->identity);
    explicit_bzero(&office->token_secret, sizeof office->token_secret);
    if (office->store)
        store_close(office->store);
    office->store = NULL;
}

void office_on_committed(struct office *office, const struct batch *batch)
{
    for (size_t i = 0; i < batch->count; i++) {
        const struct batch_entry *entry = &batch->entries[i];
        if (entry->kind == BATCH_SAFE)
            office->safe_position = entry->seq;
        struct roster_change change;
        if (entry->kind != BATCH_RECORD || entry->record_kind != RECORD_ROSTER)
            continue;
        /* The change was made by this program a moment ago: that it cannot be folded is a bug worth
         * a line. */
        if (wire_roster_change_decode(entry->text, &change) != OK ||
            roster_apply(&office->roster, entry->position, &change) != OK)
            log_line("error", "roster_record_not_folded position=%llu",
                     (unsigned long long)entry->position);
    }
}

enum err office_address(const struct office *office, char *out, size_t out_size)
{
    if (*office->settings.advertise) {
        (void)snprintf(out, out_size, "%s", office->settings.advertise);
        return OK;
    }
    char path[OFFICE_PATH_MAX];
    CLEANUP(buffer_release) struct buffer text = {0};
    struct problem ignored = {0};
    const char *listen = office->settings.listen;
    if (access(office_path(office, "address", path), F_OK) == 0) {
        TRY(file_read(path, OFFICE_PATH_MAX, &text, &ignored));
        bytes_to_text(bytes_trim(buffer_bytes(&text)), out, out_size);
    } else {
        (void)snprintf(out, out_size, "%s", listen);
    }
    size_t length = strlen(out);
    bool unbound = length < 2 || strcmp(out + length - 2, ":0") == 0;
    bool anywhere = strstr(out, "//0.0.0.0:") || strstr(out, "//*:") || strstr(out, "//[::]:");
    return unbound || anywhere ? ERR_NOT_FOUND : OK;
}

void office_alarm(const struct office *office, struct batch *batch, const struct alarm *alarm)
{
    struct buffer detail = {0};
    wire_alarm_encode(alarm, &detail);
    batch_add_record(batch, RECORD_ALARM, office->city_unit, buffer_bytes(&detail));
    buffer_release(&detail);
}
