/* monthly.c - see monthly.h. */
#include "report/monthly.h"

#include "ledger/view/calendar.h"
#include "ledger/view/definitions.h"

enum err month_parse(struct bytes text, int32_t *out)
{
    CLEANUP(buffer_release) struct buffer first = {0};
    int32_t day = DAY_NONE;
    buffer_add(&first, text);
    buffer_add_text(&first, "-01");
    if (day_parse(buffer_bytes(&first), &day) != OK || day == DAY_NONE)
        return ERR_MALFORMED;
    *out = month_of_day(day);
    return OK;
}

/* The day itself: the instant is its end. */
static int32_t closing_day(int32_t month, uint32_t close_day)
{
    return close_day > 0 ? day_of_instant(close_instant_ms(month, close_day) - 1) : DAY_NONE;
}

struct monthly monthly_view(const struct ledger *ledger, int32_t month, int32_t from,
                            struct arena *arena, struct view *out, struct problem *problem)
{
    uint64_t head = ledger_position(ledger);
    struct view view = {.as_of = month_last_day(month), .known_at = head};
    view.from = from != DAY_NONE ? from : year_of_day(view.as_of).first;
    uint32_t close_day = definitions_at(ledger, view.as_of, head, arena, problem)->close_day;
    uint64_t closed_at = close_position(ledger, month, close_day);
    if (closed_at < head)
        view.known_at = closed_at;
    view.definitions = definitions_at(ledger, view.as_of, view.known_at, arena, problem);
    *out = view;
    return (struct monthly){.month = month, .closed_on = closing_day(month, close_day)};
}
