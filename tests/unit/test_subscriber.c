/* test_subscriber.c - follows a broker that the test plays over loopback: what it is told, what
 * ends it, and that it can be closed from wherever it calls. */
#include "zsock_world.h"

#include "proto/wire.h"
#include "reader/subscriber.h"

enum call { CALL_NONE, CALL_RECORD, CALL_TURN, CALL_CONTACTS, CALL_LINK, CALL_END };

struct scene {
    struct world *world;
    struct membership membership;
    struct membership_settings settings;
    struct subscriber *subscriber; /* NULL: closed */
    /* the broker */
    struct subscribe asked; /* the last one */
    size_t subscribes;
    uint64_t rows_from, rows_to, head; /* answers a subscribe; rows_to 0: nothing */
    bool spoils_a_row, says_contacts, signs_the_second;
    uint32_t refusal, bye; /* enum session_reason */
    /* what the handlers were told */
    uint64_t last_position, scanned_to, seen_head;
    size_t records, signatures, turns, contacts, ups, downs, ends;
    bool contacts_whole;
    char reason[256];
    enum call closes_at; /* closes the subscriber there */
    enum err says;       /* of on_record */
    enum err ended;
    struct problem problem;
};

/* ---- the broker ---- */

static void send_frame(struct scene *scene, const struct zsock_message *to,
                       const struct frame *frame)
{
    CLEANUP(buffer_release) struct buffer bytes = {0};
    wire_frame_encode(frame, &bytes);
    (void)zsock_send(scene->world->router, to->route, buffer_bytes(&bytes));
}

static void add_row(uint64_t position, bool is_spoilt, struct buffer *batch)
{
    CLEANUP(buffer_release) struct buffer row = {0}, bytes = {0};
    struct record record = {
        .position = position, .kind = RECORD_ALARM, .unit = bytes_of_text("3415")};
    wire_record_encode(&record, &bytes);
    struct hash hash = hash_of(buffer_bytes(&bytes));
    hash.bytes[0] ^= is_spoilt;
    buffer_add(&row, hash_bytes(&hash));
    buffer_add(&row, buffer_bytes(&bytes));
    wire_batch_add(batch, buffer_bytes(&row));
}

static void send_update(struct scene *scene, const struct zsock_message *to)
{
    CLEANUP(buffer_release) struct buffer batch = {0};
    for (uint64_t position = scene->rows_from; position <= scene->rows_to; position++)
        add_row(position, scene->spoils_a_row && position == scene->rows_to, &batch);
    struct frame frame = {.kind = FRAME_UPDATE};
    frame.update.subscription = scene->asked.subscription;
    frame.update.scanned_to = scene->rows_to;
    frame.update.head_position = scene->head;
    frame.update.count = (uint32_t)(scene->rows_to + 1 - scene->rows_from);
    frame.update.batch = buffer_bytes(&batch);
    struct push_signature signature = {
        .position = 2, .unit = bytes_of_text("341502"), .epoch = 1, .first_seq = 1, .last_seq = 2};
    uint8_t signed_bytes[64] = {1};
    signature.signature = bytes_of(signed_bytes, sizeof signed_bytes);
    frame.update.signatures = &signature;
    frame.update.signature_count = scene->signs_the_second;
    send_frame(scene, to, &frame);
}

static void send_contacts(struct scene *scene, const struct zsock_message *to)
{
    struct unit_contact unit = {.unit = bytes_of_text("341502"), .is_online = true, .backlog = 7};
    struct frame frame = {.kind = FRAME_CONTACTS};
    frame.contacts.subscription = scene->asked.subscription;
    frame.contacts.whole = true;
    frame.contacts.units = &unit;
    frame.contacts.unit_count = 1;
    send_frame(scene, to, &frame);
}

