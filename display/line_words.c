/* line_words.c - a function a kind of event; see line_words.h. */
#include "display/line_words.h"

#include "display/board_json.h"
#include "ledger/event/schema.h"
#include "ledger/view/definitions.h"
#include "ledger/view/obstacles.h"
#include "report/privacy.h"
#include "report/report_figures.h"

/* ---- parts ---- */

void line_text(const struct telling *telling, struct bytes text, size_t most, struct buffer *out)
{
    CLEANUP(buffer_release) struct buffer masked = {0};
    if (telling->scope == LINE_OFFICE) {
        shown_add(text, most, out);
        return;
    }
    privacy_mask(text, &masked);
    shown_add(buffer_bytes(&masked), most, out);
}

/* After a blank, when there is something. */
static void add(const struct telling *telling, struct bytes text, struct buffer *out)
{
    CLEANUP(buffer_release) struct buffer shown = {0};
    line_text(telling, text, LINE_TEXT_MAX, &shown);
    if (shown.size == 0)
        return;
    buffer_add_text(out, out->size > 0 ? " " : "");
    buffer_add(out, buffer_bytes(&shown));
}

static void add_words(const char *text, struct buffer *out)
{
    buffer_add_text(out, out->size > 0 ? " " : "");
    buffer_add_text(out, text);
}

static const char *word(const char *words, int32_t number)
{
    const struct word *row = word_of_number(words_of_name(words), number);
    return row ? row->chinese : "";
}

static void add_day(const char *before, int32_t day, const char *after, struct buffer *out)
{
    char text[DAY_TEXT_SIZE];
    if (day != DAY_NONE)
        buffer_add_format(out, "%s%s%s", before, day_text(day, text), after);
}

void line_money(const struct telling *telling, const struct money *money, struct buffer *out)
{
    enum { CENTS = 100 };
    char text[PERCENT_TEXT_SIZE];
    bool is_yuan = money->currency[0] == '\0' || strcmp(money->currency, "CNY") == 0;
    if (!money->has_value) {
        line_text(telling, money->text, LINE_TEXT_MAX, out);
        return;
    }
    (void)money_text(is_yuan ? money->value : money->value / CENTS, text);
    size_t size = strlen(text);
    if (!is_yuan) /* 500万 and the currency in place of 元 */
        text[size - strlen("元")] = '\0';
    buffer_add_text(out, text);
    if (!is_yuan)
        line_text(telling, bytes_of_text(money->currency), LINE_TEXT_MAX, out);
}

static void add_money(const struct telling *telling, const char *name, const struct money *money,
                      struct buffer *out)
{
    if (!money->has_value && money->text.size == 0)
        return;
    add_words(name, out);
    buffer_add_text(out, *name ? " " : "");
    line_money(telling, money, out);
}

/* ---- projects ---- */

static void tell_project(const struct telling *telling, const struct event *event,
                         struct buffer *out)
{
    const struct project_fact *fact = &event->project;
    add_words(fact->action == PROJECT_ACTION_CHANGED ? "项目信息变更" : "登记项目", out);
    add(telling, fact->investor, out); /* its name stands beside the line */
    add_money(telling, "总投资", &fact->planned_total, out);
}

static void tell_document(const struct telling *telling, const struct event *event,
                          struct buffer *out)
{
    const struct document_fact *fact = &event->document;
    add_words("签订", out);
    buffer_add_text(out, word("document", fact->document));
    add_money(telling, "协议额", &fact->amount, out);
    add(telling, fact->fair, out);
}

static void tell_milestone(const struct telling *telling, const struct event *event,
                           struct buffer *out)
{
    const struct milestone_fact *fact = &event->milestone;
    (void)telling;
    add_words(fact->partial ? "部分" : "", out);
    buffer_add_text(out, word("milestone", fact->milestone));
}

