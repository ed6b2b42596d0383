/* feed.c - see feed.h. */
#include "broker/feed.h"

#include <assert.h>

#include "proto/wire.h"

static void check(const struct feed *feed)
{
    assert(feed->next_position > feed->told_position);
    assert(feed->delivered <= feed->credit);
}

static enum err keep_units(struct feed *feed, const struct texts *units)
{
    if (units->count > FEED_UNITS_MAX)
        return ERR_LIMIT;
    for (size_t i = 0; i < units->count; i++) {
        if (!unit_is_valid(units->items[i]))
            return ERR_MALFORMED;
        bytes_to_text(units->items[i], feed->units[i], sizeof(feed->units[i]));
    }
    feed->unit_count = units->count;
    return OK;
}

static enum err keep_projects(struct feed *feed, const struct texts *projects)
{
    if (projects->count > FEED_UNITS_MAX)
        return ERR_LIMIT;
    for (size_t i = 0; i < projects->count; i++) {
        if (!subject_is_valid(projects->items[i]))
            return ERR_MALFORMED;
        bytes_to_text(projects->items[i], feed->projects[i], sizeof(feed->projects[i]));
    }
    feed->project_count = projects->count;
    return OK;
}

enum err feed_init(struct feed *feed, const struct subscribe *subscribe)
{
    const struct filter *filter = &subscribe->filter;
    if (subscribe->subscription == 0)
        return ERR_MALFORMED;
    if (filter->kind_count > FILTER_ITEMS_MAX)
        return ERR_LIMIT;
    uint64_t from = subscribe->from_position > 0 ? subscribe->from_position : 1;
    *feed = (struct feed){
        .subscription = subscribe->subscription,
        .next_position = from,
        .told_position = from - 1,
        .credit = subscribe->credit,
        .with_signatures = subscribe->with_signatures,
        .all_records = filter->all_records,
        .kind_count = filter->kind_count,
    };
    memcpy(feed->kinds, filter->kinds, filter->kind_count * sizeof(feed->kinds[0]));
    TRY(keep_units(feed, &filter->units));
    return keep_projects(feed, &filter->projects);
}

void feed_on_grant(struct feed *feed, uint64_t credit)
{
    if (credit > feed->credit)
        feed->credit = credit;
    check(feed);
}

bool feed_is_behind(const struct feed *feed, uint64_t head_position)
{
    if (feed->next_position > head_position)
        return !feed->greeted;
    return feed->delivered < feed->credit;
}

bool feed_wants_read(const struct feed *feed, uint64_t head_position, uint64_t now_ms)
{
    return now_ms >= feed->wait_until_ms && feed_is_behind(feed, head_position);
}

void feed_begin(const struct feed *feed, struct feed_update *update)
{
    *update = (struct feed_update){.scanned_to = feed->next_position - 1};
}

bool feed_is_whole(const struct feed *feed, const struct roster_entry *who)
{
    return (who->role == PEER_AUDITOR || who->role == PEER_DISPLAY) && feed->unit_count == 0 &&
           feed->project_count == 0 && feed->kind_count == 0;
}

static uint64_t lesser(uint64_t left, uint64_t right)
{
    return left < right ? left : right;
}

static uint64_t left_of(uint64_t limit, uint64_t used)
{
    return used < limit ? limit - used : 0;
}

struct feed_room feed_room(const struct feed *feed, const struct roster_entry *who,
                           const struct feed_update *update, uint64_t head_position)
{
    struct feed_room room = {
        .rows = lesser(left_of(head_position, update->scanned_to),
                       left_of(FEED_TURN_POSITIONS, update->scanned)),
        .bytes = left_of(FEED_TURN_BYTES, update->scanned_bytes),
    };
    if (!feed_is_whole(feed, who))
        return room;
    uint64_t records = lesser(left_of(feed->credit - feed->delivered, update->count),
                              left_of(UPDATE_RECORDS_MAX, update->count));
    room.rows = lesser(room.rows, records);
    room.bytes = lesser(room.bytes, left_of(FEED_UPDATE_BYTES, update->bytes));
    return room;
}

