/* truth_judge.c - after healing: is the log what was accepted, and does everybody know it? See
 * truth.h. */
#include <inttypes.h>
#include <stdlib.h>

#include "agent_node.h"
#include "audit/verify.h"
#include "broker_node.h"
#include "subscriber_node.h"

struct walk { /* over the whole log */
    struct world *world;
    struct verify verify; /* the auditor's own core: numbering, chains, signatures, roster */
    struct store_cursor signatures;
    bool has_signature;
    size_t replica_at[WORLD_SUBSCRIBERS_MAX];
};

static struct bytes id_of(const struct record *record)
{
    struct envelope envelope;
    struct problem problem = {0};
    if (record->envelope.size == 0 ||
        wire_envelope_decode(record->envelope, &envelope, &problem) != OK)
        return BYTES_NONE;
    return envelope.event_id;
}

static void count_claim(struct world *world, const struct record *record)
{
    if (record->kind != RECORD_EVENT && record->kind != RECORD_REFUSAL)
        return;
    struct claim *claim = map_get(&world->truth.by_id, id_of(record));
    DEMAND(world, claim, "position %" PRIu64 " holds what nobody accepted", record->position);
    DEMAND(world, bytes_equal_text(record->unit, claim->unit),
           "position %" PRIu64 " holds an event of %s under another unit", record->position,
           claim->unit);
    if (record->kind == RECORD_EVENT) {
        claim->event_count++;
        claim->position = record->position;
        return;
    }
    claim->refusal_count++;
    DEMAND(world, record->reason == claim->reason,
           "position %" PRIu64 " is refused for reason %" PRIu32 " instead of %" PRIu32,
           record->position, record->reason, claim->reason);
}

/* The index answers for it: so duplicates and receipts are looked up. */
static void check_index(struct world *world, struct store_txn *txn, const struct record *record)
{
    uint64_t position = 0;
    if (record->seq == 0)
        return;
    DEMAND(world,
           log_find(txn, record->unit, record->epoch, record->seq, &position) == OK &&
               position == record->position,
           "the index says %" PRIu64 " where position %" PRIu64 " is meant", position,
           record->position);
}

/* Who did nothing wrong is not accused. */
static void judge_alarm(struct world *world, const struct record *record)
{
    struct alarm alarm;
    if (record->kind != RECORD_ALARM || world->clones + world->rollbacks + world->restores > 0)
        return;
    DEMAND(world, wire_alarm_decode(record->detail, &alarm) == OK, "an alarm does not read");
    DEMAND(world, alarm.code == ALARM_CLOCK_STEPPED_BACK,
           "a false alarm at position %" PRIu64 ": %.*s", record->position, (int)alarm.text.size,
           (const char *)alarm.text.data);
}

static void compare_replicas(struct walk *walk, const struct record *record,
                             const struct hash *hash)
{
    struct world *world = walk->world;
    for (size_t i = 0; i < world->subscriber_count; i++) {
        const struct subscriber_node *node = world->subscribers[i];
        if (!subscriber_node_wants(node, record))
            continue;
        size_t at = walk->replica_at[i]++;
        DEMAND(world, at < node->row_count && node->rows[at].position <= record->position,
               "%s does not have position %" PRIu64, node->name, record->position);
        DEMAND(world, node->rows[at].position == record->position,
               "%s has position %" PRIu64 " where %" PRIu64 " follows", node->name,
               node->rows[at].position, record->position);
        DEMAND(world, hash_equal(&node->rows[at].hash, hash),
               "%s has something else at position %" PRIu64, node->name, record->position);
    }
}

static void check_signatures(struct walk *walk, uint64_t position)
{
    struct world *world = walk->world;
    while (walk->has_signature && u64_get(walk->signatures.key.data) <= position) {
        struct push_signature signature;
        DEMAND(world, wire_push_signature_decode(walk->signatures.value, &signature) == OK,
               "a signature at %" PRIu64 " does not read", position);
        signature.position = u64_get(walk->signatures.key.data);
        DEMAND(world, verify_signature(&walk->verify, &signature) == OK, "%s",
               walk->verify.problem.text);
        walk->has_signature = store_next(&walk->signatures) == OK;
    }
}

static void judge_row(struct walk *walk, struct store_txn *txn, struct bytes row, uint64_t position)
{
    struct world *world = walk->world;
    struct record record;
    struct hash hash;
    DEMAND(world, wire_row_open(row, &record, &hash) == OK && record.position == position,
           "the row at %" PRIu64 " does not read", position);
    DEMAND(world, verify_record(&walk->verify, &record, &hash) == OK, "position %" PRIu64 ": %s",
           position, walk->verify.problem.text);
    check_signatures(walk, position);
    count_claim(world, &record);
    check_index(world, txn, &record);
    judge_alarm(world, &record);
    compare_replicas(walk, &record, &hash);
}

