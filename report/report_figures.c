/* report_figures.c - see report_figures.h. */
#include "report/report_figures.h"

#include <inttypes.h>
#include <stdio.h>

#define AT(member) offsetof(struct bulletin_row, member)
#define PROGRESS   FIGURE_PAGE_PROGRESS
#define FUNDS      FIGURE_PAGE_FUNDS
#define GAPS       FIGURE_PAGE_GAPS
#define SIGNED     "签约项目"
#define RECEIVED   "到位资金"
#define SHARES     "资金来源占比"
#define SOURCES    "项目来源"
#define IN_PERIOD  "期内"
#define GAP(ID, title)                                                                             \
    {                                                                                              \
        "gaps." #ID, NULL, (title), "个", FIGURE_COUNT, GAPS, AT(gaps[GAP_##ID])                   \
    }

const struct figure figures[] = {
    {"signed", SIGNED, "小计", "个", FIGURE_COUNT, PROGRESS, AT(signed_count)},
    {"signed_fixed_ge_yi.1", SIGNED, "≥1亿元", "个", FIGURE_COUNT, PROGRESS,
     AT(signed_fixed_ge[2])},
    {"signed_fixed_ge_yi.5", SIGNED, "≥5亿元", "个", FIGURE_COUNT, PROGRESS,
     AT(signed_fixed_ge[3])},
    {"signed_fixed_ge_yi.10", SIGNED, "≥10亿元", "个", FIGURE_COUNT, PROGRESS,
     AT(signed_fixed_ge[4])},
    {"performing", SIGNED, "履约", "个", FIGURE_COUNT, PROGRESS, AT(performing)},
    {"terminated", SIGNED, "终止", "个", FIGURE_COUNT, PROGRESS, AT(terminated)},
    {"landed", "项目进展", "落地", "个", FIGURE_COUNT, PROGRESS, AT(landed)},
    {"started", "项目进展", "开工", "个", FIGURE_COUNT, PROGRESS, AT(started)},
    {"completed", "项目进展", "竣工", "个", FIGURE_COUNT, PROGRESS, AT(completed)},
    {"producing", "项目进展", "投产", "个", FIGURE_COUNT, PROGRESS, AT(producing)},
    {"start_rate", NULL, "开工率", "%", FIGURE_RATE, PROGRESS, 0},
    {"rank", NULL, "位次", "", FIGURE_RANK, PROGRESS, AT(rank)},
    {"trips", NULL, "外出招商", "次", FIGURE_COUNT, PROGRESS, AT(trips)},
    {"contract_wan", NULL, "合同总投资", "万元", FIGURE_WAN, FUNDS, AT(contract_yuan)},
    {"received_wan", RECEIVED, "合计", "万元", FIGURE_WAN, FUNDS, AT(received_yuan)},
    {"verified_wan", RECEIVED, "核实到位", "万元", FIGURE_WAN, FUNDS, AT(verified_yuan)},
    {"received_by_origin_wan.out_of_province", RECEIVED, "省外", "万元", FIGURE_WAN, FUNDS,
     AT(received_by_origin[ORIGIN_OUT_OF_PROVINCE])},
    {"received_by_origin_wan.out_of_city_in_province", RECEIVED, "市外省内", "万元", FIGURE_WAN,
     FUNDS, AT(received_by_origin[ORIGIN_OUT_OF_CITY_IN_PROVINCE])},
    {"received_by_origin_wan.inter_county", RECEIVED, "市内县际", "万元", FIGURE_WAN, FUNDS,
     AT(received_by_origin[ORIGIN_INTER_COUNTY])},
    {"received_by_origin_wan.overseas", RECEIVED, "境外", "万元", FIGURE_WAN, FUNDS,
     AT(received_by_origin[ORIGIN_OVERSEAS])},
    {"share_percent_by_origin.out_of_province", SHARES, "省外", "%", FIGURE_PERCENT, FUNDS,
     AT(share_percent_by_origin[ORIGIN_OUT_OF_PROVINCE])},
    {"share_percent_by_origin.out_of_city_in_province", SHARES, "市外省内", "%", FIGURE_PERCENT,
     FUNDS, AT(share_percent_by_origin[ORIGIN_OUT_OF_CITY_IN_PROVINCE])},
    {"share_percent_by_origin.inter_county", SHARES, "市内县际", "%", FIGURE_PERCENT, FUNDS,
     AT(share_percent_by_origin[ORIGIN_INTER_COUNTY])},
    {"share_percent_by_origin.overseas", SHARES, "境外", "%", FIGURE_PERCENT, FUNDS,
     AT(share_percent_by_origin[ORIGIN_OVERSEAS])},
    {"projects_by_origin.out_of_province", SOURCES, "省外", "个", FIGURE_COUNT, FUNDS,
     AT(projects_by_origin[ORIGIN_OUT_OF_PROVINCE])},
    {"projects_by_origin.out_of_city_in_province", SOURCES, "市外省内", "个", FIGURE_COUNT, FUNDS,
     AT(projects_by_origin[ORIGIN_OUT_OF_CITY_IN_PROVINCE])},
    {"projects_by_origin.inter_county", SOURCES, "市内县际", "个", FIGURE_COUNT, FUNDS,
     AT(projects_by_origin[ORIGIN_INTER_COUNTY])},
    {"projects_by_origin.overseas", SOURCES, "境外", "个", FIGURE_COUNT, FUNDS,
     AT(projects_by_origin[ORIGIN_OVERSEAS])},
    {"fund_rate", NULL, "资金到位率", "%", FIGURE_RATE, FUNDS, 0},
    GAP(SIGNED_NOT_STARTED, "签约未开工"),
    GAP(STARTED_NOT_COMPLETED, "开工未竣工"),
    GAP(COMPLETED_NOT_PRODUCING, "竣工未投产"),
    GAP(PRODUCING_NOT_ABOVE_SCALE, "投产未上规"),
    GAP(ABOVE_SCALE_NOT_FULL, "上规未达产"),
    GAP(UNDER_CONSTRUCTION_NOT_IN_LIBRARY, "在建未入库"),
    {"obstacles_open", NULL, "未销号问题", "个", FIGURE_COUNT, GAPS, AT(obstacles_open)},
    {"anomalies", NULL, "存疑项目", "个", FIGURE_COUNT, GAPS, AT(anomalies)},
    {"complete_to", NULL, "数据报至", "", FIGURE_COMPLETE_TO, GAPS, AT(complete_to_ms)},
    {"projects", NULL, "在册项目", "个", FIGURE_COUNT, 0, AT(projects)},
    {"signed_in_period", IN_PERIOD, "签约", "个", FIGURE_COUNT, 0,
     AT(in_period[MILESTONE_CONTRACT_SIGNED])},
    {"landed_in_period", IN_PERIOD, "落地", "个", FIGURE_COUNT, 0, AT(in_period[MILESTONE_LANDED])},
    {"started_in_period", IN_PERIOD, "开工", "个", FIGURE_COUNT, 0,
     AT(in_period[MILESTONE_STARTED])},
    {"completed_in_period", IN_PERIOD, "竣工", "个", FIGURE_COUNT, 0,
     AT(in_period[MILESTONE_COMPLETED])},
    {"producing_in_period", IN_PERIOD, "投产", "个", FIGURE_COUNT, 0,
     AT(in_period[MILESTONE_PRODUCING])},
    {"terminated_in_period", IN_PERIOD, "终止", "个", FIGURE_COUNT, 0,
     AT(in_period[MILESTONE_TERMINATED])},
    {"received_in_period_wan", IN_PERIOD, "到位资金", "万元", FIGURE_WAN, 0,
     AT(received_in_period_yuan)},
    {"signed_new", SIGNED, "新建", "个", FIGURE_COUNT, 0, AT(signed_new)},
    {"signed_carried_over", SIGNED, "结转", "个", FIGURE_COUNT, 0, AT(signed_carried_over)},
    {"trips_without_lead", NULL, "外出无项目", "次", FIGURE_COUNT, 0, AT(trips_without_lead)},
    {"firms_visited", NULL, "拜访企业", "家", FIGURE_COUNT, 0, AT(firms_visited)},
    {"masked", NULL, "金额未公开项目", "个", FIGURE_COUNT, 0, AT(masked)},
};
const size_t figure_count = ARRAY_LENGTH(figures);

