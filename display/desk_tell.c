/* desk_tell.c - what the desk tells the browsers: a line as soon as a record is folded, a frame as
 * often as it can be made, the units' contacts, and a beat that shows we live. */
#include "display/desk_parts.h"

#include <inttypes.h>

#include "display/line.h"
#include "io/daemon.h"

static void send_about(struct desk *desk, enum stream_event event, uint64_t position,
                       struct bytes unit)
{
    struct letter *letter = letter_new(LETTER_NEWS);
    letter->event = event;
    letter->position = position;
    bytes_to_text(unit, letter->unit, sizeof letter->unit);
    buffer_add(&letter->text, buffer_bytes(&desk->text));
    post_send(desk->post, letter);
}

static void send_news(struct desk *desk, enum stream_event event, uint64_t position)
{
    send_about(desk, event, position, BYTES_NONE);
}

static struct contacts_feed feed_of(const struct desk *desk)
{
    return (struct contacts_feed){desk->vitals.feed, desk->vitals.feed_since_ms};
}

/* What a new browser begins with is always what is on the wall. */
static void send_begin(struct desk *desk)
{
    const struct board *board = &desk->boards[desk->shown];
    struct letter *letter = letter_new(LETTER_BEGIN);
    letter->position = board->position;
    board_frame_json(board, (1U << BOARD_SECTIONS) - 1, true, &letter->text);
    contacts_json(&desk->contacts, feed_of(desk), &letter->contact);
    post_send(desk->post, letter);
}

/* ---- contacts and beats ---- */

/* Those who may see one unit only get its own. */
static void tell_units(struct desk *desk)
{
    for (size_t i = 0; i < desk->contacts.count && i < STREAM_UNITS_MAX; i++) {
        buffer_clear(&desk->text);
        if (!contacts_is_news(&desk->contacts, i))
            continue;
        const char *unit = contacts_unit_json(&desk->contacts, i, feed_of(desk), &desk->text);
        send_about(desk, STREAM_CONTACT, 0, bytes_of_text(unit));
    }
}

void desk_tell_contacts(struct desk *desk)
{
    desk->vitals.units_known = desk->contacts.count;
    desk->vitals.units_online = desk->contacts.online;
    post_set_vitals(desk->post, &desk->vitals);
    buffer_clear(&desk->text);
    contacts_json(&desk->contacts, feed_of(desk), &desk->text);
    send_news(desk, STREAM_CONTACT, 0);
    tell_units(desk);
    send_begin(desk);
}

void desk_set_feed(struct desk *desk, enum feed_state feed, const char *reason)
{
    struct vitals *vitals = &desk->vitals;
    vitals->position = ledger_position(desk->folding.ledger);
    vitals->replica_position = desk->replica.head.position;
    if (vitals->feed == feed && vitals->feed_since_ms > 0) {
        post_set_vitals(desk->post, vitals);
        return;
    }
    if (vitals->feed_since_ms > 0)
        log_line("info", "feed state=%s position=%" PRIu64, feed_state_name(feed),
                 vitals->position);
    bool is_first = vitals->feed_since_ms == 0;
    vitals->feed = feed;
    vitals->feed_since_ms = clock_wall_ms();
    vitals->feed_since_steady_ms = clock_steady_ms();
    bytes_to_text(bytes_of_text(reason), vitals->feed_reason, sizeof vitals->feed_reason);
    post_set_vitals(desk->post, vitals);
    if (!is_first) /* there is no frame yet to begin with */
        desk_tell_contacts(desk);
}

void desk_tell_beat(struct desk *desk)
{
    int64_t now_ms = clock_wall_ms();
    buffer_clear(&desk->text);
    buffer_add_format(&desk->text, "{\"now\":%" PRId64 ",\"position\":%" PRIu64 "}", now_ms,
                      ledger_position(desk->folding.ledger));
    send_news(desk, STREAM_BEAT, 0);
    if (display_settings_as_of(desk->settings, now_ms) == desk->shown_as_of)
        return;
    pace_on_change(&desk->pace); /* midnight in the city */
    desk_frame_when_due(desk);
}

/* ---- lines ---- */