static void tell_funds(const struct telling *telling, const struct event *event, struct buffer *out)
{
    const struct funds_fact *fact = &event->funds;
    bool is_received = fact->funds == FUNDS_NONE || fact->funds == FUNDS_RECEIVED;
    add_words(is_received ? "到位" : word("funds", fact->funds), out);
    buffer_add_text(out, " ");
    line_money(telling, &fact->amount, out);
    buffer_add_format(out, "（%s，%s）", word("origin", fact->origin),
                      word("funds_basis", fact->basis));
}

/* Steps after the first need not say what kind of obstacle it is. */
static int32_t kind_of_obstacle(const struct telling *telling, const struct obstacle_fact *fact)
{
    struct obstacle_list list = {0};
    if (fact->obstacle != OBSTACLE_NONE || telling->subject == SIZE_MAX)
        return fact->obstacle;
    obstacle_list_make(telling->ledger, telling->subject, &telling->view, telling->arena, &list);
    for (size_t i = 0; i < list.count; i++) {
        if (bytes_equal(list.rows[i].id, fact->obstacle_id))
            return list.rows[i].kind;
    }
    return OBSTACLE_NONE;
}

static void tell_obstacle(const struct telling *telling, const struct event *event,
                          struct buffer *out)
{
    const struct obstacle_fact *fact = &event->obstacle;
    const char *kind = word("obstacle", kind_of_obstacle(telling, fact));
    bool is_raised = fact->action == OBSTACLE_ACTION_RAISED;
    add_words(is_raised ? "卡点" : word("obstacle_action", fact->action), out);
    add_words(*kind ? kind : "问题", out);
    if (fact->owner.size > 0) {
        buffer_add_text(out, " →");
        add(telling, fact->owner, out);
    }
    add_day("（限 ", fact->due, "）", out);
}

static void tell_list(const struct telling *telling, const struct event *event, struct buffer *out)
{
    add_words(word("list_action", event->list.action), out);
    add(telling, event->list.list, out);
    add(telling, event->list.level, out);
}

static void tell_approval(const struct telling *telling, const struct event *event,
                          struct buffer *out)
{
    add(telling, event->approval.step, out);
    add_words(word("approval_result", event->approval.result), out);
    add(telling, event->approval.by, out);
}

static void tell_land(const struct telling *telling, const struct event *event, struct buffer *out)
{
    enum { TENTHS = 10 };
    const struct land_fact *fact = &event->land;
    add_words("用地", out);
    add_words(word("land", fact->land), out);
    add(telling, fact->parcel_id, out);
    if (fact->area_mu_tenths > 0)
        buffer_add_format(out, " %lld.%lld亩", (long long)(fact->area_mu_tenths / TENTHS),
                          (long long)(fact->area_mu_tenths % TENTHS));
}

static void tell_verification(const struct telling *telling, const struct event *event,
                              struct buffer *out)
{
    const struct verification_fact *fact = &event->verification;
    add_words("核查", out);
    buffer_add_text(out, word("verification", fact->result));
    add_words(word("milestone", fact->milestone), out);
    add_money(telling, "核实", &fact->verified_amount, out);
    add_day(" 核实为 ", fact->verified_day, "", out);
}

/* ---- people and tasks ---- */

static void tell_contact(const struct telling *telling, const struct event *event,
                         struct buffer *out)
{
    const struct contact_fact *fact = &event->contact;
    add_words(fact->state == CONTACT_STATE_PLANNED ? "计划" : "", out);
    buffer_add_text(out, word("contact", fact->contact));
    add(telling, fact->destination, out);
    if (fact->firms.count > 0)
        buffer_add_format(out, " 拜访企业%zu家", fact->firms.count);
    if (fact->leader_level != LEADER_LEVEL_NONE && fact->leader_level != LEADER_LEVEL_OTHER)
        buffer_add_format(out, "（%s带队）", word("leader_level", fact->leader_level));
    add(telling, fact->leader, out);
}

static void tell_assignment(const struct telling *telling, const struct event *event,
                            struct buffer *out)
{
    add_words("明确", out);
    buffer_add_text(out, word("role", event->assignment.role));
    add(telling, event->assignment.name, out);
}

