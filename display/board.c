/* board.c - a frame's sections in their order; see board.h. The work is in board_*.c. */
#include "display/board.h"

#include <inttypes.h>
#include <stdlib.h>

#include "display/board_parts.h"
#include "display/notice.h"
#include "ledger/view/calendar.h"

const char *const board_lights_shipped = "YINCHUAN_2025_PACE";

const char *board_section_name(enum board_section section)
{
    static const char *const names[BOARD_SECTIONS] = {
        [BOARD_HEAD] = "head",
        [BOARD_UNITS] = "units",
        [BOARD_HEADLINES] = "headlines",
        [BOARD_STAGES] = "stages",
        [BOARD_TREND] = "trend",
        [BOARD_RANKING] = "ranking",
        [BOARD_MAP] = "map",
        [BOARD_GAPS] = "gaps",
        [BOARD_ALERTS] = "alerts",
        [BOARD_OBSTACLES] = "obstacles",
        [BOARD_SUPERVISED] = "supervised",
        [BOARD_NOTICES] = "notices",
    };
    return names[section];
}

void board_release(struct board *board)
{
    for (size_t i = 0; i < BOARD_SECTIONS; i++)
        buffer_release(&board->sections[i]);
    notice_memory_release(&board->notices);
    *board = (struct board){0};
}

struct board_memory *board_memory_new(void)
{
    struct board_memory *memory = calloc(1, sizeof(*memory));
    if (!memory)
        abort();
    memory->alerts = alert_memory_new();
    obstacle_sums_init(&memory->kinds);
    obstacle_sums_init(&memory->owners);
    return memory;
}

void board_memory_free(struct board_memory *memory)
{
    if (!memory)
        return;
    for (size_t i = 0; i < memory->part_count; i++) {
        buffer_release(&memory->parts[i].obstacles);
        buffer_release(&memory->parts[i].loads);
    }
    free(memory->parts);
    view_memo_release(&memory->now);
    view_memo_release(&memory->before);
    alert_memory_free(memory->alerts);
    obstacle_sums_release(&memory->kinds);
    obstacle_sums_release(&memory->owners);
    free(memory);
}

/* ---- what the question is about ---- */

static void begin(struct board_work *work)
{
    const struct board_question *question = work->question;
    uint64_t newest = ledger_position(work->ledger);
    struct view *view = &work->view;
    *view = (struct view){.from = question->from, .as_of = question->as_of};
    view->known_at = question->known_at < newest ? question->known_at : newest;
    if (view->from == DAY_NONE)
        view->from = year_of_day(view->as_of).first;
    work->lights = board_light_rules(work->ledger, view, question->lights, work->arena);
}

/* The end of the month before, of the same period; in its first month the year before's. */
static struct view view_before(const struct view *view)
{
    struct view before = *view;
    before.as_of = month_first_day(month_of_day(view->as_of)) - 1;
    if (before.from > before.as_of)
        before.from = year_of_day(before.as_of).first;
    return before;
}

static void take_figures(struct board_work *work)
{
    struct board_memory *memory = work->memory;
    bulletin_make_with(&memory->now, work->ledger, &work->view, work->arena, &work->bulletin);
    work->view = work->bulletin.view; /* with the definitions in force */
    struct view before = view_before(&work->view);
    bulletin_make_with(&memory->before, work->ledger, &before, work->arena, &work->before);
    board_walk_make(work);
    work->is_short = work->is_short || work->bulletin.incomplete || work->before.incomplete;
}

/* ---- the sections ---- */

static json_t *figure_section(struct board_work *work, enum board_section section)
{
    switch (section) {
    case BOARD_UNITS:
        return units_json(work);
    case BOARD_HEADLINES:
        return headlines_json(work);
    case BOARD_STAGES:
        return stages_json(work);
    case BOARD_TREND:
        return trend_json(work);
    case BOARD_RANKING:
        return ranking_json(work);
    case BOARD_MAP:
        return map_json(work);
    case BOARD_GAPS:
        return gaps_json(work);
    case BOARD_ALERTS:
        return alerts_json(work);
    case BOARD_OBSTACLES:
        return obstacles_json(work);
    case BOARD_SUPERVISED:
        return supervised_json(work);
    case BOARD_HEAD:
    case BOARD_NOTICES:
    case BOARD_SECTIONS:
        break;
    }
    return json_null();
}

static const char *empty_section(enum board_section section)
{
    bool is_object =
        section == BOARD_TREND || section == BOARD_RANKING || section == BOARD_OBSTACLES;
    return is_object ? "{}" : "[]";
}

static void add_sections(struct board_work *work, struct board *out)
{
    for (size_t i = BOARD_HEAD + 1; i < BOARD_NOTICES && !work->is_short; i++)
        json_take(figure_section(work, (enum board_section)i), &out->sections[i]);
    if (!work->is_short)
        notices_json(work->ledger, &work->view, &out->notices, work->arena,
                     &out->sections[BOARD_NOTICES]);
    /* A list that is not whole would be a false figure: then none is shown. */
    for (size_t i = BOARD_HEAD + 1; i < BOARD_SECTIONS && work->is_short; i++) {
        buffer_clear(&out->sections[i]);
        buffer_add_text(&out->sections[i], empty_section((enum board_section)i));
    }
    json_take(head_json(work), &out->sections[BOARD_HEAD]);
}

void board_make_with(struct board_memory *memory, const struct ledger *ledger,
                     const struct board_question *question, struct arena *arena, struct board *out)
{
    struct board_memory *own = memory ? NULL : board_memory_new();
    struct board_work work = {.ledger = ledger, .question = question, .arena = arena};
    work.memory = memory ? memory : own;
    begin(&work);
    take_figures(&work);
    out->position = work.view.known_at;
    for (size_t i = 0; i < BOARD_SECTIONS; i++)
        buffer_clear(&out->sections[i]);
    add_sections(&work, out);
    board_walk_release(&work.walk);
    board_memory_free(own);
}

void board_make(const struct ledger *ledger, const struct board_question *question,
                struct arena *arena, struct board *out)
{
    board_make_with(NULL, ledger, question, arena, out);
}

/* ---- frames ---- */

uint32_t board_changes(const struct board *before, const struct board *now)
{
    uint32_t changes = 0;
    for (size_t i = 0; i < BOARD_SECTIONS; i++) {
        if (!bytes_equal(buffer_bytes(&before->sections[i]), buffer_bytes(&now->sections[i])))
            changes |= UINT32_C(1) << i;
    }
    return changes;
}

static void add_members(const struct board *board, uint32_t mask, struct buffer *out)
{
    const char *between = "";
    buffer_add_text(out, "{");
    for (size_t i = 0; i < BOARD_SECTIONS; i++) {
        if ((mask >> i & 1) == 0)
            continue;
        buffer_add_format(out, "%s\"%s\":", between, board_section_name((enum board_section)i));
        buffer_add(out, buffer_bytes(&board->sections[i]));
        between = ",";
    }
    buffer_add_text(out, "}");
}

void board_frame_json(const struct board *board, uint32_t mask, bool whole, struct buffer *out)
{
    buffer_add_format(out, "{\"position\":%" PRIu64 ",\"whole\":%s,\"sections\":", board->position,
                      whole ? "true" : "false");
    add_members(board, mask, out);
    buffer_add_text(out, "}");
}

void board_wall_json(const struct board *board, struct buffer *out)
{
    add_members(board, (UINT32_C(1) << BOARD_SECTIONS) - 1, out);
}
