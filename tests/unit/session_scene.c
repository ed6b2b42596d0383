/* session_scene.c - see session_scene.h. */
#include "tests/unit/session_scene.h"

#include <assert.h>
#include <stdlib.h>

enum {
    WALK_FORK_AT = 20, /* the last event that both lines share */
    WALK_REFUSED_SEQ = 7,
    WALK_BATCHES = 16,
    WALK_WINDOW = 30,
};

uint32_t choose(struct choices *choices, uint32_t limit)
{
    if (choices->random)
        return (uint32_t)random_below(choices->random, limit);
    if (choices->bytes.size == 0)
        return 0;
    choices->bytes.size--;
    return *choices->bytes.data++ % limit;
}

void walk_world_open(struct walk_world *world)
{
    county_open(&world->truth, "341502", 1);
    world->fork = world->truth;
    memset(&world->fork.batch, 0, sizeof(world->fork.batch));
    county_say_many(&world->truth, WALK_REFUSED_SEQ - 1);
    struct envelope trespass = {
        .algorithm = SIGN_ED25519_SHA256,
        .event_id = bytes_of("0123456789abcdef", EVENT_ID_SIZE),
        .kind = EVENT_NOTE,
        .about_unit = bytes_of_text("341503"),
        .occurred_on = COUNTY_DAY,
        .body = BODY_DRC,
    };
    county_say_envelope(&world->truth, &trespass);
    county_say_many(&world->truth, COUNTY_EVENTS);
    for (uint64_t seq = 1; seq <= WALK_FORK_AT; seq++)
        county_say_bytes(&world->fork, buffer_bytes(&world->truth.envelopes[seq]));
    while (world->fork.newest < COUNTY_EVENTS)
        county_say(&world->fork, "what the clone says");
    world->who = (struct roster_entry){.role = PEER_AGENT, .epoch = 1, .unit = "341502"};
    county_must(verifier_open(world->truth.signing_key, &world->who.verifier));
    world->events = calloc(PUSH_EVENTS_MAX, sizeof(*world->events));
}

void walk_world_close(struct walk_world *world)
{
    verifier_close(world->who.verifier);
    world->fork.signer = NULL; /* it is the truth's */
    county_close(&world->fork);
    county_close(&world->truth);
    free(world->events);
}

struct walk {
    struct walk_world *world;
    struct choices *choices;
    struct session session;
    struct session_limits limits;
    struct token saved; /* on the agent's disk */
    uint64_t have, received, credit;
    uint64_t batches[WALK_BATCHES]; /* last seq of each batch on its way, oldest first */
    size_t batch_count;
    uint64_t refused;
};

static void walk_check(const struct walk *walk)
{
    const struct session *session = &walk->session;
    assert(session->have_seq == walk->have && session->received_seq == walk->received);
    assert(hash_equal(&session->have_chain, &walk->world->truth.chain[walk->have]));
    assert(hash_equal(&session->received_chain, &walk->world->truth.chain[walk->received]));
    assert(session->acked_seq <= session->have_seq);
    assert(session->refused_count == walk->refused);
}

/* What the protocol's table says of a push of first..last, from the fork's line or the truth's. */
static enum session_push_verdict walk_expects(const struct walk *walk, uint64_t first,
                                              uint64_t last, bool forked)
{
    uint64_t before = first - 1;
    if (!walk->session.live || first > walk->received + 1)
        return SESSION_HOLE;
    if (last <= walk->have)
        return forked ? SESSION_FORK : SESSION_DUPLICATE;
    if (last <= walk->received)
        return forked && last == walk->received ? SESSION_FORK : SESSION_PENDING;
    if (!walk->limits.taking || last > walk->credit)
        return SESSION_BAD;
    if (!forked)
        return SESSION_ACCEPT;
    bool known = before <= walk->have || before == walk->received;
    return known && before <= WALK_FORK_AT ? SESSION_FORK : SESSION_BAD;
}

