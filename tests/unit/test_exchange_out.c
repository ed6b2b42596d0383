/* test_exchange_out.c - a record that rots in the store, with subscribers on it: it is never
 * served, and costs nobody else anything. */
#include "tests/unit/exchange_scene.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

/* Flips a byte of the record at a position, wherever the store's file holds it. */
static void rot(struct exchange_scene *scene, uint64_t position)
{
    char path[OFFICE_PATH_MAX];
    struct store_txn *txn = NULL;
    struct bytes row;
    CLEANUP(buffer_release) struct buffer file = {0}, wanted = {0};
    struct problem problem = {0};
    assert_int_equal(store_begin_read(scene->office.office.store, &txn), OK);
    assert_int_equal(log_row(txn, position, &row), OK);
    buffer_add(&wanted, row);
    store_txn_abort(txn);
    office_path(&scene->office.office, "store/data.mdb", path);
    assert_int_equal(file_read(path, 64 << 20, &file, &problem), OK);
    int descriptor = open(path, O_WRONLY | O_CLOEXEC);
    assert_true(descriptor >= 0);
    int flips = 0;
    const uint8_t *at = file.data, *end = file.data + file.size;
    while ((at = memmem(at, (size_t)(end - at), wanted.data, wanted.size))) {
        uint8_t byte = wanted.data[wanted.size - 1] ^ 1;
        off_t offset = (off_t)(at - file.data) + (off_t)wanted.size - 1;
        assert_int_equal(pwrite(descriptor, &byte, 1, offset), 1);
        at += wanted.size;
        flips++;
    }
    close(descriptor);
    assert_true(flips > 0);
}

static void a_rotten_record_ends_the_feed_that_comes_to_it_and_no_other(void **state)
{
    struct exchange_scene *scene = *state;
    exchange_scene_report(scene, JIN_AN, 4); /* positions 5 to 8 */
    rot(scene, 6);
    exchange_scene_subscribe(scene, 'd', 6, NULL);
    exchange_scene_subscribe(scene, 'e', 7, NULL);
    assert_string_equal(exchange_scene_turn(scene), "e update 1: 7 8 to=8 signatures=1\n");
    const char *traced = exchange_scene_text(&scene->traced);
    assert_non_null(strstr(traced, "feed_ended position=6 err=ERR_CORRUPT\n"));
    assert_null(strstr(traced, "feed_ended position=7"));

    county_say_many(&scene->counties[JIN_AN], 5);
    exchange_scene_push(scene, JIN_AN, 5, 5);
    exchange_scene_commit(scene);
    assert_string_equal(exchange_scene_turn(scene),
                        "a ack 5 at=9 room=4000\ne update 1: 9 to=9 signatures=1\n");
}

static void a_feed_gets_what_stands_before_the_rot_and_the_log_names_the_position(void **state)
{
    struct exchange_scene *scene = *state;
    exchange_scene_report(scene, JIN_AN, 4);
    rot(scene, 7);
    exchange_scene_subscribe(scene, 'd', 1, NULL);
    assert_string_equal(exchange_scene_turns(scene), "d update 1: 1 2 3 4 5 6 to=6 signatures=0\n");
    assert_non_null(
        strstr(exchange_scene_text(&scene->traced), "feed_ended position=7 err=ERR_CORRUPT\n"));
    assert_int_equal(scene->exchange.hub.feed_count, 0);
}

/* Whoever comes back for it meets it again, and again gets nothing of it. */
static void asking_again_for_a_rotten_record_serves_nothing_either(void **state)
{
    struct exchange_scene *scene = *state;
    exchange_scene_report(scene, JIN_AN, 4);
    rot(scene, 6);
    for (int i = 0; i < 3; i++) {
        exchange_scene_subscribe(scene, 'd', 6, NULL);
        assert_string_equal(exchange_scene_turns(scene), "");
    }
    assert_int_equal(scene->exchange.hub.feed_count, 0);
}

/* Live: the record is on its way to one who stands before it when it rots. */
static void a_record_that_rots_under_a_live_feed_is_not_served(void **state)
{
    struct exchange_scene *scene = *state;
    exchange_scene_report(scene, JIN_AN, 1);
    exchange_scene_subscribe(scene, 'd', 1, NULL);
    exchange_scene_subscribe(scene, 'e', 6, NULL);
    assert_string_equal(exchange_scene_turn(scene), "d update 1: 1 2 3 4 5 to=5 signatures=1\n"
                                                    "e update 1: to=5 signatures=0\n");
    county_say_many(&scene->counties[JIN_AN], 2);
    exchange_scene_push(scene, JIN_AN, 2, 2);
    exchange_scene_commit(scene);
    rot(scene, 6);
    assert_string_equal(exchange_scene_turn(scene), "a ack 2 at=6 room=4000\n");
    assert_non_null(
        strstr(exchange_scene_text(&scene->traced), "feed_ended position=6 err=ERR_CORRUPT\n"));
    exchange_scene_subscribe(scene, 'd', 1, NULL);
    assert_string_equal(exchange_scene_turns(scene), "d update 1: 1 2 3 4 5 to=5 signatures=1\n");
}

