/* session.c - see session.h. The push's own verdict is in session_push.c. */
#include "broker/session.h"

#include <assert.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>

static void check(const struct session *session)
{
    assert(session->received_seq >= session->have_seq);
    assert(session->acked_seq <= session->have_seq);
}

void session_init(struct session *session, struct bytes unit, const struct trace *trace)
{
    *session = (struct session){.trace = *trace};
    bytes_to_text(unit, session->unit, sizeof(session->unit));
}

void session_refuse(struct session_answer *answer, uint32_t reason, const char *remedy,
                    const char *format, ...)
{
    char text[2 * sizeof(answer->text)];
    va_list arguments;
    va_start(arguments, format);
    int length = vsnprintf(text, sizeof(text), format, arguments);
    va_end(arguments);
    assert(length >= 0);
    bytes_to_text(bytes_of_text(text), answer->text, sizeof(answer->text));
    bytes_to_text(bytes_of_text(remedy), answer->remedy, sizeof(answer->remedy));
    answer->refuse = (struct refuse){
        .reason = reason,
        .text = bytes_of_text(answer->text),
        .remedy = bytes_of_text(answer->remedy),
    };
}

bool session_speaks(const struct hello *hello, struct session_answer *answer)
{
    if (hello->version_min <= PROTOCOL_VERSION && hello->version_max >= PROTOCOL_VERSION)
        return true;
    session_refuse(answer, REASON_VERSION,
                   "install the program of the broker's version on this side",
                   "the broker speaks protocol version %d, hello offers %" PRIu32 " to %" PRIu32,
                   PROTOCOL_VERSION, hello->version_min, hello->version_max);
    return false;
}

bool session_alarm_due(struct session *session, uint32_t code, uint64_t now_ms)
{
    assert(code > 0 && code < SESSION_ALARM_CODES);
    if (now_ms < session->alarm_after_ms[code])
        return false;
    session->alarm_after_ms[code] = now_ms + SESSION_ALARM_AGAIN_MS;
    return true;
}

/* What an enrolment left behind is history; the new epoch counts from 1 and has had no token. */
static void start_epoch(struct session *session, uint32_t epoch)
{
    struct session old = *session;
    session_init(session, bytes_of_text(old.unit), &old.trace);
    session->epoch = epoch;
    trace_line(&session->trace, "epoch_started unit=%s epoch=%" PRIu32 " left=%" PRIu64,
               session->unit, epoch, old.have_seq);
}

static bool fits_enrolment(struct session *session, const struct hello *hello,
                           const struct roster_entry *who, struct session_answer *answer)
{
    if (!bytes_equal_text(hello->unit, who->unit) || hello->epoch != who->epoch ||
        session->epoch > who->epoch) {
        char said[UNIT_TEXT_MAX + 1];
        session_refuse(answer, REASON_WRONG_UNIT, "join with the newest WELCOME of this key",
                       "this key is enrolled as unit %s, epoch %" PRIu32
                       "; hello says unit %s, epoch %" PRIu32,
                       who->unit, who->epoch, bytes_to_text(hello->unit, said, sizeof(said)),
                       hello->epoch);
        return false;
    }
    if (session->epoch == who->epoch)
        return true;
    if (session->received_seq > session->have_seq) {
        session_refuse(answer, REASON_BUSY, "wait: the agent tries again by itself",
                       "the last events of epoch %" PRIu32 " are on their way to the disk",
                       session->epoch);
        answer->refuse.retry_after_ms = SESSION_RETRY_MS;
        return false;
    }
    start_epoch(session, who->epoch);
    return true;
}

static const char way_out[] =
    "stop it, then `huoshui-agent rejoin` and `huoshui-broker enrol --replace`: nothing is lost";

/* On a bad line a hello may come after the next connection has said its own: by the agent's clock
 * it is the older one. A clone whose clock is behind is found out when SESSION_LATE_MS have passed.
 */
static bool is_late(const struct session *session, const struct hello *hello, uint64_t now_ms)
{
    const struct token *retired = &session->token_retired;
    bool is_retired = token_is(retired, hello->token) ||
                      (hello->token.size == 0 && retired->counter == TOKEN_NEVER_SHOWN);
    return is_retired && hello->clock_ms <= session->hello_clock_ms &&
           now_ms < session->retired_at_ms + SESSION_LATE_MS;
}

