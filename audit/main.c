/* main.c - huoshui-audit: reads the city's log and proves it (README.md). Exit 0 done, 1 refused or
 * failed, 2 wrong usage. */
#include "audit/commands.h"
#include "audit/report_commands.h"
#include "io/command_line.h"

#define SOURCE_SENTENCE                                                                            \
    "SOURCE is a broker's directory (it may be running), a backup of it, or the directory of a "   \
    "joined auditor, which reads over the network."

#define FROM "--from", "DAY", "first day of the period; default: since the first event", false
#define KNOWN_AT                                                                                   \
    "--known-at", "POS", "as known at this position, or by the end of a day; default: all", false
#define CACHE                                                                                      \
    "--cache", "DIR", "a directory of your own: keeps the folded log for the next start", false
#define AS_OF "--as-of", "DAY", "截至 to the end of this day, YYYY-MM-DD", true
#define GAP_CLASSES_SENTENCE                                                                       \
    "Default: the six gap lists. Of these: SIGNED_NOT_STARTED STARTED_NOT_COMPLETED "              \
    "COMPLETED_NOT_PRODUCING PRODUCING_NOT_ABOVE_SCALE ABOVE_SCALE_NOT_FULL "                      \
    "UNDER_CONSTRUCTION_NOT_IN_LIBRARY; or one of the alerts: NEGOTIATING_TO_SIGN "                \
    "SIGNED_TO_LAND FOREIGN_NOT_EFFECTIVE BUILDING_TO_PRODUCE SHELVED LAND_NOT_STARTED "           \
    "MANY_CONTACTS_NO_PROGRESS LARGE_INDUSTRY_NOT_LANDED STARTED_BEFORE_APPROVAL SUPERVISED "      \
    "TEAM_CHANGED_MID_LEAD TRIP_WITHOUT_LEAD TRIP_NO_FOLLOW_UP COMMITMENT_OVERDUE "                \
    "OBSTACLE_OVERDUE SILENT INSTRUCTION_OVERDUE YEAR_PLAN_BEHIND OBSTACLE_NO_SOLUTION"

