/*
 * gaps.h - where projects are stuck: the six gap classes (domain.md 3.2) and the further lists that
 * leaders ask for, each with its rule, each row with an age in days and the reason it is on it.
 */
#pragma once

#include "ledger/view/view.h"

enum gap_class {
    GAP_SIGNED_NOT_STARTED,                /* 签约未开工 */
    GAP_STARTED_NOT_COMPLETED,             /* 开工未竣工 */
    GAP_COMPLETED_NOT_PRODUCING,           /* 竣工未投产 */
    GAP_PRODUCING_NOT_ABOVE_SCALE,         /* 投产未上规 */
    GAP_ABOVE_SCALE_NOT_FULL,              /* 上规未达产 */
    GAP_UNDER_CONSTRUCTION_NOT_IN_LIBRARY, /* 在建未入库 */
    GAP_CLASSES
};
const char *gap_id(enum gap_class class);   /* "SIGNED_NOT_STARTED" */
const char *gap_name(enum gap_class class); /* 签约未开工 */
bool gap_of_id(struct bytes id, enum gap_class *out);

/* Is the project in the class on the view's day? Then *since is the day that opened the gap. */
bool gap_holds(const struct project_view *project, enum gap_class class, int32_t *since);

/* The lists beyond the six, by the requirement that asks for each. */
enum alert_class {
    ALERT_NEGOTIATING_TO_SIGN,       /* 在谈→签约 (R5) */
    ALERT_SIGNED_TO_LAND,            /* 签约→落地 (R5) */
    ALERT_FOREIGN_NOT_EFFECTIVE,     /* 外资见效 (R5) */
    ALERT_BUILDING_TO_PRODUCE,       /* 在建→投产达效 (R5) */
    ALERT_SHELVED,                   /* 搁置, with its obstacle (R16) */
    ALERT_LAND_NOT_STARTED,          /* 拿地未开工 (R17) */
    ALERT_MANY_CONTACTS_NO_PROGRESS, /* 久谈不进 (R18) */
    ALERT_LARGE_INDUSTRY_NOT_LANDED, /* 亿元以上工业项目签约未落地 (R44) */
    ALERT_STARTED_BEFORE_APPROVAL,   /* 未批先建 (R49) */
    ALERT_SUPERVISED,                /* 挂牌督办 (R63) */
    ALERT_TEAM_CHANGED_MID_LEAD,     /* 小分队换人未交接 (R85) */
    ALERT_TRIP_WITHOUT_LEAD,         /* 外出无项目 (R87) */
    ALERT_TRIP_NO_FOLLOW_UP,         /* 外出无后续 (R67) */
    ALERT_COMMITMENT_OVERDUE,        /* 承诺未兑现 (R106) */
    ALERT_OBSTACLE_OVERDUE,          /* 问题逾期 (R41) */
    ALERT_SILENT,                    /* 久无动静 (R118) */
    ALERT_INSTRUCTION_OVERDUE,       /* 批示逾期 */
    ALERT_YEAR_PLAN_BEHIND,          /* 考核: 年度计划未达时序 (R5) */
    ALERT_OBSTACLE_NO_SOLUTION,      /* 有问题无对策 (R42) */
    ALERT_CLASSES
};
const char *alert_id(enum alert_class class);
const char *alert_name(enum alert_class class);
bool alert_of_id(struct bytes id, enum alert_class *out);

/*
 * Days and counts; the shipped ones with their sources in gap_rules.c, the city's by DEFINITION.
 * "30 days" are full ones: a row is on the list from the 30th day after the one that opened it.
 */
struct gap_rules {
    int32_t land_not_started_days, contacts, contacts_days, follow_up_days, silent_days;
    int32_t negotiating_days, signed_days;
    int64_t large_yuan;
    const char *version;
};
extern const struct gap_rules gap_rules_default;
/* In force on the view's day (DEFINITION of kind SETTING named "gap_rules"); malformed: the
 * shipped ones, and a member that is not given as shipped. Its version is in the arena. */
struct gap_rules gap_rules_at(const struct ledger *ledger, const struct view *view,
                              struct arena *arena);

/* 口径: one Chinese line, what puts a row on the list (gap_words.c). */
const char *gap_definition(enum gap_class class);
/* With the rules' days and counts in it. Appends. */
void alert_definition(enum alert_class class, const struct gap_rules *rules, struct buffer *out);

struct gap_row {
    size_t subject; /* SIZE_MAX: of a unit, not of a project */
    uint16_t unit;
    int32_t since; /* the day that opened it; DAY_NONE: not known */
    int32_t age_days;
    struct bytes obstacle; /* of the newest open obstacle: its kind in Chinese; else empty */
    struct bytes owner;    /* whose task it is: obstacle's owner, else responsible unit */
    struct bytes why;      /* Chinese, one line: what put it here */
    struct bytes person;   /* whom why names that a wall may not (report/privacy.h); else empty */
    int32_t transfers;     /* 转办次数 of its open obstacles (R43) */
    uint64_t position;     /* of the assertion that opened it; 0: none */
};

struct gap_list {
    struct gap_row *rows; /* oldest first, then by key */
    size_t count;
    bool truncated; /* the arena was too small: say so, show nothing */
};

/* unit: LEDGER_UNITS_MAX for all. In the arena. */
void gap_list_make(const struct ledger *ledger, const struct view *view, enum gap_class class,
                   size_t unit, struct arena *arena, struct gap_list *out);
void alert_list_make(const struct ledger *ledger, const struct view *view, enum alert_class class,
                     size_t unit, struct arena *arena, struct gap_list *out);
