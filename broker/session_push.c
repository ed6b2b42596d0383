/* session_push.c - see session_push.h. */
#include "broker/session_push.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>

#include "proto/wire.h"

enum { STATEMENT_ROOM = 512 }; /* a push statement is a fixed text with a unit and numbers in it */

static bool form_fits(const struct push *push)
{
    return push->first_seq > 0 && push->count > 0 && push->count <= PUSH_EVENTS_MAX &&
           push->first_seq <= UINT64_MAX - PUSH_EVENTS_MAX;
}

static uint64_t last_of(const struct push *push)
{
    return push->first_seq + push->count - 1;
}

bool session_push_needs_chain(const struct session *session, const struct push *push, uint64_t *seq)
{
    if (push->epoch != session->epoch || !form_fits(push) ||
        push->first_seq > session->received_seq + 1)
        return false;
    uint64_t last = last_of(push), before = push->first_seq - 1;
    uint64_t wanted = last <= session->have_seq ? last : before;
    if (wanted == 0 || wanted >= session->have_seq ||
        (last > session->have_seq && last <= session->received_seq))
        return false;
    *seq = wanted;
    return true;
}

static enum session_push_verdict refuse_later(struct session_answer *answer, uint32_t reason,
                                              const char *text)
{
    session_refuse(answer, reason, "wait: the agent tries again by itself", "%s", text);
    answer->refuse.retry_after_ms = SESSION_RETRY_MS;
    return SESSION_BAD;
}

static enum session_push_verdict refuse_fork(struct session *session,
                                             const struct session_push *said, uint64_t seq,
                                             const struct hash *ours, const struct hash *theirs,
                                             struct session_answer *answer)
{
    char our_text[2 * HASH_SIZE + 1], their_text[2 * HASH_SIZE + 1];
    session_refuse(
        answer, REASON_FORK,
        "stop it, then `huoshui-agent rejoin` and `huoshui-broker enrol --replace`: nothing is "
        "lost",
        "unit %s seq %" PRIu64 ": ours %.16s, theirs %.16s", session->unit, seq,
        hex_text(hash_bytes(ours), our_text, sizeof(our_text)),
        hex_text(hash_bytes(theirs), their_text, sizeof(their_text)));
    answer->refuse.ours = *ours;
    answer->refuse.theirs = *theirs;
    if (session_alarm_due(session, ALARM_FORK, said->now_ms))
        answer->alarm = ALARM_FORK;
    return SESSION_FORK;
}

/* Nothing new in it. What has reached the disk is acked again, once it is known to be the same. */
static enum session_push_verdict judge_old(struct session *session, const struct session_push *said,
                                           struct session_answer *answer)
{
    const struct push *push = said->push;
    uint64_t last = last_of(push);
    const struct hash *ours = said->chain_before;
    if (last == session->have_seq)
        ours = &session->have_chain;
    else if (last == session->received_seq)
        ours = &session->received_chain;
    else if (last > session->have_seq)
        return SESSION_PENDING; /* the push that ends at received_seq covers it */
    if (!ours)
        return refuse_later(answer, REASON_BUSY, "the log could not be read at a duplicate");
    if (!hash_equal(ours, &push->chain_head))
        return refuse_fork(session, said, last, ours, &push->chain_head, answer);
    if (last > session->have_seq)
        return SESSION_PENDING;
    /* The agent sends it again, so it has not had our verdicts on it. */
    if (push->first_seq <= session->acked_seq)
        session->acked_seq = push->first_seq - 1;
    return SESSION_DUPLICATE;
}

/* Our chain before the push's first event; NULL: within what is on its way, kept nowhere. */
static const struct hash *chain_before(const struct session *session,
                                       const struct session_push *said)
{
    static const struct hash zero;
    uint64_t before = said->push->first_seq - 1;
    if (before == session->received_seq)
        return &session->received_chain;
    if (before == session->have_seq)
        return &session->have_chain;
    if (before == 0)
        return &zero;
    return before < session->have_seq ? said->chain_before : NULL;
}

struct walk { /* over the events of a push */
    struct hash chain;
    struct hash fork; /* the agent's chain where it first differs from ours */
    const struct hash *fork_ours;
    uint64_t fork_seq;            /* 0: none */
    struct session_event *events; /* those beyond received_seq */
    size_t count;
};

static void compare(struct walk *walk, uint64_t seq, uint64_t our_seq, const struct hash *ours)
{
    if (seq != our_seq || walk->fork_seq != 0 || hash_equal(&walk->chain, ours))
        return;
    walk->fork = walk->chain;
    walk->fork_ours = ours;
    walk->fork_seq = seq;
}

/* One event of the push, its hash known. */
static void link_event(const struct session *session, uint64_t seq, struct bytes envelope,
                       const struct hash *hash, struct walk *walk)
{
    walk->chain = hash_chain(&walk->chain, hash);
    compare(walk, seq, session->have_seq, &session->have_chain);
    compare(walk, seq, session->received_seq, &session->received_chain);
    if (seq <= session->received_seq)
        return;
    struct session_event *event = &walk->events[walk->count++];
    event->seq = seq;
    event->envelope = envelope;
    event->envelope_hash = *hash;
    event->chain = walk->chain;
}

