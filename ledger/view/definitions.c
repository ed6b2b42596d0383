/*
 * definitions.c - the shipped definitions, those that the city's events and a what-if make of them,
 * and the dated exchange rates. See definitions.h.
 */
#include "ledger/view/definitions.h"

#include <stdlib.h>

#include "ledger/event/schema.h"
#include "ledger/fold/assertions.h"
#include "ledger/fold/growing.h"
#include "ledger/view/definitions_draft.h"

enum { VERSION_TEXT_SIZE = 64, SHOWN_NAME_SIZE = 70 };

#define SHIPPED_VERSION "1"
#define TEXT(literal)                                                                              \
    {                                                                                              \
        (const uint8_t *)(literal), sizeof(literal) - 1                                            \
    }
#define RATE(rate_id, rate_name, rate_formula, over, under, is_headline)                           \
    {                                                                                              \
        .id = (rate_id), .name = (rate_name), .formula = (rate_formula),                           \
        .version = SHIPPED_VERSION, .numerator = MEASURE_##over, .denominator = MEASURE_##under,   \
        .rounding = ROUND_HALF_UP, .digits = 2, .headline = (is_headline)                          \
    }

/* domain.md 3.3. 开竣工率 (玉林) is not among them: its formula was never published. */
static const struct rate_definition shipped_rates[] = {
    RATE("PERF_NOT_TERMINATED", "履约率", "(签约-终止)/签约", PERFORMING, SIGNED, true),
    RATE("PERF_COUNTED", "履约率", "履约项目/签约", PERFORMING_SAID, SIGNED, false),
    RATE("START_OVER_SIGNED", "开工率", "开工/签约", STARTED, SIGNED, true),
    RATE("START_OVER_PLAN", "开工率", "本期开工/本期计划开工", STARTED_IN_PERIOD, PLANNED_STARTS,
         false),
    RATE("PROD_OVER_SIGNED", "投产率", "投产/签约", PRODUCING, SIGNED, true),
    RATE("PROD_OVER_STARTED", "投产率", "投产/开工", PRODUCING, STARTED, false),
    RATE("FUND_OVER_CONTRACT", "资金到位率", "累计到位/合同投资总额", RECEIVED, CONTRACT, true),
    RATE("FUND_OVER_YEAR_PLAN", "资金到位率", "当年到位/当年计划", RECEIVED_THIS_YEAR, YEAR_PLAN,
         false),
    RATE("LAND_OVER_SIGNED", "落地率", "落地/签约", LANDED, SIGNED, true),
    RATE("FAI_CONVERSION", "固投转化率", "形成固投/累计到位", FIXED_FORMED, RECEIVED, true),
    RATE("CHAIN_FIT", "产业契合度", "产业链上新项目/新项目", ON_CHAIN, NEW_PROJECTS, true),
    RATE("TARGET_RATE", "目标完成率", "实际/目标", NONE, NONE, true),
    RATE("PACE_POINTS", "超欠进度", "目标完成率-时序进度(百分点)", NONE, NONE, true),
    RATE("SHARE", "占比", "分类/合计", NONE, NONE, true),
    RATE("GROWTH", "同比增长", "(本期-上年同期)/上年同期", NONE, NONE, true),
};

static const struct definitions shipped = {
    .rates = shipped_rates,
    .rate_count = ARRAY_LENGTH(shipped_rates),
    .body_order = {BODY_INVESTMENT_BUREAU, BODY_DRC, BODY_MIIT, BODY_STATISTICS, BODY_INSPECTOR,
                   BODY_CITY},
    .landed_milestone = MILESTONE_LANDED,
    .exclude_government_money = true,
    .approvals = {TEXT("立项"), TEXT("备案"), TEXT("核准"), TEXT("环评"), TEXT("安评"),
                  TEXT("能评"), TEXT("用地"), TEXT("规划许可"), TEXT("施工许可")},
    .approval_count = 9,
    .versions = TEXT("shipped@" SHIPPED_VERSION),
};

const struct definitions *definitions_shipped(void)
{
    return &shipped;
}

const struct rate_definition *definitions_find(const struct definitions *definitions,
                                               const char *id)
{
    for (size_t i = 0; i < definitions->rate_count; i++) {
        if (strcmp(definitions->rates[i].id, id) == 0)
            return &definitions->rates[i];
    }
    return NULL;
}

int definitions_body_rank(const struct definitions *definitions, uint32_t body)
{
    int count = (int)ARRAY_LENGTH(definitions->body_order);
    if (body == BODY_NONE)
        body = BODY_INVESTMENT_BUREAU;
    for (int i = 0; i < count && definitions->body_order[i] != BODY_NONE; i++) {
        if (definitions->body_order[i] == body)
            return i;
    }
    return count + (int)body; /* those that the city does not name come after, in their own order */
}

