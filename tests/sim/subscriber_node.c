/* subscriber_node.c - see subscriber_node.h. */
#include "subscriber_node.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "broker_node.h"
#include "io/zsock.h"

enum { ARENA_MAX = 4 << 20, SPINS_MAX = 10000 };

static void trace_sink(void *context, const char *line)
{
    struct subscriber_node *node = context;
    world_say(node->world, node->name, "%s", line);
}

static void enrol(struct subscriber_node *node, bool is_auditor)
{
    struct world *world = node->world;
    uint8_t signing_key[SIGN_KEY_SIZE], secret[SIGN_KEY_SIZE], curve_secret[CURVE_KEY_SIZE];
    CLEANUP(signer_close) struct signer *signer = NULL;
    CLEANUP(buffer_release) struct buffer request = {0}, welcome = {0};
    DEMAND(world, zsock_keypair(node->curve_key, curve_secret) == OK, "no key");
    DEMAND(world, sign_keypair(signing_key, secret) == OK, "no key");
    DEMAND(world, signer_open(secret, &signer) == OK, "no signer");
    struct enrolment_request said = {
        .role = is_auditor ? PEER_AUDITOR : PEER_DISPLAY,
        .name = bytes_of_text(node->name),
        .curve_key = bytes_of(node->curve_key, CURVE_KEY_SIZE),
        .signing_key = bytes_of(signing_key, SIGN_KEY_SIZE),
    };
    DEMAND(world, wire_request_seal(&said, signer, &request) == OK, "no request");
    DEMAND(world, broker_node_enrol(world->broker, buffer_bytes(&request), false, &welcome),
           "%s was not enrolled", node->name);
}

struct subscriber_node *subscriber_node_create(struct world *world,
                                               const struct subscriber_plan *plan)
{
    struct subscriber_node *node = calloc(1, sizeof *node);
    if (!node)
        abort();
    assert(world->subscriber_count < WORLD_SUBSCRIBERS_MAX);
    node->world = world;
    (void)snprintf(node->name, sizeof node->name, "%s", plan->name);
    node->quality = (struct link_quality){.delay_ms = 10, .jitter_ms = 5};
    node->filter.all_records = plan->all_records;
    node->with_signatures = plan->with_signatures;
    node->with_contacts = plan->with_contacts;
    node->is_dense = plan->all_records && !plan->unit && plan->kind == 0;
    node->window = plan->window;
    if (plan->unit) {
        node->units[0] = bytes_of_text(plan->unit);
        node->filter.units = (struct texts){node->units, 1};
    }
    if (plan->kind != 0) {
        node->filter.kinds[0] = plan->kind;
        node->filter.kind_count = 1;
    }
    enrol(node, plan->all_records);
    world->subscribers[world->subscriber_count++] = node;
    subscriber_node_start(node);
    return node;
}

static void begin(struct subscriber_node *node)
{
    struct follower_plan plan = {
        .from_position = 1,
        .window = node->window,
        .is_dense = node->is_dense,
    };
    if (node->row_count > 0) {
        plan.from_position = node->rows[node->row_count - 1].position + 1;
        plan.after = node->rows[node->row_count - 1].hash;
    }
    struct trace trace = {trace_sink, node};
    follower_init(&node->follower, &plan, random_next(&node->world->random), &trace);
    node->follower.deadline_ms = node->world->now_ms;
}

void subscriber_node_start(struct subscriber_node *node)
{
    assert(!node->is_up);
    node->is_up = true;
    node->turn_at_ms = node->world->now_ms;
    begin(node);
}

static void disconnect(struct subscriber_node *node)
{
    if (node->link)
        network_close(&node->world->network, TAKE(node->link));
}

void subscriber_node_kill(struct subscriber_node *node)
{
    if (!node->is_up)
        return;
    world_say(node->world, node->name, "killed");
    node->is_up = false;
    disconnect(node);
}

void subscriber_node_release(struct subscriber_node *node)
{
    subscriber_node_kill(node);
    free(node->rows);
    free(node);
}

/* ---- what comes ---- */

