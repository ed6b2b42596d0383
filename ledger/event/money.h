/*
 * money.h - amounts as Chinese ledgers write them (domain.md 4.1, 4.2): "1.2亿元", "3000万",
 * "21.2466" under a header
 * "(亿元)". Exact, without floating point. What cannot be counted is refused, or kept as text
 * without a value.
 */
#pragma once

#include "ledger/event/event.h"

enum money_unit { /* what a column's header or the table's title says */
                  MONEY_YUAN,
                  MONEY_WAN_YUAN, /* 万元 */
                  MONEY_YI_YUAN,  /* 亿元 */
                  MONEY_USD,
                  MONEY_WAN_USD,
                  MONEY_YI_USD,
};

/* The unit named in a header ("总投资（亿元）", "[万元]", "单位:亿元"). ERR_NOT_FOUND: it names
 * none. */
MUST_CHECK enum err money_unit_of_header(struct bytes header, enum money_unit *out);

/*
 * One cell. A scale or currency in the cell beats the header's. out->text borrows from text.
 * A null shape ("-", "无", "") gives an absent amount; a masked one ("X亿元", "**", "待定") its
 * text and no value. Ranges and approximations, negative amounts, and parts of a yuan are
 * ERR_MALFORMED with a problem.
 */
MUST_CHECK enum err money_parse(struct bytes text, enum money_unit header, struct money *out,
                                struct problem *problem);