/* ---- the city's events ---- */

struct told { /* a DEFINITION of the city, in force */
    const struct assertion *assertion;
    int32_t from;
    size_t order; /* city units by their text, each in its own order */
};

/* Of what names none: the shipped number and the event that changed it. */
static const char *version_of(struct arena *arena, const struct definition_fact *fact,
                              const struct assertion *assertion)
{
    char hex[2 * EVENT_ID_SIZE + 1], text[VERSION_TEXT_SIZE];
    struct bytes copy = fact->version;
    if (copy.size == 0) {
        hex_text(bytes_of(assertion->event_id, EVENT_ID_SIZE), hex, sizeof(hex));
        hex[8] = '\0';
        struct buffer joined = {0};
        buffer_add_format(&joined, SHIPPED_VERSION "+%s", hex);
        bytes_to_text(buffer_bytes(&joined), text, sizeof(text));
        buffer_release(&joined);
        copy = bytes_of_text(text);
    }
    return (const char *)arena_copy(arena, copy).data;
}

/* Of the settings those whose members are ours: others have their own rules (gap_rules …). */
static bool is_ours(const struct definition_fact *fact)
{
    return fact->definition == DEFINITION_METRIC || fact->definition == DEFINITION_SETTING;
}

static void name_problem(const struct definition_fact *fact, uint64_t position,
                         const struct problem *problem, struct problem *out)
{
    char shown[SHOWN_NAME_SIZE];
    problem_set(out, "口径 “%s” (position %llu): %s",
                bytes_to_text(fact->name, shown, sizeof(shown)), (unsigned long long)position,
                problem->text);
    problem_remedy(out, "%s", problem->remedy);
}

/* The first fault stays in the draft's problem; otherwise the draft is then as it was. */
static void apply_told(struct definitions_draft *draft, const struct ledger *ledger,
                       const struct assertion *assertion)
{
    struct ledger_fact read;
    struct problem problem = {0};
    const struct json_value *value = NULL;
    struct definitions_draft attempt = *draft;
    ledger_read(ledger, assertion, draft->arena, &read);
    const struct definition_fact *fact = &read.event.definition;
    attempt.problem = &problem;
    attempt.version = version_of(draft->arena, fact, assertion);
    attempt.name = fact->definition == DEFINITION_METRIC
                       ? (const char *)arena_copy(draft->arena, fact->name).data
                       : NULL;
    enum err err = json_value_parse(fact->content, draft->arena, &value, &problem);
    if (fact->definition == DEFINITION_SETTING && (err != OK || !definitions_draft_concerns(value)))
        return;
    if (err == OK && attempt.version && definitions_draft_apply(&attempt, value) == OK) {
        attempt.problem = draft->problem;
        *draft = attempt;
    } else if (draft->problem->text[0] == '\0') {
        name_problem(fact, assertion->position, &problem, draft->problem);
    }
}

static int compare_told(const void *left_pointer, const void *right_pointer)
{
    const struct told *left = left_pointer, *right = right_pointer;
    if (left->from != right->from)
        return left->from < right->from ? -1 : 1;
    return left->order < right->order ? -1 : 1;
}

static int compare_rates(const void *left_pointer, const void *right_pointer)
{
    const struct exchange_rate *left = left_pointer, *right = right_pointer;
    int order = strcmp(left->currency, right->currency);
    if (order != 0)
        return order;
    if (left->day != right->day)
        return left->day < right->day ? -1 : 1;
    return left->order < right->order ? -1 : 1;
}

/* What the city said, gathered before it is put in order. Both double in the arena. */
struct gathered {
    struct told *told;
    struct exchange_rate *rates;
    size_t told_count, told_capacity, rate_count, rate_capacity;
    bool is_short; /* of memory */
};

static void gather_told(struct gathered *gathered, struct arena *arena, struct told told)
{
    struct told *grown = growing_list(arena, gathered->told, gathered->told_count,
                                      &gathered->told_capacity, sizeof(*grown));
    gathered->is_short |= !grown;
    if (!grown)
        return;
    gathered->told = grown;
    told.order = gathered->told_count;
    grown[gathered->told_count++] = told;
}

static void gather_rate(struct gathered *gathered, struct arena *arena, struct exchange_rate rate)
{
    struct exchange_rate *grown = growing_list(arena, gathered->rates, gathered->rate_count,
                                               &gathered->rate_capacity, sizeof(*grown));
    gathered->is_short |= !grown;
    if (!grown)
        return;
    gathered->rates = grown;
    rate.order = gathered->rate_count;
    grown[gathered->rate_count++] = rate;
}

