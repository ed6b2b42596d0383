/* exchange_scene.c - see exchange_scene.h. */
#include "tests/unit/exchange_scene.h"

#include <inttypes.h>

const char *exchange_scene_text(struct buffer *buffer)
{
    buffer_add(buffer, bytes_of("", 1));
    buffer->size--;
    return (const char *)buffer->data;
}

static void exchange_note_update(struct exchange_scene *scene, const struct update *update)
{
    struct wire_batch batch = {update->batch};
    struct bytes row;
    buffer_add_format(&scene->said, " update %" PRIu32 ":", update->subscription);
    while (wire_batch_next(&batch, &row) == OK) {
        struct record record;
        assert_int_equal(wire_row_open(row, &record, NULL), OK); /* nothing rotten ever leaves */
        buffer_add_format(&scene->said, " %" PRIu64, record.position);
    }
    buffer_add_format(&scene->said, " to=%" PRIu64 " signatures=%zu", update->scanned_to,
                      update->signature_count);
}

static void exchange_note_contacts(struct exchange_scene *scene, const struct contacts *contacts)
{
    buffer_add_format(&scene->said, " contacts %" PRIu32 "%s", contacts->subscription,
                      contacts->whole ? " whole" : "");
    for (size_t i = 0; i < contacts->unit_count; i++) {
        const struct unit_contact *unit = &contacts->units[i];
        buffer_add_format(&scene->said, " %.*s:%s+%" PRIu64 " at=%" PRId64 " offset=%" PRId64,
                          (int)unit->unit.size, (const char *)unit->unit.data,
                          unit->is_online ? "on" : "off", unit->backlog, unit->last_contact_ms,
                          unit->clock_offset_ms);
    }
}

static void exchange_note(struct exchange_scene *scene, const struct frame *frame)
{
    switch (frame->kind) {
    case FRAME_WELCOME:
        buffer_add_format(&scene->said, " welcome have=%" PRIu64 " room=%" PRIu64,
                          frame->welcome.have_seq,
                          frame->welcome.credit_seq - frame->welcome.have_seq);
        break;
    case FRAME_REFUSE:
        buffer_add_format(&scene->said, " refuse %" PRIu32, frame->refuse.reason);
        break;
    case FRAME_ACK:
        buffer_add_format(&scene->said, " ack %" PRIu64 " at=%" PRIu64 " room=%" PRIu64,
                          frame->ack.have_seq, frame->ack.have_position,
                          frame->ack.credit_seq - frame->ack.have_seq);
        for (size_t i = 0; i < frame->ack.refusal_count; i++)
            buffer_add_format(&scene->said, " refused=%" PRIu64, frame->ack.refusals[i].seq);
        break;
    case FRAME_BYE:
        buffer_add_format(&scene->said, " bye %" PRIu32, frame->bye.reason);
        break;
    case FRAME_HEARTBEAT:
        buffer_add_text(&scene->said, " heartbeat");
        break;
    case FRAME_UPDATE:
        exchange_note_update(scene, &frame->update);
        break;
    case FRAME_CONTACTS:
        exchange_note_contacts(scene, &frame->contacts);
        break;
    case FRAME_HELLO:
    case FRAME_PUSH:
    case FRAME_SUBSCRIBE:
    case FRAME_GRANT:
    case FRAME_UNSUBSCRIBE:
        fail_msg("a broker never says that");
    }
}

static enum exchange_outcome exchange_scene_send(void *context, struct bytes route,
                                                 struct bytes bytes)
{
    struct exchange_scene *scene = context;
    struct frame frame;
    struct problem problem = {0};
    if (scene->outcome != EXCHANGE_SENT)
        return scene->outcome;
    arena_reset(&scene->arena);
    assert_int_equal(wire_frame_decode(bytes, &scene->arena, &frame, &problem), OK);
    buffer_add(&scene->said, route);
    exchange_note(scene, &frame);
    buffer_add_text(&scene->said, "\n");
    if (frame.kind == FRAME_WELCOME && frame.welcome.token.size == TOKEN_SIZE) {
        struct token *token = &scene->tokens[route.data[0] - 'a'];
        memcpy(token->bytes, frame.welcome.token.data, TOKEN_SIZE);
        token->counter = u64_get(token->bytes);
    }
    return EXCHANGE_SENT;
}

