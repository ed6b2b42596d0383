/* desk_feed.c - the desk's feed: records from the broker into the replica and the ledger, and what
 * happens when the link, the disk or the key is gone. */
#include "display/desk_parts.h"

#include <inttypes.h>

#include "io/daemon.h"

/* ---- the start ---- */

static enum err take_back(void *context, const struct record *record, const struct hash *hash)
{
    struct desk *desk = context;
    const struct event *event;
    return folding_take(&desk->folding, record, hash, &event);
}

/* The snapshot is of this replica, or it is of no use. */
static bool snapshot_fits(struct desk *desk)
{
    struct hash hash;
    uint64_t position = ledger_position(desk->folding.ledger);
    return position == 0 || (replica_hash(&desk->replica, position, &hash) == OK &&
                             hash_equal(&hash, &desk->folding.last));
}

static void take_city(struct desk *desk, const struct record *record)
{
    struct setting_record setting;
    if (record->position == 1 && record->kind == RECORD_SETTING &&
        wire_setting_decode(record->detail, &setting) == OK)
        bytes_to_text(setting.name, desk->city, sizeof desk->city);
}

static enum err read_city(void *context, const struct record *record, const struct hash *hash)
{
    (void)hash;
    take_city(context, record);
    return OK;
}

enum err desk_load(struct desk *desk, struct problem *problem)
{
    struct replica *replica = &desk->replica;
    uint64_t began_ms = clock_steady_ms();
    board_memory_free(desk->memory); /* of the ledger that goes now */
    desk->memory = board_memory_new();
    folding_load(&desk->folding, desk->snapshot_directory);
    if (!snapshot_fits(desk)) {
        log_line("warning", "snapshot_is_of_another_log: it is made anew");
        folding_reset(&desk->folding);
    }
    uint64_t snapshot = ledger_position(desk->folding.ledger);
    enum err err = replica_read(replica, snapshot + 1, replica->head.position, take_back, desk);
    if (err == OK && replica->head.position > 0)
        err = replica_read(replica, 1, 1, read_city, desk);
    if (err != OK) {
        problem_set(problem, "%s: the replica is damaged behind position %" PRIu64 " (%s)",
                    desk->snapshot_directory, ledger_position(desk->folding.ledger), err_name(err));
        problem_remedy(problem, "move %s away: the broker sends everything again",
                       desk->snapshot_directory);
        return err;
    }
    desk->vitals.snapshot_position = snapshot;
    log_line("info", "loaded position=%" PRIu64 " snapshot=%" PRIu64 " ms=%" PRIu64,
             replica->head.position, snapshot, clock_steady_ms() - began_ms);
    return OK;
}

/* ---- the disk ---- */

static void note_disk(struct desk *desk, enum err err)
{
    struct vitals *vitals = &desk->vitals;
    vitals->replica_position = desk->replica.head.position;
    if (vitals->replica_fails == (err != OK))
        return;
    vitals->replica_fails = err != OK;
    bytes_to_text(
        bytes_of_text(err == ERR_FULL ? "the disk, or the quota, is full" : err_name(err)),
        vitals->replica_reason, sizeof vitals->replica_reason);
    if (err != OK)
        log_line("error", "replica_not_written waiting=%zu text=\"%s\" remedy=\"make room\"",
                 replica_waiting(&desk->replica), vitals->replica_reason);
    else
        log_line("info", "replica_written_again position=%" PRIu64, desk->replica.head.position);
}

void desk_write(struct desk *desk)
{
    if (replica_waiting(&desk->replica) == 0)
        return;
    note_disk(desk, replica_commit(&desk->replica));
    post_set_vitals(desk->post, &desk->vitals);
    if (replica_waiting(&desk->replica) > 0)
        desk_write_soon(desk, DESK_DISK_RETRY_MS);
}

void desk_save_snapshot(struct desk *desk)
{
    uint64_t position = ledger_position(desk->folding.ledger);
    if (position == desk->vitals.snapshot_position || replica_waiting(&desk->replica) > 0)
        return;
    uint64_t began_ms = clock_steady_ms();
    enum err err = folding_save(&desk->folding, desk->snapshot_directory);
    if (err == OK)
        log_line("info", "snapshot position=%" PRIu64 " ms=%" PRIu64, position,
                 clock_steady_ms() - began_ms);
    else
        log_line("warning", "snapshot_not_written error=%s: the next start folds more",
                 err_name(err));
    desk->vitals.snapshot_position = position; /* a failure is not tried again at each turn */
}

static void save_when_due(struct desk *desk)
{
    uint64_t behind = ledger_position(desk->folding.ledger) - desk->vitals.snapshot_position;
    uint64_t each = (uint64_t)desk->settings->snapshot_records;
    if (behind < (desk->is_caught_up ? each : 10 * each))
        return;
    desk_write(desk);
    desk_save_snapshot(desk);
}

