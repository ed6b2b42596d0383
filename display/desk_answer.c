/* desk_answer.c - the desk's answers: one question after the other, the past from memory. */
#include "display/desk_parts.h"

#include <stdlib.h>

#include "io/daemon.h"

static enum err read_records(void *context, uint64_t from, uint64_t to, record_visit *visit,
                             void *visitor)
{
    struct desk *desk = context;
    return replica_read(&desk->replica, from, to, visit, visitor);
}

static struct answer_source source_of(struct desk *desk)
{
    int32_t as_of = display_settings_as_of(desk->settings, clock_wall_ms()), from = DAY_NONE;
    if (*desk->settings->from && day_parse(bytes_of_text(desk->settings->from), &from) != OK)
        from = DAY_NONE;
    return (struct answer_source){
        .ledger = desk->folding.ledger,
        .live = &desk->boards[desk->shown],
        .timeline = &desk->timeline,
        .arena = &desk->arena,
        .city = desk->city,
        .as_of = as_of,
        .from = from,
        .lights = bytes_of_text(desk->settings->lights),
        .ranked_by = bytes_of_text(desk->settings->ranked_by),
        .read = read_records,
        .read_context = desk,
    };
}

static void copy_answer(const struct answer *from, struct answer *out)
{
    struct buffer body = out->body;
    *out = *from;
    out->body = body;
    buffer_add(&out->body, buffer_bytes(&from->body));
}

static void answer_one(struct desk *desk, const struct post_question *question, struct answer *out)
{
    CLEANUP(buffer_release) struct buffer key = {0};
    struct inquiry inquiry;
    if (question->route.kind == ROUTE_TIMELINE && !desk->has_timeline) {
        timeline_make(&desk->timeline, desk->folding.ledger);
        desk->has_timeline = true;
    }
    struct answer_source source = source_of(desk);
    arena_reset(&desk->arena);
    if (!inquiry_open(&inquiry, &source, &question->route, &question->visitor, out))
        return;
    bool may_be_kept = inquiry_key(&inquiry, &key);
    const struct answer *kept = may_be_kept ? recall_find(&desk->recall, buffer_bytes(&key)) : NULL;
    if (kept) {
        copy_answer(kept, out);
        desk->vitals.answers_kept_used++;
        return;
    }
    inquiry_answer(&inquiry, out);
    if (may_be_kept && out->status == 200)
        recall_keep(&desk->recall, buffer_bytes(&key), out);
}

void desk_answer_questions(struct desk *desk)
{
    uint64_t began_ms = clock_steady_ms(), now_ms = began_ms;
    struct post_question *question = NULL;
    while (now_ms < began_ms + DESK_JOBS_MS && (question = post_next_question(desk->post))) {
        struct letter *letter = letter_new(LETTER_ANSWER);
        letter->ticket = question->ticket;
        answer_one(desk, question, &letter->answer);
        free(question);
        post_send(desk->post, letter);
        uint64_t done_ms = clock_steady_ms();
        desk->vitals.answers++;
        desk->vitals.answers_ms_total += done_ms - now_ms;
        now_ms = done_ms;
    }
    post_set_vitals(desk->post, &desk->vitals);
    if (question) /* the time was over, not the questions */
        post_wake_desk(desk->post);
}
