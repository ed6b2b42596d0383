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

void uplink_scene_init(struct uplink_scene *scene, uint64_t last_seq, uint64_t acked_seq);
/* The next action is of this kind. */
struct uplink_action uplink_scene_expect(struct uplink_scene *scene, enum uplink_action_kind kind);
void uplink_scene_expect_nothing(struct uplink_scene *scene);
void uplink_scene_greet(struct uplink_scene *scene);
void uplink_scene_welcome(struct uplink_scene *scene, uint64_t have_seq, uint64_t credit_seq);
/* Welcomed, the token saved, the confirmation sent. */
void uplink_scene_live(struct uplink_scene *scene, uint64_t have_seq, uint64_t credit_seq);
void uplink_scene_begin(struct uplink_scene *scene, uint64_t last_seq, uint64_t have_seq,
                        uint64_t credit_seq);
enum uplink_ack_verdict uplink_scene_ack(struct uplink_scene *scene, uint64_t have_seq,
                                         uint64_t credit_seq);
void uplink_scene_refuse(struct uplink_scene *scene, uint32_t reason, uint32_t retry_after_ms);
/* Pushes everything that may leave, in events of this size; gives how many pushes that made. */
size_t uplink_scene_push_all(struct uplink_scene *scene, uint64_t event_bytes);
/* The connection ends; when is the next one due? */
uint64_t uplink_scene_wait_ms(struct uplink_scene *scene);
