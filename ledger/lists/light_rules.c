/*
 * light_rules.c - the published rule sets (domain.md 6.2) in hundredths of a point, months and
 * ranks. What a locality left open is said beside the row.
 */
#include "ledger/lists/lights.h"

#define AT_LEAST(wanted, value)                                                                    \
    {                                                                                              \
        LIGHT_AT_LEAST, (wanted), (value)                                                          \
    }
#define AT_MOST(wanted, value)                                                                     \
    {                                                                                              \
        LIGHT_AT_MOST, (wanted), (value)                                                           \
    }
#define ABOVE(wanted, value)                                                                       \
    {                                                                                              \
        LIGHT_ABOVE, (wanted), (value)                                                             \
    }
#define BELOW(wanted, value)                                                                       \
    {                                                                                              \
        LIGHT_BELOW, (wanted), (value)                                                             \
    }

/* A project that is late with good reason has no light: neither on plan nor blamed. */
static const struct light_rule yinchuan_start[] = {
    {LIGHT_GREEN, LIGHT_GOOD, {AT_MOST(LIGHT_MONTHS_DUE, 0)}, "按计划开工，亮绿灯"},
    {LIGHT_RED,
     LIGHT_DANGER,
     {AT_LEAST(LIGHT_MONTHS_DUE, 3), BELOW(LIGHT_EXCUSED, 1)},
     "连续3个月无正当理由应开工未开工，亮红灯"},
    {LIGHT_YELLOW,
     LIGHT_WARN,
     {AT_LEAST(LIGHT_MONTHS_DUE, 1), BELOW(LIGHT_EXCUSED, 1)},
     "计划当月开工但无正当理由未开工，亮黄灯"},
};

/* Behind by less than 10 points: published neither green nor yellow; it is not yellow. */
static const struct light_rule yinchuan_pace[] = {
    {LIGHT_RED, LIGHT_DANGER, {BELOW(LIGHT_PACE, -3000)}, "低于序时进度超过30个百分点，亮红灯"},
    {LIGHT_YELLOW,
     LIGHT_WARN,
     {AT_MOST(LIGHT_PACE, -1000)},
     "低于序时进度10至30个百分点（含），亮黄灯"},
    {LIGHT_GREEN, LIGHT_GOOD, {AT_LEAST(LIGHT_PACE, 0)}, "完成序时进度，亮绿灯"},
    {LIGHT_GREEN, LIGHT_GOOD, {BELOW(LIGHT_PACE, 0)}, "低于序时进度不足10个百分点，未达黄灯线"},
};

static const struct light_rule yinchuan_library[] = {
    {LIGHT_GREEN, LIGHT_GOOD, {AT_LEAST(LIGHT_IN_LIBRARY, 1)}, "已入库，亮绿灯"},
    {LIGHT_RED,
     LIGHT_DANGER,
     {AT_LEAST(LIGHT_MONTHS_EXCEEDED, 2), BELOW(LIGHT_EXCUSED, 1)},
     "开工超2个月无正当理由未入库，亮红灯"},
    {LIGHT_YELLOW,
     LIGHT_WARN,
     {AT_LEAST(LIGHT_MONTHS_EXCEEDED, 1), BELOW(LIGHT_EXCUSED, 1)},
     "开工超1个月无正当理由未入库，亮黄灯"},
};

static const struct light_rule yinchuan_payment[] = {
    {LIGHT_GREEN, LIGHT_GOOD, {AT_LEAST(LIGHT_PAYMENT, 0)}, "资金按计划支付，亮绿灯"},
    {LIGHT_RED, LIGHT_DANGER, {BELOW(LIGHT_PAYMENT, 0)}, "资金支付低于要求，亮红灯"},
};

/* "低于…50%以内" is read as a share of what the time pace asks for: in points, no project could be
 * red before July. */
static const struct light_rule sanya_project[] = {
    {LIGHT_GREEN, LIGHT_GOOD, {AT_LEAST(LIGHT_PACE_SHARE, 0)}, "达到计划投资额序时进度，亮绿牌"},
    {LIGHT_YELLOW,
     LIGHT_WARN,
     {AT_LEAST(LIGHT_PACE_SHARE, -5000)},
     "低于序时进度50%以内（含），亮黄牌，约谈项目负责人"},
    {LIGHT_RED,
     LIGHT_DANGER,
     {BELOW(LIGHT_PACE_SHARE, -5000)},
     "低于序时进度50%以上，亮红牌，市领导约谈"},
};

static const struct light_rule sanya_district[] = {
    {LIGHT_GREEN, LIGHT_GOOD, {AT_MOST(LIGHT_MONTHS_MISSED, 0)}, "完成月度任务，亮绿牌"},
    {LIGHT_RED,
     LIGHT_DANGER,
     {AT_LEAST(LIGHT_MONTHS_MISSED, 2)},
     "连续两个月未完成月度任务，亮红牌"},
    {LIGHT_YELLOW, LIGHT_WARN, {AT_LEAST(LIGHT_MONTHS_MISSED, 1)}, "未完成月度任务，亮黄牌"},
};