static void send_word(struct scene *scene, const struct zsock_message *to)
{
    struct frame frame = {.kind = FRAME_REFUSE};
    if (scene->refusal != REASON_NONE) {
        frame.refuse.subscription = scene->asked.subscription;
        frame.refuse.reason = scene->refusal;
        frame.refuse.text = bytes_of_text("not this log");
        send_frame(scene, to, &frame);
    } else if (scene->bye != REASON_NONE) {
        frame = (struct frame){.kind = FRAME_BYE};
        frame.bye.reason = scene->bye;
        frame.bye.text = bytes_of_text("the broker stops");
        send_frame(scene, to, &frame);
    }
}

static void on_request(void *context, const struct zsock_message *message)
{
    struct scene *scene = context;
    CLEANUP(arena_release) struct arena arena;
    struct frame frame;
    struct problem problem = {0};
    arena_init(&arena, 1 << 20);
    assert_int_equal(wire_frame_decode(message->frame, &arena, &frame, &problem), OK);
    if (frame.kind != FRAME_SUBSCRIBE)
        return;
    scene->asked = frame.subscribe;
    scene->subscribes++;
    if (scene->says_contacts)
        send_contacts(scene, message);
    if (scene->rows_to > 0)
        send_update(scene, message);
    send_word(scene, message);
}

/* ---- the handlers ---- */

static void note(struct scene *scene, enum call call)
{
    assert_non_null(scene->subscriber); /* nothing comes after it was closed */
    if (scene->closes_at != call)
        return;
    subscriber_close(scene->subscriber);
    scene->subscriber = NULL;
}

static enum err on_record(void *context, const struct record *record, const struct hash *hash)
{
    struct scene *scene = context;
    (void)hash;
    scene->records++;
    scene->last_position = record->position;
    note(scene, CALL_RECORD);
    return scene->says;
}

static enum err on_signature(void *context, const struct push_signature *signature)
{
    struct scene *scene = context;
    scene->signatures++;
    assert_int_equal(signature->position, 2);
    assert_int_equal(scene->last_position, 2); /* right after its record */
    return OK;
}

static enum err on_turn(void *context, uint64_t scanned_to, uint64_t head)
{
    struct scene *scene = context;
    scene->turns++;
    scene->scanned_to = scanned_to;
    scene->seen_head = head;
    assert_int_equal(scene->last_position, scanned_to); /* its records were handed out */
    note(scene, CALL_TURN);
    return OK;
}

static void on_contacts(void *context, const struct contacts *contacts)
{
    struct scene *scene = context;
    assert_int_equal(contacts->unit_count, 1);
    assert_true(bytes_equal_text(contacts->units[0].unit, "341502"));
    scene->contacts++;
    scene->contacts_whole = contacts->whole;
    note(scene, CALL_CONTACTS);
}

static void on_link(void *context, bool up, const char *reason)
{
    struct scene *scene = context;
    scene->ups += up;
    scene->downs += !up;
    if (!up)
        (void)snprintf(scene->reason, sizeof scene->reason, "%s", reason);
    note(scene, CALL_LINK);
}

static void on_end(void *context, enum err err, const struct problem *problem)
{
    struct scene *scene = context;
    scene->ends++;
    scene->ended = err;
    scene->problem = *problem;
    note(scene, CALL_END);
}

/* ---- the stage ---- */

static void open_broker(struct scene *scene)
{
    struct world *world = scene->world;
    struct problem problem = {0};
    struct zsock_handlers handlers = {.context = scene, .on_message = on_request};
    struct zsock_router_options options = {
        .loop = &world->loop,
        .context = world->context,
        .bind = "tcp://127.0.0.1:0",
        .curve_secret_key = world->keys.secret_key,
        .frame_size_max = FRAME_MAX,
        .connections_max = 10,
        .send_high_water_frames = SEND_MARK,
    };
    assert_int_equal(zsock_router_open(&options, &handlers, &world->router, &problem), OK);
    struct membership *membership = &scene->membership;
    const struct keys *keys = &world->peers[0].keys;
    memcpy(membership->identity.curve_public, keys->public_key, ZSOCK_KEY_SIZE);
    memcpy(membership->identity.curve_secret, keys->secret_key, ZSOCK_KEY_SIZE);
    membership->welcome.broker_curve_key = bytes_of(world->keys.public_key, ZSOCK_KEY_SIZE);
    scene->settings.window_records = 100;
    (void)snprintf(scene->settings.broker_address, sizeof scene->settings.broker_address, "%s",
                   zsock_address(world->router));
    membership->settings = &scene->settings;
}

