/* assess_formula.c - see assess_formula.h. */
#include "ledger/assess/assess_formula.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>

enum { WAN_YUAN = 10000, HUNDRED = 100 };

char *score_text(int64_t score, int64_t digits, char out[SCORE_TEXT_SIZE])
{
    uint64_t size = score < 0 ? 0 - (uint64_t)score : (uint64_t)score;
    uint64_t step = 1;
    for (int64_t i = digits; i < 4; i++)
        step *= 10;
    uint64_t part = size % POINT / step;
    const char *sign = score < 0 ? "-" : "";
    int length = digits > 0 ? snprintf(out, SCORE_TEXT_SIZE, "%s%" PRIu64 ".%0*" PRIu64, sign,
                                       size / POINT, (int)digits, part)
                            : snprintf(out, SCORE_TEXT_SIZE, "%s%" PRIu64, sign, size / POINT);
    assert(length > 0 && length < SCORE_TEXT_SIZE);
    return out;
}

/* Without the zeros behind: 20, 0.1, 95.5. */
static void add_decimal(struct buffer *out, int64_t value)
{
    int64_t digits = value % POINT == 0     ? 0
                     : value % 1000 == 0    ? 1
                     : value % HUNDRED == 0 ? 2
                     : value % 10 == 0      ? 3
                                            : 4;
    char text[SCORE_TEXT_SIZE];
    buffer_add_text(out, score_text(value, digits, text));
}

static void add_number(struct buffer *out, int64_t value, bool is_amount)
{
    if (!is_amount)
        buffer_add_format(out, "%" PRId64, value);
    else if (value % WAN_YUAN == 0)
        buffer_add_format(out, "%" PRId64 "万元", value / WAN_YUAN);
    else
        buffer_add_format(out, "%" PRId64 "元", value);
}

/* What is scored, which is less than what was counted when un-landed signings weigh less. */
static void add_value(struct buffer *out, const struct assess_part_result *part)
{
    const struct assess_number *value = &part->value;
    if (value->weighted % HUNDRED == 0)
        add_number(out, value->weighted / HUNDRED, part->is_amount);
    else
        buffer_add_format(out, "%" PRId64 ".%02" PRId64 "%s", value->weighted / HUNDRED,
                          value->weighted % HUNDRED, part->is_amount ? "元" : "");
}

static void add_ratio(struct buffer *out, const struct assess_part *part,
                      const struct assess_part_result *result)
{
    buffer_add_text(out, "(");
    if (result->measured) {
        add_value(out, result);
        buffer_add_text(out, "÷");
        add_number(out, result->base.value, result->is_amount);
    } else {
        buffer_add_text(out, "无目标或基数为0");
    }
    if (part->goal > 0) {
        buffer_add_text(out, "÷");
        add_decimal(out, part->goal);
        buffer_add_text(out, "%");
    }
    buffer_add_text(out, ")");
}

static void add_ratio_item(struct buffer *out, const struct formula *formula)
{
    const struct assess_item *item = formula->item;
    buffer_add_text(out, item->part_count > 1 ? "[" : "");
    for (size_t i = 0; i < item->part_count; i++) {
        buffer_add_text(out, i > 0 ? "+" : "");
        add_ratio(out, &item->parts[i], &formula->result->parts[i]);
        if (item->part_count > 1)
            buffer_add_format(out, "×%" PRId64 "%%", item->parts[i].share_percent);
    }
    buffer_add_text(out, item->part_count > 1 ? "]×" : "×");
    add_decimal(out, item->points);
    buffer_add_format(out, "分（单项封顶%" PRId64 "%%）", item->cap_percent);
}

static void add_spread_item(struct buffer *out, const struct formula *formula)
{
    const struct assess_item *item = formula->item;
    const struct assess_part *part = &item->parts[0];
    add_ratio(out, part, &formula->result->parts[0]);
    if (formula->result->measured) {
        buffer_add_text(out, "在最低");
        add_ratio(out, part, formula->least);
        buffer_add_text(out, "与最高");
        add_ratio(out, part, formula->most);
        buffer_add_format(out, "之间：[(x-min)÷(max-min)×%" PRId64 "+%" PRId64 "]%%×",
                          item->span_percent, item->base_percent);
    } else {
        buffer_add_text(out, "×");
    }
    add_decimal(out, item->points);
    buffer_add_text(out, "分");
}

static void add_count_item(struct buffer *out, const struct formula *formula)
{
    const struct assess_item *item = formula->item;
    const struct assess_part_result *part = &formula->result->parts[0];
    if (part->value.known)
        add_value(out, part);
    else
        buffer_add_text(out, "(无此项)");
    if (item->per > 1) {
        buffer_add_text(out, "÷");
        add_number(out, item->per, part->is_amount);
    }
    buffer_add_text(out, "×");
    add_decimal(out, item->each);
    buffer_add_text(out, "分");
    if (item->points > 0) {
        buffer_add_text(out, "（最多");
        add_decimal(out, item->points);
        buffer_add_text(out, "分）");
    }
}

static bool is_weighted_down(const struct assess_item_result *result, size_t parts)
{
    for (size_t i = 0; i < parts; i++) {
        const struct assess_number *value = &result->parts[i].value;
        if (value->known && value->value > 0 && value->weighted < INT64_MAX &&
            value->weighted / HUNDRED < value->value)
            return true;
    }
    return false;
}

struct bytes formula_text(const struct formula *formula, struct arena *arena)
{
    CLEANUP(buffer_release) struct buffer out = {0};
    const struct assess_item *item = formula->item;
    char points[SCORE_TEXT_SIZE];
    if (item->kind == ITEM_RATIO)
        add_ratio_item(&out, formula);
    else if (item->kind == ITEM_SPREAD)
        add_spread_item(&out, formula);
    else
        add_count_item(&out, formula);
    buffer_add_format(&out, "=%s%s分", item->deduct ? "扣" : "",
                      score_text(formula->result->points, 4, points));
    if (item->deduct && !formula->scheme->deductions_count)
        buffer_add_text(&out, "（只列示，不计入总分）");
    if (is_weighted_down(formula->result, item->part_count))
        buffer_add_format(&out, "（未落地的签约按%" PRId64 "%%计）",
                          formula->scheme->unlanded_signing_percent);
    return arena_copy(arena, buffer_bytes(&out));
}
