/*
 * hub_scene.h - a hub with two counties and a display, a log that is only numbers, and a transcript
 * of what left: "a welcome have=0 credit=2000". A connection's route is one letter.
 */
#pragma once

#include "tests/unit/county_scene.h"

enum { SCENE_JIN_AN, SCENE_YU_AN, SCENE_DISPLAY, SCENE_STRANGER, SCENE_KEYS, SCENE_ROWS = 64 };

struct hub_scene {
    struct roster roster;
    struct hub hub;
    struct county counties[SCENE_KEYS]; /* of the last two only the keys are used */
    struct session_event *events;
    uint64_t roster_position, now_ms;
    struct hub_output output; /* of the last frame */
    enum hub_verdict verdict;
    /* on its way to the disk */
    struct scene_row {
        struct session *session;
        uint32_t epoch;
        uint64_t token_counter;
    } rows[SCENE_ROWS];
    size_t row_count;
    uint64_t appended[SCENE_KEYS]; /* last seq in the batch, 0: none */
    bool transport_full;
    struct buffer said; /* the transcript */
    uint64_t hello_count;
};

void hub_scene_open(struct hub_scene *scene);
void hub_scene_close(struct hub_scene *scene);
void hub_scene_frame(struct hub_scene *scene, char route, int key, const struct frame *frame);
void hub_scene_hello(struct hub_scene *scene, char route, int key, const struct token *token);
void hub_scene_push(struct hub_scene *scene, char route, int key, uint64_t first, uint64_t last);
void hub_scene_heartbeat(struct hub_scene *scene, char route, int key, const struct token *token);
void hub_scene_subscribe(struct hub_scene *scene, char route, int key, uint32_t subscription,
                         uint64_t credit);
void hub_scene_revoke(struct hub_scene *scene, int key);
void hub_scene_commit(struct hub_scene *scene);
void hub_scene_lose(struct hub_scene *scene); /* events and rows alike */
/* One turn; the transcript of it as text. */
const char *hub_scene_turn(struct hub_scene *scene);
/* Hello, commit, welcome, confirmation; nothing is left to say. */
void hub_scene_live(struct hub_scene *scene, char route, int key);
struct session *hub_scene_session(struct hub_scene *scene, int key);
/* What must hold at any time. */
void hub_scene_check(const struct hub_scene *scene);
