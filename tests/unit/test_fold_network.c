/* test_fold_network.c - a joined auditor folds the log of a broker far away, which the test plays
 * over loopback: the whole of it once, then only what came behind the snapshot; a snapshot of
 * another log is not believed and does not stay. */
#include "tests/unit/audit_scene.h"
#include "tests/unit/welcome_scene.h"
#include "tests/unit/zsock_world.h"

#include "audit/auditor.h"
#include "audit/fold.h"
#include "reader/folding.h"
#include "store/file.h"

enum { ASKS_MAX = 8 };

struct scene {
    struct world *world;
    struct city city;
    char directory[80];
    /* the broker */
    uint64_t asked[ASKS_MAX]; /* from where, in order */
    size_t ask_count;
    bool spoils_the_last;
    /* the auditor, on a thread of its own */
    uv_thread_t thread;
    uv_async_t done;
    bool is_done;
    enum err err;
    struct ledger *ledger;
    struct problem problem;
};

/* ---- the broker ---- */

static struct hash add_row(const struct record *record, bool is_spoilt, struct buffer *batch)
{
    CLEANUP(buffer_release) struct buffer row = {0}, bytes = {0};
    wire_record_encode(record, &bytes);
    struct hash hash = hash_of(buffer_bytes(&bytes));
    hash.bytes[0] ^= is_spoilt;
    buffer_add(&row, hash_bytes(&hash));
    buffer_add(&row, buffer_bytes(&bytes));
    if (batch)
        wire_batch_add(batch, buffer_bytes(&row));
    return hash;
}

static void send_frame(struct scene *scene, const struct zsock_message *to,
                       const struct frame *frame)
{
    CLEANUP(buffer_release) struct buffer bytes = {0};
    wire_frame_encode(frame, &bytes);
    (void)zsock_send(scene->world->router, to->route, buffer_bytes(&bytes));
}

static void send_rows(struct scene *scene, const struct zsock_message *to,
                      const struct subscribe *asked)
{
    const struct city *city = &scene->city;
    CLEANUP(buffer_release) struct buffer batch = {0};
    for (size_t i = asked->from_position - 1; i < city->count; i++)
        (void)add_row(&city->records[i], scene->spoils_the_last && i + 1 == city->count, &batch);
    struct frame frame = {.kind = FRAME_UPDATE};
    frame.update.subscription = asked->subscription;
    frame.update.scanned_to = frame.update.head_position = city->count;
    frame.update.count = (uint32_t)(city->count + 1 - asked->from_position);
    frame.update.batch = buffer_bytes(&batch);
    send_frame(scene, to, &frame);
}

static void on_request(void *context, const struct zsock_message *message)
{
    struct scene *scene = context;
    CLEANUP(arena_release) struct arena arena;
    struct frame frame, refusal = {.kind = FRAME_REFUSE};
    struct problem problem = {0};
    arena_init(&arena, 1 << 20);
    assert_int_equal(wire_frame_decode(message->frame, &arena, &frame, &problem), OK);
    if (frame.kind != FRAME_SUBSCRIBE)
        return;
    assert_true(scene->ask_count < ASKS_MAX);
    scene->asked[scene->ask_count++] = frame.subscribe.from_position;
    if (frame.subscribe.from_position <= scene->city.count) {
        send_rows(scene, message, &frame.subscribe);
        return;
    }
    refusal.refuse.subscription = frame.subscribe.subscription;
    refusal.refuse.reason = REASON_LOG_CHANGED;
    refusal.refuse.text = bytes_of_text("the log ends before");
    send_frame(scene, message, &refusal);
}

static void open_broker(struct scene *scene)
{
    struct world *world = scene->world;
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
    assert_int_equal(zsock_router_open(&options, &handlers, &world->router, &scene->problem), OK);
}

/* ---- the auditor ---- */

static void join(struct scene *scene)
{
    char request[MEMBERSHIP_PATH_MAX], welcome[96];
    struct membership membership;
    struct world *world = scene->world;
    (void)snprintf(scene->directory, sizeof scene->directory, "%s/U", scene->city.root);
    (void)snprintf(welcome, sizeof welcome, "%s/welcome", scene->city.root);
    assert_int_equal(
        membership_create(&auditor_program, scene->directory, "审计局", request, &scene->problem),
        OK);
    struct welcome_draft draft = {.role = PEER_AUDITOR,
                                  .address = zsock_address(world->router),
                                  .curve_key = world->keys.public_key};
    welcome_scene_write(request, &draft, welcome);
    assert_int_equal(
        membership_join(&auditor_program, scene->directory, welcome, &membership, &scene->problem),
        OK);
    memcpy(world->peers[0].keys.public_key, membership.identity.curve_public, ZSOCK_KEY_SIZE);
    membership_close(&membership);
}

static void on_done(uv_async_t *async)
{
    struct scene *scene = async->data;
    scene->is_done = true;
}

static void fold_there(void *context)
{
    struct scene *scene = context;
    struct source source = {SOURCE_NETWORK, scene->directory};
    scene->err = fold_source(&source, UINT64_MAX, NULL, &scene->ledger, &scene->problem);
    (void)uv_async_send(&scene->done);
}

