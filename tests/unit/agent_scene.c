/* agent_scene.c - see agent_scene.h. */
#include "agent_scene.h"

#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static int agent_scene_remove(const char *path, const struct stat *status, int type, struct FTW *at)
{
    (void)status, (void)type, (void)at;
    return remove(path);
}

/* init prints the request's path; a test's output is its verdicts alone. */
static void agent_scene_init(const char *directory)
{
    struct problem problem = {0};
    struct init_plan plan = {.directory = directory, .unit = "341502", .name = "金安区"};
    int out = dup(STDOUT_FILENO), error = dup(STDERR_FILENO);
    int nowhere = open("/dev/null", O_WRONLY | O_CLOEXEC);
    assert_true(out >= 0 && error >= 0 && nowhere >= 0);
    (void)fflush(stdout);
    assert_true(dup2(nowhere, STDOUT_FILENO) >= 0 && dup2(nowhere, STDERR_FILENO) >= 0);
    enum err err = agent_init(&plan, &problem);
    (void)fflush(stdout);
    assert_true(dup2(out, STDOUT_FILENO) >= 0 && dup2(error, STDERR_FILENO) >= 0);
    (void)close(out), (void)close(error), (void)close(nowhere);
    if (err != OK)
        fail_msg("%s", problem.text);
}

void agent_scene_open_home(struct agent_scene *scene)
{
    struct problem problem = {0};
    if (home_open(scene->directory, HOME_WRITE, &scene->home, &problem) != OK)
        fail_msg("%s", problem.text);
}

int agent_scene_setup(void **state)
{
    struct agent_scene *scene = calloc(1, sizeof(*scene));
    uint8_t secret[32];
    assert_non_null(scene);
    scene->now_ms = 1000;
    scene->answer = (struct control_answer){.out = &scene->out, .error = &scene->error};
    (void)snprintf(scene->root, sizeof(scene->root), "/tmp/huoshui-agent-XXXXXX");
    assert_non_null(mkdtemp(scene->root));
    (void)snprintf(scene->directory, sizeof(scene->directory), "%s/A", scene->root);
    agent_scene_init(scene->directory);
    assert_int_equal(sign_keypair(scene->city_sign, secret), OK);
    assert_int_equal(signer_open(secret, &scene->city), OK);
    arena_init(&scene->arena, 8 << 20);
    agent_scene_open_home(scene);
    *state = scene;
    return 0;
}

void agent_scene_stop(struct agent_scene *scene)
{
    if (scene->is_running)
        courier_release(&scene->courier);
    scene->is_running = scene->is_connected = false;
}

int agent_scene_teardown(void **state)
{
    struct agent_scene *scene = *state;
    agent_scene_stop(scene);
    home_close(&scene->home);
    signer_close(scene->city);
    arena_release(&scene->arena);
    for (size_t i = 0; i < SCENE_FRAMES_MAX; i++)
        buffer_release(&scene->sent[i]);
    buffer_release(&scene->out);
    buffer_release(&scene->error);
    int result = nftw(scene->root, agent_scene_remove, 16, FTW_DEPTH | FTW_PHYS);
    free(scene);
    return result;
}

int agent_scene_ask(struct agent_scene *scene, const struct control_request *request)
{
    struct desk desk = {
        .home = &scene->home,
        .courier = scene->is_running ? &scene->courier : NULL,
        .clock_ms = SCENE_WALL_MS,
    };
    buffer_clear(&scene->out);
    buffer_clear(&scene->error);
    agent_command(&desk, request, &scene->answer);
    buffer_add(&scene->out, bytes_of("", 1)); /* so that tests may look at it as text */
    buffer_add(&scene->error, bytes_of("", 1));
    return scene->answer.status;
}

const char *agent_scene_said(const struct agent_scene *scene)
{
    return (const char *)scene->out.data;
}

const char *agent_scene_complained(const struct agent_scene *scene)
{
    return (const char *)scene->error.data;
}

int agent_scene_submit(struct agent_scene *scene, const char *lines)
{
    struct control_request request = {
        .arguments = {"submit"}, .argument_count = 1, .input = bytes_of_text(lines)};
    return agent_scene_ask(scene, &request);
}

void agent_scene_note(struct agent_scene *scene, const char *text)
{
    char line[512];
    (void)snprintf(
        line, sizeof(line),
        "{\"kind\":\"NOTE\",\"occurred_on\":\"2022-09-01\",\"note\":{\"text\":\"%s\"}}\n", text);
    assert_int_equal(agent_scene_submit(scene, line), 0);
}

