/* follower.c - see follower.h. */
#include "proto/follower.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>

enum { BACKOFF_SHIFT_MAX = 8, SILENCE_SHIFT_MAX = 4 };

void follower_init(struct follower *follower, const struct follower_plan *plan, uint64_t seed,
                   const struct trace *trace)
{
    assert(plan->from_position > 0 && plan->window > 0);
    *follower = (struct follower){
        .state = FOLLOWER_WAITING,
        .is_dense = plan->is_dense,
        .next_position = plan->from_position,
        .last_position = plan->from_position - 1,
        .after = plan->after,
        .after_known = !hash_is_zero(&plan->after),
        .window_max = plan->window,
        .trace = *trace,
    };
    random_init(&follower->random, seed);
}

/* Each silence doubles the wait, up to sixteenfold. */
static unsigned shift(uint32_t silences)
{
    return silences < 4 ? silences : 4;
}

static void say(struct follower *follower, const char *text)
{
    bytes_to_text(bytes_of_text(text), follower->text, sizeof follower->text);
}

static void end(struct follower *follower, uint32_t reason)
{
    follower->state = FOLLOWER_ENDED;
    follower->reason = reason;
    follower->is_draining = false;
    trace_line(&follower->trace, "follower_ended reason=%u next=%" PRIu64 " text=%s", reason,
               follower->next_position, follower->text);
}

static uint32_t at_most(uint32_t count, uint32_t max)
{
    return count < max ? count : max;
}

/* Half of the wait is certain, half is chance: subscribers do not return all at once. */
static void lose(struct follower *follower, uint64_t least_ms, uint64_t now_ms)
{
    uint64_t delay_ms = (uint64_t)FOLLOWER_BACKOFF_MIN_MS
                        << at_most(follower->failures, BACKOFF_SHIFT_MAX);
    delay_ms = delay_ms < FOLLOWER_BACKOFF_MAX_MS ? delay_ms : FOLLOWER_BACKOFF_MAX_MS;
    delay_ms = delay_ms / 2 + random_below(&follower->random, delay_ms / 2 + 1);
    delay_ms = delay_ms > least_ms ? delay_ms : least_ms;
    follower->failures++;
    follower->state = FOLLOWER_WAITING;
    follower->is_draining = false;
    follower->deadline_ms = now_ms + delay_ms;
    trace_line(&follower->trace, "follower_waits ms=%" PRIu64 " failures=%u text=%s", delay_ms,
               follower->failures, follower->text);
}

static void begin_subscription(struct follower *follower, uint64_t now_ms)
{
    uint64_t start =
        (uint64_t)FOLLOWER_WINDOW_START >> (2 * at_most(follower->silences, SILENCE_SHIFT_MAX));
    start = start > FOLLOWER_WINDOW_MIN ? start : FOLLOWER_WINDOW_MIN;
    follower->window = start < follower->window_max ? start : follower->window_max;
    /* The last row's hash proves that this is still the log we know; without a row nothing does,
     * and a restored log may hold one where we found none. So look at a few again. */
    if (follower->next_position - follower->last_position <= FOLLOWER_RESCAN_MAX)
        follower->next_position = follower->last_position + 1;
    follower->subscription++;
    follower->received = 0;
    follower->credit = follower->window;
    follower->state = FOLLOWER_FOLLOWING;
    follower->subscribe_due = true;
    follower->head_known = false;
    follower->reply_due = false;
    follower->reply_by_ms = 0;
    follower->sent_ms = follower->heard_ms = now_ms;
}

void follower_on_link(struct follower *follower, bool up, const char *reason, uint64_t now_ms)
{
    if (!follower->has_socket || follower->state == FOLLOWER_WAITING ||
        follower->state == FOLLOWER_ENDED)
        return; /* about a socket that is closed already */
    if (up && follower->state == FOLLOWER_CONNECTING) {
        begin_subscription(follower, now_ms);
    } else if (!up) {
        say(follower, reason ? reason : "disconnected");
        lose(follower, 0, now_ms);
    }
}

void follower_on_denied(struct follower *follower, const char *reason)
{
    say(follower, reason);
    end(follower, REASON_REVOKED);
}