static void on_link(void *context, bool up, const char *reason)
{
    struct subscriber_node *node = context;
    uint64_t now_ms = node->world->now_ms;
    node->turn_at_ms = now_ms;
    if (!up && reason && strstr(reason, "ZAP 400"))
        follower_on_denied(&node->follower, reason);
    else
        follower_on_link(&node->follower, up, reason, now_ms);
}

static void keep(struct subscriber_node *node, uint64_t position, const struct hash *hash)
{
    if (node->row_count == node->row_capacity) {
        node->row_capacity = node->row_capacity ? 2 * node->row_capacity : 256;
        node->rows = reallocarray(node->rows, node->row_capacity, sizeof *node->rows);
        if (!node->rows)
            abort();
    }
    node->rows[node->row_count++] = (struct replica_row){position, *hash};
}

static void on_update(struct subscriber_node *node, const struct update *update)
{
    struct follower *follower = &node->follower;
    struct record record;
    struct hash hash;
    CLEANUP(buffer_release) struct buffer scratch = {0};
    struct bytes batch = update->batch;
    if (update->compressed && wire_batch_expand(update->batch, &scratch, &batch) != OK) {
        follower_on_nonsense(follower, "an update that cannot be unfolded");
        return;
    }
    if (follower_on_update(follower, update, batch, node->world->now_ms) != FOLLOWER_TAKE)
        return;
    uint64_t first = node->row_count;
    while (follower_row(follower, &record, &hash) == OK)
        keep(node, record.position, &hash);
    if (node->row_count > first)
        world_say(node->world, node->name, "gets %" PRIu64 "..%" PRIu64 " of %" PRIu64,
                  node->rows[first].position, node->rows[node->row_count - 1].position,
                  update->head_position);
}

struct contact_seen *subscriber_node_contact(struct subscriber_node *node, struct bytes unit)
{
    for (size_t i = 0; i < node->contact_count; i++) {
        if (bytes_equal_text(unit, node->contacts[i].unit))
            return &node->contacts[i];
    }
    return NULL;
}

static void on_contacts(struct subscriber_node *node, const struct contacts *contacts)
{
    DEMAND(node->world, node->with_contacts, "%s is told of links and never asked", node->name);
    if (!follower_on_contacts(&node->follower, contacts, node->world->now_ms))
        return;
    if (contacts->whole)
        node->contact_count = 0;
    for (size_t i = 0; i < contacts->unit_count; i++) {
        const struct unit_contact *told = &contacts->units[i];
        struct contact_seen *seen = subscriber_node_contact(node, told->unit);
        if (!seen) {
            DEMAND(node->world, node->contact_count < WORLD_AGENTS_MAX, "units nobody enrolled");
            seen = &node->contacts[node->contact_count++];
            bytes_to_text(told->unit, seen->unit, sizeof seen->unit);
        }
        seen->is_online = told->is_online;
        seen->last_contact_ms = told->last_contact_ms;
        seen->backlog = told->backlog;
        world_say(node->world, node->name, "hears %s %s backlog=%" PRIu64, seen->unit,
                  seen->is_online ? "online" : "offline", seen->backlog);
    }
}

static void on_frame(void *context, struct bytes bytes)
{
    struct subscriber_node *node = context;
    struct follower *follower = &node->follower;
    uint64_t now_ms = node->world->now_ms;
    struct frame frame;
    struct problem problem = {0};
    CLEANUP(arena_release) struct arena arena;
    arena_init(&arena, ARENA_MAX);
    node->turn_at_ms = now_ms;
    DEMAND(node->world, wire_frame_decode(bytes, &arena, &frame, &problem) == OK,
           "%s cannot read what the broker sent: %s", node->name, problem.text);
    if (frame.kind == FRAME_UPDATE)
        on_update(node, &frame.update);
    else if (frame.kind == FRAME_REFUSE)
        follower_on_refuse(follower, &frame.refuse, now_ms);
    else if (frame.kind == FRAME_BYE)
        follower_on_bye(follower, &frame.bye, now_ms);
    else if (frame.kind == FRAME_HEARTBEAT)
        follower_on_heartbeat(follower, &frame.heartbeat, now_ms);
    else if (frame.kind == FRAME_CONTACTS)
        on_contacts(node, &frame.contacts);
    else
        follower_on_nonsense(follower, "a frame that is not for a subscriber");
}

