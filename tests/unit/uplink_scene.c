/* uplink_scene.c - see uplink_scene.h. */
#include "uplink_scene.h"

static void scene_trace(void *context, const char *line)
{
    struct uplink_scene *scene = context;
    size_t used = strlen(scene->trace);
    (void)snprintf(scene->trace + used, sizeof(scene->trace) - used, "%s\n", line);
}

void uplink_scene_init(struct uplink_scene *scene, uint64_t last_seq, uint64_t acked_seq)
{
    *scene = (struct uplink_scene){.now_ms = SCENE_NOW_MS};
    struct trace trace = {scene_trace, scene};
    uplink_init(&scene->uplink, 7, &trace);
    uplink_join(&scene->uplink, SCENE_EPOCH, last_seq, acked_seq, scene->now_ms);
}

struct uplink_action uplink_scene_expect(struct uplink_scene *scene, enum uplink_action_kind kind)
{
    struct uplink_action action;
    if (!uplink_next(&scene->uplink, scene->now_ms, &action))
        fail_msg("nothing to do in state %s", uplink_state_name(scene->uplink.state));
    assert_int_equal(action.kind, kind);
    return action;
}

void uplink_scene_expect_nothing(struct uplink_scene *scene)
{
    struct uplink_action action;
    if (uplink_next(&scene->uplink, scene->now_ms, &action))
        fail_msg("action %d in state %s", (int)action.kind, uplink_state_name(scene->uplink.state));
    assert_true(uplink_deadline_ms(&scene->uplink) > scene->now_ms);
}

void uplink_scene_greet(struct uplink_scene *scene)
{
    uplink_scene_expect(scene, UPLINK_CONNECT);
    uplink_scene_expect_nothing(scene);
    uplink_on_link(&scene->uplink, true, NULL, scene->now_ms);
    uplink_scene_expect(scene, UPLINK_HELLO);
    uplink_scene_expect_nothing(scene);
}

void uplink_scene_welcome(struct uplink_scene *scene, uint64_t have_seq, uint64_t credit_seq)
{
    struct hash chain = hash_of(bytes_of_text("chain"));
    struct welcome welcome = {
        .version = PROTOCOL_VERSION,
        .have_seq = have_seq,
        .credit_seq = credit_seq,
        .chain_head = chain,
    };
    uplink_on_welcome(&scene->uplink, &welcome, &chain, scene->now_ms);
}

void uplink_scene_live(struct uplink_scene *scene, uint64_t have_seq, uint64_t credit_seq)
{
    uplink_scene_welcome(scene, have_seq, credit_seq);
    uplink_scene_expect(scene, UPLINK_SAVE_TOKEN);
    uplink_on_token_saved(&scene->uplink, scene->now_ms);
    uplink_scene_expect(scene, UPLINK_HEARTBEAT);
}

void uplink_scene_begin(struct uplink_scene *scene, uint64_t last_seq, uint64_t have_seq,
                        uint64_t credit_seq)
{
    uplink_scene_init(scene, last_seq, have_seq);
    uplink_scene_greet(scene);
    uplink_scene_live(scene, have_seq, credit_seq);
}

enum uplink_ack_verdict uplink_scene_ack(struct uplink_scene *scene, uint64_t have_seq,
                                         uint64_t credit_seq)
{
    struct ack ack = {.epoch = SCENE_EPOCH, .have_seq = have_seq, .credit_seq = credit_seq};
    return uplink_on_ack(&scene->uplink, &ack, scene->now_ms);
}

void uplink_scene_refuse(struct uplink_scene *scene, uint32_t reason, uint32_t retry_after_ms)
{
    struct refuse refuse = {
        .reason = reason,
        .text = bytes_of_text("because"),
        .retry_after_ms = retry_after_ms,
    };
    uplink_on_refuse(&scene->uplink, &refuse, scene->now_ms);
}

size_t uplink_scene_push_all(struct uplink_scene *scene, uint64_t event_bytes)
{
    struct uplink_action action;
    size_t pushes = 0;
    while (uplink_next(&scene->uplink, scene->now_ms, &action)) {
        assert_int_equal(action.kind, UPLINK_PUSH);
        assert_true(action.from_seq == scene->uplink.sent_seq + 1);
        assert_true(action.max_events > 0 && action.max_events <= PUSH_EVENTS_MAX);
        uint64_t events = action.max_bytes / event_bytes;
        events = events == 0 ? 1 : events;
        events = events < action.max_events ? events : action.max_events;
        uplink_on_pushed(&scene->uplink, action.from_seq + events - 1, events * event_bytes,
                         scene->now_ms);
        pushes++;
    }
    return pushes;
}

uint64_t uplink_scene_wait_ms(struct uplink_scene *scene)
{
    uplink_scene_expect(scene, UPLINK_DISCONNECT);
    uplink_scene_expect_nothing(scene);
    return uplink_deadline_ms(&scene->uplink) - scene->now_ms;
}