static bool texts_have(const char *texts, size_t count, size_t width, struct bytes wanted)
{
    for (size_t i = 0; i < count; i++) {
        if (bytes_equal_text(wanted, texts + i * width))
            return true;
    }
    return count == 0;
}

static bool kinds_have(const struct feed *feed, uint32_t kind)
{
    for (size_t i = 0; i < feed->kind_count; i++) {
        if (feed->kinds[i] == kind)
            return true;
    }
    return feed->kind_count == 0;
}

/* What nobody could read has no kind and no project: it passes only where neither is asked for. */
static bool filter_passes(const struct feed *feed, const struct record *record,
                          const struct envelope *envelope)
{
    if (record->kind != RECORD_EVENT && !feed->all_records)
        return false;
    if (!texts_have(feed->units[0], feed->unit_count, sizeof(feed->units[0]), record->unit))
        return false;
    if (!envelope)
        return feed->project_count == 0 && feed->kind_count == 0;
    return texts_have(feed->projects[0], feed->project_count, sizeof(feed->projects[0]),
                      envelope->subject) &&
           kinds_have(feed, envelope->kind);
}

static bool is_wanted(const struct feed *feed, const struct roster_entry *who,
                      const struct record *record)
{
    struct envelope envelope;
    struct problem problem;
    const struct envelope *known = NULL;
    bool needs_envelope =
        who->role == PEER_AGENT || feed->project_count > 0 || feed->kind_count > 0;
    if (needs_envelope && record->envelope.size > 0 &&
        wire_envelope_decode(record->envelope, &envelope, &problem) == OK)
        known = &envelope;
    return filter_passes(feed, record, known) && roster_may_read(who, record, known);
}

enum feed_verdict feed_offer(const struct feed *feed, const struct roster_entry *who,
                             const struct record *record, size_t row_size,
                             struct feed_update *update)
{
    assert(record->position == update->scanned_to + 1);
    if (update->scanned >= FEED_TURN_POSITIONS || update->scanned_bytes >= FEED_TURN_BYTES)
        return FEED_STOP;
    bool wanted = is_wanted(feed, who, record);
    /* One record always fits, or a large one would stop the feed for ever. */
    if (wanted &&
        (feed->delivered + update->count >= feed->credit || update->count >= UPDATE_RECORDS_MAX ||
         (update->count > 0 && update->bytes + row_size > FEED_UPDATE_BYTES)))
        return FEED_STOP;
    update->scanned++;
    update->scanned_bytes += row_size;
    update->scanned_to = record->position;
    if (!wanted)
        return FEED_SKIP;
    update->count++;
    update->bytes += row_size;
    return FEED_TAKE;
}

bool feed_worth_sending(const struct feed *feed, const struct feed_update *update,
                        uint64_t head_position)
{
    bool reached_head = update->scanned_to >= head_position &&
                        (!feed->greeted || update->scanned_to > feed->told_position);
    return update->count > 0 || reached_head ||
           update->scanned_to - feed->told_position >= FEED_PROGRESS_POSITIONS;
}

void feed_on_sent(struct feed *feed, const struct feed_update *update, uint64_t head_position,
                  uint64_t now_ms)
{
    feed->delivered += update->count;
    feed->next_position = update->scanned_to + 1;
    feed->told_position = update->scanned_to;
    feed->greeted = true;
    feed->wait_until_ms = update->scanned_to >= head_position ? now_ms + FEED_PACE_MS : 0;
    check(feed);
}

void feed_on_scanned(struct feed *feed, const struct feed_update *update)
{
    assert(update->count == 0);
    feed->next_position = update->scanned_to + 1;
    feed->wait_until_ms = 0;
    check(feed);
}

void feed_on_blocked(struct feed *feed, uint64_t now_ms)
{
    feed->wait_until_ms = now_ms + FEED_BLOCKED_MS;
}