static bool fits_token(struct session *session, enum token_verdict verdict,
                       const struct session_hello *beside, struct session_answer *answer)
{
    if (verdict != TOKEN_FOREIGN)
        return true;
    session_refuse(answer, REASON_CLONE, way_out,
                   "unit %s epoch %" PRIu32 ": the token shown is not the one last given "
                   "(counter %" PRIu64
                   "): this machine is a clone, or was put back to an old state",
                   session->unit, session->epoch, session->token.counter);
    if (session_alarm_due(session, ALARM_CLONE, beside->now_ms))
        answer->alarm = ALARM_CLONE;
    trace_line(&session->trace, "clone_detected unit=%s epoch=%" PRIu32 " counter=%" PRIu64,
               session->unit, session->epoch, session->token.counter);
    return false;
}

static bool fits_history(struct session *session, const struct hello *hello,
                         const struct session_hello *beside, struct session_answer *answer)
{
    if (hello->newest_seq < session->received_seq) {
        session_refuse(answer, REASON_ROLLED_BACK, way_out,
                       "unit %s epoch %" PRIu32 ": the agent holds events up to %" PRIu64
                       ", but has delivered up to %" PRIu64,
                       session->unit, session->epoch, hello->newest_seq, session->received_seq);
        if (session_alarm_due(session, ALARM_CLONE, beside->now_ms))
            answer->alarm = ALARM_CLONE;
    } else if (hello->newest_seq == session->received_seq &&
               !hash_equal(&hello->chain_head, &session->received_chain)) {
        char ours[2 * HASH_SIZE + 1], theirs[2 * HASH_SIZE + 1];
        session_refuse(answer, REASON_FORK, way_out,
                       "unit %s seq %" PRIu64 ": ours %.16s, theirs %.16s", session->unit,
                       hello->newest_seq,
                       hex_text(hash_bytes(&session->received_chain), ours, sizeof(ours)),
                       hex_text(hash_bytes(&hello->chain_head), theirs, sizeof(theirs)));
        answer->refuse.ours = session->received_chain;
        answer->refuse.theirs = hello->chain_head;
        if (session_alarm_due(session, ALARM_FORK, beside->now_ms))
            answer->alarm = ALARM_FORK;
    } else {
        return true;
    }
    trace_line(&session->trace,
               "history_differs unit=%s reason=%s have=%" PRIu64 " newest=%" PRIu64, session->unit,
               answer->refuse.reason == REASON_FORK ? "FORK" : "ROLLED_BACK", session->received_seq,
               hello->newest_seq);
    return false;
}

static void give_token(struct session *session, enum token_verdict verdict,
                       const struct token_scope *scope, const uint8_t random[TOKEN_RANDOM_SIZE],
                       const struct token *ahead)
{
    switch (verdict) {
    case TOKEN_NONE:
        if (session->token.counter != 0)
            return; /* the first one, said again */
        token_make(scope, TOKEN_NEVER_SHOWN, random, &session->token_before);
        token_make(scope, TOKEN_NEVER_SHOWN + 1, random, &session->token);
        return;
    case TOKEN_NEWEST:
        session->token_before = session->token;
        break;
    case TOKEN_FROM_AHEAD:
        session->token_before = *ahead;
        break;
    case TOKEN_BEFORE:
        return;
    case TOKEN_FOREIGN:
        assert(false); /* refused before */
        return;
    }
    token_make(scope, session->token_before.counter + 1, random, &session->token);
}

/* Clocks come from outside: their difference may not fit. */
static int64_t clock_difference(int64_t theirs, int64_t ours)
{
    int64_t difference;
    if (__builtin_sub_overflow(theirs, ours, &difference))
        return theirs > ours ? INT64_MAX : INT64_MIN;
    return difference;
}

enum session_hello_verdict session_on_hello(struct session *session, const struct hello *hello,
                                            const struct session_hello *beside,
                                            struct session_answer *answer)
{
    *answer = (struct session_answer){0};
    if (!session_speaks(hello, answer) || !fits_enrolment(session, hello, beside->who, answer))
        return SESSION_REFUSE;
    struct token_scope scope = {beside->secret, bytes_of_text(session->unit), session->epoch};
    struct token ahead;
    enum token_verdict verdict =
        token_judge(&scope, &session->token, &session->token_before, hello->token, &ahead);
    if (verdict == TOKEN_FOREIGN && is_late(session, hello, beside->now_ms)) {
        trace_line(&session->trace, "hello_late unit=%s", session->unit);
        return SESSION_LATE;
    }
    if (!fits_token(session, verdict, beside, answer) ||
        !fits_history(session, hello, beside, answer))
        return SESSION_REFUSE;