const struct bulletin_rate *figure_headline(const struct bulletin_row *row, const char *name)
{
    const struct bulletin_rate *first = NULL;
    for (size_t i = 0; i < row->rate_count; i++) {
        const struct bulletin_rate *rate = &row->rates[i];
        if (strcmp(rate->definition->name, name) != 0)
            continue;
        if (rate->definition->headline)
            return rate;
        first = first ? first : rate;
    }
    return first;
}

const struct bulletin_rate *figure_rate(const struct bulletin_row *row, const char *id)
{
    for (size_t i = 0; i < row->rate_count; i++)
        if (strcmp(row->rates[i].definition->id, id) == 0)
            return &row->rates[i];
    return NULL;
}

int64_t figure_size_count(const struct bulletin_row *row, int64_t yuan)
{
    for (size_t i = 0; i < BULLETIN_SIZES; i++)
        if (bulletin_sizes[i] == yuan)
            return row->signed_fixed_ge[i];
    return 0;
}

static const struct {
    const char *metric, *name, *unit;
} target_names[] = {
    {"received_wan_total", "到位资金", "万元"},
    {"received_wan_out_of_province", "省外到位资金", "万元"},
    {"received_wan_out_of_city", "市外省内到位资金", "万元"},
    {"received_wan_out_of_city_in_province", "市外省内到位资金", "万元"},
    {"received_wan_all_out_of_city", "市外到位资金", "万元"},
    {"received_wan_inter_county", "市内县际到位资金", "万元"},
    {"received_wan_overseas", "境外到位资金", "万元"},
    {"received_wan_local", "本地到位资金", "万元"},
    {"fdi_used_wan", "实际使用外资", "万元"},
    {"fixed_formed_wan", "完成固定资产投资", "万元"},
    {"verified_wan", "核实到位资金", "万元"},
    {"contract_wan", "合同投资额", "万元"},
    {"signed", "签约项目", "个"},
    {"landed", "落地项目", "个"},
    {"started", "开工项目", "个"},
    {"in_library", "入库项目", "个"},
    {"completed", "竣工项目", "个"},
    {"producing", "投产项目", "个"},
    {"above_scale", "上规项目", "个"},
    {"full_capacity", "达产项目", "个"},
    {"new_projects", "新项目", "个"},
    {"reserve", "储备项目", "个"},
    {"trips", "外出招商", "次"},
    {"firms_visited", "拜访企业", "家"},
};

