/*
 * fuzz_hub.c - a hub under any order of frames, commits, losses, ticks and revocations from five
 * connections of four keys; hub_scene_check holds throughout, and in the end nothing is left over.
 */
#include <assert.h>

#include "tests/unit/hub_scene.h"
#include "tests/unit/session_scene.h"

enum { STEPS = 200 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* The agents' side, so that hellos may be good: the last token each key has on its disk. */
struct agents {
    struct token saved[SCENE_KEYS];
    bool revoked[SCENE_KEYS];
};

static void push(struct hub_scene *scene, struct choices *choices, char route, int key)
{
    /* A key without a unit signs what the first county said: it may not get in. */
    int says = key < SCENE_DISPLAY ? key : SCENE_JIN_AN;
    uint64_t received = hub_scene_session(scene, says)->received_seq;
    uint64_t first = received + 3 - choose(choices, 8) % (received + 3);
    uint64_t last = first + choose(choices, 6);
    if (first == 0 || last > COUNTY_EVENTS)
        return;
    struct frame frame = {.kind = FRAME_PUSH,
                          .push = county_push(&scene->counties[says], 1, first, last)};
    if (choose(choices, 6) == 0)
        frame.push.chain_head.bytes[choose(choices, HASH_SIZE)] ^= 1;
    hub_scene_frame(scene, route, key, &frame);
    assert(scene->verdict != HUB_APPEND || key < SCENE_DISPLAY);
}

static void subscribe(struct hub_scene *scene, struct choices *choices, char route, int key)
{
    struct bytes unit = bytes_of_text(scene->counties[choose(choices, 2)].unit);
    struct frame frame = {
        .kind = FRAME_SUBSCRIBE,
        .subscribe =
            {
                .subscription = choose(choices, 12),
                .from_position = choose(choices, 16),
                .credit = choose(choices, 8),
                .filter = {.units = {&unit, choose(choices, 2)},
                           .all_records = choose(choices, 2) == 0},
            },
    };
    frame.subscribe.with_contacts = frame.subscribe.subscription % 2 == 1;
    hub_scene_frame(scene, route, key, &frame);
}

static void other_frame(struct hub_scene *scene, struct choices *choices, char route, int key)
{
    struct frame frame = {.kind = FRAME_HELLO + choose(choices, FRAME_CONTACTS)};
    switch (frame.kind) {
    case FRAME_GRANT:
        frame.grant = (struct grant){choose(choices, 12), choose(choices, 64)};
        break;
    case FRAME_UNSUBSCRIBE:
        frame.unsubscribe.subscription = choose(choices, 12);
        break;
    case FRAME_HELLO:
    case FRAME_WELCOME:
    case FRAME_REFUSE:
    case FRAME_PUSH:
    case FRAME_ACK:
    case FRAME_HEARTBEAT:
    case FRAME_BYE:
    case FRAME_SUBSCRIBE:
    case FRAME_UPDATE:
    case FRAME_CONTACTS:
        break; /* all zero: empty is a form too */
    }
    hub_scene_frame(scene, route, key, &frame);
}

static void from_a_peer(struct hub_scene *scene, struct agents *agents, struct choices *choices)
{
    char route = (char)('a' + choose(choices, 5));
    int key = choose(choices, 8) == 0 ? (int)choose(choices, SCENE_KEYS)
                                      : (int)(route - 'a') % SCENE_KEYS;
    struct token *saved = &agents->saved[key];
    switch (choose(choices, 6)) {
    case 0:
        hub_scene_hello(scene, route, key, choose(choices, 8) ? saved : NULL);
        if (scene->verdict == HUB_SAVE_ROW && choose(choices, 4))
            *saved = scene->output.session->token;
        break;
    case 1:
        hub_scene_heartbeat(scene, route, key, saved);
        break;
    case 2:
    case 3:
        push(scene, choices, route, key);
        break;
    case 4:
        subscribe(scene, choices, route, key);
        break;
    default:
        other_frame(scene, choices, route, key);
        break;
    }
    assert(scene->verdict == HUB_NOTHING_MORE || !agents->revoked[key]);
    assert(scene->output.alarm == 0 || scene->output.alarm_text[0] != '\0');
}

static void step(struct hub_scene *scene, struct agents *agents, struct choices *choices)
{
    char route;
    switch (choose(choices, 24)) {
    case 0:
    case 1:
    case 2:
        hub_scene_commit(scene);
        break;
    case 3:
        hub_scene_lose(scene);
        break;
    case 4:
        scene->now_ms += (uint64_t)choose(choices, 64) * 1000;
        hub_on_tick(&scene->hub, scene->now_ms);
        break;
    case 5:
        hub_on_taking(&scene->hub, choose(choices, 2) == 0);
        break;
    case 6:
        scene->transport_full = choose(choices, 2) == 0;
        break;
    case 7:
        route = (char)('a' + choose(choices, 5));
        hub_on_gone(&scene->hub, bytes_of(&route, 1));
        break;
    case 8: {
        int key = (int)choose(choices, 40);
        if (key < SCENE_STRANGER && !agents->revoked[key]) {
            hub_scene_revoke(scene, key);
            agents->revoked[key] = true;
        }
        break;
    }
    case 9:
    case 10:
    case 11:
    case 12:
        (void)hub_scene_turn(scene);
        break;
    default:
        if (scene->row_count == SCENE_ROWS)
            hub_scene_commit(scene);
        from_a_peer(scene, agents, choices);
        break;
    }
    hub_scene_check(scene);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct choices choices = {.bytes = bytes_of(data, size)};
    struct agents agents = {.revoked[SCENE_STRANGER] = true};
    static struct hub_scene scene;
    hub_scene_open(&scene);
    for (int i = 0; i < STEPS && choices.bytes.size > 0; i++)
        step(&scene, &agents, &choices);
    /* Everybody falls silent: sessions and feeds go, what is durable stays. */
    hub_scene_commit(&scene);
    hub_on_tick(&scene.hub, scene.now_ms + HUB_SILENCE_MS);
    (void)hub_scene_turn(&scene);
    assert(scene.hub.peer_count == 0 && scene.hub.feed_count == 0);
    hub_scene_close(&scene);
    return 0;
}
