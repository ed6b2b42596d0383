/*
 * board.h - what the wall shows: the frame of docs/display.md, made of sections, from a ledger as
 * of a day and as known at a position. Pure; the same question gives the same bytes.
 */
#pragma once

#include "base/arena.h"
#include "display/notice.h"
#include "ledger/view/view.h"

enum board_section {
    BOARD_HEAD,
    BOARD_UNITS,
    BOARD_HEADLINES,
    BOARD_STAGES,
    BOARD_TREND,
    BOARD_RANKING,
    BOARD_MAP,
    BOARD_GAPS,
    BOARD_ALERTS,
    BOARD_OBSTACLES,
    BOARD_SUPERVISED,
    BOARD_NOTICES,
    BOARD_SECTIONS
};
const char *board_section_name(enum board_section section); /* "headlines" */

struct board_question {
    struct bytes city;      /* 六安市 */
    int32_t from, as_of;    /* from DAY_NONE: 1 January of as_of's year */
    uint64_t known_at;      /* UINT64_MAX: all that is known */
    bool is_live;           /* head says so; nothing else depends on it */
    struct bytes lights;    /* id of the rule set of target lights; empty: board_lights_shipped */
    struct bytes ranked_by; /* id of the ranking's rate; empty: START_OVER_SIGNED */
};

extern const char *const board_lights_shipped; /* "YINCHUAN_2025_PACE" */

/* JSON texts of the sections, kept by the caller's buffers; board_compare tells what to send. */
struct board {
    uint64_t position;
    struct buffer sections[BOARD_SECTIONS];
    struct notice_memory notices; /* spares work; the sections do not depend on it */
};
void board_release(struct board *board);
/* Replaces what was in out. Uses the arena; an arena that is too small says incomplete in head. */
void board_make(const struct ledger *ledger, const struct board_question *question,
                struct arena *arena, struct board *out);
/* What frames of one ledger are made from, remembered: the next one looks only at what something
 * was said of since (view_memo.h). The frame is the same, byte for byte. NULL: as board_make. */
struct board_memory;
struct board_memory *board_memory_new(void);
void board_memory_free(struct board_memory *memory);
void board_make_with(struct board_memory *memory, const struct ledger *ledger,
                     const struct board_question *question, struct arena *arena, struct board *out);
/* Bit s: section s differs. */
uint32_t board_changes(const struct board *before, const struct board *now);
/* {"position":…,"whole":…,"sections":{…}} of the sections in mask. Appends. */
void board_frame_json(const struct board *board, uint32_t mask, bool whole, struct buffer *out);
/* The answer of /api/v1/wall. Appends. */
void board_wall_json(const struct board *board, struct buffer *out);
