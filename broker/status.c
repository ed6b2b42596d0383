/* status.c - what an operator asks first: head, units, last contacts, backlogs, alarms, disk. See
 * commands.h. */
#include <inttypes.h>
#include <string.h>

#include "broker/commands.h"
#include "proto/json.h"

enum { STATUS_ALARMS_MAX = 20 };

static const char *const role_names[] = {"", "agent", "display", "auditor", "inspector"};
static const char *const type_names[] = {"",     "county",    "park", "department",
                                         "team", "committee", "city"};
static const char *const alarm_names[] = {
    "", "FORK", "CLONE", "TWO_SESSIONS", "BROKER_BEHIND", "LOG_ROLLED_BACK", "CLOCK_STEPPED_BACK",
};

static const char *name_in(const char *const *names, size_t count, uint32_t number)
{
    return number < count ? names[number] : "?";
}

void status_of_unit(const struct desk *desk, struct store_txn *txn,
                    const struct roster_entry *entry, struct unit_status *out)
{
    *out = (struct unit_status){.entry = entry};
    if (!*entry->unit)
        return;
    struct bytes unit = bytes_of_text(entry->unit);
    if (log_unit_get(txn, unit, &out->row) != OK || out->row.epoch != entry->epoch)
        out->row = (struct unit_row){.epoch = entry->epoch};
    const struct session *session = desk->hub ? map_get(&desk->hub->sessions, unit) : NULL;
    if (!session || session->epoch != entry->epoch)
        return;
    out->live = session->live;
    if (session->last_contact_ms > out->row.last_contact_ms) {
        out->row.last_contact_ms = session->last_contact_ms;
        out->row.clock_offset_ms = session->clock_offset_ms;
    }
    if (session->announced_seq > out->row.announced_seq)
        out->row.announced_seq = session->announced_seq;
}

uint64_t status_backlog(const struct unit_status *unit)
{
    return unit->row.announced_seq > unit->row.last_seq
               ? unit->row.announced_seq - unit->row.last_seq
               : 0;
}

static void unit_json(const struct unit_status *line, struct buffer *out)
{
    const struct roster_entry *entry = line->entry;
    char key_id[2 * KEY_ID_SIZE + 1], when[INSTANT_TEXT_SIZE];
    hex_text(bytes_of(entry->key_id, KEY_ID_SIZE), key_id, sizeof key_id);
    buffer_add_text(out, "{\"unit\":");
    json_text_write(bytes_of_text(entry->unit), out);
    buffer_add_text(out, ",\"name\":");
    json_text_write(bytes_of_text(entry->name), out);
    buffer_add_format(out, ",\"role\":\"%s\",\"type\":\"%s\",\"key_id\":\"%s\"",
                      name_in(role_names, ARRAY_LENGTH(role_names), entry->role),
                      name_in(type_names, ARRAY_LENGTH(type_names), entry->unit_type), key_id);
    if (*entry->unit) {
        buffer_add_format(
            out, ",\"epoch\":%" PRIu32 ",\"last_seq\":%" PRIu64 ",\"last_position\":%" PRIu64,
            line->row.epoch, line->row.last_seq, line->row.last_position);
        buffer_add_format(out, ",\"waiting\":%" PRIu64 ",\"refused\":%" PRIu64 ",\"live\":%s",
                          status_backlog(line), line->row.refused_count,
                          line->live ? "true" : "false");
        if (line->row.last_contact_ms > 0)
            buffer_add_format(out, ",\"last_contact\":\"%s\",\"clock_offset_ms\":%" PRId64,
                              instant_text(line->row.last_contact_ms, when),
                              line->row.clock_offset_ms);
        else
            buffer_add_text(out, ",\"last_contact\":null,\"clock_offset_ms\":null");
    }
    buffer_add_text(out, "}");
}

