/* view_amounts.c - what had arrived by any day, from the folded steps; see view.h. */
#include "ledger/view/percent.h"
#include "ledger/view/view.h"

static void amounts_by_origin(const struct project_view *project, uint8_t funds, int32_t day,
                              struct amount_view out[ORIGINS])
{
    memset(out, 0, ORIGINS * sizeof(*out));
    for (size_t i = 0; i < project->fund_count; i++) {
        const struct funds_step *step = &project->funds[i];
        if (step->funds == funds && step->day <= day)
            out[step->origin] = (struct amount_view){.yuan = step->yuan, .known = true};
    }
}

/* The part of a whole that the other part leaves, when it alone was not said. */
static void derive_part(const struct amount_view *whole, const struct amount_view *other,
                        struct amount_view *part)
{
    if (part->known || !whole->known || !other->known)
        return;
    part->yuan = whole->yuan > other->yuan ? whole->yuan - other->yuan : 0;
    part->known = true;
}

void project_received_at(const struct project_view *project, int32_t day,
                         struct amount_view out[ORIGINS])
{
    amounts_by_origin(project, FUNDS_RECEIVED, day, out);
    struct amount_view *province = &out[ORIGIN_OUT_OF_PROVINCE];
    struct amount_view *in_province = &out[ORIGIN_OUT_OF_CITY_IN_PROVINCE];
    struct amount_view *city = &out[ORIGIN_OUT_OF_CITY];
    struct amount_view *all = &out[ORIGIN_NONE]; /* what has no origin of ours counts in the sum */
    derive_part(city, province, in_province);
    derive_part(city, in_province, province);
    int64_t parts = sum_saturating(province->yuan, in_province->yuan);
    if (province->known || in_province->known) {
        city->yuan = city->yuan > parts ? city->yuan : parts;
        city->known = true;
    }
    for (size_t i = ORIGIN_NONE + 1; i < ORIGINS; i++) {
        bool is_part = i == ORIGIN_OUT_OF_PROVINCE || i == ORIGIN_OUT_OF_CITY_IN_PROVINCE;
        all->yuan = is_part ? all->yuan : sum_saturating(all->yuan, out[i].yuan);
        all->known |= out[i].known;
    }
}

struct amount_view project_funds_at(const struct project_view *project, uint8_t funds, int32_t day)
{
    struct amount_view amounts[ORIGINS], sum = {0};
    amounts_by_origin(project, funds, day, amounts);
    /* Inspectors may have looked at the whole project: then that is their word. */
    if (funds == FUNDS_VERIFIED && amounts[ORIGIN_NONE].known)
        return amounts[ORIGIN_NONE];
    for (size_t i = 0; i < ORIGINS; i++) {
        sum.yuan = sum_saturating(sum.yuan, amounts[i].yuan);
        sum.known |= amounts[i].known;
    }
    return sum;
}