static void tell_supervision(const struct telling *telling, const struct event *event,
                             struct buffer *out)
{
    add_words(word("supervision", event->supervision.step), out);
    add(telling, event->supervision.to, out);
    add_day("（限 ", event->supervision.due, "）", out);
}

static void tell_leader_action(const struct telling *telling, const struct event *event,
                               struct buffer *out)
{
    add_words(word("leader_level", event->leader_action.leader_level), out);
    add(telling, event->leader_action.leader, out);
    add_words(word("leader_action", event->leader_action.action), out);
}

static void tell_instruction(const struct telling *telling, const struct event *event,
                             struct buffer *out)
{
    static const char *const steps[] = {"批示", "批示", "批示反馈", "批示办结"};
    int32_t action = event->instruction.action;
    add_words(action >= 0 && action < (int32_t)ARRAY_LENGTH(steps) ? steps[action] : "批示", out);
    add(telling, event->instruction.instruction_id, out);
    add(telling, event->instruction.to, out);
    add_day("（限 ", event->instruction.due, "）", out);
}

static void tell_commitment(const struct telling *telling, const struct event *event,
                            struct buffer *out)
{
    add_words(word("commitment_action", event->commitment.action), out);
    add(telling, event->commitment.commitment_id, out);
    add_money(telling, "", &event->commitment.amount, out);
    add_day("（限 ", event->commitment.due, "）", out);
}

static void tell_note(const struct telling *telling, const struct event *event, struct buffer *out)
{
    add_words("进展", out);
    add(telling, event->note.text, out);
}

/* ---- plans, targets, the city's own ---- */

static void add_metric(const struct telling *telling, struct bytes metric, struct buffer *out)
{
    CLEANUP(buffer_release) struct buffer name = {0};
    struct bulletin_target target = {.metric = metric};
    const struct definitions *definitions = definitions_shipped();
    for (size_t i = 0; i < definitions->rate_count; i++) {
        if (bytes_equal_text(metric, definitions->rates[i].id))
            metric = bytes_of_text(definitions->rates[i].name);
    }
    if (metric.data == target.metric.data)
        figure_target_name(&target, &name);
    else
        buffer_add(&name, metric);
    add(telling, buffer_bytes(&name), out);
}

static void tell_target(const struct telling *telling, const struct event *event,
                        struct buffer *out)
{
    enum { HUNDREDTHS = 100 };
    const struct target_fact *fact = &event->target;
    bool is_rate = false;
    const struct definitions *definitions = definitions_shipped();
    for (size_t i = 0; i < definitions->rate_count; i++)
        is_rate = is_rate || bytes_equal_text(fact->metric, definitions->rates[i].id);
    add_words("目标", out);
    add_metric(telling, fact->metric, out);
    add_money(telling, "", &fact->base_amount, out);
    if (fact->base_count > 0 && is_rate)
        buffer_add_format(out, " %lld.%02d%%", (long long)(fact->base_count / HUNDREDTHS),
                          (int)(fact->base_count % HUNDREDTHS));
    else if (fact->base_count > 0)
        buffer_add_format(out, " %lld", (long long)fact->base_count);
}

static void tell_plan(const struct telling *telling, const struct event *event, struct buffer *out)
{
    const struct plan_fact *fact = &event->plan;
    add_words(word("plan", fact->plan), out);
    add(telling, fact->destination, out);
    if (fact->count > 0) {
        add_metric(telling, fact->metric, out);
        buffer_add_format(out, " %lld", (long long)fact->count);
    }
    add_money(telling, "", &fact->amount, out);
}

static void tell_lead(const struct telling *telling, const struct event *event, struct buffer *out)
{
    add_words("线索", out);
    add(telling, event->lead.investor, out);
    add_money(telling, "拟投资", &event->lead.total, out);
    add_words(word("lead_step", event->lead.step), out);
}

static void tell_investor(const struct telling *telling, const struct event *event,
                          struct buffer *out)
{
    add_words("投资方", out);
    add(telling, event->investor.name, out);
    add(telling, event->investor.place, out);
}

