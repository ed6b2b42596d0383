/*
 * commands_submit.c - events as JSON, one a line: all good lines are one transaction, and each line
 * gets its answer after that is on disk, in the order of the lines.
 */
#include <inttypes.h>

#include "agent/commands.h"
#include "agent/intake.h"
#include "agent/outbox_add.h"

enum { ARENA_LIMIT_BYTES = 8 << 20 };

struct outcome {        /* of one line */
    uint64_t line, seq; /* seq 0: refused, with its reason in texts */
    bool is_known;
    size_t text_at, text_size;
};

struct submission {
    struct home_change change;
    struct intake intake;
    struct arena arena;
    struct buffer sealed, texts, outcomes;
    uint64_t taken, refused;
};

static void add_outcome(struct submission *submission, const struct outcome *outcome)
{
    buffer_add(&submission->outcomes, bytes_of(outcome, sizeof(*outcome)));
}

static void refuse_line(struct submission *submission, uint64_t line, const struct problem *problem)
{
    struct outcome outcome = {.line = line, .text_at = submission->texts.size};
    buffer_add_text(&submission->texts, problem->text);
    if (*problem->remedy)
        buffer_add_format(&submission->texts, "；%s", problem->remedy);
    outcome.text_size = submission->texts.size - outcome.text_at;
    submission->refused++;
    add_outcome(submission, &outcome);
}

/* A failure is the outbox's; what is wrong with a line is its outcome. */
static enum err take_line(struct submission *submission, uint64_t number, struct bytes line)
{
    struct event event;
    struct problem problem = {0};
    enum outbox_verdict verdict = OUTBOX_KNOWN;
    struct outcome outcome = {.line = number};
    arena_reset(&submission->arena);
    buffer_clear(&submission->sealed);
    if (intake_line(&submission->intake, line, &submission->arena, &event, &submission->sealed,
                    &problem) != OK) {
        refuse_line(submission, number, &problem);
        return OK;
    }
    struct home_change *change = &submission->change;
    TRY(outbox_add(change->txn, &change->state, event.envelope.event_id,
                   buffer_bytes(&submission->sealed), &verdict, &outcome.seq));
    outcome.is_known = verdict == OUTBOX_KNOWN;
    submission->taken += verdict == OUTBOX_TAKEN;
    add_outcome(submission, &outcome);
    return OK;
}

static enum err take_lines(struct submission *submission, struct home *home, struct bytes lines)
{
    struct bytes line;
    uint64_t number = 0;
    TRY(home_begin(home, &submission->change));
    while (intake_next_line(&lines, &line)) {
        number++;
        if (bytes_trim(line).size > 0)
            TRY(take_line(submission, number, line));
    }
    return submission->taken > 0 ? home_commit(home, &submission->change) : OK;
}

static void print_outcomes(const struct submission *submission, struct buffer *out)
{
    const struct outcome *outcomes = (const void *)submission->outcomes.data;
    size_t count = submission->outcomes.size / sizeof(*outcomes);
    for (size_t i = 0; i < count; i++) {
        const struct outcome *outcome = &outcomes[i];
        if (outcome->seq != 0) {
            buffer_add_format(out, "accepted seq=%" PRIu64 "%s\n", outcome->seq,
                              outcome->is_known ? " (already reported)" : "");
            continue;
        }
        buffer_add_format(out, "line %" PRIu64 ": ", outcome->line);
        buffer_add(out, bytes_of(submission->texts.data + outcome->text_at, outcome->text_size));
        buffer_add_text(out, "\n");
    }
}

/* Nothing of this input was taken: each line is told so. */
static void print_failure(struct bytes lines, const struct problem *problem, struct buffer *out)
{
    struct bytes line;
    for (uint64_t number = 1; intake_next_line(&lines, &line); number++) {
        if (bytes_trim(line).size > 0)
            buffer_add_format(out, "line %" PRIu64 ": %s\n", number, problem->text);
    }
}

static void release(struct submission *submission)
{
    home_abort(&submission->change);
    arena_release(&submission->arena);
    buffer_release(&submission->sealed);
    buffer_release(&submission->texts);
    buffer_release(&submission->outcomes);
}

int agent_submit(const struct desk *desk, struct bytes lines, struct control_answer *answer)
{
    struct submission submission = {
        .intake = {.unit = desk->home->request.unit, .clock_ms = desk->clock_ms},
    };
    struct problem problem = {0};
    arena_init(&submission.arena, ARENA_LIMIT_BYTES);
    enum err err = take_lines(&submission, desk->home, lines);
    int status = submission.refused > 0 ? 1 : 0;
    if (err == OK) {
        print_outcomes(&submission, answer->out);
    } else {
        home_explain(desk->home, err, &problem);
        print_failure(lines, &problem, answer->out);
        status = agent_refuse(&problem, answer);
    }
    release(&submission);
    return status;
}
