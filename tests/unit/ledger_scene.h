/* ledger_scene.h - a city's ledger in the making: counties say things, through the real codec, and
 * the ledger is told the records as a log would hold them. Everything is recorded at noon of the
 * day it happened, or of the newest day before; with clock_stands, when the test says. */
#pragma once

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "ledger/fold/ledger.h"
#include "proto/wire.h"

enum { LEDGER_SCENE_RECORDS_MAX = 70000 };

struct ledger_scene {
    struct ledger *ledger;
    struct arena arena; /* for the test too */
    uint64_t position;  /* of the newest record */
    int64_t now_ms;
    bool clock_stands;
    uint8_t (*ids)[EVENT_ID_SIZE]; /* [position]: what was said there */
};

/* 3415 六安市 is the city; 341502 金安区 and 341503 裕安区 are enrolled, on 2000-01-01. */
void ledger_scene_open(struct ledger_scene *scene);
void ledger_scene_close(struct ledger_scene *scene);
void ledger_scene_enrol(struct ledger_scene *scene, const char *unit, const char *name,
                        enum unit_type type);
void ledger_scene_rename(struct ledger_scene *scene, const char *unit, const char *name,
                         const char *from_day);
void ledger_scene_day(struct ledger_scene *scene, const char *day); /* the clock is there now */
int32_t scene_day(const char *text);

/* Each gives the position. The event is sealed by the unit; required fields must be there. */
uint64_t ledger_scene_say(struct ledger_scene *scene, const char *unit, struct event *event);
/*
 * A line as `huoshui-agent submit` takes it, with ' for " so that it reads well in C, and of a
 * printf's form:
 *   ledger_scene_submit(&scene, "341502", "{'kind':'MILESTONE','subject':'341502/1',"
 *       "'occurred_on':'2022-05-01','milestone':{'milestone':'STARTED'}}");
 */
uint64_t ledger_scene_submit(struct ledger_scene *scene, const char *unit, const char *format, ...)
    PRINTF_LIKE(3, 4);
/* A record that is no assertion: RECORD_REFUSAL, RECORD_ALARM; RECORD_EVENT: an unknown kind. */
uint64_t ledger_scene_record(struct ledger_scene *scene, const char *unit, enum record_kind kind);

/* What most tests say, by the unit of the subject ("341502/1"), body INVESTMENT_BUREAU. */
uint64_t ledger_scene_project(struct ledger_scene *scene, const char *subject, int64_t total_yuan,
                              const char *day);
uint64_t ledger_scene_milestone(struct ledger_scene *scene, const char *subject,
                                enum milestone milestone, const char *day);
/* A cumulative amount up to the day. */
uint64_t ledger_scene_funds(struct ledger_scene *scene, const char *subject, enum origin origin,
                            int64_t yuan, const char *day);
/* The unit takes back what was said at the position. */
uint64_t ledger_scene_withdraw(struct ledger_scene *scene, const char *unit, uint64_t position);

size_t ledger_scene_subject(const struct ledger_scene *scene, const char *subject);
uint16_t ledger_scene_unit(const struct ledger_scene *scene, const char *unit);