static void exchange_scene_trace(void *context, const char *line)
{
    struct exchange_scene *scene = context;
    buffer_add_format(&scene->traced, "%s\n", line);
}

/* The filling batch goes to the writer, and another fills. */
static struct batch *exchange_scene_hand_over(struct exchange_scene *scene)
{
    struct batch *batch = scene->exchange.filling;
    scene->exchange.filling = batch == &scene->batches[0] ? &scene->batches[1] : &scene->batches[0];
    return batch;
}

void exchange_scene_commit(struct exchange_scene *scene)
{
    struct office *office = &scene->office.office;
    struct batch *batch = exchange_scene_hand_over(scene);
    assert_int_equal(commit_batch(&office->commit, office->store, batch, scene->wall_ms), OK);
    exchange_on_committed(&scene->exchange, batch);
    assert_true(batch_is_empty(batch));
}

void exchange_scene_lose(struct exchange_scene *scene)
{
    struct batch *batch = exchange_scene_hand_over(scene);
    batch->events_lost = true;
    batch->head = scene->office.office.commit.head;
    for (size_t i = 0; i < batch->unit_count; i++)
        batch->units[i].lost = true;
    exchange_on_committed(&scene->exchange, batch);
}

/* What a command appends goes the way of everything else. */
static enum err exchange_scene_append(void *context, struct batch *batch)
{
    struct exchange_scene *scene = context;
    for (size_t i = 0; i < batch->count; i++) {
        const struct batch_entry *entry = &batch->entries[i];
        batch_add_record(scene->exchange.filling, entry->record_kind,
                         batch->units[entry->unit].unit, entry->text);
    }
    exchange_scene_commit(scene);
    return OK;
}

static void exchange_scene_start(struct exchange_scene *scene)
{
    struct exchange_transport transport = {scene, exchange_scene_send};
    struct trace trace = {exchange_scene_trace, scene};
    struct office *office = &scene->office.office;
    batch_init(&scene->batches[0]);
    batch_init(&scene->batches[1]);
    buffer_clear(&scene->said);
    buffer_clear(&scene->traced);
    assert_int_equal(
        exchange_open(&scene->exchange, office, &transport, &scene->batches[0], 1, &trace), OK);
    office->append = exchange_scene_append;
    office->append_context = scene;
}

static void exchange_scene_stop(struct exchange_scene *scene)
{
    exchange_close(&scene->exchange);
    batch_release(&scene->batches[0]);
    batch_release(&scene->batches[1]);
}

void exchange_scene_restart(struct exchange_scene *scene)
{
    struct problem problem = {0};
    exchange_scene_stop(scene);
    office_close(&scene->office.office);
    assert_int_equal(office_open(scene->office.directory, &scene->office.office, &problem), OK);
    exchange_scene_start(scene);
}

static void exchange_scene_enrol(struct exchange_scene *scene, int key, const char *unit,
                                 const char *name)
{
    struct county *county = &scene->counties[key];
    struct office_peer peer;
    office_peer_make(&peer, key == AUDITOR ? PEER_AUDITOR : PEER_AGENT, unit, name);
    assert_int_equal(office_enrol(&scene->office, &peer, "", ""), 0);
    county_open(county, unit, 0);
    memcpy(county->curve_key, peer.curve_public, CURVE_KEY_SIZE);
    signer_close(TAKE(county->signer));
    assert_int_equal(signer_open(peer.sign_secret, &county->signer), OK);
    buffer_release(&peer.request);
}

int exchange_scene_setup(void **state)
{
    struct exchange_scene *scene = calloc(1, sizeof *scene);
    assert_non_null(scene);
    office_scene_open(&scene->office);
    exchange_scene_enrol(scene, JIN_AN, "341502", "金安区");
    exchange_scene_enrol(scene, YU_AN, "341503", "裕安区");
    exchange_scene_enrol(scene, AUDITOR, "", "审计局");
    scene->now_ms = 1000000;
    scene->wall_ms = scene->office.office.commit.recorded_at_ms;
    arena_init(&scene->arena, 16 << 20);
    exchange_scene_start(scene);
    *state = scene;
    return 0;
}