static const struct args_command commands[] = {
    {.name = "init",
     .positional = {"U"},
     .options = {{"--name", "NAME", "who audits, as the city's roster is to call it", true}},
     .sentence = "Make an auditor's directory: keys and settings; prints the path of the enrolment "
                 "request for the city.",
     .example = "huoshui-audit init U --name 审计局"},
    {.name = "join",
     .positional = {"U", "WELCOME"},
     .sentence = "Take the city's WELCOME: from here on U is a SOURCE.",
     .example = "huoshui-audit join U welcome.txt"},
    {.name = "replay",
     .positional = {"SOURCE"},
     .options =
         {{"--from", "POS", "first position; default: 1", false},
          {"--to", "POS", "last position; default: the head at the time of asking", false},
          {"--unit", "U", "what this unit said; several with commas", false},
          {"--project", "P",
           "events of this project, UNIT/CODE; a bare code where only one unit has it", false},
          {"--kind", "K", "events of this kind: MILESTONE; several with commas", false},
          {"--follow", NULL, "go on with what comes, until SIGINT or SIGTERM", false},
          {"--all", NULL, "refusals, roster, alarms and settings too", false},
          {"--format", "FORMAT", "jsonl (default): an object a line; table: for people", false},
          {"--json", NULL, "the same as --format jsonl", false},
          {"--count", NULL,
           "only read, check every hash and decode every envelope, and print "
           "{\"records\":N,\"events\":N,\"head\":P,\"seconds\":S}",
           false},
          {"--timeout", "SECONDS",
           "network without --follow: fail after so long without an answer; default: 30", false}},
     .sentence = "Print the log from any position. " SOURCE_SENTENCE,
     .example = "huoshui-audit replay B --unit 341502 --kind MILESTONE --format table"},
    {.name = "verify",
     .positional = {"SOURCE"},
     .options = {{COMMAND_JSON},
                 {"--timeout", "SECONDS",
                  "network: fail after so long without an answer; default: 30", false}},
     .sentence =
         "Prove every record's hash, every unit's numbering, chain and signatures, the "
         "roster and, for a directory, the tables; names the first bad position. " SOURCE_SENTENCE,
     .example = "huoshui-audit verify B"},
    {.name = "bulletin",
     .positional = {"SOURCE"},
     .options = {{"--as-of", "DAY", "截至 to the end of this day, YYYY-MM-DD; or --month", false},
                 {"--month", "MONTH",
                  "as the month's close published it, YYYY-MM: from 1 January, without what was "
                  "recorded after the close",
                  false},
                 {FROM},
                 {KNOWN_AT},
                 {"--by", "DIMENSION",
                  "rows by this and not by unit: park, industry, chain, size, origin, "
                  "investor-class, channel, cohort, team, leader, fair, list or tag",
                  false},
                 {"--scheme", "FILE", "definitions (口径) for a what-if, marked as one", false},
                 {"--format", "FORMAT", "table (default), csv, json or xlsx", false},
                 {COMMAND_OUT},
                 {CACHE}},
     .sentence =
         "通报: every figure, by unit or by park, leader, year …, as of any day. " SOURCE_SENTENCE,
     .example = "huoshui-audit bulletin B --as-of 2022-09-30 --from 2022-01-01 --format xlsx "
                "--out 通报.xlsx"},
    {.name = "gaps",
     .positional = {"SOURCE"},
     .options = {{AS_OF},
                 {"--class", "CLASS", GAP_CLASSES_SENTENCE, false},
                 {"--unit", "U", "of this unit only", false},
                 {KNOWN_AT},
                 {COMMAND_JSON},
                 {COMMAND_OUT},
                 {CACHE}},
     .sentence = "堵点: which projects are stuck, since when, because of what, whose task it is.",
     .example = "huoshui-audit gaps B --as-of 2022-09-30 --class SIGNED_NOT_STARTED --unit 341502"},
    {.name = "project",
     .positional = {"SOURCE", "ID"},
     .options = {{COMMAND_AS_OF}, {KNOWN_AT}, {COMMAND_JSON}, {COMMAND_OUT}, {CACHE}},
     .sentence = "One project's whole history: who said what, when, and what was corrected. ID is "
                 "UNIT/CODE; a bare code where only one unit has it.",
     .example = "huoshui-audit project B 341502/341502-0001"},
    {.name = "compare",
     .positional = {"SOURCE"},
     .options = {{"--published", "FILE", "published figures as JSON (docs/reports.md)", true},
                 {"--as-of", "DAY", "default: the day that FILE names", false},
                 {"--from", "DAY", "default: the day that FILE names", false},
                 {KNOWN_AT},
                 {"--all", NULL, "figures that agree too", false},
                 {COMMAND_JSON},
                 {COMMAND_OUT},
                 {CACHE}},
     .sentence = "Published figures beside computed ones; names what differs, and what does not "
                 "follow from its own published parts. A difference is a result: exit 0.",
     .example = "huoshui-audit compare B --published 通报.json --as-of 2022-09-30"},
    {.name = "diff",
     .positional = {"SOURCE"},
     .options = {{AS_OF},
                 {"--known-at", "A", "as known at this position, or by the end of a day", true},
                 {"--known-at", "B", "and as known at that one", true},
                 {FROM},
                 {COMMAND_JSON},
                 {COMMAND_OUT},
                 {CACHE}},
     .sentence = "What changed about the same day between two positions, because of which events.",
     .example = "huoshui-audit diff B --as-of 2022-09-30 --known-at 2312 --known-at 2400"},
    {.name = "assess",
     .positional = {"SOURCE"},
     .options = {{"--scheme", "FILE", "考核方案 (docs/schemes.md), or the id of one in force",
                  true},
                 {AS_OF},
                 {"--explain", "UNIT", "each figure of this unit, down to its events", false},
                 {"--before", "DAY", "the previous sitting's day: who rose, who fell since", false},
                 {FROM},
                 {KNOWN_AT},
                 {COMMAND_JSON},
                 {COMMAND_OUT},
                 {CACHE}},
     .sentence = "考核: scores and ranks by a scheme, as of any day; marked when the scheme is not "
                 "the one in force.",
     .example = "huoshui-audit assess B --scheme 方案.json --as-of 2022-12-31 --explain 341502"},
    {.name = "claims",
     .positional = {"SOURCE"},
     .options = {{AS_OF},
                 {"--unit", "U", "what this unit has a part in", false},
                 {KNOWN_AT},
                 {COMMAND_JSON},
                 {COMMAND_OUT},
                 {CACHE}},
     .sentence =
         "首报首谈: which units court the same firm, who reported it first, the verdict; and "
         "planned trips that meet.",
     .example = "huoshui-audit claims B --as-of 2022-09-30 --unit 341502"},
    {.name = "snapshot",
     .positional = {"SOURCE"},
     .options = {{COMMAND_AS_OF},
                 {FROM},
                 {KNOWN_AT},
                 {COMMAND_OUT},
                 {"--check", "FILE", "does the log still say what this snapshot says?", false},
                 {CACHE}},
     .sentence = "Freeze what a sitting has before it: figures, definitions, positions, digests; "
                 "and check such a file against the log.",
     .example = "huoshui-audit snapshot B --as-of 2022-09-30 --out 九月调度会.json"},
    {0},
};

static const struct command_action actions[] = {
    {"init", command_init},
    {"join", command_join},
    {"replay", command_replay},
    {"verify", command_verify},
    {"bulletin", command_bulletin},
    {"gaps", command_gaps},
    {"project", command_project},
    {"compare", command_compare},
    {"diff", command_diff},
    {"assess", command_assess},
    {"claims", command_claims},
    {"snapshot", command_snapshot},
    {0},
};

int main(int argc, char **argv)
{
    static const struct command_line line = {"huoshui-audit", commands, actions};
    return command_line_main(&line, argc, argv);
}
