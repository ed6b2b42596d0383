/* gap_words.c - what puts a project on a list, in one Chinese line: printed below its name by the
 * reports and by the display, so that nobody asks what was counted. See gaps.h. */
#include "ledger/lists/gaps.h"

#include <inttypes.h>

const char *gap_definition(enum gap_class class)
{
    static const char *const definitions[GAP_CLASSES] = {
        [GAP_SIGNED_NOT_STARTED] = "已签正式合同，截至当日未开工且未终止",
        [GAP_STARTED_NOT_COMPLETED] = "已开工，截至当日未竣工且未终止",
        [GAP_COMPLETED_NOT_PRODUCING] = "已竣工，截至当日未投产且未终止",
        [GAP_PRODUCING_NOT_ABOVE_SCALE] = "已投产，截至当日未进规上且未终止",
        [GAP_ABOVE_SCALE_NOT_FULL] = "已进规上，截至当日未达产且未终止",
        [GAP_UNDER_CONSTRUCTION_NOT_IN_LIBRARY] =
            "已开工未竣工、总投资500万元以上，截至当日未进统计库且未终止",
    };
    return definitions[class];
}

static void add_large(int64_t yuan, struct buffer *out)
{
    const int64_t yi = 100000000, wan = 10000;
    if (yuan % yi == 0)
        buffer_add_format(out, "总投资%" PRId64 "亿元", yuan / yi);
    else
        buffer_add_format(out, "总投资%" PRId64 "万元", yuan / wan);
    buffer_add_text(out, "以上的工业项目，签约未落地");
}

void alert_definition(enum alert_class class, const struct gap_rules *rules, struct buffer *out)
{
    switch (class) {
    case ALERT_NEGOTIATING_TO_SIGN:
        buffer_add_format(out, "在谈满%d天未签正式合同", rules->negotiating_days);
        return;
    case ALERT_SIGNED_TO_LAND:
        buffer_add_format(out, "签约满%d天未落地", rules->signed_days);
        return;
    case ALERT_FOREIGN_NOT_EFFECTIVE:
        buffer_add_format(out, "外资项目签约满%d天境外资金未到位", rules->signed_days);
        return;
    case ALERT_BUILDING_TO_PRODUCE:
        buffer_add_text(out, "已开工未投产");
        return;
    case ALERT_SHELVED:
        buffer_add_text(out, "已搁置，至今未恢复");
        return;
    case ALERT_LAND_NOT_STARTED:
        buffer_add_format(out, "拿地满%d天未开工（闲置土地处置办法）",
                          rules->land_not_started_days);
        return;
    case ALERT_MANY_CONTACTS_NO_PROGRESS:
        buffer_add_format(out, "接洽满%d次、未开工，满%d天无实质进展", rules->contacts,
                          rules->contacts_days);
        return;
    case ALERT_LARGE_INDUSTRY_NOT_LANDED:
        add_large(rules->large_yuan, out);
        return;
    case ALERT_STARTED_BEFORE_APPROVAL:
        buffer_add_text(out, "开工日应有的审批尚未通过");
        return;
    case ALERT_SUPERVISED:
        buffer_add_text(out, "列入督办名单，或无故移出");
        return;
    case ALERT_TEAM_CHANGED_MID_LEAD:
        buffer_add_text(out, "跟踪人员离开，所跟项目未签约且无人接手");
        return;
    case ALERT_TRIP_WITHOUT_LEAD:
        buffer_add_text(out, "外出招商未关联项目或线索");
        return;
    case ALERT_TRIP_NO_FOLLOW_UP:
        buffer_add_format(out, "外出招商后满%d天无后续", rules->follow_up_days);
        return;
    case ALERT_COMMITMENT_OVERDUE:
        buffer_add_text(out, "承诺事项过期未兑现");
        return;
    case ALERT_OBSTACLE_OVERDUE:
        buffer_add_text(out, "问题过了解决期限未销号");
        return;
    case ALERT_SILENT:
        buffer_add_format(out, "满%d天无任何事件，或过了原定再跟进的日期仍无动静",
                          rules->silent_days);
        return;
    case ALERT_INSTRUCTION_OVERDUE:
        buffer_add_text(out, "批示过了办理期限未办结");
        return;
    case ALERT_YEAR_PLAN_BEHIND:
        buffer_add_text(out, "年度计划到位资金未达时序");
        return;
    case ALERT_OBSTACLE_NO_SOLUTION:
        buffer_add_text(out, "问题未销号，无人提出解决办法");
        return;
    case ALERT_CLASSES:
        return;
    }
}