static void subscribe(struct scene *scene, uint64_t from)
{
    struct problem problem = {0};
    struct subscriber_options options = {
        .loop = &scene->world->loop,
        .membership = &scene->membership,
        .from = from,
        .filter.all_records = true,
        .with_signatures = true,
        .with_contacts = true,
    };
    if (from > 1)
        options.after.bytes[0] = 1;
    struct subscriber_handlers handlers = {
        .context = scene,
        .on_record = on_record,
        .on_signature = on_signature,
        .on_turn = on_turn,
        .on_contacts = on_contacts,
        .on_link = on_link,
        .on_end = on_end,
    };
    assert_int_equal(subscriber_open(&options, &handlers, &scene->subscriber, &problem), OK);
}

static int open_scene(void **state)
{
    struct scene *scene = calloc(1, sizeof *scene);
    void *world = NULL;
    assert_non_null(scene);
    int result = setup(&world);
    scene->world = world;
    open_broker(scene);
    *state = scene;
    return result;
}

static int close_scene(void **state)
{
    struct scene *scene = *state;
    void *world = scene->world;
    if (scene->subscriber)
        subscriber_close(scene->subscriber);
    int result = teardown(&world);
    free(scene);
    return result;
}

/* ---- the sentences ---- */

static void records_come_in_order_and_an_update_ends_with_a_turn(void **state)
{
    struct scene *scene = *state;
    scene->rows_from = 1, scene->rows_to = 3, scene->head = 9;
    subscribe(scene, 1);
    assert_int_equal(scene->ups + scene->downs, 0); /* nothing within open */
    RUN_UNTIL(scene->world, scene->turns > 0);
    assert_int_equal(scene->records, 3);
    assert_int_equal(scene->scanned_to, 3);
    assert_int_equal(scene->seen_head, 9);
    assert_int_equal(scene->ups, 1);
    assert_true(subscriber_heard_ms(scene->subscriber) > 0);
    assert_true(scene->asked.filter.all_records);
    assert_int_equal(scene->asked.from_position, 1);
}

static void a_link_that_ends_is_told_and_opened_again_where_it_was(void **state)
{
    struct scene *scene = *state;
    scene->rows_from = 1, scene->rows_to = 3, scene->head = 3;
    scene->bye = REASON_BUSY;
    subscribe(scene, 1);
    RUN_UNTIL(scene->world, scene->downs > 0);
    assert_non_null(strstr(scene->reason, "the broker stops"));
    scene->bye = REASON_NONE;
    scene->rows_from = 4, scene->rows_to = 5, scene->head = 5;
    RUN_UNTIL(scene->world, scene->scanned_to == 5);
    assert_int_equal(scene->asked.from_position, 4);
    assert_false(hash_is_zero(&scene->asked.after)); /* it proves that it knows this log */
    assert_int_equal(scene->records, 5);
    assert_int_equal(scene->ups, 2);
    assert_int_equal(scene->ends, 0);
}

static void what_a_handler_says_ends_it(void **state)
{
    struct scene *scene = *state;
    scene->rows_from = 1, scene->rows_to = 3, scene->head = 3;
    scene->says = ERR_LIMIT;
    subscribe(scene, 1);
    RUN_UNTIL(scene->world, scene->ends > 0);
    assert_int_equal(scene->ended, ERR_LIMIT);
    assert_string_equal(scene->problem.text, "");
    assert_int_equal(scene->records, 1);
    assert_int_equal(scene->turns, 0);
}

static void a_damaged_row_ends_it_and_is_not_handed_out(void **state)
{
    struct scene *scene = *state;
    scene->rows_from = 1, scene->rows_to = 3, scene->head = 3;
    scene->spoils_a_row = true;
    subscribe(scene, 1);
    RUN_UNTIL(scene->world, scene->ends > 0);
    assert_int_equal(scene->ended, ERR_CORRUPT);
    assert_int_equal(scene->last_position, 2);
    assert_non_null(strstr(scene->problem.text, scene->settings.broker_address));
}

