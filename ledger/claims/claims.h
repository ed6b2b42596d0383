/*
 * claims.h - 首报首谈 (R88): which units court the same firm, who reported it first by the log's
 * order and by the agents' own clocks, what stands behind each claim, what the arbiter decided; and
 * planned trips that meet at one firm or in one region. Only the city sees two counties at once.
 */
#pragma once

#include "ledger/view/view.h"

/* How two units' words met, strongest first. */
enum claim_match {
    CLAIM_SAME_CREDIT_CODE,
    CLAIM_SAME_PROJECT_CODE, /* of the approval platform */
    CLAIM_SAME_NAME,         /* normalised */
    CLAIM_LINKED,            /* through an alias, or a name that a third one ties to a code */
    CLAIM_LIKELY, /* like investor (places and brackets aside), same industry, amount within 20 % */
    CLAIM_MATCHES
};
const char *claim_match_id(enum claim_match match);   /* "SAME_CREDIT_CODE" */
const char *claim_match_name(enum claim_match match); /* 统一社会信用代码相同 */

enum {
    CLAIMS_MAX = 10000,   /* nobody reads more; the rest is counted */
    CLAIM_UNITS_MAX = 64, /* a city has 56 (domain.md 9) */
    CLAIM_EVENTS_MAX = 64,
    CLASHES_MAX = 10000,
    CLASH_TRIPS_MAX = 64,
    CLAIM_AMOUNT_PERCENT = 20,
};

struct claim_event {
    uint64_t position;
    int64_t recorded_at_ms, agent_clock_ms; /* 0: the agent gave no clock */
    size_t subject;                         /* SIZE_MAX: of no project */
    struct bytes firm;                      /* as written */
    int32_t day;
    uint16_t unit; /* who courts */
    uint8_t kind;  /* enum event_kind: PROJECT, LEAD, INVESTOR, CONTACT, PLAN */
    bool planned;  /* a contact not done yet, or a plan */
    bool replaced; /* corrected since, by an assertion that still names the firm */
};

struct claim_unit {
    uint16_t unit;
    struct claim_event first; /* by the log's order: what counts */
    int64_t first_clock_ms;   /* earliest of its agent's own times; 0: none */
    size_t events;
    size_t subject;       /* its first project of the firm; SIZE_MAX: none */
    enum milestone stage; /* of that project on the day */
};

struct claim_verdict {
    uint64_t position; /* 0: none yet */
    int32_t day;
    uint16_t unit; /* who decided: the city, or its arbiter */
    struct bytes winner_unit, reason, person;
};

struct claim {
    struct bytes firm;        /* as first written */
    struct bytes credit_code; /* as first written; may be empty */
    enum claim_match match;
    bool codes_differ;  /* one name, two credit codes: two firms, or a slip of the pen */
    bool same_project;  /* two units name its industry alike and an amount within 20 % */
    bool orders_differ; /* the agents' own clocks name another first */
    bool clocks_missing;
    uint16_t first_by_log, first_by_clock; /* units; by_clock: by_log when no clock is given */
    struct claim_unit *units;              /* in the log's order of their first reports */
    size_t unit_count, units_left_out;
    struct claim_event *events; /* in the log's order */
    size_t event_count, events_left_out;
    struct claim_verdict verdict; /* the newest */
};

struct clash_trip {
    uint64_t position;
    uint16_t unit;
    int32_t from, to; /* both ends in */
};
struct trip_clash {
    bool is_firm;      /* else a region */
    struct bytes what; /* as first written */
    int32_t from, to;
    struct clash_trip *trips; /* by first day, then position */
    size_t trip_count, trips_left_out;
};

struct claims {
    struct claim *claims; /* by the position of the first report */
    size_t claim_count, claims_left_out;
    struct trip_clash *clashes; /* by first day, then position */
    size_t clash_count, clashes_left_out;
    bool incomplete; /* the arena was too small: say so, show nothing */
};

/*
 * From what was said with days in the view's period, known at its position. The city's own words
 * tie names together and claim nothing. The first report wins, whatever it was; all are shown.
 * Verdicts count from the city and from the unit that its DEFINITION of kind ARBITER named
 * "first_report" names: {"unit": "3415-swj"}; a verdict's matter is the firm's name or code.
 */
void claims_make(const struct ledger *ledger, const struct view *view, struct arena *arena,
                 struct claims *out);