static void gather(const struct ledger *ledger, const struct assertion *assertion, int32_t day,
                   struct arena *arena, struct gathered *out)
{
    struct ledger_fact read;
    if (assertion->kind == EVENT_EXCHANGE_RATE) {
        ledger_read(ledger, assertion, arena, &read);
        const struct exchange_rate_fact *fact = &read.event.exchange_rate;
        struct exchange_rate rate = {.day = assertion->day,
                                     .yuan_millionths = fact->yuan_millionths};
        bytes_to_text(fact->currency, rate.currency, sizeof(rate.currency));
        if (rate.yuan_millionths > 0)
            gather_rate(out, arena, rate);
    } else if (assertion->kind == EVENT_DEFINITION) {
        ledger_read(ledger, assertion, arena, &read);
        const struct definition_fact *fact = &read.event.definition;
        struct told told = {.assertion = assertion, .from = fact->from};
        if (told.from == DAY_NONE)
            told.from = assertion->day;
        if (is_ours(fact) && told.from <= day)
            gather_told(out, arena, told);
    }
}

/* The city's unit whose text comes next after the one given; NULL: there is none. */
static const struct ledger_unit *next_city(const struct ledger *ledger, uint64_t known_at,
                                           struct bytes after, size_t *index)
{
    const struct ledger_unit *next = NULL;
    for (size_t i = 0; i < ledger_unit_count(ledger); i++) {
        const struct ledger_unit *unit = ledger_unit(ledger, i);
        if (!ledger_unit_is_city(ledger, i, known_at) || bytes_compare(unit->unit, after) <= 0 ||
            (next && bytes_compare(unit->unit, next->unit) >= 0))
            continue;
        next = unit;
        *index = i;
    }
    return next;
}

static void gather_all(const struct ledger *ledger, int32_t day, uint64_t known_at,
                       struct arena *arena, struct gathered *out)
{
    size_t index = 0;
    struct bytes after = BYTES_NONE;
    for (const struct ledger_unit *city;
         (city = next_city(ledger, known_at, after, &index)) != NULL;) {
        const struct assertion *assertion = NULL;
        struct ledger_walk walk = ledger_walk_unit(ledger, index, known_at);
        while ((assertion = ledger_next(&walk)) != NULL) {
            if (assertion->unit == index)
                gather(ledger, assertion, day, arena, out);
        }
        after = city->unit;
    }
}

static void name_shortage(struct problem *problem)
{
    problem_set(problem, "口径太大,放不下 (the definitions exceed the memory set aside)");
    problem_remedy(problem, "减少口径的内容 (shorten them)");
}

const struct definitions *definitions_at(const struct ledger *ledger, int32_t day,
                                         uint64_t known_at, struct arena *arena,
                                         struct problem *problem)
{
    struct gathered gathered = {0};
    struct definitions_draft draft;
    struct definitions *out = NULL;
    *problem = (struct problem){0};
    gather_all(ledger, day, known_at, arena, &gathered);
    if (gathered.told_count == 0 && gathered.rate_count == 0 && !gathered.is_short)
        return definitions_shipped();
    if (gathered.told_count > 0)
        qsort(gathered.told, gathered.told_count, sizeof(*gathered.told), compare_told);
    if (gathered.rate_count > 0)
        qsort(gathered.rates, gathered.rate_count, sizeof(*gathered.rates), compare_rates);
    definitions_draft_begin(&draft, definitions_shipped(), arena, problem);
    draft.definitions.exchange_rates = gathered.rates;
    draft.definitions.exchange_rate_count = gathered.rate_count;
    for (size_t i = 0; i < gathered.told_count; i++)
        apply_told(&draft, ledger, gathered.told[i].assertion);
    if (!definitions_draft_finish(&draft, &out) || gathered.is_short) {
        name_shortage(problem);
        return definitions_shipped();
    }
    return out;
}

enum err definitions_with(const struct definitions *base, struct bytes json, struct arena *arena,
                          const struct definitions **out, struct problem *problem)
{
    struct definitions_draft draft;
    struct definitions *made = NULL;
    const struct json_value *value = NULL;
    definitions_draft_begin(&draft, base, arena, problem);
    draft.version = "what-if";
    TRY(json_value_parse(json, arena, &value, problem));
    TRY(definitions_draft_apply(&draft, value));
    if (!definitions_draft_finish(&draft, &made)) {
        name_shortage(problem);
        return ERR_LIMIT;
    }
    *out = made;
    return OK;
}
