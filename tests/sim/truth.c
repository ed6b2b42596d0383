/* truth.c - see truth.h: what was accepted, and what the broker may say now. The end is judged in
 * truth_judge.c. */
#include "truth.h"

#include <assert.h>
#include <inttypes.h>
#include <stdlib.h>

#include "agent_node.h"
#include "broker_node.h"

enum { ARENA_MAX = 4 << 20 };

void truth_init(struct truth *truth)
{
    *truth = (struct truth){.claims = calloc(TRUTH_CLAIMS_MAX, sizeof *truth->claims)};
    if (!truth->claims)
        abort();
    map_init(&truth->by_id, 1);
}

void truth_release(struct truth *truth)
{
    free(truth->claims);
    map_release(&truth->by_id);
}

uint32_t truth_accept(struct world *world, const char *unit, struct bytes event_id, uint32_t reason)
{
    struct truth *truth = &world->truth;
    assert(truth->count < TRUTH_CLAIMS_MAX && event_id.size == EVENT_ID_SIZE);
    DEMAND(world, !map_get(&truth->by_id, event_id), "an event_id was accepted twice");
    struct claim *claim = &truth->claims[truth->count];
    memcpy(claim->event_id, event_id.data, EVENT_ID_SIZE);
    bytes_to_text(bytes_of_text(unit), claim->unit, sizeof claim->unit);
    claim->reason = reason;
    map_put(&truth->by_id, event_id, claim);
    return (uint32_t)truth->count++;
}

void claim_list_add(struct claim_list *list, uint32_t claim)
{
    if (list->count == list->capacity) {
        list->capacity = list->capacity ? 2 * list->capacity : 64;
        list->items = reallocarray(list->items, list->capacity, sizeof *list->items);
        if (!list->items)
            abort();
    }
    list->items[list->count++] = claim;
}

void claim_list_copy(struct claim_list *to, const struct claim_list *from)
{
    for (size_t i = 0; i < from->count; i++)
        claim_list_add(to, from->items[i]);
}

/* ---- disasters that nothing can undo ---- */

static bool is_elsewhere(const struct world *world, const struct agent_node *but, uint32_t claim)
{
    for (size_t i = 0; i < world->agent_count; i++) {
        const struct claim_list *list = &world->agents[i]->claims;
        for (size_t at = 0; world->agents[i] != but && at < list->count; at++) {
            if (list->items[at] == claim)
                return true;
        }
    }
    return false;
}

/* What this disk alone held is lost with it, unless the city has it. */
void truth_on_rollback(struct world *world, const struct agent_node *agent, size_t kept)
{
    for (size_t i = kept; i < agent->claims.count; i++) {
        struct claim *claim = &world->truth.claims[agent->claims.items[i]];
        claim->may_be_lost = !is_elsewhere(world, agent, agent->claims.items[i]);
    }
}

/* ---- every frame of the broker ---- */

static void judge_ack(struct world *world, const struct session *session, const struct ack *ack)
{
    struct unit_row row = {0};
    CLEANUP(store_txn_abort) struct store_txn *txn = NULL;
    DEMAND(world, store_begin_read(world->broker->office.store, &txn) == OK, "no transaction");
    if (ack->have_seq == 0)
        return;
    DEMAND(world, log_unit_get(txn, bytes_of_text(session->unit), &row) == OK,
           "the broker acks %" PRIu64 " of %s, which it has never had", ack->have_seq,
           session->unit);
    DEMAND(world, row.epoch == ack->epoch && ack->have_seq <= row.last_seq,
           "the broker acks %s epoch %" PRIu32 " up to %" PRIu64 "; durable is epoch %" PRIu32
           " up to %" PRIu64,
           session->unit, ack->epoch, ack->have_seq, row.epoch, row.last_seq);
}

static void judge_welcome(struct world *world, const struct session *session,
                          const struct welcome *welcome)
{
    struct unit_row row = {0};
    CLEANUP(store_txn_abort) struct store_txn *txn = NULL;
    DEMAND(world, store_begin_read(world->broker->office.store, &txn) == OK, "no transaction");
    DEMAND(world, log_unit_get(txn, bytes_of_text(session->unit), &row) == OK,
           "%s is welcomed before its token is durable", session->unit);
    DEMAND(world,
           welcome->token.size == TOKEN_SIZE && u64_get(welcome->token.data) == row.token.counter &&
               memcmp(welcome->token.data + 8, row.token.random, LOG_TOKEN_SIZE) == 0,
           "%s is welcomed with a token that is not durable", session->unit);
    DEMAND(world, welcome->have_seq <= row.last_seq || row.epoch != session->epoch,
           "%s is told that %" PRIu64 " are had; durable are %" PRIu64, session->unit,
           welcome->have_seq, row.last_seq);
}

static void judge_update(struct world *world, const struct update *update)
{
    struct wire_batch rows = {update->batch};
    struct bytes row, durable;
    CLEANUP(store_txn_abort) struct store_txn *txn = NULL;
    DEMAND(world, store_begin_read(world->broker->office.store, &txn) == OK, "no transaction");
    DEMAND(world, update->scanned_to <= world->broker->exchange.hub.head_position,
           "position %" PRIu64 " is served before its commit was told", update->scanned_to);
    while (!update->compressed && wire_batch_next(&rows, &row) == OK) {
        struct record record;
        DEMAND(world, wire_row_open(row, &record, NULL) == OK, "a damaged row is served");
        DEMAND(world, log_row(txn, record.position, &durable) == OK && bytes_equal(row, durable),
               "position %" PRIu64 " is served as it is not in the log", record.position);
    }
}

void truth_on_broker_sends(struct world *world, struct bytes route, struct bytes frame_bytes)
{
    struct frame frame;
    struct problem problem = {0};
    CLEANUP(arena_release) struct arena arena;
    arena_init(&arena, ARENA_MAX);
    DEMAND(world, wire_frame_decode(frame_bytes, &arena, &frame, &problem) == OK,
           "the broker sends what cannot be read: %s", problem.text);
    const struct hub_peer *peer = map_get(&world->broker->exchange.hub.peers, route);
    const struct session *session = peer ? peer->session : NULL;
    if (frame.kind == FRAME_ACK && session)
        judge_ack(world, session, &frame.ack);
    else if (frame.kind == FRAME_WELCOME && session)
        judge_welcome(world, session, &frame.welcome);
    else if (frame.kind == FRAME_UPDATE)
        judge_update(world, &frame.update);
}
