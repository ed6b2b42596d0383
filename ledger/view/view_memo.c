/* view_memo.c - see view_memo.h. */
#include "ledger/view/view_memo.h"

#include <stdlib.h>

#include "ledger/fold/byte_store.h"

static void forget(struct view_memo_row *row)
{
    free(row->lists);
    *row = (struct view_memo_row){0};
}

void view_memo_release(struct view_memo *memo)
{
    for (size_t i = 0; i < memo->count; i++)
        forget(&memo->rows[i]);
    free(memo->rows);
    *memo = (struct view_memo){0};
}

static void add_text(struct buffer *out, struct bytes text)
{
    buffer_add_format(out, "%zu:", text.size);
    buffer_add(out, text);
}

/* Rates are for who prints them: no project is seen by them. */
static struct hash digest_of(const struct definitions *definitions)
{
    CLEANUP(buffer_release) struct buffer text = {0};
    buffer_add(&text, bytes_of(definitions->body_order, sizeof definitions->body_order));
    buffer_add_format(&text, "%d %d %d ", definitions->landed_milestone,
                      definitions->exclude_government_money, definitions->exclude_endogenous);
    for (size_t i = 0; i < definitions->excluded_industry_count; i++)
        add_text(&text, definitions->excluded_industries[i]);
    buffer_add_text(&text, ";");
    for (size_t i = 0; i < definitions->approval_count; i++)
        add_text(&text, definitions->approvals[i]);
    buffer_add_text(&text, ";");
    for (size_t i = 0; i < definitions->exchange_rate_count; i++) {
        const struct exchange_rate *rate = &definitions->exchange_rates[i];
        buffer_add_format(&text, "%s %d %lld ", rate->currency, (int)rate->day,
                          (long long)rate->yuan_millionths);
    }
    return hash_of(buffer_bytes(&text));
}

void view_memo_begin(struct view_memo *memo, const struct ledger *ledger, const struct view *view)
{
    uint64_t rules_position = ledger_rules_position(ledger);
    uint64_t known_at = view->known_at < ledger_position(ledger) ? view->known_at : UINT64_MAX;
    struct hash definitions =
        digest_of(view->definitions ? view->definitions : definitions_shipped());
    bool is_same = memo->rules_position == rules_position && memo->from == view->from &&
                   memo->as_of == view->as_of && memo->known_at == known_at &&
                   hash_equal(&memo->definitions, &definitions);
    for (size_t i = 0; !is_same && i < memo->count; i++)
        forget(&memo->rows[i]);
    memo->from = view->from;
    memo->as_of = view->as_of;
    memo->known_at = known_at;
    memo->rules_position = rules_position;
    memo->definitions = definitions;
    memo->rounds++;
    memo->resets += !is_same;
    while (memo->count < ledger_subject_count(ledger)) {
        memo->rows = array_grown(memo->rows, memo->count, &memo->capacity, sizeof(*memo->rows));
        memo->rows[memo->count++] = (struct view_memo_row){0};
    }
}

/* The arena's lists are gone with the next project; texts are the ledger's and stay. */
static void keep(struct view_memo_row *row)
{
    struct project_view *project = &row->project;
    size_t funds = project->fund_count * sizeof(*project->funds);
    struct texts *lists[] = {&project->lists, &project->investor_classes, &project->tags};
    size_t size = funds;
    for (size_t i = 0; i < ARRAY_LENGTH(lists); i++)
        size += lists[i]->count * sizeof(struct bytes);
    row->lists = malloc(size + 1);
    if (!row->lists)
        abort();
    struct bytes *items = row->lists;
    for (size_t i = 0; i < ARRAY_LENGTH(lists); i++) {
        if (lists[i]->count > 0)
            memcpy(items, lists[i]->items, lists[i]->count * sizeof(*items));
        lists[i]->items = items;
        items += lists[i]->count;
    }
    if (funds > 0)
        memcpy(items, project->funds, funds);
    project->funds = (const struct funds_step *)(void *)items;
}

const struct project_view *view_memo_project(struct view_memo *memo, const struct ledger *ledger,
                                             size_t subject, const struct view *view,
                                             struct arena *arena)
{
    struct view_memo_row *row = &memo->rows[subject];
    uint64_t last_position = ledger_subject_position(ledger, subject);
    bool is_known = row->look != 0 && row->last_position == last_position &&
                    (!row->project.looks_elsewhere || row->round == memo->rounds);
    if (!is_known) {
        forget(row);
        row->last_position = last_position;
        row->look = ++memo->looks;
        row->round = memo->rounds;
        row->is_shown = project_view_make(ledger, subject, view, arena, &row->project);
        if (row->is_shown)
            keep(row);
        else
            row->project = (struct project_view){0};
    }
    return row->is_shown ? &row->project : NULL;
}
