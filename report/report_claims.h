/* report_claims.h - 首报首谈 (R88) as JSON: which units court one firm, who was first, the verdict,
 * and planned trips that meet. */
#pragma once

#include <jansson.h>

#include "ledger/claims/claims.h"
#include "report/standpoint.h"

/* What the unit has a part in, in the same order; LEDGER_UNITS_MAX: of all. */
void claims_keep_unit(struct claims *claims, size_t unit);
/* The winner's name; its code when the log has never met it. */
struct bytes claims_winner_name(const struct standpoint *standpoint, struct bytes code);
json_t *claim_json(const struct standpoint *standpoint, const struct claim *claim);
/* As `huoshui-audit claims --json`. */
json_t *claims_to_json(const struct standpoint *standpoint, const struct claims *claims);
