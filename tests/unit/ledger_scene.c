/* ledger_scene.c - see ledger_scene.h. */
#include "tests/unit/ledger_scene.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/sign.h"
#include "proto/json.h"

enum { NOON_MS = 4 * 3600 * 1000 /* UTC */, DAY_MS = 24 * 3600 * 1000, ARENA_MAX = 64 << 20 };

int32_t scene_day(const char *text)
{
    int32_t day = DAY_NONE;
    assert_int_equal(day_parse(bytes_of_text(text), &day), OK);
    return day;
}

void ledger_scene_day(struct ledger_scene *scene, const char *day)
{
    scene->now_ms = (int64_t)scene_day(day) * DAY_MS + NOON_MS;
}

static uint64_t apply(struct ledger_scene *scene, struct record *record, const struct event *event,
                      const struct roster_change *change)
{
    assert_true(scene->position + 1 < LEDGER_SCENE_RECORDS_MAX);
    record->position = ++scene->position;
    record->recorded_at_ms = scene->now_ms;
    struct ledger_input input = {record, event, change};
    assert_int_equal(ledger_apply(scene->ledger, &input), OK);
    return record->position;
}

static void roster(struct ledger_scene *scene, const struct roster_change *change)
{
    struct record record = {.kind = RECORD_ROSTER, .unit = bytes_of_text("3415")};
    (void)apply(scene, &record, NULL, change);
}

void ledger_scene_enrol(struct ledger_scene *scene, const char *unit, const char *name,
                        enum unit_type type)
{
    struct roster_change change = {.action = ROSTER_ENROL,
                                   .role = PEER_AGENT,
                                   .unit = bytes_of_text(unit),
                                   .name = bytes_of_text(name),
                                   .unit_type = type,
                                   .epoch = 1};
    roster(scene, &change);
}

void ledger_scene_rename(struct ledger_scene *scene, const char *unit, const char *name,
                         const char *from_day)
{
    struct roster_change change = {.action = ROSTER_RENAME,
                                   .unit = bytes_of_text(unit),
                                   .name = bytes_of_text(name),
                                   .effective_on = scene_day(from_day)};
    roster(scene, &change);
}

void ledger_scene_open(struct ledger_scene *scene)
{
    *scene = (struct ledger_scene){.ledger = ledger_new(7)};
    arena_init(&scene->arena, ARENA_MAX);
    scene->ids = calloc(LEDGER_SCENE_RECORDS_MAX, sizeof *scene->ids);
    assert_non_null(scene->ids);
    ledger_scene_day(scene, "2000-01-01");
    struct record setting = {.kind = RECORD_SETTING, .unit = bytes_of_text("3415")};
    (void)apply(scene, &setting, NULL, NULL);
    ledger_scene_enrol(scene, "3415", "六安市", UNIT_CITY);
    ledger_scene_enrol(scene, "341502", "金安区", UNIT_COUNTY);
    ledger_scene_enrol(scene, "341503", "裕安区", UNIT_COUNTY);
}

void ledger_scene_close(struct ledger_scene *scene)
{
    ledger_free(scene->ledger);
    arena_release(&scene->arena);
    free(scene->ids);
}

uint64_t ledger_scene_say(struct ledger_scene *scene, const char *unit, struct event *event)
{
    CLEANUP(buffer_release) struct buffer sealed = {0};
    struct problem problem = {0};
    event->envelope.algorithm = SIGN_ED25519_SHA256;
    if (event->envelope.body == BODY_NONE)
        event->envelope.body = BODY_INVESTMENT_BUREAU;
    int64_t happened_ms = (int64_t)event->envelope.occurred_on * DAY_MS + NOON_MS;
    if (!scene->clock_stands && happened_ms > scene->now_ms)
        scene->now_ms = happened_ms;
    if (event->envelope.agent_clock_ms == 0)
        event->envelope.agent_clock_ms = scene->now_ms;
    if (wire_event_seal(bytes_of_text(unit), event, &sealed, &problem) != OK)
        fail_msg("%s (%s)", problem.text, problem.remedy);

    struct event decoded = {0};
    struct record record = {.kind = RECORD_EVENT,
                            .unit = bytes_of_text(unit),
                            .epoch = 1,
                            .seq = scene->position,
                            .envelope = buffer_bytes(&sealed)};
    assert_int_equal(wire_envelope_decode(record.envelope, &decoded.envelope, &problem), OK);
    struct envelope envelope = decoded.envelope;
    assert_int_equal(wire_fact_decode(&envelope, &scene->arena, &decoded, &problem), OK);
    uint64_t position = apply(scene, &record, &decoded, NULL);
    memcpy(scene->ids[position], envelope.event_id.data, EVENT_ID_SIZE);
    return position;
}