static void unit_text(const struct unit_status *line, struct buffer *out)
{
    const struct roster_entry *entry = line->entry;
    char when[INSTANT_TEXT_SIZE] = "never";
    if (line->row.last_contact_ms > 0)
        instant_text(line->row.last_contact_ms, when);
    if (*entry->unit)
        buffer_add_format(out,
                          "  %-12s epoch %" PRIu32 "  seq %-8" PRIu64 " waiting %-6" PRIu64
                          " refused %-4" PRIu64 " offset %+" PRId64 " ms  last contact %s%s  %s\n",
                          entry->unit, line->row.epoch, line->row.last_seq, status_backlog(line),
                          line->row.refused_count, line->row.clock_offset_ms, when,
                          line->live ? " (live)" : "", entry->name);
    else
        buffer_add_format(out, "  %-12s %s\n",
                          name_in(role_names, ARRAY_LENGTH(role_names), entry->role), entry->name);
}

static void print_units(const struct desk *desk, struct store_txn *txn, bool json,
                        struct buffer *out)
{
    bool first = true;
    buffer_add_text(out, json ? ",\"units\":[" : "enrolled:\n");
    for (size_t i = 0; i < desk->office->roster.count; i++) {
        const struct roster_entry *entry = desk->office->roster.entries[i];
        if (entry->revoked_at)
            continue;
        struct unit_status line;
        status_of_unit(desk, txn, entry, &line);
        if (json && !first)
            buffer_add_text(out, ",");
        first = false;
        if (json)
            unit_json(&line, out);
        else
            unit_text(&line, out);
    }
    if (json)
        buffer_add_text(out, "]");
}

static void print_alarm(const struct record *record, bool json, bool first, struct buffer *out)
{
    struct alarm alarm;
    if (wire_alarm_decode(record->detail, &alarm) != OK)
        return;
    char when[INSTANT_TEXT_SIZE], text[512], unit[UNIT_TEXT_MAX + 1];
    instant_text(record->recorded_at_ms, when);
    bytes_to_text(alarm.unit, unit, sizeof unit);
    bytes_to_text(alarm.text, text, sizeof text);
    const char *code = name_in(alarm_names, ARRAY_LENGTH(alarm_names), alarm.code);
    if (!json) {
        buffer_add_format(out, "  %" PRIu64 "  %s  %s  %s  %s\n", record->position, when, code,
                          unit, text);
        return;
    }
    buffer_add_format(out,
                      "%s{\"position\":%" PRIu64
                      ",\"recorded_at\":\"%s\",\"code\":\"%s\",\"unit\":\"%s\",\"text\":",
                      first ? "" : ",", record->position, when, code, unit);
    json_text_write(bytes_of_text(text), out);
    buffer_add_text(out, "}");
}

struct alarms { /* positions; the marks are few, so they are walked whole */
    uint64_t newest[STATUS_ALARMS_MAX], total;
};

static enum err find_alarms(struct store_txn *txn, struct alarms *out)
{
    uint8_t from[8] = {0};
    CLEANUP(store_cursor_close) struct store_cursor cursor = {0};
    struct bytes row;
    struct record record;
    enum err err = store_seek(txn, LOG_MARKS, bytes_of(from, sizeof from), &cursor);
    for (; err == OK; err = store_next(&cursor)) {
        uint64_t position = u64_get(cursor.key.data);
        TRY(log_row(txn, position, &row));
        TRY(wire_row_open(row, &record, NULL));
        if (record.kind == RECORD_ALARM)
            out->newest[out->total++ % STATUS_ALARMS_MAX] = position;
    }
    return err == ERR_NOT_FOUND ? OK : err;
}

/* The newest alarms, oldest first. */
static enum err print_alarms(struct store_txn *txn, const struct alarms *alarms, bool json,
                             struct buffer *out)
{
    struct bytes row;
    struct record record;
    uint64_t total = alarms->total;
    buffer_add_format(
        out, json ? ",\"alarm_count\":%" PRIu64 ",\"alarms\":[" : "alarms: %" PRIu64 "\n", total);
    uint64_t shown = total < STATUS_ALARMS_MAX ? total : STATUS_ALARMS_MAX;
    for (uint64_t i = total - shown; i < total; i++) {
        TRY(log_row(txn, alarms->newest[i % STATUS_ALARMS_MAX], &row));
        TRY(wire_row_open(row, &record, NULL));
        print_alarm(&record, json, i == total - shown, out);
    }
    if (json)
        buffer_add_text(out, "]");
    return OK;
}

