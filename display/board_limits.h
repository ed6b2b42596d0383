/* board_limits.h - after how many days in a gap a project counts as over its time. */
#pragma once

#include "ledger/lists/gaps.h"
#include "ledger/view/city_rule.h"

/* In force at the moment; see board_limits.c for the shipped ones, and how the city sets its own.
 */
void board_gap_limits(const struct ledger *ledger, struct rule_moment moment, struct arena *arena,
                      int32_t out[GAP_CLASSES]);