void agent_scene_welcome(struct agent_scene *scene, const struct identity *identity, uint32_t epoch,
                         struct buffer *out)
{
    uint8_t key_id[KEY_ID_SIZE];
    home_key_id(identity, key_id);
    struct enrolment_welcome welcome = {
        .address = bytes_of_text("tcp://127.0.0.1:1"),
        .unit = bytes_of_text("341502"),
        .name = bytes_of_text("金安区"),
        .city_name = bytes_of_text("六安市"),
        .city_unit = bytes_of_text("3415"),
        .log_id = bytes_of_text("0123456789abcdef"),
        .role = PEER_AGENT,
        .epoch = epoch,
        .key_id = bytes_of(key_id, sizeof(key_id)),
        .broker_curve_key = bytes_of(scene->city_curve, sizeof(scene->city_curve)),
        .broker_signing_key = bytes_of(scene->city_sign, sizeof(scene->city_sign)),
    };
    assert_int_equal(wire_welcome_seal(&welcome, scene->city, out), OK);
}

int agent_scene_join(struct agent_scene *scene, const char *word, uint32_t epoch)
{
    CLEANUP(buffer_release) struct buffer welcome = {0};
    agent_scene_welcome(scene, &scene->home.identity, epoch, &welcome);
    struct control_request request = {
        .arguments = {word, "WELCOME"}, .argument_count = 2, .input = buffer_bytes(&welcome)};
    return agent_scene_ask(scene, &request);
}

static bool agent_scene_connect(void *context)
{
    struct agent_scene *scene = context;
    scene->is_connected = true;
    return true;
}

static void agent_scene_disconnect(void *context)
{
    struct agent_scene *scene = context;
    scene->is_connected = false;
}

static bool agent_scene_send(void *context, struct bytes frame)
{
    struct agent_scene *scene = context;
    assert_true(scene->is_connected);
    if (scene->is_full)
        return false;
    assert_true(scene->sent_count < SCENE_FRAMES_MAX);
    buffer_add(&scene->sent[scene->sent_count++], frame);
    return true;
}

void agent_scene_turn(struct agent_scene *scene)
{
    courier_turn(&scene->courier, scene->now_ms, SCENE_WALL_MS);
}

void agent_scene_start(struct agent_scene *scene)
{
    struct courier_port port = {scene, agent_scene_connect, agent_scene_disconnect,
                                agent_scene_send};
    struct trace silent = {0};
    courier_init(&scene->courier, &scene->home, &port, 1, &silent);
    scene->is_running = true;
    agent_scene_turn(scene);
}

struct frame agent_scene_sent(struct agent_scene *scene, enum frame_kind kind)
{
    struct frame frame;
    struct problem problem = {0};
    assert_true(scene->looked_at < scene->sent_count);
    struct bytes bytes = buffer_bytes(&scene->sent[scene->looked_at++]);
    assert_int_equal(wire_frame_decode(bytes, &scene->arena, &frame, &problem), OK);
    assert_int_equal(frame.kind, kind);
    return frame;
}

void agent_scene_sent_nothing(const struct agent_scene *scene)
{
    assert_int_equal(scene->looked_at, scene->sent_count);
}

void agent_scene_tell(struct agent_scene *scene, const struct frame *frame)
{
    CLEANUP(buffer_release) struct buffer bytes = {0};
    wire_frame_encode(frame, &bytes);
    courier_on_frame(&scene->courier, buffer_bytes(&bytes), scene->now_ms);
    agent_scene_turn(scene);
}

struct hello agent_scene_greet(struct agent_scene *scene)
{
    courier_on_link(&scene->courier, true, NULL, scene->now_ms);
    agent_scene_turn(scene);
    return agent_scene_sent(scene, FRAME_HELLO).hello;
}

void agent_scene_tell_welcome(struct agent_scene *scene, uint64_t have_seq,
                              const struct hash *chain, const char *token)
{
    struct frame frame = {.kind = FRAME_WELCOME};
    frame.welcome = (struct welcome){
        .version = PROTOCOL_VERSION,
        .have_seq = have_seq,
        .chain_head = *chain,
        .credit_seq = 1000,
        .token = bytes_of_text(token),
        .log_id = bytes_of_text("0123456789abcdef"),
    };
    agent_scene_tell(scene, &frame);
}

void agent_scene_tell_ack(struct agent_scene *scene, uint64_t have_seq,
                          struct ack_refusal *refusals, size_t refusal_count)
{
    struct frame frame = {.kind = FRAME_ACK};
    frame.ack = (struct ack){
        .epoch = scene->home.state.epoch,
        .have_seq = have_seq,
        .have_position = have_seq + 10,
        .credit_seq = 1000,
        .refusals = refusals,
        .refusal_count = refusal_count,
    };
    agent_scene_tell(scene, &frame);
}

struct outbox_state agent_scene_stored(const struct agent_scene *scene)
{
    struct outbox_state state;
    CLEANUP(store_txn_abort) struct store_txn *txn = NULL;
    assert_int_equal(store_begin_read(scene->home.store, &txn), OK);
    assert_int_equal(outbox_state_get(txn, &state), OK);
    return state;
}
