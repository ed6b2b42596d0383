/*
 * day.h - civil days in Asia/Shanghai (contract 3.1: fixed at UTC+8, never the machine's zone) and
 * instants. A day counts from 1970-01-01. Day 0 means "no day": 1970-01-01 is a null shape in real
 * ledgers (domain.md 4.2).
 */
#pragma once

#include <stdint.h>

#include "base/bytes.h"

enum { DAY_NONE = 0, DAY_TEXT_SIZE = 11, INSTANT_TEXT_SIZE = 32 };

/* YYYY-MM-DD, years 1900 to 2199, a real date; anything else is ERR_MALFORMED. 1970-01-01 gives
 * DAY_NONE. */
MUST_CHECK enum err day_parse(struct bytes text, int32_t *out);
char *day_text(int32_t day, char out[DAY_TEXT_SIZE]); /* "" for DAY_NONE, "?" outside those years */
MUST_CHECK enum err day_from_civil(int year, int month, int day_of_month, int32_t *out);
void day_to_civil(int32_t day, int *year, int *month, int *day_of_month);
int32_t day_of_instant(int64_t unix_ms);
/* RFC 3339 with the fixed offset: 2022-09-30T10:00:00.123+08:00; "?" outside those years */
char *instant_text(int64_t unix_ms, char out[INSTANT_TEXT_SIZE]);
