/*
 * exchange_scene.h - a broker without sockets: a real office and store, two counties and an auditor
 * enrolled, and a transcript of what left: "a welcome have=0 room=4000". A connection's route is
 * one letter. The office is made by init, so records 1 to 4 are its setting and the three keys.
 */
#pragma once

#include "broker/exchange.h"
#include "tests/unit/county_scene.h"
#include "tests/unit/office_scene.h"

enum { JIN_AN, YU_AN, AUDITOR, EXCHANGE_KEYS, EXCHANGE_OWN_RECORDS = 4 };

struct exchange_scene {
    struct office_scene office;
    struct exchange exchange;
    struct batch batches[2];
    struct county counties[EXCHANGE_KEYS]; /* of the auditor only the key is used */
    struct token tokens[EXCHANGE_KEYS];    /* of the last welcome */
    struct buffer said, traced;
    struct arena arena;
    enum exchange_outcome outcome; /* of every send */
    uint64_t now_ms;
    int64_t wall_ms;
};

const char *exchange_scene_text(struct buffer *buffer);
void exchange_scene_commit(struct exchange_scene *scene);
/* As the writer does it when there is no space for events. */
void exchange_scene_lose(struct exchange_scene *scene);
void exchange_scene_restart(struct exchange_scene *scene);
int exchange_scene_setup(void **state);
int exchange_scene_teardown(void **state);
void exchange_scene_bytes(struct exchange_scene *scene, char route, int key, struct bytes frame);
void exchange_scene_frame(struct exchange_scene *scene, char route, int key,
                          const struct frame *frame);
/* The route of a county is the letter of its key: 'a' JIN_AN, 'b' YU_AN. */
void exchange_scene_hello(struct exchange_scene *scene, int key);
void exchange_scene_push(struct exchange_scene *scene, int key, uint64_t first, uint64_t last);
/* The auditor, on a connection of its own. after may be NULL. */
void exchange_scene_subscribe_for(struct exchange_scene *scene, char route, uint64_t from_position,
                                  const struct hash *after, uint64_t credit);
void exchange_scene_subscribe(struct exchange_scene *scene, char route, uint64_t from_position,
                              const struct hash *after);
/* One turn; the transcript of it as text. */
const char *exchange_scene_turn(struct exchange_scene *scene);
/* Turns until nothing more is said. */
const char *exchange_scene_turns(struct exchange_scene *scene);
/* Hello, commit, welcome: the county may push. */
void exchange_scene_live(struct exchange_scene *scene, int key);
/* Live with events 1..last said, committed and acked. */
void exchange_scene_report(struct exchange_scene *scene, int key, uint64_t last);

#define EXCHANGE_TEST(name)                                                                        \
    cmocka_unit_test_setup_teardown(name, exchange_scene_setup, exchange_scene_teardown)
