/* agent_clerk.c - see agent_clerk.h and agent_node.h. */
#include "agent_clerk.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>

#include "agent/commands.h"
#include "agent/intake.h"
#include "agent/outbox_add.h"
#include "broker_node.h"

enum { FILE_MAX = 64 << 10, TEXT_MAX = 5000 };

/* In the running agent, or, when none runs, in the command itself. */
static int ask(struct agent_node *node, const struct control_request *request, struct buffer *out)
{
    CLEANUP(buffer_release) struct buffer error = {0};
    struct control_answer answer = {.out = out, .error = &error};
    struct problem problem = {0};
    bool was_up = node->is_up;
    if (!was_up)
        DEMAND(node->world, home_open(node->directory, HOME_WRITE, &node->home, &problem) == OK,
               "%s: %s", node->name, problem.text);
    struct desk desk = {
        .home = &node->home,
        .courier = was_up ? &node->courier : NULL,
        .clock_ms = agent_wall_ms(node),
    };
    agent_command(&desk, request, &answer);
    struct bytes line, rest = buffer_bytes(&error);
    if (answer.status != 0 && intake_next_line(&rest, &line))
        world_say(node->world, node->name, "%s says: %.*s", request->arguments[0], (int)line.size,
                  (const char *)line.data);
    if (was_up)
        node->turn_at_ms = node->world->now_ms;
    else
        home_close(&node->home);
    return answer.status;
}

static void read_file(const struct agent_node *node, const char *name, struct buffer *out)
{
    char path[WORLD_PATH_MAX + 64];
    struct problem problem = {0};
    (void)snprintf(path, sizeof path, "%s/%s", node->directory, name);
    DEMAND(node->world, file_read(path, FILE_MAX, out, &problem) == OK, "%s", problem.text);
}

/* As agent_init, with a small outbox, so that a copy of the directory costs little. */
static void make_home(const struct agent_node *node)
{
    static const char text[] = "outbox_quota_bytes = 16777216\noutbox_reserve_bytes = 1048576\n";
    char path[WORLD_PATH_MAX + 64];
    struct world *world = node->world;
    struct problem problem = {0};
    struct agent_settings settings;
    struct enrolment_request request = {
        .unit = bytes_of_text(node->unit),
        .name = bytes_of_text(node->unit),
        .unit_type = UNIT_COUNTY,
    };
    (void)snprintf(path, sizeof path, "%s/huoshui.conf", node->directory);
    DEMAND(world, identity_create(node->directory, &problem) == OK, "%s", problem.text);
    DEMAND(world, file_write(path, bytes_of_text(text), &problem) == OK, "%s", problem.text);
    DEMAND(world, home_read_settings(node->directory, &settings, &problem) == OK, "%s",
           problem.text);
    DEMAND(world, home_make_outbox(node->directory, &settings, &problem) == OK, "%s", problem.text);
    DEMAND(world, agent_write_request(node->directory, &request, &problem) == OK, "%s",
           problem.text);
}

void agent_clerk_enrol(struct agent_node *node)
{
    struct world *world = node->world;
    CLEANUP(buffer_release) struct buffer request = {0}, welcome = {0}, said = {0};
    make_home(node);
    read_file(node, "request", &request);
    DEMAND(world, broker_node_enrol(world->broker, buffer_bytes(&request), false, &welcome),
           "%s was not enrolled", node->name);
    struct control_request join = {
        .arguments = {"join", "WELCOME"}, .argument_count = 2, .input = buffer_bytes(&welcome)};
    DEMAND(world, ask(node, &join, &said) == 0, "%s could not join", node->name);
}

bool agent_node_rejoin(struct agent_node *node)
{
    struct world *world = node->world;
    CLEANUP(buffer_release) struct buffer request = {0}, welcome = {0}, said = {0};
    struct control_request ask_first = {.arguments = {"rejoin", ""}, .argument_count = 2};
    if (ask(node, &ask_first, &said) != 0)
        return false;
    read_file(node, "next/request", &request);
    if (!broker_node_enrol(world->broker, buffer_bytes(&request), true, &welcome))
        return false;
    node->was_revoked = true; /* its present keys are; what follows may fail for want of space */
    struct control_request then = {
        .arguments = {"rejoin", "WELCOME"}, .argument_count = 2, .input = buffer_bytes(&welcome)};
    world_say(world, node->name, "rejoins");
    world->rejoins++;
    node->rejoin_at_ms = WORLD_NEVER;
    return ask(node, &then, &said) == 0;
}

/* ---- events ---- */

