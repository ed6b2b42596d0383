/* test_commands_agent.c - what a clerk is told: join, rejoin, submit, status, waiting. */
#include "agent_scene.h"

#include <stdio.h>

static int ask_wait(struct agent_scene *scene)
{
    struct control_request request = {.arguments = {"wait"}, .argument_count = 1};
    return agent_scene_ask(scene, &request);
}

static const char *ask_status(struct agent_scene *scene)
{
    struct control_request request = {.arguments = {"status", "json"}, .argument_count = 2};
    assert_int_equal(agent_scene_ask(scene, &request), 0);
    return agent_scene_said(scene);
}

static int join_with(struct agent_scene *scene, const char *word, struct buffer *welcome)
{
    struct control_request request = {
        .arguments = {word, "WELCOME"}, .argument_count = 2, .input = buffer_bytes(welcome)};
    return agent_scene_ask(scene, &request);
}

/* ---- submit ---- */

static void each_line_gets_its_answer_and_the_good_ones_are_on_the_disk(void **state)
{
    static const char lines[] =
        "{\"kind\":\"NOTE\",\"occurred_on\":\"2022-09-01\",\"note\":{\"text\":\"a\"}}\n"
        "\n"
        "{not json}\n"
        "{\"kind\":\"NOTE\",\"occurred_on\":\"2022-09-01\",\"note\":{\"text\":\"a\"}}\n"
        "{\"kind\":\"NOTE\",\"occurred_on\":\"2022-09-01\",\"note\":{\"text\":\"b\"}}";
    struct agent_scene *scene = *state;
    assert_int_equal(agent_scene_submit(scene, lines), 1);
    const char *said = agent_scene_said(scene);
    assert_ptr_equal(strstr(said, "accepted seq=1\nline 3: 内容有误："), said);
    assert_non_null(strstr(said, "\naccepted seq=1 (already reported)\naccepted seq=2\n"));
    assert_true(agent_scene_stored(scene).last_seq == 2);
    assert_int_equal(agent_scene_submit(scene, ""), 0);
    assert_string_equal(agent_scene_said(scene), "");
}

static void a_full_outbox_takes_nothing_says_so_and_works_again_with_room(void **state)
{
    struct agent_scene *scene = *state;
    CLEANUP(buffer_release) struct buffer lines = {0};
    for (int i = 0; i < 2000; i++)
        buffer_add_format(&lines,
                          "{\"kind\":\"NOTE\",\"occurred_on\":\"2022-09-01\",\"note\":{\"text\":"
                          "\"%d %01000d\"}}\n",
                          i, i);
    struct control_request request = {
        .arguments = {"submit"}, .argument_count = 1, .input = buffer_bytes(&lines)};
    agent_scene_note(scene, "之前");
    home_close(&scene->home);
    char path[128];
    struct problem problem = {0};
    (void)snprintf(path, sizeof(path), "%s/huoshui.conf", scene->directory);
    assert_int_equal(file_write(path, bytes_of_text("outbox_quota_bytes = 1048576\n"), &problem),
                     OK);
    agent_scene_open_home(scene);
    assert_int_equal(agent_scene_ask(scene, &request), 1);
    assert_null(strstr(agent_scene_said(scene), "accepted"));
    assert_ptr_equal(strstr(agent_scene_said(scene), "line 1: 磁盘或配额已满"),
                     agent_scene_said(scene));
    assert_non_null(strstr(agent_scene_complained(scene), "full"));
    assert_true(scene->home.state.last_seq == 1 && agent_scene_stored(scene).last_seq == 1);
    agent_scene_note(scene, "之后"); /* a small one fits: no restart */
    assert_true(agent_scene_stored(scene).last_seq == 2);
}

static void an_import_counts_at_once_and_keeps_our_cursor(void **state)
{
    static const char path[] = TEST_DATA "/luan-2022q3/341502-trips.csv";
    struct agent_scene *scene = *state;
    CLEANUP(buffer_release) struct buffer file = {0};
    struct problem problem = {0};
    assert_int_equal(file_read(path, 1 << 20, &file, &problem), OK);
    struct control_request request = {
        .arguments = {"import", path, "", ""}, .argument_count = 4, .input = buffer_bytes(&file)};
    agent_scene_note(scene, "一");
    scene->home.state.acked_seq = 1;
    assert_int_equal(agent_scene_ask(scene, &request), 0);
    assert_true(scene->home.state.last_seq > 1 && scene->home.state.acked_seq == 1);
    assert_true(scene->home.state.last_seq == agent_scene_stored(scene).last_seq);
}