    if (verdict == TOKEN_FROM_AHEAD || hello->acked_seq > session->have_seq) {
        (void)snprintf(answer->text, sizeof(answer->text),
                       "unit %s epoch %" PRIu32 ": the agent has acks up to %" PRIu64
                       ", this log holds up to %" PRIu64 ": the log was restored; it is sent again",
                       session->unit, session->epoch, hello->acked_seq, session->have_seq);
        if (session_alarm_due(session, ALARM_BROKER_BEHIND, beside->now_ms))
            answer->alarm = ALARM_BROKER_BEHIND;
        trace_line(&session->trace, "broker_behind unit=%s have=%" PRIu64 " acked=%" PRIu64,
                   session->unit, session->have_seq, hello->acked_seq);
    }
    give_token(session, verdict, &scope, beside->random, &ahead);
    session->token_dirty = true;
    session->live = true;
    session->acked_seq =
        hello->acked_seq < session->have_seq ? hello->acked_seq : session->have_seq;
    session->credit_seq = 0;
    session->last_heard_ms = beside->now_ms;
    session->hello_clock_ms = hello->clock_ms;
    session->announced_seq = hello->newest_seq;
    session->last_contact_ms = beside->wall_ms;
    session->clock_offset_ms = clock_difference(hello->clock_ms, beside->wall_ms);
    check(session);
    return SESSION_WELCOME;
}

void session_welcome(const struct session *session, const struct session_limits *limits,
                     int64_t wall_ms, struct welcome *out)
{
    *out = (struct welcome){
        .version = PROTOCOL_VERSION,
        .have_seq = session->have_seq,
        .chain_head = session->have_chain,
        .credit_seq = session_credit(session, limits),
        .token = bytes_of(session->token.bytes, TOKEN_SIZE),
        .clock_ms = wall_ms,
    };
}

void session_on_committed(struct session *session, uint64_t have_seq, uint64_t have_position,
                          const struct hash *chain, uint64_t refused)
{
    assert(have_seq >= session->have_seq);
    session->have_seq = have_seq;
    session->have_position = have_position;
    session->have_chain = *chain;
    session->refused_count += refused;
    /* A lost batch made us forget what a later one has written after all: the store is right. */
    if (session->received_seq <= have_seq) {
        session->received_seq = have_seq;
        session->received_chain = *chain;
    }
    check(session);
}

void session_on_lost(struct session *session)
{
    trace_line(&session->trace, "batch_lost unit=%s have=%" PRIu64 " received=%" PRIu64,
               session->unit, session->have_seq, session->received_seq);
    session->received_seq = session->have_seq;
    session->received_chain = session->have_chain;
    check(session);
}

void session_on_heartbeat(struct session *session, const struct heartbeat *heartbeat,
                          uint64_t now_ms, int64_t wall_ms)
{
    session->last_heard_ms = now_ms;
    session->last_contact_ms = wall_ms;
    if (heartbeat->newest_seq > session->announced_seq)
        session->announced_seq = heartbeat->newest_seq;
    if (heartbeat->clock_ms != 0) /* clocks drift, and sessions last for weeks */
        session->clock_offset_ms = clock_difference(heartbeat->clock_ms, wall_ms);
    if (session->token_before.counter == 0 || !token_is(&session->token, heartbeat->token))
        return;
    session->token_retired = session->token_before;
    session->retired_at_ms = now_ms;
    session->token_before = (struct token){0};
    session->token_dirty = true;
    trace_line(&session->trace, "token_confirmed unit=%s epoch=%" PRIu32 " counter=%" PRIu64,
               session->unit, session->epoch, session->token.counter);
}

void session_on_gone(struct session *session)
{
    session->live = false;
    session->credit_seq = 0;
}

uint64_t session_credit(const struct session *session, const struct session_limits *limits)
{
    return session->have_seq + (limits->taking ? limits->window_events : 0);
}

bool session_owes_ack(const struct session *session)
{
    return session->live && session->acked_seq < session->have_seq;
}