static bool is_final(uint32_t reason, uint32_t retry_after_ms)
{
    return reason != REASON_BUSY && reason != REASON_DISK_FULL && retry_after_ms == 0;
}

void follower_on_refuse(struct follower *follower, const struct refuse *refuse, uint64_t now_ms)
{
    if (follower->state != FOLLOWER_FOLLOWING || follower->subscribe_due ||
        (refuse->subscription != 0 && refuse->subscription != follower->subscription))
        return;
    bytes_to_text(refuse->text, follower->text, sizeof follower->text);
    bytes_to_text(refuse->remedy, follower->remedy, sizeof follower->remedy);
    if (is_final(refuse->reason, refuse->retry_after_ms)) {
        end(follower, refuse->reason);
        return;
    }
    follower->reason = refuse->reason;
    uint64_t least_ms = refuse->retry_after_ms > FOLLOWER_REFUSED_RETRY_MS
                            ? refuse->retry_after_ms
                            : FOLLOWER_REFUSED_RETRY_MS;
    lose(follower, least_ms < FOLLOWER_BACKOFF_MAX_MS ? least_ms : FOLLOWER_BACKOFF_MAX_MS, now_ms);
}

void follower_on_bye(struct follower *follower, const struct bye *bye, uint64_t now_ms)
{
    if (follower->state != FOLLOWER_FOLLOWING)
        return;
    bytes_to_text(bye->text, follower->text, sizeof follower->text);
    if (bye->reason == REASON_REVOKED || bye->reason == REASON_RIGHT)
        end(follower, bye->reason);
    else
        lose(follower, 0, now_ms);
}

/* Anything that came proves the link and ends the waiting for a reply. */
static void hear(struct follower *follower, uint64_t now_ms)
{
    follower->heard_ms = now_ms;
    follower->reply_by_ms = 0;
    follower->failures = 0;
}

void follower_on_heartbeat(struct follower *follower, const struct heartbeat *heartbeat,
                           uint64_t now_ms)
{
    if (follower->state != FOLLOWER_FOLLOWING)
        return;
    hear(follower, now_ms);
    if (!heartbeat->is_reply) {
        follower->reply_due = true;
        follower->peer_clock_ms = heartbeat->clock_ms;
    }
}

bool follower_on_contacts(struct follower *follower, const struct contacts *contacts,
                          uint64_t now_ms)
{
    if (follower->state != FOLLOWER_FOLLOWING)
        return false;
    hear(follower, now_ms);
    return !follower->subscribe_due && contacts->subscription == follower->subscription;
}

void follower_on_nonsense(struct follower *follower, const char *what)
{
    if (follower->state != FOLLOWER_FOLLOWING)
        return;
    (void)snprintf(follower->text, sizeof follower->text, "the broker sent what it may not: %s",
                   what);
    end(follower, REASON_UNDECODABLE);
}

/* ---- updates ---- */

enum follower_verdict follower_on_update(struct follower *follower, const struct update *update,
                                         struct bytes batch, uint64_t now_ms)
{
    assert(!follower->is_draining);
    if (follower->state != FOLLOWER_FOLLOWING || follower->subscribe_due ||
        update->subscription != follower->subscription)
        return FOLLOWER_STALE;
    if (update->count > follower->credit - follower->received) {
        follower_on_nonsense(follower, "more records than were granted");
        return FOLLOWER_ABSURD;
    }
    if (update->scanned_to < follower->next_position - 1 ||
        update->scanned_to > INT64_MAX) { /* so that numbers beside it can be added */
        follower_on_nonsense(follower, "an update that goes backwards");
        return FOLLOWER_ABSURD;
    }
    hear(follower, now_ms);
    follower->silences = 0;
    follower->is_draining = true;
    follower->rows = (struct wire_batch){batch};
    follower->rows_left = update->count;
    follower->group_at = follower->group_count = 0;
    follower->rows_scanned_to = update->scanned_to;
    follower->head_position = update->head_position;
    follower->head_known = true;
    return FOLLOWER_TAKE;
}