/* ---- join ---- */

static void joining_sets_the_epoch_and_asking_again_changes_nothing(void **state)
{
    struct agent_scene *scene = *state;
    agent_scene_note(scene, "一");
    assert_int_equal(agent_scene_join(scene, "join", 3), 0);
    assert_int_equal(agent_scene_join(scene, "join", 3), 0);
    struct outbox_state stored = agent_scene_stored(scene);
    assert_true(stored.epoch == 3 && stored.generation == 1 && stored.last_seq == 1);
    home_close(&scene->home);
    agent_scene_open_home(scene);
    assert_true(home_is_joined(&scene->home));
}

static void another_epoch_needs_rejoin(void **state)
{
    struct agent_scene *scene = *state;
    assert_int_equal(agent_scene_join(scene, "join", 1), 0);
    assert_int_equal(agent_scene_join(scene, "join", 2), 1);
    assert_non_null(strstr(agent_scene_complained(scene), "rejoin"));
    assert_true(scene->home.welcome.epoch == 1 && agent_scene_stored(scene).epoch == 1);
    agent_scene_note(scene, "一");
    assert_int_equal(agent_scene_join(scene, "rejoin", 2), 0);
    struct outbox_state stored = agent_scene_stored(scene);
    assert_true(stored.epoch == 1 && stored.rejoin_epoch == 2);
    assert_true(home_is_joined(&scene->home));
}

static void rejoining_with_an_empty_outbox_is_joining_without_the_old_token(void **state)
{
    struct agent_scene *scene = *state;
    struct home_change change;
    assert_int_equal(agent_scene_join(scene, "join", 1), 0);
    assert_int_equal(home_begin(&scene->home, &change), OK);
    change.state.token_size = 40;
    assert_int_equal(home_commit(&scene->home, &change), OK);
    assert_int_equal(agent_scene_join(scene, "rejoin", 2), 0);
    struct outbox_state stored = agent_scene_stored(scene);
    assert_true(stored.epoch == 2 && stored.rejoin_epoch == 0 && stored.token_size == 0);
}

static void rejoin_makes_new_keys_that_the_welcome_for_them_puts_in_place(void **state)
{
    struct agent_scene *scene = *state;
    struct control_request request = {.arguments = {"rejoin", ""}, .argument_count = 2};
    struct identity fresh = {0};
    struct problem problem = {0};
    char next[128], first[256];
    uint8_t before[32];
    CLEANUP(buffer_release) struct buffer welcome = {0};
    agent_scene_note(scene, "一");
    assert_int_equal(agent_scene_join(scene, "join", 1), 0);
    memcpy(before, scene->home.identity.curve_public, sizeof(before));
    assert_int_equal(agent_scene_ask(scene, &request), 0);
    (void)snprintf(first, sizeof(first), "%s", agent_scene_said(scene));
    assert_non_null(strstr(first, "/next/request\n"));
    assert_memory_equal(before, scene->home.identity.curve_public, sizeof(before));
    assert_int_equal(agent_scene_ask(scene, &request), 0); /* the same request again */
    assert_string_equal(first, agent_scene_said(scene));
    (void)snprintf(next, sizeof(next), "%s/next", scene->directory);
    assert_int_equal(identity_open(next, &fresh, &problem), OK);
    agent_scene_welcome(scene, &fresh, 2, &welcome);
    assert_int_equal(join_with(scene, "join", &welcome), 1); /* join never changes keys */
    assert_int_equal(join_with(scene, "rejoin", &welcome), 0);
    assert_memory_equal(fresh.curve_public, scene->home.identity.curve_public, 32);
    assert_true(bytes_equal(scene->home.request.curve_key, bytes_of(fresh.curve_public, 32)));
    assert_int_equal(join_with(scene, "rejoin", &welcome), 0); /* it was interrupted, say */
    identity_close(&fresh);
    home_close(&scene->home);
    agent_scene_open_home(scene);
    assert_true(home_is_joined(&scene->home) && scene->home.state.rejoin_epoch == 2);
    assert_int_equal(agent_scene_ask(scene, &request), 0); /* another rejoin makes other keys */
    assert_int_equal(identity_open(next, &fresh, &problem), OK);
    assert_memory_not_equal(before, fresh.curve_public, sizeof(before));
    identity_close(&fresh);
}

