/* board_scene.h - a frame over a ledger_scene, its sections read back as JSON. */
#pragma once

#include "display/board.h"
#include "ledger_scene.h"

#include <jansson.h>

static inline json_t *board_read(struct bytes text)
{
    json_error_t error;
    json_t *value = json_loadb((const char *)text.data, text.size, JSON_DECODE_ANY, &error);
    if (!value)
        fail_msg("%s: %.*s", error.text, (int)text.size, (const char *)text.data);
    return value;
}

static inline struct board_question board_question_of(const char *as_of)
{
    return (struct board_question){
        .city = bytes_of_text("六安市"), .as_of = scene_day(as_of), .known_at = UINT64_MAX};
}

static inline void board_ask(const struct ledger *ledger, const struct board_question *question,
                             struct board *out)
{
    CLEANUP(arena_release) struct arena arena;
    arena_init(&arena, 256U << 20);
    board_make(ledger, question, &arena, out);
}

/* The caller's to json_decref. */
static inline json_t *board_section(struct ledger_scene *scene, enum board_section section,
                                    const struct board_question *question)
{
    struct board board = {0};
    board_ask(scene->ledger, question, &board);
    json_t *value = board_read(buffer_bytes(&board.sections[section]));
    board_release(&board);
    return value;
}

static inline json_t *board_on(struct ledger_scene *scene, enum board_section section,
                               const char *as_of)
{
    struct board_question question = board_question_of(as_of);
    return board_section(scene, section, &question);
}

/* The row whose member has the text; the list's own. */
static inline json_t *row_with(json_t *list, const char *member, const char *text)
{
    size_t index;
    json_t *row;
    json_array_foreach(list, index, row)
    {
        const char *value = json_string_value(json_object_get(row, member));
        if (value && strcmp(value, text) == 0)
            return row;
    }
    return NULL;
}

static inline const char *text_in(json_t *object, const char *member)
{
    return json_string_value(json_object_get(object, member));
}

static inline int64_t number_in(json_t *object, const char *member)
{
    json_t *value = json_object_get(object, member);
    if (!json_is_integer(value))
        fail_msg("%s is no number", member);
    return json_integer_value(value);
}

static inline bool is_null_in(json_t *object, const char *member)
{
    return json_is_null(json_object_get(object, member));
}