/* ---- what now ---- */

static bool send_frame(struct subscriber_node *node, struct frame *frame)
{
    CLEANUP(buffer_release) struct buffer bytes = {0};
    if (frame->kind == FRAME_SUBSCRIBE) {
        frame->subscribe.filter = node->filter;
        frame->subscribe.with_signatures = node->with_signatures;
        frame->subscribe.with_contacts = node->with_contacts;
    }
    wire_frame_encode(frame, &bytes);
    return network_send_to_broker(&node->world->network, node->link, buffer_bytes(&bytes)) ==
           NETWORK_SENT;
}

static void perform(struct subscriber_node *node, struct follower_action *action)
{
    struct network_client client = {node, on_link, on_frame};
    switch (action->kind) {
    case FOLLOWER_CONNECT:
        node->link = network_connect(&node->world->network, node->name, node->curve_key,
                                     &node->quality, &client);
        break;
    case FOLLOWER_DISCONNECT:
        disconnect(node);
        break;
    case FOLLOWER_SEND:
        if (!send_frame(node, &action->frame))
            follower_on_link(&node->follower, false, "the transport takes nothing",
                             node->world->now_ms);
        break;
    }
}

static void start_over(struct subscriber_node *node)
{
    DEMAND(node->world, node->follower.reason == REASON_LOG_CHANGED && node->world->restores > 0,
           "%s was ended: reason %u %s", node->name, node->follower.reason, node->follower.text);
    world_say(node->world, node->name, "starts over");
    node->row_count = 0;
    node->start_overs++;
    begin(node);
}

void subscriber_node_step(struct subscriber_node *node)
{
    uint64_t now_ms = node->world->now_ms;
    struct follower_action action;
    int spins = 0;
    if (!node->is_up || subscriber_node_next_ms(node) > now_ms)
        return;
    node->turn_at_ms = WORLD_NEVER;
    while (follower_next(&node->follower, now_ms, &action)) {
        DEMAND(node->world, ++spins < SPINS_MAX, "%s has something to do without end", node->name);
        perform(node, &action);
    }
    if (node->follower.state == FOLLOWER_ENDED)
        start_over(node);
}

uint64_t subscriber_node_next_ms(const struct subscriber_node *node)
{
    if (!node->is_up)
        return WORLD_NEVER;
    uint64_t deadline_ms = follower_deadline_ms(&node->follower);
    return node->turn_at_ms < deadline_ms ? node->turn_at_ms : deadline_ms;
}

/* Is what it was told what the broker knows? */
static bool knows_the_links(struct subscriber_node *node)
{
    const struct hub *hub = &node->world->broker->exchange.hub;
    size_t units = 0;
    for (const struct list *at = hub->presence.changes.next; at != &hub->presence.changes;
         at = at->next, units++) {
        const struct unit_contact *contact =
            &CONTAINER_OF(at, struct presence_unit, in_changes)->contact;
        const struct session *session = map_get(&hub->sessions, contact->unit);
        const struct contact_seen *seen = subscriber_node_contact(node, contact->unit);
        if (!seen || seen->is_online != session->live || seen->backlog != contact->backlog)
            return false;
    }
    return units == node->contact_count;
}

bool subscriber_node_is_settled(struct subscriber_node *node)
{
    const struct world *world = node->world;
    return node->is_up && follower_is_live(&node->follower) && world->broker->is_up &&
           node->follower.head_position == world->broker->exchange.hub.head_position &&
           (!node->with_contacts || knows_the_links(node));
}

bool subscriber_node_wants(const struct subscriber_node *node, const struct record *record)
{
    struct envelope envelope;
    struct problem problem = {0};
    if (record->kind != RECORD_EVENT && !node->filter.all_records)
        return false;
    if (node->filter.units.count > 0 && !bytes_equal(record->unit, node->units[0]))
        return false;
    if (node->filter.kind_count == 0)
        return true;
    return record->envelope.size > 0 &&
           wire_envelope_decode(record->envelope, &envelope, &problem) == OK &&
           envelope.kind == node->filter.kinds[0];
}
