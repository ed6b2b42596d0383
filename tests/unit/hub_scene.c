/* hub_scene.c - see hub_scene.h. */
#include "tests/unit/hub_scene.h"

#include <assert.h>
#include <inttypes.h>
#include <stdlib.h>

static const struct trace quiet;

static void enrol(struct hub_scene *scene, int key, const char *unit)
{
    struct county *county = &scene->counties[key];
    county_open(county, unit, (uint8_t)(key + 1));
    if (key == SCENE_STRANGER)
        return;
    struct roster_change change = county_enrolment(county, key == SCENE_DISPLAY ? 0 : 1);
    if (key == SCENE_DISPLAY) {
        change.role = PEER_DISPLAY;
        change.unit_type = 0;
        change.name = bytes_of_text("市委大屏");
    } else {
        county_say_many(county, COUNTY_EVENTS);
    }
    county_must(roster_apply(&scene->roster, ++scene->roster_position, &change));
}

void hub_scene_open(struct hub_scene *scene)
{
    static const struct token_secret secret = {"the broker's own, thirty-two byt"};
    *scene = (struct hub_scene){.now_ms = 1000000};
    roster_init(&scene->roster, 1);
    enrol(scene, SCENE_JIN_AN, "341502");
    enrol(scene, SCENE_YU_AN, "341503");
    enrol(scene, SCENE_DISPLAY, "");
    enrol(scene, SCENE_STRANGER, "");
    hub_init(&scene->hub, &scene->roster, &secret, 1, &quiet);
    hub_on_roster_changed(&scene->hub);
    scene->hub.limits = (struct session_limits){.window_events = 30, .taking = true};
    scene->events = calloc(PUSH_EVENTS_MAX, sizeof(*scene->events));
}

void hub_scene_close(struct hub_scene *scene)
{
    hub_release(&scene->hub);
    assert(scene->hub.peer_count == 0 && scene->hub.feed_count == 0);
    roster_release(&scene->roster);
    for (size_t i = 0; i < SCENE_KEYS; i++)
        county_close(&scene->counties[i]);
    buffer_release(&scene->said);
    free(scene->events);
}

struct session *hub_scene_session(struct hub_scene *scene, int key)
{
    return hub_session(&scene->hub, bytes_of_text(scene->counties[key].unit));
}

void hub_scene_frame(struct hub_scene *scene, char route, int key, const struct frame *frame)
{
    struct county *county = &scene->counties[key];
    struct hub_input input = {
        .route = bytes_of(&route, 1),
        .key = bytes_of(county->curve_key, CURVE_KEY_SIZE),
        .frame = frame,
        .now_ms = scene->now_ms,
        .wall_ms = COUNTY_WALL_MS,
        .after_fits = true,
    };
    uint64_t seq;
    if (frame->kind == FRAME_PUSH) {
        input.batch = frame->push.batch;
        if (county->unit[0] &&
            session_push_needs_chain(hub_scene_session(scene, key), &frame->push, &seq))
            input.chain_before = &county->chain[seq];
    }
    if (frame->kind == FRAME_SUBSCRIBE)
        input.after_fits = hash_is_zero(&frame->subscribe.after);
    scene->output.events = scene->events;
    scene->verdict = hub_on_frame(&scene->hub, &input, &scene->output);
    if (scene->verdict == HUB_APPEND)
        scene->appended[key] = scene->events[scene->output.event_count - 1].seq;
    if (scene->verdict != HUB_SAVE_ROW)
        return;
    struct session *session = scene->output.session;
    assert(scene->row_count < SCENE_ROWS);
    scene->rows[scene->row_count++] =
        (struct scene_row){session, session->epoch, session->token.counter};
}

void hub_scene_hello(struct hub_scene *scene, char route, int key, const struct token *token)
{
    const struct county *county = &scene->counties[key];
    uint32_t epoch = county->unit[0] ? 1 : 0;
    struct frame frame = {.kind = FRAME_HELLO, .hello = county_hello(county, epoch, 0, token)};
    frame.hello.clock_ms += (int64_t)scene->hello_count++; /* a county's clock goes on */
    hub_scene_frame(scene, route, key, &frame);
}

void hub_scene_push(struct hub_scene *scene, char route, int key, uint64_t first, uint64_t last)
{
    struct frame frame = {.kind = FRAME_PUSH,
                          .push = county_push(&scene->counties[key], 1, first, last)};
    hub_scene_frame(scene, route, key, &frame);
}