static const struct light_rule tianjin_district[] = {
    {LIGHT_RED, LIGHT_DANGER, {BELOW(LIGHT_GROWTH, 0)}, "负增长，亮红灯"},
    {LIGHT_GREEN,
     LIGHT_GOOD,
     {AT_LEAST(LIGHT_GROWTH, 0), AT_LEAST(LIGHT_GROWTH_OVER_PLAN, 0),
      AT_LEAST(LIGHT_GROWTH_OVER_MEAN, 0)},
     "增速达到计划且不低于全市平均，亮绿灯"},
    {LIGHT_YELLOW,
     LIGHT_WARN,
     {AT_LEAST(LIGHT_GROWTH, 0), BELOW(LIGHT_GROWTH_OVER_PLAN, 0)},
     "增长但低于计划，亮黄灯"},
    {LIGHT_YELLOW,
     LIGHT_WARN,
     {AT_LEAST(LIGHT_GROWTH, 0), BELOW(LIGHT_GROWTH_OVER_MEAN, 0)},
     "增长但低于全市平均，亮黄灯"},
};

static const struct light_rule huating_slips[] = {
    {LIGHT_RED,
     LIGHT_DANGER,
     {AT_LEAST(LIGHT_REMINDED, 1), AT_LEAST(LIGHT_DEADLINES_MISSED, 2)},
     "黄色督办单逾期，发红色督办单，分管领导约谈"},
    {LIGHT_YELLOW,
     LIGHT_WARN,
     {AT_LEAST(LIGHT_REMINDED, 1), AT_LEAST(LIGHT_DEADLINES_MISSED, 1)},
     "蓝色督办单逾期，发黄色督办单预警"},
    {LIGHT_BLUE, LIGHT_REMIND, {AT_LEAST(LIGHT_REMINDED, 1)}, "蓝色督办单提醒"},
};

/* Published: front praised, rear reminded or warned, rank and its change shown. How many places are
 * front and rear is not published: three each, and red at the second time in a row. */
static const struct light_rule zaozhuang_rank[] = {
    {LIGHT_BLUE, LIGHT_PRAISE, {AT_MOST(LIGHT_RANK, 3)}, "位居前列，蓝牌激励"},
    {LIGHT_RED,
     LIGHT_DANGER,
     {AT_MOST(LIGHT_RANK_FROM_REAR, 3), AT_LEAST(LIGHT_TIMES_AT_REAR, 2)},
     "连续位居末尾，红牌警告"},
    {LIGHT_YELLOW, LIGHT_REMIND, {AT_MOST(LIGHT_RANK_FROM_REAR, 3)}, "位居末尾，黄牌提醒"},
};

#define RULES(table) .rules = (table), .rule_count = ARRAY_LENGTH(table)

const struct light_rules light_rules_shipped[] = {
    {.id = "YINCHUAN_2025_START",
     .name = "银川开工亮灯",
     .version = "2025",
     .source = "银川市发展改革委 2025-03",
     RULES(yinchuan_start),
     .shown = {LIGHT_MONTHS_DUE, LIGHT_INPUTS}},
    {.id = "YINCHUAN_2025_PACE",
     .name = "银川进度亮灯",
     .version = "2025",
     .source = "银川市发展改革委 2025-03",
     RULES(yinchuan_pace),
     .shown = {LIGHT_PACE, LIGHT_INPUTS}},
    {.id = "YINCHUAN_2025_LIBRARY",
     .name = "银川入库亮灯",
     .version = "2025",
     .source = "银川市发展改革委 2025-03",
     RULES(yinchuan_library),
     .shown = {LIGHT_INPUTS, LIGHT_INPUTS}},
    {.id = "YINCHUAN_2025_PAYMENT",
     .name = "银川资金支付亮灯",
     .version = "2025",
     .source = "银川市发展改革委 2025-03",
     RULES(yinchuan_payment),
     .shown = {LIGHT_PAYMENT, LIGHT_INPUTS}},
    {.id = "SANYA_2022_PROJECT",
     .name = "三亚项目亮牌",
     .version = "2022",
     .source = "三亚市推进项目建设红黄绿亮牌督办机制 2022-05",
     RULES(sanya_project),
     .shown = {LIGHT_PACE_SHARE, LIGHT_INPUTS}},
    {.id = "SANYA_2022_DISTRICT",
     .name = "三亚区亮牌",
     .version = "2022",
     .source = "三亚市推进项目建设红黄绿亮牌督办机制 2022-05",
     RULES(sanya_district),
     .shown = {LIGHT_MONTHS_MISSED, LIGHT_INPUTS}},
    {.id = "TIANJIN_2022_DISTRICT",
     .name = "天津区亮灯",
     .version = "2022",
     .source = "天津市 2022",
     RULES(tianjin_district),
     .shown = {LIGHT_GROWTH, LIGHT_INPUTS}},
    {.id = "HUATING_2017_SLIPS",
     .name = "华亭三色督办单",
     .version = "2017",
     .source = "华亭县 2017",
     RULES(huating_slips),
     .shown = {LIGHT_DEADLINES_MISSED, LIGHT_INPUTS}},
    {.id = "ZAOZHUANG_2023_RANK",
     .name = "枣庄红黄蓝亮牌",
     .version = "2023",
     .source = "枣庄市 2023-04",
     RULES(zaozhuang_rank),
     .shown = {LIGHT_RANK, LIGHT_RANK_RISE}},
};
const size_t light_rules_shipped_count = ARRAY_LENGTH(light_rules_shipped);

const struct light_rules *light_rules_find(struct bytes id)
{
    for (size_t i = 0; i < light_rules_shipped_count; i++) {
        if (bytes_equal_text(id, light_rules_shipped[i].id))
            return &light_rules_shipped[i];
    }
    return NULL;
}
