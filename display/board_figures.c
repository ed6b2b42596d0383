/* board_figures.c - the headline figures, the river of stages, and twelve months. */
#include <stdio.h>

#include "display/board_parts.h"
#include "ledger/view/calendar.h"
#include "report/report_figures.h"

/* ---- headlines ---- */

static json_t *rate_headline(const struct board_work *work, const char *name)
{
    const struct bulletin_row *total = &work->bulletin.total;
    const struct bulletin_rate *rate = figure_headline(total, name);
    if (!rate)
        return NULL;
    const struct bulletin_target *target = target_of_metric(total, rate->definition->id);
    json_t *out = json_object();
    bool is_money = measure_is_amount(rate->definition->numerator);
    set_text(out, "id", rate->definition->id);
    set_text(out, "name", rate->definition->name);
    set_text(out, "kind", "rate");
    set_text(out, "percent", rate->has_percent ? rate->percent : NULL);
    set_count(out, "numerator", rate->numerator);
    set_count(out, "denominator", rate->denominator);
    set_text(out, "counted_in", is_money ? "yuan" : "projects");
    report_set(out, "yuan", json_null());
    report_set(out, "target", target_json(target));
    report_set(out, "light", light_of_target(work, target));
    set_text(out, "definition", rate->definition->formula);
    set_text(out, "version", rate->definition->version);
    return out;
}

/* What arrived within the period, as its target counts it; the rate beside it is the cohort's. */
static json_t *funds_headline(const struct board_work *work)
{
    const struct bulletin_row *total = &work->bulletin.total;
    const struct bulletin_target *target = target_of_metric(total, "received_wan_total");
    char text[PERCENT_TEXT_SIZE];
    json_t *out = json_object();
    set_text(out, "id", "RECEIVED_IN_PERIOD");
    set_text(out, "name", "到位资金");
    set_text(out, "kind", "amount");
    report_set(out, "percent", json_null());
    report_set(out, "numerator", json_null());
    report_set(out, "denominator", json_null());
    set_text(out, "counted_in", "yuan");
    set_count(out, "yuan", total->received_in_period_yuan);
    set_text(out, "yi", yi_text(total->received_in_period_yuan, 2, text));
    report_set(out, "target", target_json(target));
    report_set(out, "light", light_of_target(work, target));
    set_text(out, "definition", "期内到位资金之和，不论项目何年签约，含已终止项目，不含政府性资金");
    set_text(out, "version", "1");
    return out;
}

json_t *headlines_json(const struct board_work *work)
{
    static const char *const names[] = {"落地率", "资金到位率"};
    json_t *out = json_array();
    for (size_t i = 0; i < ARRAY_LENGTH(names); i++) {
        json_t *one = rate_headline(work, names[i]);
        if (one)
            report_append(out, one);
    }
    report_append(out, funds_headline(work));
    return out;
}

/* ---- stages ---- */

struct stage {
    const char *id, *name, *metric, *definition;
    int64_t count;
    int before; /* index of the stage that the conversion is of; -1: none */
};

enum { NEGOTIATING, SIGNED, LANDED, STARTED, COMPLETED, PRODUCING };

static json_t *stage_json(const struct board_work *work, const struct stage *stages, size_t at)
{
    const struct stage *stage = &stages[at];
    const struct bulletin_target *target = target_of_metric(&work->bulletin.total, stage->metric);
    char conversion[PERCENT_TEXT_SIZE] = "";
    json_t *out = json_object();
    if (stage->before >= 0) {
        int64_t whole = stages[stage->before].count;
        /* Who has signed is no longer in negotiation, but came from there. */
        whole += stage->before == NEGOTIATING ? stage->count : 0;
        (void)percent_text(stage->count, whole, ROUND_HALF_UP, 1, conversion);
    }
    set_text(out, "id", stage->id);
    set_text(out, "name", stage->name);
    set_count(out, "count", stage->count);
    set_text(out, "conversion", conversion);
    report_set(out, "target", target_json(target));
    report_set(out, "light", light_of_target(work, target));
    set_text(out, "definition", stage->definition);
    return out;
}

json_t *stages_json(const struct board_work *work)
{
    const struct bulletin_row *total = &work->bulletin.total;
    /* 落地 stands before 开工 in one city and after it in another (domain.md 0.3): both are of
     * 签约.
     */
    const struct stage stages[] = {
        [NEGOTIATING] = {"NEGOTIATING", "在谈", "reserve",
                         "已有线索、策划、在谈、意向或框架协议，截至当日未签正式合同且未终止",
                         work->walk.negotiating, -1},
        [SIGNED] = {"SIGNED", "签约", "signed",
                    "期内签订正式合同的项目，含已终止；转化=签约÷(在谈+签约)", total->signed_count,
                    NEGOTIATING},
        [LANDED] = {"LANDED", "落地", "landed", "期内签约项目中截至当日已落地；转化=落地÷签约",
                    total->landed, SIGNED},
        [STARTED] = {"STARTED", "开工", "started", "期内签约项目中截至当日已开工；转化=开工÷签约",
                     total->started, SIGNED},
        [COMPLETED] = {"COMPLETED", "竣工", "completed",
                       "期内签约项目中截至当日已竣工；转化=竣工÷开工", total->completed, STARTED},
        [PRODUCING] = {"PRODUCING", "投产", "producing",
                       "期内签约项目中截至当日已投产；转化=投产÷竣工", total->producing, COMPLETED},
    };
    json_t *out = json_array();
    for (size_t i = 0; i < ARRAY_LENGTH(stages); i++)
        report_append(out, stage_json(work, stages, i));
    return out;
}

/* ---- trend ---- */

static json_t *counts_json(const int64_t counts[TREND_MONTHS])
{
    json_t *out = json_array();
    for (size_t i = 0; i < TREND_MONTHS; i++)
        report_append(out, json_integer(counts[i]));
    return out;
}

json_t *trend_json(const struct board_work *work)
{
    const struct board_walk *walk = &work->walk;
    json_t *out = json_object(), *months = json_array();
    for (int32_t i = 0; i < TREND_MONTHS; i++) {
        char text[MONTH_TEXT_SIZE];
        int32_t month = walk->first_month + i;
        (void)snprintf(text, sizeof(text), "%d-%02d", month_year(month), month_of_year(month));
        report_append(months, json_string(text));
    }
    report_set(out, "months", months);
    report_set(out, "signed", counts_json(walk->signed_count));
    report_set(out, "started", counts_json(walk->started));
    report_set(out, "completed", counts_json(walk->completed));
    report_set(out, "received_yuan", counts_json(walk->received_yuan));
    set_text(out, "definition",
             "当月签订合同、开工、竣工的项目和当月到位资金，不论项目何年签约；末月截至当日");
    return out;
}