/* The ledger is the scene's until the next fold. */
static void fold(struct scene *scene)
{
    ledger_free(scene->ledger);
    scene->ledger = NULL;
    scene->ask_count = 0;
    scene->is_done = false;
    assert_int_equal(uv_thread_create(&scene->thread, fold_there, scene), 0);
    RUN_UNTIL(scene->world, scene->is_done);
    assert_int_equal(uv_thread_join(&scene->thread), 0);
}

static struct ledger_counts counts_of(const struct ledger *ledger)
{
    struct ledger_counts counts;
    ledger_counts(ledger, UINT64_MAX, &counts);
    return counts;
}

/* A ledger at the position that knows nothing but one refusal there, said to be of the log in which
 * that record has the hash: it can be told apart. */
static void write_snapshot(struct scene *scene, uint64_t position, struct hash last)
{
    struct folding strange;
    struct record record = {.kind = RECORD_REFUSAL, .position = position};
    const struct event *event;
    folding_init(&strange);
    assert_int_equal(folding_take(&strange, &record, &last, &event), OK);
    assert_int_equal(folding_save(&strange, scene->directory), OK);
    folding_release(&strange);
}

static uint64_t snapshot_position(struct scene *scene)
{
    struct folding kept;
    folding_init(&kept);
    folding_load(&kept, scene->directory);
    uint64_t position = ledger_position(kept.ledger);
    folding_release(&kept);
    return position;
}

/* ---- the stage ---- */

static int open_scene(void **state)
{
    struct scene *scene = calloc(1, sizeof *scene);
    void *world = NULL;
    assert_non_null(scene);
    int result = setup(&world);
    scene->world = world;
    city_live(&scene->city);
    (void)snprintf(scene->city.root, sizeof scene->city.root, "/tmp/audit-test-XXXXXX");
    assert_non_null(mkdtemp(scene->city.root));
    assert_int_equal(uv_async_init(&scene->world->loop, &scene->done, on_done), 0);
    scene->done.data = scene;
    open_broker(scene);
    join(scene);
    *state = scene;
    return result;
}

static int close_scene(void **state)
{
    struct scene *scene = *state;
    void *world = scene->world;
    uv_close((uv_handle_t *)&scene->done, NULL);
    int result = teardown(&world);
    ledger_free(scene->ledger);
    city_close(&scene->city);
    free(scene);
    return result;
}

static void assert_whole(const struct scene *scene)
{
    assert_int_equal(scene->err, OK);
    assert_int_equal(ledger_position(scene->ledger), scene->city.count);
    assert_int_equal(counts_of(scene->ledger).events, 7);
    assert_int_equal(counts_of(scene->ledger).refusals, 1);
}

/* ---- the sentences ---- */

static void without_a_snapshot_the_whole_log_is_asked_for(void **state)
{
    struct scene *scene = *state;
    fold(scene);
    assert_whole(scene);
    assert_int_equal(scene->ask_count, 1);
    assert_int_equal(scene->asked[0], 1);
    assert_int_equal(snapshot_position(scene), 0); /* so short a log is read again as fast */
}

static void behind_a_snapshot_only_the_tail_is_asked_for(void **state)
{
    struct scene *scene = *state;
    write_snapshot(scene, 5, add_row(&scene->city.records[4], false, NULL));
    fold(scene);
    assert_int_equal(scene->err, OK);
    assert_int_equal(scene->ask_count, 1);
    assert_int_equal(scene->asked[0], 5); /* its last record, to see that it is this log */
    assert_int_equal(ledger_position(scene->ledger), scene->city.count);
    assert_int_equal(counts_of(scene->ledger).refusals, 1 + 1);
}

static void a_snapshot_of_another_log_is_made_anew(void **state)
{
    struct scene *scene = *state;
    const uint64_t positions[] = {5, scene->city.count, scene->city.count + 1000};
    for (size_t i = 0; i < ARRAY_LENGTH(positions); i++) {
        write_snapshot(scene, positions[i], add_row(&scene->city.records[3], false, NULL));
        fold(scene);
        assert_whole(scene);
        assert_int_equal(scene->ask_count, 2);
        assert_int_equal(scene->asked[0], positions[i]);
        assert_int_equal(scene->asked[1], 1);
        assert_int_equal(snapshot_position(scene), scene->city.count);
    }
    fold(scene); /* and the one made then fits */
    assert_whole(scene);
    assert_int_equal(scene->ask_count, 1);
    assert_int_equal(scene->asked[0], scene->city.count);
}

static void a_damaged_row_gives_no_ledger_and_leaves_the_snapshot(void **state)
{
    struct scene *scene = *state;
    write_snapshot(scene, 5, add_row(&scene->city.records[4], false, NULL));
    scene->spoils_the_last = true;
    fold(scene);
    assert_int_equal(scene->err, ERR_CORRUPT);
    assert_null(scene->ledger);
    assert_int_equal(snapshot_position(scene), 5);
    write_snapshot(scene, 5, add_row(&scene->city.records[3], false, NULL)); /* another log's */
    fold(scene);
    assert_int_equal(scene->err, ERR_CORRUPT);
    assert_int_equal(snapshot_position(scene), 5);
}

#define TEST(test) cmocka_unit_test_setup_teardown(test, open_scene, close_scene)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(without_a_snapshot_the_whole_log_is_asked_for),
        TEST(behind_a_snapshot_only_the_tail_is_asked_for),
        TEST(a_snapshot_of_another_log_is_made_anew),
        TEST(a_damaged_row_gives_no_ledger_and_leaves_the_snapshot),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