static enum session_push_verdict walk_push(struct walk *walk, const struct push *push)
{
    struct walk_world *world = walk->world;
    struct session_push said = {
        .who = &world->who, .push = push, .batch = push->batch, .limits = &walk->limits};
    struct session_answer answer;
    uint64_t seq;
    size_t count;
    if (session_push_needs_chain(&walk->session, push, &seq)) {
        assert(seq > 0 && seq < walk->have);
        said.chain_before = &world->truth.chain[seq];
    }
    enum session_push_verdict verdict =
        session_on_push(&walk->session, &said, world->events, &count, &answer);
    assert((verdict == SESSION_HOLE || verdict == SESSION_FORK || verdict == SESSION_BAD) ==
           (answer.refuse.reason != REASON_NONE));
    if (verdict != SESSION_ACCEPT) {
        assert(count == 0);
        return verdict;
    }
    uint64_t last = push->first_seq + push->count - 1;
    assert(count > 0 && count == last - walk->received);
    for (size_t i = 0; i < count; i++) { /* whatever was sent: only the truth gets in */
        const struct session_event *event = &world->events[i];
        seq = walk->received + 1 + i;
        assert(event->seq == seq);
        assert(hash_equal(&event->chain, &world->truth.chain[seq]));
        assert(bytes_equal(event->envelope, buffer_bytes(&world->truth.envelopes[seq])));
        assert(event->reason == (seq == WALK_REFUSED_SEQ ? REFUSAL_RIGHT : REFUSAL_NONE));
    }
    walk->received = last;
    walk->batches[walk->batch_count++] = last;
    return verdict;
}

static void walk_commit(struct walk *walk)
{
    if (walk->batch_count == 0)
        return;
    uint64_t last = walk->batches[0];
    uint64_t refused = walk->have < WALK_REFUSED_SEQ && last >= WALK_REFUSED_SEQ;
    walk->batch_count--;
    memmove(walk->batches, walk->batches + 1, walk->batch_count * sizeof(walk->batches[0]));
    session_on_committed(&walk->session, last, 1000 + last, &walk->world->truth.chain[last],
                         refused);
    walk->have = last;
    walk->refused += refused;
}

static void walk_hello(struct walk *walk)
{
    static const struct token_secret secret = {"the broker's own, thirty-two byt"};
    uint64_t acked = choose(walk->choices, (uint32_t)walk->have + 1);
    struct hello hello = county_hello(&walk->world->truth, 1, acked, &walk->saved);
    struct session_hello beside = {.who = &walk->world->who, .secret = &secret, .random = {1}};
    struct session_answer answer;
    assert(session_on_hello(&walk->session, &hello, &beside, &answer) == SESSION_WELCOME);
    assert(answer.alarm == 0 && walk->session.acked_seq == acked);
    if (choose(walk->choices, 4) == 0)
        return; /* the welcome is lost: nothing was granted */
    walk->saved = walk->session.token;
    walk->credit = session_credit(&walk->session, &walk->limits);
    walk->session.credit_seq = walk->credit;
    if (choose(walk->choices, 4) == 0)
        return; /* the confirmation is lost */
    struct heartbeat heartbeat = {.token = bytes_of(walk->saved.bytes, TOKEN_SIZE)};
    session_on_heartbeat(&walk->session, &heartbeat, 0, COUNTY_WALL_MS);
}

/* Kind 0 may hit what is skipped: events that were received before. */
static uint32_t walk_damage(struct walk *walk, struct county *line, struct push *push)
{
    uint32_t kind = choose(walk->choices, 5), at = choose(walk->choices, 256);
    switch (kind) {
    case 0:
        line->batch.data[at % push->batch.size] ^= (uint8_t)(1 + choose(walk->choices, 255));
        break;
    case 1:
        push->batch.size -= 1 + at % push->batch.size;
        break;
    case 2:
        push->chain_head.bytes[at % HASH_SIZE] ^= 1;
        break;
    case 3:
        push->count += at % 2 ? 1 : UINT32_MAX;
        break;
    default:
        line->signature[at % SIGN_SIGNATURE_SIZE] ^= 1;
        break;
    }
    return kind;
}