static void a_log_without_the_record_before_ends_it(void **state)
{
    struct scene *scene = *state;
    scene->refusal = REASON_LOG_CHANGED;
    subscribe(scene, 7);
    RUN_UNTIL(scene->world, scene->ends > 0);
    assert_int_equal(scene->ended, ERR_NOT_FOUND);
    assert_non_null(strstr(scene->problem.text, "not this log"));
    assert_int_equal(scene->downs, 1);
}

static void a_log_that_ends_before_says_where_reading_was_to_start(void **state)
{
    struct scene *scene = *state;
    scene->refusal = REASON_LOG_CHANGED;
    subscribe(scene, 1);
    RUN_UNTIL(scene->world, scene->ends > 0);
    assert_int_equal(scene->ended, ERR_NOT_FOUND);
    assert_non_null(strstr(scene->problem.text, "ends before position 1"));
}

static void a_key_the_broker_does_not_know_ends_it(void **state)
{
    struct scene *scene = *state;
    scene->world->peers[0].is_revoked = true;
    subscribe(scene, 1);
    RUN_UNTIL(scene->world, scene->ends > 0);
    assert_int_equal(scene->ended, ERR_DENIED);
    assert_int_equal(scene->ups, 0);
    assert_int_equal(scene->subscribes, 0);
}

static void the_units_links_come_to_who_asked(void **state)
{
    struct scene *scene = *state;
    scene->says_contacts = true;
    subscribe(scene, 1);
    RUN_UNTIL(scene->world, scene->contacts > 0);
    assert_true(scene->asked.with_contacts);
    assert_true(scene->contacts_whole);
}

static void a_signature_comes_right_after_its_record(void **state)
{
    struct scene *scene = *state;
    scene->rows_from = 1, scene->rows_to = 3, scene->head = 3;
    scene->signs_the_second = true;
    subscribe(scene, 1);
    RUN_UNTIL(scene->world, scene->turns > 0);
    assert_true(scene->asked.with_signatures);
    assert_int_equal(scene->signatures, 1);
}

static void it_can_be_closed_from_any_handler(void **state)
{
    static const enum call calls[] = {CALL_LINK, CALL_CONTACTS, CALL_RECORD, CALL_TURN, CALL_END};
    struct scene *scene = *state;
    scene->rows_from = 1, scene->rows_to = 3, scene->head = 3;
    scene->says_contacts = true;
    for (size_t i = 0; i < ARRAY_LENGTH(calls); i++) {
        scene->closes_at = calls[i];
        scene->refusal = calls[i] == CALL_END ? REASON_RIGHT : REASON_NONE;
        subscribe(scene, 1);
        RUN_UNTIL(scene->world, !scene->subscriber);
    }
    assert_int_equal(scene->ends, 1);
    assert_int_equal(scene->ended, ERR_DENIED);
}

static void it_can_be_closed_before_it_did_anything(void **state)
{
    struct scene *scene = *state;
    subscribe(scene, 1);
    subscriber_close(scene->subscriber);
    scene->subscriber = NULL;
}

#define TEST(test) cmocka_unit_test_setup_teardown(test, open_scene, close_scene)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(records_come_in_order_and_an_update_ends_with_a_turn),
        TEST(a_link_that_ends_is_told_and_opened_again_where_it_was),
        TEST(what_a_handler_says_ends_it),
        TEST(a_damaged_row_ends_it_and_is_not_handed_out),
        TEST(a_log_without_the_record_before_ends_it),
        TEST(a_log_that_ends_before_says_where_reading_was_to_start),
        TEST(a_key_the_broker_does_not_know_ends_it),
        TEST(the_units_links_come_to_who_asked),
        TEST(a_signature_comes_right_after_its_record),
        TEST(it_can_be_closed_from_any_handler),
        TEST(it_can_be_closed_before_it_did_anything),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