static enum err bad_row(struct follower *follower, enum err err, const char *what)
{
    (void)snprintf(follower->text, sizeof follower->text,
                   "the record after position %" PRIu64 " %s", follower->last_position, what);
    (void)snprintf(follower->remedy, sizeof follower->remedy,
                   "run huoshui-audit verify on the broker's directory");
    end(follower, REASON_UNDECODABLE);
    return err;
}

static void grant_more(struct follower *follower)
{
    uint64_t outstanding = follower->credit - follower->received;
    if (outstanding > follower->window / 2)
        return;
    uint64_t doubled = follower->window * 2;
    follower->window = doubled < follower->window_max ? doubled : follower->window_max;
}

static enum err finish(struct follower *follower)
{
    if (follower->rows_left > 0)
        return bad_row(follower, ERR_MALFORMED, "is announced and not there");
    if (follower->is_dense && follower->next_position != follower->rows_scanned_to + 1)
        return bad_row(follower, ERR_MALFORMED, "was left out");
    follower->next_position = follower->rows_scanned_to + 1;
    follower->is_draining = false;
    return ERR_NOT_FOUND;
}

/* The bytes that a row's hash is of; a row too short for a hash has none. */
static struct bytes hashed_bytes(struct bytes row)
{
    return row.size < ROW_HASH_SIZE ? BYTES_NONE : wire_row_record(row);
}

/* Takes rows to the end of the update, a full group, or the first that cannot be taken: its turn
 * comes when those before it are handed out. */
static enum err gather(struct follower *follower)
{
    struct bytes records[HASH_GROUP];
    size_t count = 0;
    enum err err = OK;
    while (count < HASH_GROUP && count < follower->rows_left &&
           (err = wire_batch_next(&follower->rows, &follower->group[count])) == OK) {
        records[count] = hashed_bytes(follower->group[count]);
        count++;
    }
    hash_many(records, count, follower->group_hashes);
    follower->group_at = 0;
    follower->group_count = count;
    return count > 0 ? OK : err;
}

/* The next row of the update, and in *hash what its bytes hash to. */
static enum err next_row(struct follower *follower, struct bytes *row, struct hash *hash)
{
    struct bytes extra;
    if (follower->group_at == follower->group_count) {
        enum err err =
            follower->rows_left > 0 ? gather(follower) : wire_batch_next(&follower->rows, &extra);
        if (err == ERR_NOT_FOUND)
            return finish(follower);
        if (err != OK)
            return bad_row(follower, ERR_MALFORMED, "is cut off");
        if (follower->rows_left == 0)
            return bad_row(follower, ERR_MALFORMED, "is one more than was announced");
    }
    *row = follower->group[follower->group_at];
    *hash = follower->group_hashes[follower->group_at];
    follower->group_at++;
    return OK;
}

enum err follower_row(struct follower *follower, struct record *out, struct hash *hash)
{
    assert(follower->is_draining);
    struct bytes row = BYTES_NONE;
    struct record record;
    struct hash row_hash;
    struct problem problem;
    enum err err = next_row(follower, &row, &row_hash);
    if (err != OK)
        return err;
    if (row.size < ROW_HASH_SIZE || memcmp(row.data, row_hash.bytes, ROW_HASH_SIZE) != 0 ||
        wire_record_decode(wire_row_record(row), &record, &problem) != OK)
        return bad_row(follower, ERR_CORRUPT, "is damaged: its hash is not that of its bytes");
    if (record.position < follower->next_position || record.position > follower->rows_scanned_to)
        return bad_row(follower, ERR_MALFORMED, "is out of order");
    if (follower->is_dense && record.position != follower->next_position)
        return bad_row(follower, ERR_MALFORMED, "was left out");
    follower->rows_left--;
    follower->received++;
    follower->next_position = record.position + 1;
    follower->last_position = record.position;
    follower->after = row_hash;
    follower->after_known = true;
    *out = record;
    if (hash)
        *hash = row_hash;
    return OK;
}

/* ---- what now, when next ---- */