/* Feeds at one place read the same rows once; what was kept is no way around the check. */
static void feeds_at_one_place_all_end_at_the_rotten_record(void **state)
{
    struct exchange_scene *scene = *state;
    exchange_scene_report(scene, JIN_AN, 3);
    rot(scene, 6);
    exchange_scene_subscribe(scene, 'd', 5, NULL);
    exchange_scene_subscribe(scene, 'e', 5, NULL);
    exchange_scene_subscribe_for(scene, 'f', 5, NULL, 1);
    assert_string_equal(exchange_scene_turns(scene), "d update 1: 5 to=5 signatures=0\n"
                                                     "e update 1: 5 to=5 signatures=0\n"
                                                     "f update 1: 5 to=5 signatures=0\n");
    assert_int_equal(scene->exchange.hub.feed_count, 1); /* the one without credit waits */
}

static void a_rotten_read_spoils_no_rows_that_were_kept(void **state)
{
    struct exchange_scene *scene = *state;
    exchange_scene_report(scene, JIN_AN, 4);
    rot(scene, 7);
    exchange_scene_subscribe_for(scene, 'd', 5, NULL, 2);
    exchange_scene_subscribe(scene, 'e', 7, NULL);
    exchange_scene_subscribe_for(scene, 'f', 5, NULL, 2);
    assert_string_equal(exchange_scene_turns(scene), "d update 1: 5 6 to=6 signatures=0\n"
                                                     "f update 1: 5 6 to=6 signatures=0\n");
}

static void a_county_reports_on_while_its_old_record_is_rotten(void **state)
{
    struct exchange_scene *scene = *state;
    exchange_scene_report(scene, JIN_AN, 3);
    exchange_scene_report(scene, YU_AN, 1);
    rot(scene, 6); /* seq 2 of the first */
    county_say_many(&scene->counties[JIN_AN], 4);
    exchange_scene_push(scene, JIN_AN, 4, 4);
    exchange_scene_commit(scene);
    assert_string_equal(exchange_scene_turn(scene), "a ack 4 at=9 room=4000\n");
    exchange_scene_push(scene, JIN_AN, 1, 2); /* measured by it: not answered from rotten bytes */
    char refusal[32];
    (void)snprintf(refusal, sizeof refusal, "a refuse %d\n", REASON_BUSY);
    assert_string_equal(exchange_scene_turn(scene), refusal);
}

static void a_full_transport_costs_neither_an_update_nor_an_ack(void **state)
{
    struct exchange_scene *scene = *state;
    exchange_scene_report(scene, JIN_AN, 1);
    exchange_scene_subscribe(scene, 'd', 1, NULL);
    scene->outcome = EXCHANGE_FULL;
    county_say_many(&scene->counties[JIN_AN], 2);
    exchange_scene_push(scene, JIN_AN, 2, 2);
    exchange_scene_commit(scene);
    assert_string_equal(exchange_scene_turn(scene), "");
    scene->outcome = EXCHANGE_SENT;
    scene->now_ms += HUB_TICK_MS;
    hub_on_tick(&scene->exchange.hub, scene->now_ms);
    assert_string_equal(exchange_scene_turn(scene),
                        "a ack 2 at=6 room=4000\nd update 1: 1 2 3 4 5 6 to=6 signatures=2\n");
}

static void a_peer_that_is_gone_leaves_no_feed_and_no_session(void **state)
{
    struct exchange_scene *scene = *state;
    exchange_scene_report(scene, JIN_AN, 1);
    exchange_scene_subscribe(scene, 'd', 1, NULL);
    exchange_scene_push(scene, JIN_AN, 1, 1);
    scene->outcome = EXCHANGE_GONE;
    assert_string_equal(exchange_scene_turn(scene), "");
    assert_int_equal(scene->exchange.hub.feed_count, 0);
    assert_int_equal(scene->exchange.hub.peer_count, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        EXCHANGE_TEST(a_rotten_record_ends_the_feed_that_comes_to_it_and_no_other),
        EXCHANGE_TEST(a_feed_gets_what_stands_before_the_rot_and_the_log_names_the_position),
        EXCHANGE_TEST(asking_again_for_a_rotten_record_serves_nothing_either),
        EXCHANGE_TEST(a_record_that_rots_under_a_live_feed_is_not_served),
        EXCHANGE_TEST(feeds_at_one_place_all_end_at_the_rotten_record),
        EXCHANGE_TEST(a_rotten_read_spoils_no_rows_that_were_kept),
        EXCHANGE_TEST(a_county_reports_on_while_its_old_record_is_rotten),
        EXCHANGE_TEST(a_full_transport_costs_neither_an_update_nor_an_ack),
        EXCHANGE_TEST(a_peer_that_is_gone_leaves_no_feed_and_no_session),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