static struct view live_view(struct desk *desk)
{
    struct problem ignored = {0};
    struct view view = {
        .as_of = display_settings_as_of(desk->settings, clock_wall_ms()),
        .known_at = ledger_position(desk->folding.ledger),
    };
    view.from = display_settings_from(desk->settings, view.as_of);
    view.definitions =
        definitions_at(desk->folding.ledger, view.as_of, view.known_at, &desk->arena, &ignored);
    return view;
}

static void tell_restatement(struct desk *desk, const struct record *record,
                             const struct event *event)
{
    arena_reset(&desk->arena);
    buffer_clear(&desk->text);
    struct view view = live_view(desk);
    if (notice_json(desk->folding.ledger, record, event, &view, &desk->arena, &desk->text))
        send_about(desk, STREAM_RESTATED, record->position, record_about(record, event));
}

void desk_tell_record(struct desk *desk, const struct record *record, const struct event *event)
{
    if (!desk->is_caught_up || desk->missed > 0 || post_is_full(desk->post)) {
        desk->missed++;
        desk->vitals.lines_left_out++;
        return;
    }
    arena_reset(&desk->arena);
    buffer_clear(&desk->text);
    line_json(desk->folding.ledger, record, event, LINE_WALL, &desk->arena, &desk->text);
    send_about(desk, STREAM_FACT, record->position, record_about(record, event));
    desk->vitals.lines++;
    if (event && event->envelope.kind == EVENT_CORRECTION)
        tell_restatement(desk, record, event);
}

/* ---- frames ---- */

static void send_frame(struct desk *desk, uint32_t changes)
{
    const struct board *board = &desk->boards[desk->shown];
    send_begin(desk);
    if (changes == 0 && !desk->frame_is_whole)
        return;
    buffer_clear(&desk->text);
    board_frame_json(board, desk->frame_is_whole ? (1U << BOARD_SECTIONS) - 1 : changes,
                     desk->frame_is_whole, &desk->text);
    send_news(desk, STREAM_FRAME, board->position);
    desk->frame_is_whole = false;
}

void desk_make_frame(struct desk *desk)
{
    uint64_t began_ms = clock_steady_ms();
    int next = 1 - desk->shown;
    int32_t as_of = display_settings_as_of(desk->settings, clock_wall_ms());
    struct board_question question = {
        .city = bytes_of_text(desk->city),
        .from = display_settings_from(desk->settings, as_of),
        .as_of = as_of,
        .known_at = ledger_position(desk->folding.ledger),
        .is_live = true,
        .lights = bytes_of_text(desk->settings->lights),
        .ranked_by = bytes_of_text(desk->settings->ranked_by),
    };
    arena_reset(&desk->arena);
    board_make_with(desk->memory, desk->folding.ledger, &question, &desk->arena,
                    &desk->boards[next]);
    uint32_t changes = board_changes(&desk->boards[desk->shown], &desk->boards[next]);
    desk->shown = next;
    desk->shown_as_of = as_of;
    desk->frame_is_whole |= desk->missed > 0;
    desk->missed = 0;
    send_frame(desk, changes);
    pace_on_frame(&desk->pace, began_ms, clock_steady_ms());
    desk->vitals.boards++;
    desk->vitals.board_ms_last = desk->pace.took_ms;
    desk->vitals.board_ms_total += desk->pace.took_ms;
    desk->vitals.position = ledger_position(desk->folding.ledger);
    desk->vitals.recorded_at_ms =
        desk->vitals.position > 0
            ? ledger_recorded_at_ms(desk->folding.ledger, desk->vitals.position)
            : 0;
    post_set_vitals(desk->post, &desk->vitals);
}

void desk_frame_when_due(struct desk *desk)
{
    uint64_t now_ms = clock_steady_ms(), next_ms = pace_next_ms(&desk->pace);
    if (next_ms == UINT64_MAX || desk->vitals.feed == FEED_CATCHING_UP)
        return; /* while catching up the wall keeps its frame, which is dated */
    if (next_ms <= now_ms)
        desk_make_frame(desk);
    else
        desk_frame_soon(desk, next_ms - now_ms);
}
