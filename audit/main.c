/* main.c - huoshui-audit: reads the city's log and proves it (README.md). Exit 0 done, 1 refused or
 * failed, 2 wrong usage. */
#include "audit/commands.h"
#include "io/command_line.h"

#define SOURCE_SENTENCE                                                                            \
    "SOURCE is a broker's directory (it may be running), a backup of it, or the directory of a "   \
    "joined auditor, which reads over the network."

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
    {0},
};

static const struct command_action actions[] = {
    {"init", command_init},
    {"join", command_join},
    {"replay", command_replay},
    {"verify", command_verify},
    {0},
};

int main(int argc, char **argv)
{
    static const struct command_line line = {"huoshui-audit", commands, actions};
    return command_line_main(&line, argc, argv);
}