static void a_welcome_for_others_is_refused_and_changes_nothing(void **state)
{
    struct agent_scene *scene = *state;
    CLEANUP(buffer_release) struct buffer welcome = {0};
    struct identity stranger = {.curve_public = {1}, .sign_public = {2}};
    agent_scene_welcome(scene, &stranger, 1, &welcome);
    assert_int_equal(join_with(scene, "join", &welcome), 1);
    assert_non_null(strstr(agent_scene_complained(scene), "KEYID"));
    assert_int_equal(join_with(scene, "rejoin", &welcome), 1);
    buffer_clear(&welcome);
    buffer_add_text(&welcome, "no welcome at all");
    assert_int_equal(join_with(scene, "join", &welcome), 1);
    assert_false(home_is_joined(&scene->home));
    assert_true(agent_scene_stored(scene).epoch == 0);
}

/* ---- status and waiting ---- */

static void waiting_fails_at_once_for_an_agent_that_never_joined(void **state)
{
    struct agent_scene *scene = *state;
    assert_int_equal(ask_wait(scene), 1);
    assert_non_null(strstr(agent_scene_complained(scene), "huoshui-agent join"));
    agent_scene_note(scene, "一");
    assert_int_equal(ask_wait(scene), 1);
}

static void waiting_ends_when_every_seq_is_answered(void **state)
{
    struct agent_scene *scene = *state;
    static const struct hash no_chain;
    assert_int_equal(agent_scene_join(scene, "join", 1), 0);
    assert_int_equal(ask_wait(scene), 0);
    agent_scene_note(scene, "一");
    assert_int_equal(ask_wait(scene), COMMAND_NOT_YET);
    assert_non_null(strstr(agent_scene_complained(scene), "1 waiting"));
    agent_scene_start(scene);
    agent_scene_greet(scene);
    agent_scene_tell_welcome(scene, 0, &no_chain, "token-1");
    assert_int_equal(ask_wait(scene), COMMAND_NOT_YET);
    struct ack_refusal refusal = {.seq = 1, .position = 2, .reason = REFUSAL_FORM};
    agent_scene_tell_ack(scene, 1, &refusal, 1);
    assert_int_equal(ask_wait(scene), 0);
    assert_int_equal(agent_scene_join(scene, "rejoin", 2), 0);
    assert_int_equal(ask_wait(scene), COMMAND_NOT_YET); /* what the city has is not known yet */
}

static void waiting_fails_at_once_with_the_reason_when_the_link_is_held(void **state)
{
    struct agent_scene *scene = *state;
    struct frame frame = {.kind = FRAME_REFUSE};
    assert_int_equal(agent_scene_join(scene, "join", 1), 0);
    agent_scene_start(scene);
    agent_scene_greet(scene);
    frame.refuse =
        (struct refuse){.reason = REASON_CLONE, .text = bytes_of_text("the token is another's")};
    agent_scene_tell(scene, &frame);
    assert_int_equal(ask_wait(scene), 1);
    assert_non_null(strstr(agent_scene_complained(scene), "CLONE: the token is another's"));
    assert_non_null(strstr(agent_scene_complained(scene), "huoshui-agent rejoin"));
}

static void status_has_the_numbers_and_the_link(void **state)
{
    struct agent_scene *scene = *state;
    const char *said = ask_status(scene);
    assert_non_null(strstr(said, "\"unit\":\"341502\",\"name\":\"金安区\",\"epoch\":0,"
                                 "\"newest_seq\":0,\"acked_seq\":0,\"waiting\":0,\"refused\":0,"
                                 "\"link\":{\"state\":\"unjoined\""));
    agent_scene_note(scene, "一");
    assert_int_equal(agent_scene_join(scene, "join", 7), 0);
    said = ask_status(scene);
    assert_non_null(strstr(said, "\"epoch\":7,\"newest_seq\":1,\"acked_seq\":0,\"waiting\":1,"));
    assert_non_null(strstr(said, "\"state\":\"stopped\""));
    assert_non_null(strstr(said, "\"running\":false"));
    assert_non_null(strstr(said, "\"seconds_to_empty\":null"));
    agent_scene_start(scene);
    said = ask_status(scene);
    assert_non_null(strstr(said, "\"state\":\"connecting\""));
    assert_non_null(strstr(said, "\"broker_behind\":false,\"running\":true"));
}