void figure_target_name(const struct bulletin_target *target, struct buffer *out)
{
    enum { YUAN_A_WAN = 10000 };
    const char *name = NULL;
    for (size_t i = 0; i < ARRAY_LENGTH(target_names); i++)
        if (bytes_equal_text(target->metric, target_names[i].metric))
            name = target_names[i].name;
    buffer_add(out, name ? bytes_of_text(name) : target->metric);
    if (target->threshold > 0)
        buffer_add_format(out, "（%" PRId64 "万元以上）", target->threshold / YUAN_A_WAN);
    if (target->list.size > 0) {
        buffer_add_text(out, "（");
        buffer_add(out, target->list);
        buffer_add_text(out, "）");
    }
}

const char *figure_target_unit(const struct bulletin_target *target)
{
    for (size_t i = 0; i < ARRAY_LENGTH(target_names); i++)
        if (bytes_equal_text(target->metric, target_names[i].metric))
            return target_names[i].unit;
    return target->is_amount ? "万元" : "万分之一"; /* of a rate */
}

static void put(const char *text, char out[FIGURE_TEXT_SIZE])
{
    (void)snprintf(out, FIGURE_TEXT_SIZE, "%s", text);
}

static void put_number(int64_t number, char out[FIGURE_TEXT_SIZE])
{
    (void)snprintf(out, FIGURE_TEXT_SIZE, "%" PRId64, number);
}

