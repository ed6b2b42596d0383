/* uplink_scene.h - an uplink at a given moment of its conversation, and short words for what comes.
 */
#pragma once

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>

#include "agent/uplink.h"

enum { SCENE_EPOCH = 3, SCENE_NOW_MS = 1000000 };

struct uplink_scene {
    struct uplink uplink;
    uint64_t now_ms;
    char trace[8192]; /* every line, with its newline */
};

static inline void scene_trace(void *context, const char *line)
{
    struct uplink_scene *scene = context;
    size_t used = strlen(scene->trace);
    (void)snprintf(scene->trace + used, sizeof(scene->trace) - used, "%s\n", line);
}

static inline void scene_init(struct uplink_scene *scene, uint64_t last_seq, uint64_t acked_seq)
{
    *scene = (struct uplink_scene){.now_ms = SCENE_NOW_MS};
    struct trace trace = {scene_trace, scene};
    uplink_init(&scene->uplink, 7, &trace);
    uplink_join(&scene->uplink, SCENE_EPOCH, last_seq, acked_seq, scene->now_ms);
}

/* The next action is of this kind. */
static inline struct uplink_action scene_expect(struct uplink_scene *scene,
                                                enum uplink_action_kind kind)
{
    struct uplink_action action;
    if (!uplink_next(&scene->uplink, scene->now_ms, &action))
        fail_msg("nothing to do in state %s", uplink_state_name(scene->uplink.state));
    assert_int_equal(action.kind, kind);
    return action;
}

static inline void scene_expect_nothing(struct uplink_scene *scene)
{
    struct uplink_action action;
    if (uplink_next(&scene->uplink, scene->now_ms, &action))
        fail_msg("action %d in state %s", (int)action.kind, uplink_state_name(scene->uplink.state));
    assert_true(uplink_deadline_ms(&scene->uplink) > scene->now_ms);
}

static inline void scene_greet(struct uplink_scene *scene)
{
    scene_expect(scene, UPLINK_CONNECT);
    scene_expect_nothing(scene);
    uplink_on_link(&scene->uplink, true, NULL, scene->now_ms);
    scene_expect(scene, UPLINK_HELLO);
    scene_expect_nothing(scene);
}

static inline void scene_welcome(struct uplink_scene *scene, uint64_t have_seq, uint64_t credit_seq)
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

/* Welcomed, the token saved, the confirmation sent. */
static inline void scene_live(struct uplink_scene *scene, uint64_t have_seq, uint64_t credit_seq)
{
    scene_welcome(scene, have_seq, credit_seq);
    scene_expect(scene, UPLINK_SAVE_TOKEN);
    uplink_on_token_saved(&scene->uplink, scene->now_ms);
    scene_expect(scene, UPLINK_HEARTBEAT);
}

static inline void scene_begin(struct uplink_scene *scene, uint64_t last_seq, uint64_t have_seq,
                               uint64_t credit_seq)
{
    scene_init(scene, last_seq, have_seq);
    scene_greet(scene);
    scene_live(scene, have_seq, credit_seq);
}

static inline enum uplink_ack_verdict scene_ack(struct uplink_scene *scene, uint64_t have_seq,
                                                uint64_t credit_seq)
{
    struct ack ack = {.epoch = SCENE_EPOCH, .have_seq = have_seq, .credit_seq = credit_seq};
    return uplink_on_ack(&scene->uplink, &ack, scene->now_ms);
}

static inline void scene_refuse(struct uplink_scene *scene, uint32_t reason,
                                uint32_t retry_after_ms)
{
    struct refuse refuse = {
        .reason = reason,
        .text = bytes_of_text("because"),
        .retry_after_ms = retry_after_ms,
    };
    uplink_on_refuse(&scene->uplink, &refuse, scene->now_ms);
}

/* Pushes everything that may leave, in events of this size; gives how many pushes that made. */
static inline size_t scene_push_all(struct uplink_scene *scene, uint64_t event_bytes)
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

/* The connection ends; when is the next one due? */
static inline uint64_t scene_wait_ms(struct uplink_scene *scene)
{
    scene_expect(scene, UPLINK_DISCONNECT);
    scene_expect_nothing(scene);
    return uplink_deadline_ms(&scene->uplink) - scene->now_ms;
}
