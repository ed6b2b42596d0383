/*
 * pages.h - the answers of the API that are made from the ledger alone (docs/display.md): a unit's
 * page, lists of projects, the definitions in force, the ledger's counts. The caller owns what is
 * returned: json_decref. NULL: it is larger than the standpoint's arena. Pure.
 */
#pragma once

#include <jansson.h>

#include "ledger/figures/bulletin.h"
#include "report/standpoint.h"

enum { PROJECTS_SHOWN_MAX = 200 };

/* bulletin: of the standpoint's view; ranked_by: as in struct board_question. claims are in it when
 * with_claims: they name other units' projects. */
struct unit_wish {
    const struct bulletin *bulletin;
    uint16_t unit;
    struct bytes ranked_by;
    bool with_claims;
};
json_t *unit_page_json(const struct standpoint *standpoint, const struct unit_wish *wish);

struct project_wish {
    struct bytes text;  /* in the key, the name or the investor; empty: any */
    struct bytes stage; /* "STARTED": of a milestone or of a stage of the wall; empty: any */
    size_t unit;        /* LEDGER_UNITS_MAX: of all */
    size_t limit;       /* at most PROJECTS_SHOWN_MAX */
};
/* False: no milestone and no stage has this id. */
bool project_stage_is_known(struct bytes stage);
/* {"projects":[PROJECT_LINE…],"count":…}: the newest word first; count: of all that fit. */
json_t *project_list_json(const struct standpoint *standpoint, const struct project_wish *wish);

/* lights: the id of the rule set that the wall uses; empty: the shipped one. */
json_t *definitions_page_json(const struct standpoint *standpoint, struct bytes lights);
/* head and units: the sections of a frame of the same standpoint. */
json_t *ledger_page_json(const struct standpoint *standpoint, struct bytes head,
                         struct bytes units);