const char *figure_text(const struct figure *figure, const struct bulletin_row *row,
                        char out[FIGURE_TEXT_SIZE])
{
    const void *value = (const uint8_t *)row + figure->offset;
    const struct bulletin_rate *rate;
    *out = '\0';
    switch (figure->kind) {
    case FIGURE_COUNT:
        put_number(*(const int64_t *)value, out);
        break;
    case FIGURE_WAN:
        put_number(wan_of_yuan(*(const int64_t *)value), out);
        break;
    case FIGURE_PERCENT:
        put(value, out);
        break;
    case FIGURE_RATE:
        rate = figure_headline(row, figure->title);
        if (rate && rate->has_percent)
            put(rate->percent, out);
        break;
    case FIGURE_RANK:
        if (*(const int64_t *)value > 0)
            put_number(*(const int64_t *)value, out);
        break;
    case FIGURE_COMPLETE_TO:
        if (*(const int64_t *)value > 0)
            (void)day_text(day_of_instant(*(const int64_t *)value), out);
        break;
    }
    return out;
}

static void put_target(const struct bulletin_target *target, const char *part,
                       char out[FIGURE_TEXT_SIZE], bool *found)
{
    *found = true;
    *out = '\0';
    if (strcmp(part, "rate_percent") == 0)
        put(target->has_rate ? target->rate_percent : "", out);
    else if (strcmp(part, "pace_points") == 0)
        put(target->has_rate ? target->pace_points : "", out);
    else if (strcmp(part, target->is_amount ? "target_wan" : "target_count") == 0)
        put_number(target->is_amount ? wan_of_yuan(target->base) : target->base, out);
    else if (strcmp(part, target->is_amount ? "actual_wan" : "actual_count") == 0)
        put_number(target->is_amount ? wan_of_yuan(target->actual) : target->actual, out);
    else
        *found = false;
}

bool figure_find(const struct bulletin_row *row, const char *id, char out[FIGURE_TEXT_SIZE])
{
    for (size_t i = 0; i < figure_count; i++) {
        if (strcmp(figures[i].id, id) == 0) {
            (void)figure_text(&figures[i], row, out);
            return true;
        }
    }
    if (strncmp(id, "rates.", strlen("rates.")) == 0) {
        const struct bulletin_rate *rate = figure_rate(row, id + strlen("rates."));
        if (rate)
            put(rate->has_percent ? rate->percent : "", out);
        return rate != NULL;
    }
    const char *dot = strrchr(id, '.');
    if (!dot || strncmp(id, "targets.", strlen("targets.")) != 0)
        return false;
    const char *metric = id + strlen("targets.");
    bool found = false;
    for (size_t i = 0; i < row->target_count && !found && metric < dot; i++)
        if (bytes_equal(row->targets[i].metric, bytes_of(metric, (size_t)(dot - metric))))
            put_target(&row->targets[i], dot + 1, out, &found);
    return found;
}

void figure_each(const struct bulletin_row *row,
                 void (*take)(void *context, const char *id, const char *name, const char *value),
                 void *context)
{
    char value[FIGURE_TEXT_SIZE], id[FIGURE_ID_SIZE], name[FIGURE_ID_SIZE];
    for (size_t i = 0; i < figure_count; i++) {
        const struct figure *figure = &figures[i];
        if (figure->kind == FIGURE_RATE)
            continue; /* among the rates below */
        (void)snprintf(name, sizeof name, "%s%s", figure->group ? figure->group : "",
                       figure->title);
        take(context, figure->id, name, figure_text(figure, row, value));
    }
    for (size_t i = 0; i < row->rate_count; i++) {
        const struct bulletin_rate *rate = &row->rates[i];
        (void)snprintf(id, sizeof id, "rates.%s", rate->definition->id);
        take(context, id, rate->definition->name, rate->has_percent ? rate->percent : "");
    }
    static const char *const parts[] = {"target_wan",   "target_count", "actual_wan",
                                        "actual_count", "rate_percent", "pace_points"};
    for (size_t i = 0; i < row->target_count; i++) {
        for (size_t part = 0; part < ARRAY_LENGTH(parts); part++) {
            bool found;
            int size = (int)row->targets[i].metric.size;
            put_target(&row->targets[i], parts[part], value, &found);
            if (!found)
                continue;
            (void)snprintf(id, sizeof id, "targets.%.*s.%s", size,
                           (const char *)row->targets[i].metric.data, parts[part]);
            take(context, id, id, value);
        }
    }
}