static void fill_subscribe(struct follower *follower, struct frame *frame)
{
    bool proves = follower->after_known && follower->next_position == follower->last_position + 1;
    *frame = (struct frame){.kind = FRAME_SUBSCRIBE};
    frame->subscribe.subscription = follower->subscription;
    frame->subscribe.from_position = follower->next_position;
    frame->subscribe.after = proves ? follower->after : (struct hash){0};
    frame->subscribe.credit = follower->credit;
    follower->subscribe_due = false;
    trace_line(&follower->trace, "follower_subscribes from=%" PRIu64 " credit=%" PRIu64,
               follower->next_position, follower->credit);
}

static bool wants_grant(const struct follower *follower)
{
    return !follower->is_draining && follower->credit - follower->received <= follower->window / 2;
}

/* What we say on a link that is up, in the order of its urgency. */
static bool next_frame(struct follower *follower, uint64_t now_ms, struct frame *frame)
{
    if (follower->subscribe_due) {
        fill_subscribe(follower, frame);
    } else if (wants_grant(follower)) {
        grant_more(follower);
        follower->credit = follower->received + follower->window;
        *frame = (struct frame){.kind = FRAME_GRANT};
        frame->grant = (struct grant){follower->subscription, follower->credit};
    } else if (follower->reply_due) {
        follower->reply_due = false;
        *frame = (struct frame){.kind = FRAME_HEARTBEAT};
        frame->heartbeat.is_reply = true;
        frame->heartbeat.echo_clock_ms = follower->peer_clock_ms;
    } else if (now_ms >= follower->sent_ms + FOLLOWER_HEARTBEAT_MS) {
        *frame = (struct frame){.kind = FRAME_HEARTBEAT};
        follower->reply_by_ms = now_ms + ((uint64_t)FOLLOWER_REPLY_MS << shift(follower->silences));
    } else {
        return false;
    }
    follower->sent_ms = now_ms;
    return true;
}

static void look_at_clock(struct follower *follower, uint64_t now_ms)
{
    if (follower->state == FOLLOWER_CONNECTING && now_ms >= follower->deadline_ms) {
        say(follower, "no connection");
        lose(follower, 0, now_ms);
    } else if (follower->state == FOLLOWER_FOLLOWING && follower->reply_by_ms != 0 &&
               now_ms >= follower->reply_by_ms) {
        say(follower, "the broker is silent");
        follower->silences++;
        lose(follower, 0, now_ms);
    } else if (follower->state == FOLLOWER_FOLLOWING && !follower->subscribe_due &&
               now_ms >= follower->sent_ms + FOLLOWER_STALL_MS) {
        say(follower, "we were stopped for so long that the broker has forgotten us");
        lose(follower, 0, now_ms);
    }
}

bool follower_next(struct follower *follower, uint64_t now_ms, struct follower_action *action)
{
    look_at_clock(follower, now_ms);
    if (follower->has_socket &&
        (follower->state == FOLLOWER_WAITING || follower->state == FOLLOWER_ENDED)) {
        follower->has_socket = false;
        action->kind = FOLLOWER_DISCONNECT;
        return true;
    }
    if (follower->state == FOLLOWER_WAITING && now_ms >= follower->deadline_ms) {
        follower->state = FOLLOWER_CONNECTING;
        follower->has_socket = true;
        follower->deadline_ms = now_ms + FOLLOWER_CONNECT_MS;
        action->kind = FOLLOWER_CONNECT;
        return true;
    }
    action->kind = FOLLOWER_SEND;
    return follower->state == FOLLOWER_FOLLOWING && next_frame(follower, now_ms, &action->frame);
}

uint64_t follower_deadline_ms(const struct follower *follower)
{
    switch (follower->state) {
    case FOLLOWER_WAITING:
    case FOLLOWER_CONNECTING:
        return follower->deadline_ms;
    case FOLLOWER_FOLLOWING: {
        uint64_t heartbeat_ms = follower->sent_ms + FOLLOWER_HEARTBEAT_MS;
        bool reply_first = follower->reply_by_ms != 0 && follower->reply_by_ms < heartbeat_ms;
        return reply_first ? follower->reply_by_ms : heartbeat_ms;
    }
    case FOLLOWER_ENDED:
        break;
    }
    return UINT64_MAX;
}

bool follower_is_live(const struct follower *follower)
{
    return follower->state == FOLLOWER_FOLLOWING && follower->head_known &&
           !follower->is_draining && follower->next_position > follower->head_position;
}