static void tell_fair(const struct telling *telling, const struct event *event, struct buffer *out)
{
    add_words("节会", out);
    add(telling, event->fair.fair, out);
    if (event->fair.projects.count > 0)
        buffer_add_format(out, " 签约项目%zu个", event->fair.projects.count);
}

static void tell_exchange_rate(const struct telling *telling, const struct event *event,
                               struct buffer *out)
{
    enum { MILLION = 1000000 };
    int64_t rate = event->exchange_rate.yuan_millionths;
    add_words("汇率", out);
    add(telling, event->exchange_rate.currency, out);
    buffer_add_format(out, " %lld.%06d元", (long long)(rate / MILLION), (int)(rate % MILLION));
}

static void tell_definition(const struct telling *telling, const struct event *event,
                            struct buffer *out)
{
    add_words(word("definition", event->definition.definition), out);
    add(telling, event->definition.name, out);
    add(telling, event->definition.version, out);
    add_day("（自 ", event->definition.from, " 起）", out);
}

static void tell_verdict(const struct telling *telling, const struct event *event,
                         struct buffer *out)
{
    uint16_t unit;
    struct bytes winner = event->verdict.winner_unit;
    if (ledger_find_unit(telling->ledger, winner, &unit))
        winner =
            ledger_unit_name(telling->ledger, unit, telling->view.as_of, telling->view.known_at);
    add_words("首报裁定", out);
    add(telling, event->verdict.matter, out);
    if (winner.size > 0) {
        buffer_add_text(out, " 归");
        add(telling, winner, out);
    }
}

static void tell_correction(const struct telling *telling, const struct event *event,
                            struct buffer *out)
{
    CLEANUP(buffer_release) struct buffer before = {0}, after = {0};
    line_correction(telling, &event->correction, out, &before, &after);
}

typedef void tell(const struct telling *telling, const struct event *event, struct buffer *out);
static tell *const tellers[] = {
    [EVENT_PROJECT] = tell_project,
    [EVENT_DOCUMENT] = tell_document,
    [EVENT_MILESTONE] = tell_milestone,
    [EVENT_FUNDS] = tell_funds,
    [EVENT_OBSTACLE] = tell_obstacle,
    [EVENT_CONTACT] = tell_contact,
    [EVENT_ASSIGNMENT] = tell_assignment,
    [EVENT_TARGET] = tell_target,
    [EVENT_LIST] = tell_list,
    [EVENT_CORRECTION] = tell_correction,
    [EVENT_VERIFICATION] = tell_verification,
    [EVENT_NOTE] = tell_note,
    [EVENT_COMMITMENT] = tell_commitment,
    [EVENT_APPROVAL] = tell_approval,
    [EVENT_LAND] = tell_land,
    [EVENT_SUPERVISION] = tell_supervision,
    [EVENT_FAIR] = tell_fair,
    [EVENT_EXCHANGE_RATE] = tell_exchange_rate,
    [EVENT_LEADER_ACTION] = tell_leader_action,
    [EVENT_PLAN] = tell_plan,
    [EVENT_LEAD] = tell_lead,
    [EVENT_INVESTOR] = tell_investor,
    [EVENT_INSTRUCTION] = tell_instruction,
    [EVENT_DEFINITION] = tell_definition,
    [EVENT_VERDICT] = tell_verdict,
};
_Static_assert(ARRAY_LENGTH(tellers) == EVENT_VERDICT + 1, "every kind has its words");

void line_words(const struct telling *telling, const struct event *event, struct buffer *out)
{
    struct event shown = *event;
    const struct kind *kind = kind_of_number(event->envelope.kind);
    if (!kind || kind->number >= ARRAY_LENGTH(tellers)) {
        buffer_add_text(out, "未识别的记录");
        return;
    }
    for (size_t i = 0; telling->scope == LINE_WALL && i < kind->field_count; i++) {
        const struct field *field = &kind->fields[i];
        void *value = (uint8_t *)event_fact(&shown) + field->offset;
        if (field->type == FIELD_TEXT && privacy_hides(kind, field, event_fact_const(event)))
            *(struct bytes *)value = BYTES_NONE;
    }
    tellers[kind->number](telling, &shown, out);
}