uint64_t ledger_scene_submit(struct ledger_scene *scene, const char *unit, const char *format, ...)
{
    char line[8192];
    va_list arguments;
    va_start(arguments, format);
    int size = vsnprintf(line, sizeof line, format, arguments);
    va_end(arguments);
    assert_in_range(size, 2, sizeof line - 1);
    for (char *at = line; *at; at++) {
        if (*at == '\'')
            *at = '"';
    }
    struct event event;
    struct problem problem = {0};
    if (json_event_parse(bytes_of_text(line), &scene->arena, &event, &problem) != OK)
        fail_msg("%s: %s (%s)", line, problem.text, problem.remedy);
    return ledger_scene_say(scene, unit, &event);
}

uint64_t ledger_scene_record(struct ledger_scene *scene, const char *unit, enum record_kind kind)
{
    struct record record = {.kind = kind, .unit = bytes_of_text(unit)};
    return apply(scene, &record, NULL, NULL);
}

/* ---- what most tests say ---- */

static uint64_t say_of_project(struct ledger_scene *scene, const char *subject, const char *day,
                               struct event *event)
{
    char unit[UNIT_TEXT_MAX + 1];
    size_t size = strcspn(subject, "/");
    bytes_to_text(bytes_of(subject, size), unit, sizeof unit);
    event->envelope.subject = bytes_of_text(subject);
    event->envelope.occurred_on = scene_day(day);
    return ledger_scene_say(scene, unit, event);
}

uint64_t ledger_scene_project(struct ledger_scene *scene, const char *subject, int64_t total_yuan,
                              const char *day)
{
    struct event event = {
        .envelope.kind = EVENT_PROJECT,
        .project = {.action = PROJECT_ACTION_REGISTERED,
                    .name = bytes_of_text(subject),
                    .planned_total = {.value = total_yuan, .has_value = total_yuan > 0}}};
    return say_of_project(scene, subject, day, &event);
}

uint64_t ledger_scene_milestone(struct ledger_scene *scene, const char *subject,
                                enum milestone milestone, const char *day)
{
    struct event event = {.envelope.kind = EVENT_MILESTONE};
    event.milestone.milestone = (int32_t)milestone;
    return say_of_project(scene, subject, day, &event);
}

uint64_t ledger_scene_funds(struct ledger_scene *scene, const char *subject, enum origin origin,
                            int64_t yuan, const char *day)
{
    struct event event = {.envelope.kind = EVENT_FUNDS,
                          .funds = {.amount = {.value = yuan, .has_value = true},
                                    .origin = (int32_t)origin,
                                    .basis = FUNDS_BASIS_CUMULATIVE}};
    return say_of_project(scene, subject, day, &event);
}

uint64_t ledger_scene_withdraw(struct ledger_scene *scene, const char *unit, uint64_t position)
{
    struct event event = {
        .envelope = {.kind = EVENT_CORRECTION, .occurred_on = scene_day("2022-01-01")},
        .correction = {.action = CORRECTION_ACTION_WITHDRAWN,
                       .target = bytes_of(scene->ids[position], EVENT_ID_SIZE),
                       .reason = bytes_of_text("写错了"),
                       .person = bytes_of_text("张三")}};
    return ledger_scene_say(scene, unit, &event);
}

size_t ledger_scene_subject(const struct ledger_scene *scene, const char *subject)
{
    size_t index = SIZE_MAX;
    assert_true(ledger_find_subject(scene->ledger, bytes_of_text(subject), &index));
    return index;
}

uint16_t ledger_scene_unit(const struct ledger_scene *scene, const char *unit)
{
    uint16_t index = UINT16_MAX;
    assert_true(ledger_find_unit(scene->ledger, bytes_of_text(unit), &index));
    return index;
}