static void print_head(const struct desk *desk, const struct log_head *head,
                       const struct store_state *state, bool json, struct buffer *out)
{
    const struct office *office = desk->office;
    char hash[2 * HASH_SIZE + 1];
    hex_text(hash_bytes(&head->hash), hash, sizeof hash);
    bool taking = !desk->hub || desk->hub->limits.taking;
    if (!json) {
        buffer_add_format(out, "%s (%s)  %s%s%s\n", office->city_name, office->city_unit,
                          desk->hub ? "running at " : "not running",
                          desk->address ? desk->address : "",
                          taking ? "" : "  DISK FULL: takes no events until space returns");
        buffer_add_format(out,
                          "head %" PRIu64 "  hash %s\nsafe position (in a backup) %" PRIu64 "\n",
                          head->position, hash, office->safe_position);
        buffer_add_format(out,
                          "disk: used %" PRIu64 " of %" PRIu64 " bytes, %" PRIu64
                          " free on the file system; readers %" PRIu32 "\n",
                          state->used_bytes, state->quota_bytes, state->disk_free_bytes,
                          state->readers);
        return;
    }
    buffer_add_text(out, "{\"city\":{\"name\":");
    json_text_write(bytes_of_text(office->city_name), out);
    buffer_add_format(out, ",\"unit\":\"%s\"},\"running\":%s,\"address\":\"%s\"", office->city_unit,
                      desk->hub ? "true" : "false", desk->address ? desk->address : "");
    buffer_add_format(out,
                      ",\"head\":{\"position\":%" PRIu64
                      ",\"hash\":\"%s\"},\"safe_position\":%" PRIu64 ",\"taking\":%s",
                      head->position, hash, office->safe_position, taking ? "true" : "false");
    buffer_add_format(out,
                      ",\"disk\":{\"used_bytes\":%" PRIu64 ",\"quota_bytes\":%" PRIu64
                      ",\"map_bytes\":%" PRIu64 ",\"free_bytes\":%" PRIu64 "}",
                      state->used_bytes, state->quota_bytes, state->map_bytes,
                      state->disk_free_bytes);
    buffer_add_format(out, ",\"readers\":%" PRIu32 ",\"peers\":%zu,\"feeds\":%zu", state->readers,
                      desk->hub ? desk->hub->peer_count : 0, desk->hub ? desk->hub->feed_count : 0);
}

static enum err print_all(const struct desk *desk, const char *form, struct buffer *out)
{
    bool json = strcmp(form, "json") == 0;
    struct status_figures figures = {0};
    struct alarms alarms = {0};
    TRY(store_state(desk->office->store, &figures.store));
    CLEANUP(store_txn_abort) struct store_txn *txn = NULL;
    TRY(store_begin_read(desk->office->store, &txn));
    TRY(log_head(txn, &figures.head));
    TRY(find_alarms(txn, &alarms));
    figures.alarms = alarms.total;
    if (strcmp(form, "prometheus") == 0) {
        status_metrics(desk, txn, &figures, out);
        return OK;
    }
    print_head(desk, &figures.head, &figures.store, json, out);
    print_units(desk, txn, json, out);
    TRY(print_alarms(txn, &alarms, json, out));
    if (json)
        buffer_add_text(out, "}\n");
    return OK;
}

/* Alarms and silent counties are for people to look at: no restart mends them. */
static int check(const struct desk *desk, struct buffer *error)
{
    if (!desk->hub)
        buffer_add_text(error, "huoshui-broker: not running\nremedy: start the service\n");
    else if (!desk->hub->limits.taking)
        buffer_add_text(error, "huoshui-broker: disk full, no events are taken; the agents hold "
                               "theirs\nremedy: free disk space; it goes on by itself\n");
    else
        return 0;
    return 1;
}

int status_print(const struct desk *desk, const char *form, struct control_answer *answer)
{
    if (strcmp(form, "check") == 0)
        return check(desk, answer->error);
    return print_all(desk, form, answer->out) == OK ? 0 : 1;
}