/* Claims what stands in the outbox behind seq `before`. */
static size_t claim_new(struct agent_node *node, uint64_t before)
{
    struct world *world = node->world;
    const struct home *home = &node->home;
    CLEANUP(store_txn_abort) struct store_txn *txn = NULL;
    DEMAND(world, store_begin_read(home->store, &txn) == OK, "no transaction");
    for (uint64_t seq = before + 1; seq <= home->state.last_seq; seq++) {
        struct bytes bytes;
        struct hash chain;
        struct envelope envelope;
        struct problem problem = {0};
        DEMAND(world, outbox_event(txn, home->state.generation, seq, &bytes, &chain) == OK,
               "%s: an accepted event is not in the outbox", node->name);
        DEMAND(world, wire_envelope_decode(bytes, &envelope, &problem) == OK, "%s", problem.text);
        claim_list_add(&node->claims,
                       truth_accept(world, node->unit, envelope.event_id, REFUSAL_NONE));
    }
    return home->state.last_seq - before;
}

static size_t submit(struct agent_node *node, const struct buffer *lines, size_t count)
{
    CLEANUP(buffer_release) struct buffer said = {0};
    struct control_request request = {
        .arguments = {"submit"}, .argument_count = 1, .input = buffer_bytes(lines)};
    assert(node->is_up);
    uint64_t before = node->home.state.last_seq;
    (void)ask(node, &request, &said);
    size_t accepted = claim_new(node, before);
    world_say(node->world, node->name, "accepts %zu of %zu", accepted, count);
    return accepted;
}

size_t agent_node_submit(struct agent_node *node, size_t count, size_t text_size)
{
    CLEANUP(buffer_release) struct buffer lines = {0};
    char text[TEXT_MAX + 1];
    assert(text_size <= TEXT_MAX);
    memset(text, 'x', text_size);
    text[text_size] = '\0';
    for (size_t i = 0; i < count; i++)
        buffer_add_format(
            &lines,
            "{\"kind\":\"NOTE\",\"occurred_on\":\"2022-09-30\",\"note\":{\"text\":\"%u %s\"}}\n",
            ++node->world->serial, text);
    return submit(node, &lines, count);
}

size_t agent_node_submit_milestone(struct agent_node *node)
{
    CLEANUP(buffer_release) struct buffer line = {0};
    buffer_add_format(&line,
                      "{\"kind\":\"MILESTONE\",\"subject\":\"%u\",\"occurred_on\":\"2022-09-30\","
                      "\"milestone\":{\"milestone\":\"STARTED\"}}\n",
                      ++node->world->serial);
    return submit(node, &line, 1);
}

static void make_mistake(const struct agent_node *node, enum agent_mistake mistake,
                         struct event *event, uint32_t *reason)
{
    (void)node;
    switch (mistake) {
    case MISTAKE_RIGHT:
        event->envelope.about_unit = bytes_of_text("990001");
        *reason = REFUSAL_RIGHT;
        break;
    case MISTAKE_ALGORITHM:
        event->envelope.algorithm = 99;
        *reason = REFUSAL_ALGORITHM;
        break;
    case MISTAKE_FORM:
        event->envelope.occurred_on = 0;
        *reason = REFUSAL_FORM;
        break;
    }
}

/* As wire_event_seal does, but that nothing is checked. */
static void seal(const struct agent_node *node, struct event *event, uint8_t id[EVENT_ID_SIZE],
                 struct buffer *payload, struct buffer *out)
{
    wire_fact_encode(event, payload);
    event->envelope.payload = buffer_bytes(payload);
    event_id_make(bytes_of_text(node->unit), &event->envelope, id);
    event->envelope.event_id = bytes_of(id, EVENT_ID_SIZE);
    wire_envelope_encode(&event->envelope, out);
}

bool agent_node_submit_bad(struct agent_node *node, enum agent_mistake mistake)
{
    struct world *world = node->world;
    char text[64];
    uint8_t id[EVENT_ID_SIZE];
    uint32_t reason = REFUSAL_NONE;
    CLEANUP(buffer_release) struct buffer payload = {0}, envelope = {0};
    (void)snprintf(text, sizeof text, "%u bad", ++world->serial);
    struct event event = {
        .envelope = {.algorithm = SIGN_ED25519_SHA256,
                     .kind = EVENT_NOTE,
                     .occurred_on = day_of_instant(WORLD_WALL_MS),
                     .body = BODY_INVESTMENT_BUREAU},
        .note = {.text = bytes_of_text(text)},
    };
    make_mistake(node, mistake, &event, &reason);
    seal(node, &event, id, &payload, &envelope);
    CLEANUP(home_abort) struct home_change change = {0};
    enum outbox_verdict verdict;
    uint64_t seq;
    if (home_begin(&node->home, &change) != OK ||
        outbox_add(change.txn, &change.state, bytes_of(id, sizeof id), buffer_bytes(&envelope),
                   &verdict, &seq) != OK ||
        home_commit(&node->home, &change) != OK)
        return false;
    claim_list_add(&node->claims, truth_accept(world, node->unit, bytes_of(id, sizeof id), reason));
    world_say(world, node->name, "accepts a bad one, reason %u", reason);
    node->turn_at_ms = world->now_ms;
    return true;
}