/* ---- what comes ---- */

static enum err on_record(void *context, const struct record *record, const struct hash *hash)
{
    struct desk *desk = context;
    const struct event *event;
    struct bytes bytes = subscriber_record_bytes(desk->subscriber);
    take_city(desk, record);
    enum err err = replica_add(&desk->replica, record->position, hash, bytes);
    if (err == OK)
        err = folding_take(&desk->folding, record, hash, &event);
    if (err != OK)
        return err;
    if (desk->has_timeline)
        timeline_add(&desk->timeline, desk->folding.ledger, record);
    desk_tell_record(desk, record, event);
    return OK;
}

static void look_how_far(struct desk *desk, uint64_t position, uint64_t head)
{
    uint64_t behind = head > position ? head - position : 0;
    bool was_caught_up = desk->is_caught_up;
    desk->vitals.head_position = head;
    desk->is_caught_up = behind <= (was_caught_up ? DESK_BEHIND_RECORDS : DESK_CLOSE_RECORDS);
    desk_set_feed(desk, desk->is_caught_up ? FEED_LIVE : FEED_CATCHING_UP, "");
}

static enum err on_turn(void *context, uint64_t scanned_to, uint64_t head)
{
    struct desk *desk = context;
    size_t waiting = replica_waiting(&desk->replica);
    look_how_far(desk, scanned_to, head);
    if (waiting > 0)
        pace_on_change(&desk->pace);
    desk_frame_when_due(desk);
    if (waiting >= DESK_COMMIT_RECORDS && !desk->vitals.replica_fails)
        desk_write(desk);
    else if (waiting > 0 && !uv_is_active((uv_handle_t *)&desk->disk))
        desk_write_soon(desk, DESK_COMMIT_MS);
    save_when_due(desk);
    return OK;
}

static void on_contacts(void *context, const struct contacts *contacts)
{
    struct desk *desk = context;
    if (contacts_take(&desk->contacts, contacts))
        desk_tell_contacts(desk);
}

static void on_link(void *context, bool up, const char *reason)
{
    struct desk *desk = context;
    if (up)
        log_line("info", "linked position=%" PRIu64, ledger_position(desk->folding.ledger));
    else if (desk->vitals.feed != FEED_LOST)
        log_line("warning", "link_lost text=\"%s\"", reason);
    desk->is_caught_up = false;
    desk_set_feed(desk, up ? FEED_CATCHING_UP : FEED_LOST, up ? "" : reason);
}

static void explain_end(enum err err, const struct problem *problem, struct problem *out)
{
    *out = *problem;
    if (err == ERR_NOT_FOUND) {
        problem_set(out,
                    "the broker's log does not continue our replica: it was restored from a backup "
                    "or is another (%s)",
                    problem->text);
        problem_remedy(out, "stop the display, move D/replica away and start it: the broker sends "
                            "everything again");
    } else if (err == ERR_FULL) {
        problem_set(out, "the replica's disk takes no more");
        problem_remedy(out, "make room; it goes on by itself");
    } else if (!*out->text) {
        problem_set(out, "a record cannot be taken (%s)", err_name(err));
    }
}

static void on_end(void *context, enum err err, const struct problem *problem)
{
    struct desk *desk = context;
    struct problem explained;
    explain_end(err, problem, &explained);
    log_line("error", "feed_ended text=\"%s\" remedy=\"%s\"", explained.text, explained.remedy);
    subscriber_close(TAKE(desk->subscriber));
    desk->is_caught_up = false;
    desk_set_feed(desk, FEED_LOST, explained.text);
    desk_subscribe_later(desk, err == ERR_FULL ? DESK_DISK_RETRY_MS : DESK_DENIED_RETRY_MS);
}

void desk_subscribe(struct desk *desk)
{
    struct problem problem = {0};
    if (replica_waiting(&desk->replica) > 0 && desk->vitals.replica_fails) {
        desk_subscribe_later(desk, DESK_DISK_RETRY_MS); /* the disk first: memory is bounded */
        return;
    }
    struct subscriber_options options = {
        .loop = &desk->loop,
        .membership = &desk->home->membership,
        .from = desk->replica.newest.position + 1,
        .after = desk->replica.newest.hash,
        .filter.all_records = true,
        .with_contacts = true,
    };
    struct subscriber_handlers handlers = {
        .context = desk,
        .on_record = on_record,
        .on_turn = on_turn,
        .on_contacts = on_contacts,
        .on_link = on_link,
        .on_end = on_end,
    };
    if (subscriber_open(&options, &handlers, &desk->subscriber, &problem) == OK)
        return;
    desk_set_feed(desk, FEED_LOST, problem.text);
    desk_subscribe_later(desk, DESK_DENIED_RETRY_MS);
}
