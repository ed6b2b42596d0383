/* answer_project.c - one project: as huoshui-audit tells it, with the steps of its funds and its
 * obstacles. */
#include "display/answer_parts.h"

#include "ledger/event/schema.h"
#include "ledger/view/obstacles.h"
#include "proto/json.h"
#include "report/report_json.h"
#include "report/report_project.h"

/* ---- which ---- */

static bool ends_with_code(struct bytes subject, struct bytes code)
{
    return subject.size > code.size && subject.data[subject.size - code.size - 1] == '/' &&
           memcmp(subject.data + subject.size - code.size, code.data, code.size) == 0;
}

/* UNIT/CODE, or a bare code where only one unit has it. */
static enum err find_subject(struct inquiry *inquiry, size_t *out)
{
    const struct ledger *ledger = inquiry->source->ledger;
    struct bytes id = bytes_of_text(inquiry->route->subject);
    size_t found = 0;
    if (ledger_find_subject(ledger, id, out))
        return OK;
    for (size_t i = 0; i < ledger_subject_count(ledger); i++)
        if (ends_with_code(ledger_subject(ledger, i), id) && found++ == 0)
            *out = i;
    if (found == 1)
        return OK;
    problem_set(&inquiry->problem, found == 0
                                       ? "日志中没有这个项目 (no such project in this log)"
                                       : "几个单位用这个编号 (several units have this code)");
    problem_remedy(&inquiry->problem, "UNIT/CODE, for example 341502/341502-0001");
    return ERR_NOT_FOUND;
}

static enum err check_scope(struct inquiry *inquiry, size_t subject)
{
    const struct ledger *ledger = inquiry->source->ledger;
    struct bytes unit = ledger_unit(ledger, ledger_subject_unit(ledger, subject))->unit;
    if (inquiry->visitor->scope != GRANT_UNIT || visitor_sees_unit(inquiry->visitor, unit))
        return OK;
    problem_set(&inquiry->problem, "此令牌只看本单位 (this token shows its own units only)");
    return ERR_DENIED;
}

/* ---- the words of its history ---- */

struct reading_words {
    struct project_entry *entry;
    struct arena *arena;
    struct arena decoding;
    struct buffer text;
};

static enum err take_words(void *context, const struct record *record, const struct hash *hash)
{
    struct reading_words *words = context;
    (void)hash;
    arena_reset(&words->decoding);
    buffer_clear(&words->text);
    TRY(json_record_write(record, &words->decoding, &words->text));
    words->entry->json = arena_copy(words->arena, buffer_bytes(&words->text));
    return words->entry->json.data ? OK : ERR_LIMIT;
}

static enum err read_words(struct inquiry *inquiry, struct project_history *history)
{
    enum { DECODING_MAX = 8 << 20 };
    const struct answer_source *source = inquiry->source;
    struct reading_words words = {.arena = source->arena};
    enum err err = OK;
    arena_init(&words.decoding, DECODING_MAX);
    for (size_t i = 0; err == OK && i < history->count; i++) {
        uint64_t position = history->entries[i].assertion->position;
        words.entry = &history->entries[i];
        err = source->read(source->read_context, position, position, take_words, &words);
    }
    arena_release(&words.decoding);
    buffer_release(&words.text);
    return err;
}

/* ---- funds and obstacles ---- */

static json_t *word_json(const char *list, int32_t number)
{
    const struct words *known = words_of_name(list);
    const struct word *word = known ? word_of_number(known, number) : NULL;
    return word ? json_string(word->id) : json_null();
}

static json_t *funds_json(const struct project_view *project)
{
    json_t *out = json_array();
    for (size_t i = 0; i < project->fund_count; i++) {
        const struct funds_step *step = &project->funds[i];
        struct amount_view received[ORIGINS];
        json_t *one = json_object();
        project_received_at(project, step->day, received);
        report_set(one, "day", report_day_json(step->day));
        report_set(one, "funds",
                   step->funds == FUNDS_VERIFIED ? json_string("VERIFIED")
                                                 : word_json("funds", step->funds));
        report_set(one, "origin", word_json("origin", step->origin));
        report_set(one, "yuan", json_integer(step->yuan));
        report_set(one, "total_yuan",
                   received[0].known ? json_integer(received[0].yuan) : json_null());
        report_append(out, one);
    }
    return out;
}

static json_t *obstacle_json(const struct obstacle_view *obstacle, int32_t as_of)
{
    json_t *out = json_object();
    report_set(out, "id", report_text_json(obstacle->id));
    report_set(out, "kind", json_string(obstacle_kind_text(obstacle)));
    report_set(out, "owner", report_text_json(obstacle->owner));
    report_set(out, "raised", report_day_json(obstacle->raised));
    report_set(out, "due", report_day_json(obstacle->due));
    report_set(out, "closed", report_day_json(obstacle->closed));
    report_set(out, "days_open", json_integer(obstacle->days_open));
    report_set(out, "is_overdue", json_boolean(obstacle_is_overdue(obstacle, as_of)));
    report_set(out, "transfers", json_integer(obstacle->transfers));
    report_set(out, "has_solution", json_boolean(obstacle->has_solution));
    report_set(out, "position", report_count_json(obstacle->position));
    return out;
}

static json_t *obstacles_json(const struct inquiry *inquiry, size_t subject)
{
    struct obstacle_list list;
    json_t *out = json_array();
    obstacle_list_make(inquiry->source->ledger, subject, &inquiry->view, inquiry->source->arena,
                       &list);
    for (size_t i = 0; !list.truncated && i < list.count; i++)
        report_append(out, obstacle_json(&list.rows[i], inquiry->view.as_of));
    return out;
}

enum err answer_project(struct inquiry *inquiry, struct answer *out)
{
    const struct answer_source *source = inquiry->source;
    struct standpoint standpoint = inquiry_standpoint(inquiry);
    struct project_history history;
    struct project_view project;
    size_t subject = 0;
    TRY(find_subject(inquiry, &subject));
    TRY(check_scope(inquiry, subject));
    TRY(project_history_make(&standpoint, subject, &history));
    if (history.count == 0) {
        problem_set(&inquiry->problem, "到该记录号为止尚无记载 (not known by then)");
        problem_remedy(&inquiry->problem, "leave known_at out for all that is known");
        return ERR_NOT_FOUND;
    }
    TRY(read_words(inquiry, &history));
    json_t *whole = project_to_json(&history);
    if (project_view_make(source->ledger, subject, &inquiry->view, source->arena, &project))
        report_set(whole, "funds", funds_json(&project));
    report_set(whole, "obstacles", obstacles_json(inquiry, subject));
    answer_json(out, whole);
    return OK;
}
