/* main.c - huoshui-display: the wall (docs/display.md). Exit 0 done, 1 refused or failed, 2 wrong
 * usage. */
#include "display/commands.h"
#include "io/command_line.h"

static const struct args_command commands[] = {
    {.name = "init",
     .positional = {"D"},
     .options = {{"--name", "NAME", "which wall this is, as the city's roster is to call it",
                  true}},
     .sentence = "Make a display's directory: keys and settings; prints the path of the enrolment "
                 "request for the city.",
     .example = "huoshui-display init D --name 市委大屏"},
    {.name = "join",
     .positional = {"D", "WELCOME"},
     .sentence = "Take the city's WELCOME; before the first start.",
     .example = "huoshui-display join D welcome.txt"},
    {.name = "run",
     .positional = {"D"},
     .options = {{"--http", "ADDR:PORT", "serve there; default: as the settings say", false},
                 {"--tls-cert", "F", "certificate chain, PEM", false},
                 {"--tls-key", "F", "its key, PEM", false},
                 {"--insecure-http", NULL,
                  "serve another address than 127.0.0.1 without TLS: tokens travel in the clear",
                  false}},
     .sentence = "Follow the city's log and serve the wall in the foreground; logs to standard "
                 "error, prints the address and READY when it serves.",
     .example = "huoshui-display run D --http 10.0.0.5:8600 --tls-cert c.pem --tls-key k.pem"},
    {.name = "grant",
     .positional = {"D", "NAME"},
     .options = {{"--scope", "SCOPE",
                  "wall (default): figures and projects; office: names of private persons too; "
                  "unit: its own units",
                  false},
                 {"--units", "U,…", "whose pages: codes with commas; scope unit", false},
                 {"--hours", "N", "how long; default: 720", false}},
     .sentence = "Let somebody look from elsewhere; prints an address, which is good for one "
                 "browser. It takes effect at once.",
     .example = "huoshui-display grant D 金安区招商局 --scope unit --units 341502"},
    {.name = "list",
     .positional = {"D"},
     .options = {{COMMAND_JSON}},
     .sentence = "Who may look, at what, until when, and whether the address was used.",
     .example = "huoshui-display list D"},
    {.name = "revoke",
     .positional = {"D", "NAME"},
     .sentence = "Take a grant back; its browsers are shut out at once.",
     .example = "huoshui-display revoke D 金安区招商局"},
    {.name = "status",
     .positional = {"D"},
     .options = {{COMMAND_JSON}},
     .sentence = "The running display: its address, its feed, its replica, its browsers.",
     .example = "huoshui-display status D --json"},
    {0},
};

static const struct command_action actions[] = {
    {"init", display_init},     {"join", display_join},
    {"run", display_run},       {"grant", display_grant},
    {"list", display_list},     {"revoke", display_revoke},
    {"status", display_status}, {0},
};

int main(int argc, char **argv)
{
    static const struct command_line line = {"huoshui-display", commands, actions};
    return command_line_main(&line, argc, argv);
}