static int ask_form(struct agent_scene *scene, const char *form)
{
    struct control_request request = {.arguments = {"status", form}, .argument_count = 2};
    return agent_scene_ask(scene, &request);
}

static void status_for_prometheus_names_the_unit_in_every_sample(void **state)
{
    struct agent_scene *scene = *state;
    agent_scene_note(scene, "一");
    assert_int_equal(agent_scene_join(scene, "join", 7), 0);
    agent_scene_start(scene);
    assert_int_equal(ask_form(scene, "prometheus"), 0);
    const char *said = agent_scene_said(scene);
    assert_non_null(strstr(said, "# TYPE huoshui_agent_waiting gauge\n"
                                 "huoshui_agent_waiting{unit=\"341502\"} 1\n"));
    assert_non_null(strstr(said, "huoshui_agent_running{unit=\"341502\"} 1\n"));
    assert_non_null(strstr(said, "huoshui_agent_link{unit=\"341502\",state=\"connecting\"} 1\n"));
    assert_null(strstr(said, "{state"));
}

static void a_check_is_silent_while_the_agent_delivers_or_waits_for_its_line(void **state)
{
    struct agent_scene *scene = *state;
    assert_int_equal(ask_form(scene, "check"), 1);
    assert_non_null(strstr(agent_scene_complained(scene), "unjoined"));
    assert_int_equal(agent_scene_join(scene, "join", 7), 0);
    assert_int_equal(ask_form(scene, "check"), 1);
    assert_non_null(strstr(agent_scene_complained(scene), "huoshui-agent run"));
    agent_scene_start(scene);
    assert_int_equal(ask_form(scene, "check"), 0);
    assert_string_equal(agent_scene_said(scene), "");
    assert_string_equal(agent_scene_complained(scene), "");
}

static void an_unknown_command_is_wrong_usage(void **state)
{
    struct agent_scene *scene = *state;
    struct control_request request = {.arguments = {"status"}, .argument_count = 1};
    assert_int_equal(agent_scene_ask(scene, &request), 2);
    request.arguments[0] = "format-the-disk";
    assert_int_equal(agent_scene_ask(scene, &request), 2);
}

#define SCENE_TEST(name)                                                                           \
    cmocka_unit_test_setup_teardown(name, agent_scene_setup, agent_scene_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        SCENE_TEST(each_line_gets_its_answer_and_the_good_ones_are_on_the_disk),
        SCENE_TEST(a_full_outbox_takes_nothing_says_so_and_works_again_with_room),
        SCENE_TEST(an_import_counts_at_once_and_keeps_our_cursor),
        SCENE_TEST(joining_sets_the_epoch_and_asking_again_changes_nothing),
        SCENE_TEST(another_epoch_needs_rejoin),
        SCENE_TEST(rejoining_with_an_empty_outbox_is_joining_without_the_old_token),
        SCENE_TEST(rejoin_makes_new_keys_that_the_welcome_for_them_puts_in_place),
        SCENE_TEST(a_welcome_for_others_is_refused_and_changes_nothing),
        SCENE_TEST(waiting_fails_at_once_for_an_agent_that_never_joined),
        SCENE_TEST(waiting_ends_when_every_seq_is_answered),
        SCENE_TEST(waiting_fails_at_once_with_the_reason_when_the_link_is_held),
        SCENE_TEST(status_has_the_numbers_and_the_link),
        SCENE_TEST(status_for_prometheus_names_the_unit_in_every_sample),
        SCENE_TEST(a_check_is_silent_while_the_agent_delivers_or_waits_for_its_line),
        SCENE_TEST(an_unknown_command_is_wrong_usage),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