void hub_scene_heartbeat(struct hub_scene *scene, char route, int key, const struct token *token)
{
    struct frame frame = {.kind = FRAME_HEARTBEAT, .heartbeat.clock_ms = 77};
    if (token)
        frame.heartbeat.token = bytes_of(token->bytes, TOKEN_SIZE);
    hub_scene_frame(scene, route, key, &frame);
}

void hub_scene_subscribe(struct hub_scene *scene, char route, int key, uint32_t subscription,
                         uint64_t credit)
{
    struct frame frame = {
        .kind = FRAME_SUBSCRIBE,
        .subscribe = {.subscription = subscription, .from_position = 1, .credit = credit},
    };
    hub_scene_frame(scene, route, key, &frame);
}

void hub_scene_revoke(struct hub_scene *scene, int key)
{
    struct roster_change change = {
        .action = ROSTER_REVOKE,
        .curve_key = bytes_of(scene->counties[key].curve_key, CURVE_KEY_SIZE),
    };
    county_must(roster_apply(&scene->roster, ++scene->roster_position, &change));
    hub_on_roster_changed(&scene->hub);
}

void hub_scene_commit(struct hub_scene *scene)
{
    uint64_t head = scene->hub.head_position;
    for (int key = 0; key < SCENE_DISPLAY; key++) {
        struct session *session = hub_scene_session(scene, key);
        uint64_t last = scene->appended[key];
        if (last == 0)
            continue;
        head += last - session->have_seq;
        session_on_committed(session, last, head, &scene->counties[key].chain[last], 0);
        scene->appended[key] = 0;
    }
    for (size_t i = 0; i < scene->row_count; i++)
        hub_on_row_saved(&scene->hub, scene->rows[i].session, scene->rows[i].epoch,
                         scene->rows[i].token_counter);
    scene->row_count = 0;
    hub_on_committed(&scene->hub, head);
}

void hub_scene_lose(struct hub_scene *scene)
{
    for (int key = 0; key < SCENE_DISPLAY; key++) {
        if (scene->appended[key] > 0)
            session_on_lost(hub_scene_session(scene, key));
        scene->appended[key] = 0;
    }
    scene->row_count = 0;
    hub_on_committed(&scene->hub, scene->hub.head_position);
}

static void note_frame(struct hub_scene *scene, const struct frame *frame)
{
    struct buffer *said = &scene->said;
    switch (frame->kind) {
    case FRAME_WELCOME:
        buffer_add_format(said, " welcome have=%" PRIu64 " credit=%" PRIu64,
                          frame->welcome.have_seq, frame->welcome.credit_seq);
        break;
    case FRAME_REFUSE:
        buffer_add_format(said, " refuse %" PRIu32 " subscription=%" PRIu32 " have=%" PRIu64,
                          frame->refuse.reason, frame->refuse.subscription, frame->refuse.have_seq);
        assert(frame->refuse.text.size > 0);
        break;
    case FRAME_BYE:
        buffer_add_format(said, " bye %" PRIu32, frame->bye.reason);
        assert(frame->bye.text.size > 0);
        break;
    case FRAME_HEARTBEAT:
        assert(frame->heartbeat.is_reply && frame->heartbeat.clock_ms == COUNTY_WALL_MS);
        buffer_add_format(said, " heartbeat echo=%" PRId64, frame->heartbeat.echo_clock_ms);
        break;
    case FRAME_HELLO:
    case FRAME_PUSH:
    case FRAME_ACK:
    case FRAME_SUBSCRIBE:
    case FRAME_GRANT:
    case FRAME_UPDATE:
    case FRAME_UNSUBSCRIBE:
    case FRAME_CONTACTS:
        assert(false); /* the hub makes none of these */
    }
}

static void send_ack(struct hub_scene *scene, struct hub_peer *peer)
{
    const struct session *session = peer->session;
    assert(session && session->live && session->acked_seq <= session->have_seq);
    if (scene->transport_full) {
        buffer_add_text(&scene->said, " ack not sent");
        hub_acked(peer, session->acked_seq, session->credit_seq);
        return;
    }
    uint64_t credit = session_credit(session, &scene->hub.limits);
    buffer_add_format(&scene->said, " ack %" PRIu64 " credit=%" PRIu64, session->have_seq, credit);
    hub_acked(peer, session->have_seq, credit);
}