/*
 * Runs the chain over the push. Where our chain before it is not known, it starts at received_seq:
 * the signed head, reached from there, covers what comes before. False: the batch is not what count
 * says.
 */
static bool run_chain(const struct session *session, const struct session_push *said,
                      struct session_event *events, struct walk *walk)
{
    const struct hash *before = chain_before(session, said);
    struct wire_batch batch = {said->batch};
    struct bytes items[HASH_GROUP];
    struct hash hashes[HASH_GROUP];
    uint64_t last = last_of(said->push), seq = said->push->first_seq;
    *walk = (struct walk){.chain = before ? *before : session->received_chain, .events = events};
    while (seq <= last) {
        uint64_t first = seq;
        size_t count = 0;
        for (; count < HASH_GROUP && seq <= last; seq++) {
            if (wire_batch_next(&batch, &items[count]) != OK)
                return false;
            if (!before && seq <= session->received_seq)
                first = seq + 1;
            else
                count++;
        }
        hash_many(items, count, hashes);
        for (size_t i = 0; i < count; i++)
            link_event(session, first + i, items[i], &hashes[i], walk);
    }
    return batch.rest.size == 0;
}

static bool signature_fits(const struct session *session, const struct session_push *said)
{
    uint8_t room[STATEMENT_ROOM];
    struct buffer statement = {room, 0, sizeof(room)};
    const struct push *push = said->push;
    wire_push_statement(bytes_of_text(session->unit), session->epoch, push->first_seq,
                        last_of(push), &push->chain_head, &statement);
    assert(statement.data == room);
    return verifier_accepts(said->who->verifier, buffer_bytes(&statement), push->signature);
}

static bool carries_evidence(uint32_t kind)
{
    return kind == EVENT_MILESTONE || kind == EVENT_DOCUMENT || kind == EVENT_FUNDS;
}

static uint32_t judge_right(const struct roster_entry *who, const struct envelope *envelope,
                            struct problem *problem)
{
    if (roster_may_say(who, envelope))
        return REFUSAL_NONE;
    if (who->role == PEER_INSPECTOR) {
        problem_set(problem, "kind: an inspector has the right to VERIFICATION only");
        problem_remedy(problem, "let the unit itself report it");
        return REFUSAL_RIGHT;
    }
    bool about =
        envelope->about_unit.size > 0 && !bytes_equal_text(envelope->about_unit, who->unit);
    char other[48];
    bytes_to_text(about ? envelope->about_unit : envelope->subject, other, sizeof(other));
    problem_set(problem, "%s: no right to report about %s", about ? "about_unit" : "subject",
                other);
    problem_remedy(problem, "an agent reports about its own unit, here %s", who->unit);
    return REFUSAL_RIGHT;
}

static uint32_t judge_event(const struct roster_entry *who, const struct session_event *event,
                            struct problem *problem)
{
    struct envelope envelope;
    size_t size = event->envelope.size;
    enum err err = wire_envelope_decode(event->envelope, &envelope, problem);
    if (err != OK)
        return err == ERR_LIMIT ? REFUSAL_LIMIT : REFUSAL_FORM;
    if (envelope.algorithm != SIGN_ED25519_SHA256) {
        problem_set(problem, "algorithm: %" PRIu32 " is not accepted here", envelope.algorithm);
        problem_remedy(problem, "use %d (Ed25519 with SHA-256)", SIGN_ED25519_SHA256);
        return REFUSAL_ALGORITHM;
    }
    /* The decoder has turned away what is too large for evidence, too. */
    if (size > EVENT_SIZE_MAX && !carries_evidence(envelope.kind)) {
        problem_set(problem, "event: %zu bytes, at most %d are taken", size, EVENT_SIZE_MAX);
        problem_remedy(problem, "split it into several events");
        return REFUSAL_LIMIT;
    }
    if (envelope_check(&envelope, problem) != OK)
        return REFUSAL_FORM;
    return judge_right(who, &envelope, problem);
}

static void set_reason_text(struct session_event *event, const struct problem *problem)
{
    char text[sizeof(problem->text) + sizeof(problem->remedy) + 2];
    int length = snprintf(text, sizeof(text), "%s%s%s", problem->text,
                          problem->remedy[0] ? "; " : "", problem->remedy);
    assert(length >= 0);
    bytes_to_text(bytes_of_text(text), event->reason_text, sizeof(event->reason_text));
}

static void judge_events(const struct session *session, const struct roster_entry *who,
                         struct session_event *events, size_t count)
{
    struct problem problem;
    for (size_t i = 0; i < count; i++) {
        struct session_event *event = &events[i];
        problem.text[0] = problem.remedy[0] = event->reason_text[0] = '\0';
        event->reason = judge_event(who, event, &problem);
        if (event->reason == REFUSAL_NONE)
            continue;
        set_reason_text(event, &problem);
        if (event->reason == REFUSAL_LIMIT && event->envelope.size > EVENT_SIZE_MAX)
            event->envelope = BYTES_NONE;
        trace_line(&session->trace, "event_refused unit=%s seq=%" PRIu64 " reason=%" PRIu32 " %s",
                   session->unit, event->seq, event->reason, event->reason_text);
    }
}