int exchange_scene_teardown(void **state)
{
    struct exchange_scene *scene = *state;
    exchange_scene_stop(scene);
    office_scene_close(&scene->office);
    for (size_t i = 0; i < EXCHANGE_KEYS; i++)
        county_close(&scene->counties[i]);
    arena_release(&scene->arena);
    buffer_release(&scene->said);
    buffer_release(&scene->traced);
    free(scene);
    return 0;
}

void exchange_scene_bytes(struct exchange_scene *scene, char route, int key, struct bytes frame)
{
    struct exchange_message message = {
        .route = bytes_of(&route, 1),
        .key = bytes_of(scene->counties[key].curve_key, CURVE_KEY_SIZE),
        .frame = frame,
        .now_ms = scene->now_ms,
        .wall_ms = scene->wall_ms,
    };
    exchange_on_message(&scene->exchange, &message);
}

void exchange_scene_frame(struct exchange_scene *scene, char route, int key,
                          const struct frame *frame)
{
    CLEANUP(buffer_release) struct buffer bytes = {0};
    wire_frame_encode(frame, &bytes);
    exchange_scene_bytes(scene, route, key, buffer_bytes(&bytes));
}

void exchange_scene_hello(struct exchange_scene *scene, int key)
{
    struct frame frame = {.kind = FRAME_HELLO};
    struct county *county = &scene->counties[key];
    frame.hello = county_hello(county, county->unit[0] ? 1 : 0, 0, &scene->tokens[key]);
    exchange_scene_frame(scene, (char)('a' + key), key, &frame);
}

void exchange_scene_push(struct exchange_scene *scene, int key, uint64_t first, uint64_t last)
{
    struct frame frame = {.kind = FRAME_PUSH};
    frame.push = county_push(&scene->counties[key], 1, first, last);
    exchange_scene_frame(scene, (char)('a' + key), key, &frame);
}

void exchange_scene_subscribe_for(struct exchange_scene *scene, char route, uint64_t from_position,
                                  const struct hash *after, uint64_t credit)
{
    struct frame frame = {
        .kind = FRAME_SUBSCRIBE,
        .subscribe = {.subscription = 1,
                      .from_position = from_position,
                      .filter.all_records = true,
                      .with_signatures = true,
                      .credit = credit},
    };
    if (after)
        frame.subscribe.after = *after;
    exchange_scene_frame(scene, route, AUDITOR, &frame);
}

void exchange_scene_subscribe(struct exchange_scene *scene, char route, uint64_t from_position,
                              const struct hash *after)
{
    exchange_scene_subscribe_for(scene, route, from_position, after, 1000);
}

const char *exchange_scene_turn(struct exchange_scene *scene)
{
    buffer_clear(&scene->said);
    scene->now_ms += FEED_PACE_MS; /* so that no feed waits for it */
    exchange_turn(&scene->exchange, scene->now_ms, scene->wall_ms);
    return exchange_scene_text(&scene->said);
}

const char *exchange_scene_turns(struct exchange_scene *scene)
{
    size_t before;
    buffer_clear(&scene->said);
    do {
        before = scene->said.size;
        exchange_turn(&scene->exchange, scene->now_ms, scene->wall_ms);
    } while (scene->said.size > before);
    return exchange_scene_text(&scene->said);
}

void exchange_scene_live(struct exchange_scene *scene, int key)
{
    exchange_scene_hello(scene, key);
    exchange_scene_commit(scene);
    assert_non_null(strstr(exchange_scene_turn(scene), "welcome"));
}

void exchange_scene_report(struct exchange_scene *scene, int key, uint64_t last)
{
    county_say_many(&scene->counties[key], last);
    exchange_scene_live(scene, key);
    exchange_scene_push(scene, key, 1, last);
    exchange_scene_commit(scene);
    assert_non_null(strstr(exchange_scene_turn(scene), "ack"));
}