static void walk_say(struct walk *walk, bool damaged)
{
    struct choices *choices = walk->choices;
    uint32_t back = choose(choices, 16), count = 1 + choose(choices, 12);
    uint64_t first = walk->received + 2 > back ? walk->received + 2 - back : 1;
    if (first > COUNTY_EVENTS)
        first = COUNTY_EVENTS;
    uint64_t last = first + count - 1 < COUNTY_EVENTS ? first + count - 1 : COUNTY_EVENTS;
    bool is_fork = choose(choices, 4) == 0;
    if (is_fork && walk->received <= WALK_FORK_AT && last > WALK_FORK_AT)
        is_fork = false; /* who comes first is not the clone */
    bool forked = is_fork && last > WALK_FORK_AT;
    if (walk->batch_count == WALK_BATCHES)
        walk_commit(walk);
    struct county *line = is_fork ? &walk->world->fork : &walk->world->truth;
    struct push push = county_push(line, 1, first, last);
    if (!damaged) {
        enum session_push_verdict expected = walk_expects(walk, first, last, forked);
        enum session_push_verdict answered = walk_push(walk, &push);
        assert(answered == expected);
        return;
    }
    uint32_t kind = walk_damage(walk, line, &push);
    enum session_push_verdict verdict = walk_push(walk, &push);
    assert(kind == 0 || verdict != SESSION_ACCEPT);
}

static void walk_step(struct walk *walk)
{
    switch (choose(walk->choices, 16)) {
    case 0:
        walk_hello(walk);
        break;
    case 1:
    case 2:
    case 3:
        walk_commit(walk);
        break;
    case 4:
        session_on_lost(&walk->session);
        walk->batch_count = 0;
        walk->received = walk->have;
        break;
    case 5:
        session_on_gone(&walk->session);
        break;
    case 6:
        walk->limits.taking = choose(walk->choices, 3) > 0;
        break;
    case 7: /* an ack grants anew */
        if (walk->session.live && session_credit(&walk->session, &walk->limits) > walk->credit)
            walk->credit = session_credit(&walk->session, &walk->limits);
        walk->session.credit_seq = walk->session.live ? walk->credit : 0;
        break;
    case 8:
    case 9:
    case 10:
        walk_say(walk, true);
        break;
    default:
        walk_say(walk, false);
        break;
    }
    walk->credit = walk->session.credit_seq;
    walk_check(walk);
}

/* The network heals: now everything must get in. */
static void walk_heal(struct walk *walk)
{
    walk->limits.taking = true;
    while (walk->have < COUNTY_EVENTS) {
        walk_hello(walk);
        walk->credit = walk->session.credit_seq;
        while (walk->batch_count > 0)
            walk_commit(walk);
        uint64_t last = walk->have + 10 < COUNTY_EVENTS ? walk->have + 10 : COUNTY_EVENTS;
        struct push push = county_push(&walk->world->truth, 1, walk->have + 1, last);
        enum session_push_verdict verdict = walk_push(walk, &push);
        assert(verdict == (last <= walk->credit ? SESSION_ACCEPT : SESSION_BAD));
        walk_commit(walk);
        walk_check(walk);
    }
}

void walk_run(struct walk_world *world, struct choices *choices, int steps)
{
    static const struct trace quiet;
    struct random even;
    struct choices kind = {.random = &even};
    struct walk walk = {.world = world,
                        .choices = choices,
                        .limits = {.window_events = WALK_WINDOW, .taking = true}};
    session_init(&walk.session, bytes_of_text("341502"), &quiet);
    for (int step = 0; step < steps && (choices->random || choices->bytes.size > 0); step++)
        walk_step(&walk);
    random_init(&even, 1);
    walk.choices = &kind;
    walk_heal(&walk);
    assert(walk.refused == 1);
}