static void walk_log(struct walk *walk, struct store_txn *txn)
{
    struct world *world = walk->world;
    uint8_t zero[8] = {0};
    CLEANUP(log_reader_close) struct log_reader reader = {0};
    walk->has_signature =
        store_seek(txn, LOG_SIGNATURES, bytes_of(zero, sizeof zero), &walk->signatures) == OK;
    enum err err = log_reader_open(txn, 1, &reader);
    while (err == OK && (err = log_read(&reader, HASH_GROUP, SIZE_MAX)) == OK)
        for (size_t i = 0; i < reader.count; i++)
            judge_row(walk, txn, reader.rows[i], reader.position + i);
    DEMAND(world, err == ERR_NOT_FOUND, "the log ends with %s after %" PRIu64, err_name(err),
           reader.position - 1);
    DEMAND(world, verify_end(&walk->verify) == OK, "%s", walk->verify.problem.text);
}

static void judge_log(struct world *world)
{
    struct walk *walk = calloc(1, sizeof *walk);
    if (!walk)
        abort();
    walk->world = world;
    verify_init(&walk->verify);
    CLEANUP(store_txn_abort) struct store_txn *txn = NULL;
    DEMAND(world, store_begin_read(world->broker->office.store, &txn) == OK, "no transaction");
    walk_log(walk, txn);
    store_cursor_close(&walk->signatures);
    for (size_t i = 0; i < world->subscriber_count; i++)
        DEMAND(world, walk->replica_at[i] == world->subscribers[i]->row_count,
               "%s has %zu rows where %zu are for it", world->subscribers[i]->name,
               world->subscribers[i]->row_count, walk->replica_at[i]);
    verify_release(&walk->verify);
    free(walk);
}

static void judge_claims(struct world *world)
{
    const struct truth *truth = &world->truth;
    for (size_t i = 0; i < truth->count; i++) {
        const struct claim *claim = &truth->claims[i];
        bool good = claim->reason == REFUSAL_NONE;
        uint64_t found = claim->event_count + claim->refusal_count;
        DEMAND(world, found > 0 || claim->may_be_lost, "accepted event %zu of %s is lost", i,
               claim->unit);
        DEMAND(world, claim->event_count <= 1,
               "accepted event %zu of %s is there %" PRIu64 " times", i, claim->unit,
               claim->event_count);
        DEMAND(world, claim->refusal_count <= 1, "event %zu of %s is refused %" PRIu64 " times", i,
               claim->unit, claim->refusal_count);
        DEMAND(world, good ? claim->refusal_count == 0 : claim->event_count == 0,
               "event %zu of %s: the wrong verdict", i, claim->unit);
    }
}

static void judge_order(struct world *world, const struct agent_node *agent)
{
    uint64_t before = 0;
    for (size_t i = 0; !agent->was_disturbed && i < agent->claims.count; i++) {
        const struct claim *claim = &world->truth.claims[agent->claims.items[i]];
        if (claim->event_count == 0)
            continue;
        DEMAND(world, claim->position > before, "%s: event %zu is before its elder", agent->name,
               i);
        before = claim->position;
    }
}

struct refused { /* what an agent says was refused in its present generation */
    const struct agent_node *agent;
    struct store_txn *log;
    uint64_t count;
};

static enum err on_refusal(void *context, const struct outbox_refusal *refusal)
{
    struct refused *refused = context;
    const struct agent_node *agent = refused->agent;
    const struct outbox_state *state = &agent->home.state;
    uint64_t seq, position;
    if (refusal->generation != state->generation)
        return OK;
    refused->count++;
    DEMAND(agent->world,
           log_refusal_next(refused->log, bytes_of_text(agent->unit), state->epoch, refusal->seq,
                            &seq, &position) == OK &&
               seq == refusal->seq && position == refusal->position,
           "%s believes that seq %" PRIu64 " was refused at %" PRIu64, agent->name, refusal->seq,
           refusal->position);
    return OK;
}

/* Every refusal of its epoch is in its list, and no other. */
static void judge_refusals(struct world *world, const struct agent_node *agent)
{
    CLEANUP(store_txn_abort) struct store_txn *log = NULL;
    CLEANUP(store_txn_abort) struct store_txn *own = NULL;
    DEMAND(world, store_begin_read(world->broker->office.store, &log) == OK, "no transaction");
    DEMAND(world, store_begin_read(agent->home.store, &own) == OK, "no transaction");
    struct refused refused = {.agent = agent, .log = log};
    DEMAND(world, outbox_refusals(own, on_refusal, &refused) == OK, "the list does not read");
    uint64_t seq = 0, position, count = 0;
    while (log_refusal_next(log, bytes_of_text(agent->unit), agent->home.state.epoch, seq + 1, &seq,
                            &position) == OK)
        count++;
    DEMAND(world, count == refused.count, "%s knows of %" PRIu64 " refusals, the city has %" PRIu64,
           agent->name, refused.count, count);
}

void truth_judge(struct world *world)
{
    for (size_t i = 0; i < world->truth.count; i++)
        world->truth.claims[i].event_count = world->truth.claims[i].refusal_count = 0;
    judge_log(world);
    judge_claims(world);
    for (size_t i = 0; i < world->agent_count; i++) {
        const struct agent_node *agent = world->agents[i];
        judge_order(world, agent);
        if (agent_node_is_settled(agent))
            judge_refusals(world, agent);
    }
}