static enum session_push_verdict judge_new(struct session *session, const struct session_push *said,
                                           struct session_event *events, size_t *event_count,
                                           struct session_answer *answer)
{
    const struct push *push = said->push;
    struct walk walk;
    if (!said->limits->taking)
        return refuse_later(answer, REASON_DISK_FULL,
                            "the broker's disk is full: it takes nothing until there is room");
    if (last_of(push) > session->credit_seq)
        return refuse_later(answer, REASON_BUSY, "the push goes beyond the credit");
    if (!run_chain(session, said, events, &walk)) {
        session_refuse(answer, REASON_UNDECODABLE, "install the newest program on this side",
                       "push %" PRIu64 "..%" PRIu64 ": batch does not hold count=%" PRIu32
                       " events",
                       push->first_seq, last_of(push), push->count);
        return SESSION_BAD;
    }
    bool chain_fits = hash_equal(&walk.chain, &push->chain_head);
    if (!chain_fits || !signature_fits(session, said)) {
        session_refuse(answer, REASON_BAD_SIGNATURE,
                       "compare the KEYID with the broker's by telephone; else rejoin",
                       "push %" PRIu64 "..%" PRIu64 ": %s", push->first_seq, last_of(push),
                       chain_fits ? "signature does not fit the enrolled key"
                                  : "chain_head does not follow from the events");
        return SESSION_BAD;
    }
    if (walk.fork_seq != 0)
        return refuse_fork(session, said, walk.fork_seq, walk.fork_ours, &walk.fork, answer);
    judge_events(session, said->who, events, walk.count);
    session->received_seq = last_of(push);
    session->received_chain = walk.chain;
    *event_count = walk.count;
    return SESSION_ACCEPT;
}

static enum session_push_verdict judge(struct session *session, const struct session_push *said,
                                       struct session_event *events, size_t *event_count,
                                       struct session_answer *answer)
{
    const struct push *push = said->push;
    if (!session->live || push->first_seq > session->received_seq + 1) {
        session_refuse(answer, REASON_HOLE, "say hello again and send from have_seq + 1",
                       session->live ? "push starts at %" PRIu64 ", received is up to %" PRIu64
                                     : "push of %" PRIu64 " without a hello; received is up to "
                                       "%" PRIu64,
                       push->first_seq, session->received_seq);
        return SESSION_HOLE;
    }
    if (push->epoch != session->epoch) {
        session_refuse(answer, REASON_WRONG_UNIT, "join with the newest WELCOME of this key",
                       "push says epoch %" PRIu32 ", the session is of epoch %" PRIu32, push->epoch,
                       session->epoch);
        return SESSION_BAD;
    }
    if (!form_fits(push)) {
        session_refuse(answer,
                       push->count > PUSH_EVENTS_MAX ? REASON_TOO_LARGE : REASON_UNDECODABLE,
                       "install the newest program on this side",
                       "push: first_seq=%" PRIu64 " count=%" PRIu32 ", 1 to %d events are taken",
                       push->first_seq, push->count, PUSH_EVENTS_MAX);
        return SESSION_BAD;
    }
    if (last_of(push) <= session->received_seq)
        return judge_old(session, said, answer);
    return judge_new(session, said, events, event_count, answer);
}

static const char *reason_name(uint32_t reason)
{
    static const char *const names[] = {
        "NONE",      "VERSION", "WRONG_UNIT", "REVOKED",     "BAD_SIGNATURE",
        "HOLE",      "FORK",    "CLONE",      "ROLLED_BACK", "UNDECODABLE",
        "TOO_LARGE", "BUSY",    "RIGHT",      "LOG_CHANGED", "DISK_FULL",
    };
    return reason < ARRAY_LENGTH(names) ? names[reason] : "?";
}

enum session_push_verdict session_on_push(struct session *session, const struct session_push *said,
                                          struct session_event *events, size_t *event_count,
                                          struct session_answer *answer)
{
    *event_count = 0;
    answer->refuse.reason = REASON_NONE;
    answer->alarm = 0;
    session->last_heard_ms = said->now_ms;
    session->last_contact_ms = said->wall_ms;
    enum session_push_verdict verdict = judge(session, said, events, event_count, answer);
    if (answer->refuse.reason != REASON_NONE) {
        answer->refuse.have_seq = session->have_seq;
        trace_line(&session->trace,
                   "push_refused unit=%s reason=%s have=%" PRIu64 " received=%" PRIu64
                   " first=%" PRIu64 " count=%" PRIu32,
                   session->unit, reason_name(answer->refuse.reason), session->have_seq,
                   session->received_seq, said->push->first_seq, said->push->count);
    }
    return verdict;
}