static void read_feed(struct hub_scene *scene, struct hub_feed *item)
{
    struct feed *feed = &item->feed;
    struct feed_update update;
    uint64_t head = scene->hub.head_position;
    struct record record = {.kind = RECORD_EVENT, .unit = bytes_of_text("341502")};
    assert(item->peer->who && feed->delivered <= feed->credit);
    feed_begin(feed, &update);
    for (record.position = feed->next_position; record.position <= head; record.position++) {
        if (feed_offer(feed, item->peer->who, &record, 100, &update) == FEED_STOP)
            break;
    }
    buffer_add_format(&scene->said, " read %" PRIu32 " to=%" PRIu64, feed->subscription,
                      update.scanned_to);
    if (scene->transport_full)
        feed_on_blocked(feed, scene->now_ms);
    else if (feed_worth_sending(feed, &update, head))
        feed_on_sent(feed, &update, head, scene->now_ms);
    else
        feed_on_scanned(feed, &update);
}

static void tell_contacts(struct hub_scene *scene, struct hub_feed *item)
{
    struct unit_contact units[CONTACTS_UNITS_MAX];
    struct contacts contacts;
    assert(item->peer->who && roster_may_watch(item->peer->who));
    hub_contacts_offer(item, units, &contacts);
    buffer_add_format(&scene->said, " contacts %" PRIu32 "%s", contacts.subscription,
                      contacts.whole ? " whole" : "");
    for (size_t i = 0; i < contacts.unit_count; i++)
        buffer_add_format(&scene->said, " %.*s:%s+%" PRIu64, (int)units[i].unit.size,
                          (const char *)units[i].unit.data, units[i].is_online ? "on" : "off",
                          units[i].backlog);
    if (scene->transport_full)
        hub_contacts_on_blocked(item, scene->now_ms);
    else
        hub_contacts_on_told(item, scene->now_ms);
}

const char *hub_scene_turn(struct hub_scene *scene)
{
    struct hub_action action;
    int actions = 0;
    buffer_clear(&scene->said);
    hub_begin_turn(&scene->hub);
    while (hub_next(&scene->hub, scene->now_ms, COUNTY_WALL_MS, &action)) {
        actions++;
        assert(actions < 10000); /* a turn ends */
        buffer_add(&scene->said, bytes_of(action.peer->route, action.peer->route_size));
        switch (action.kind) {
        case HUB_SEND:
            note_frame(scene, &action.frame);
            break;
        case HUB_ACK:
            send_ack(scene, action.peer);
            break;
        case HUB_CONTACTS:
            tell_contacts(scene, action.feed);
            break;
        case HUB_READ:
            read_feed(scene, action.feed);
            break;
        }
        buffer_add_text(&scene->said, "\n");
    }
    hub_scene_check(scene);
    buffer_add(&scene->said, bytes_of("", 1));
    return (const char *)scene->said.data;
}

void hub_scene_live(struct hub_scene *scene, char route, int key)
{
    struct session *session = hub_scene_session(scene, key);
    hub_scene_hello(scene, route, key, &session->token);
    hub_scene_commit(scene);
    (void)hub_scene_turn(scene);
    hub_scene_heartbeat(scene, route, key, &session->token);
    hub_scene_commit(scene);
    (void)hub_scene_turn(scene);
}

static size_t count_feeds(const struct hub_peer *peer)
{
    size_t count = 0;
    for (const struct list *at = peer->feeds.next; at != &peer->feeds; at = at->next)
        count++;
    assert(count == peer->feed_count && count <= HUB_FEEDS_A_PEER);
    return count;
}

void hub_scene_check(const struct hub_scene *scene)
{
    const struct hub *hub = &scene->hub;
    size_t peers = 0, feeds = 0;
    for (struct list *at = hub->all_peers.next; at != &hub->all_peers; at = at->next, peers++) {
        struct hub_peer *peer = CONTAINER_OF(at, struct hub_peer, in_peers);
        feeds += count_feeds(peer);
        assert(map_get(&hub->peers, bytes_of(peer->route, peer->route_size)) == peer);
        assert(!peer->ended || (!peer->session && !peer->who && peer->feed_count == 0));
        assert(!peer->replaced || (!peer->session && peer->feed_count == 0));
        if (peer->session) /* one live connection a unit, and the session knows it */
            assert(hub_session_of(peer->session)->peer == peer && peer->session->live);
    }
    assert(peers == hub->peer_count && peers == hub->peers.count && feeds == hub->feed_count);
    size_t at = 0;
    for (const struct map_slot *slot; (slot = map_next(&hub->sessions, &at));) {
        const struct session *session = slot->value;
        assert(session->have_seq <= session->received_seq);
        assert(session->acked_seq <= session->have_seq);
    }
}
