/* contacts.c - see contacts.h. */
#include "display/contacts.h"

#include <jansson.h>
#include <stdlib.h>

#include "report/report_json.h"

enum { UNITS_MAX = 65536 }; /* as many as a ledger has */

struct contact_row {
    char unit[UNIT_TEXT_MAX + 1];
    struct unit_contact contact; /* its unit is not used */
    bool is_news;
};

void contacts_release(struct contacts_seen *seen)
{
    free(seen->rows);
    *seen = (struct contacts_seen){0};
}

/* Where the unit is, or would be. */
static size_t place_of(const struct contacts_seen *seen, struct bytes unit)
{
    size_t low = 0, high = seen->count;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (bytes_compare(bytes_of_text(seen->rows[middle].unit), unit) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static struct contact_row *insert(struct contacts_seen *seen, size_t at, struct bytes unit)
{
    if (seen->count == seen->capacity) {
        seen->capacity = seen->capacity > 0 ? 2 * seen->capacity : 64;
        seen->rows = realloc(seen->rows, seen->capacity * sizeof *seen->rows);
        if (!seen->rows)
            abort();
    }
    struct contact_row *row = &seen->rows[at];
    memmove(row + 1, row, (seen->count - at) * sizeof *row);
    *row = (struct contact_row){0};
    bytes_to_text(unit, row->unit, sizeof row->unit);
    seen->count++;
    return row;
}

static bool is_same(const struct unit_contact *left, const struct unit_contact *right)
{
    return left->is_online == right->is_online && left->last_contact_ms == right->last_contact_ms &&
           left->backlog == right->backlog && left->clock_offset_ms == right->clock_offset_ms;
}

/* What a whole telling leaves out is no more. */
static bool keep_only(struct contacts_seen *seen, const struct contacts *contacts)
{
    struct contacts_seen kept = {0};
    for (size_t i = 0; i < contacts->unit_count; i++) {
        struct bytes unit = contacts->units[i].unit;
        size_t at = place_of(seen, unit), to = place_of(&kept, unit);
        if (at == seen->count || !bytes_equal_text(unit, seen->rows[at].unit) ||
            (to < kept.count && bytes_equal_text(unit, kept.rows[to].unit)))
            continue;
        struct contact_row *row = insert(&kept, to, unit);
        row->contact = seen->rows[at].contact;
        row->is_news = seen->rows[at].is_news;
        kept.online += seen->rows[at].contact.is_online;
    }
    bool is_news = kept.count != seen->count;
    contacts_release(seen);
    *seen = kept;
    return is_news;
}

bool contacts_take(struct contacts_seen *seen, const struct contacts *contacts)
{
    bool is_news = contacts->whole && keep_only(seen, contacts);
    for (size_t i = 0; i < contacts->unit_count; i++) {
        const struct unit_contact *contact = &contacts->units[i];
        size_t at = place_of(seen, contact->unit);
        bool is_known = at < seen->count && bytes_equal_text(contact->unit, seen->rows[at].unit);
        if (contact->unit.size > UNIT_TEXT_MAX || (!is_known && seen->count == UNITS_MAX))
            continue;
        struct contact_row *row = is_known ? &seen->rows[at] : insert(seen, at, contact->unit);
        if (is_known && is_same(&row->contact, contact))
            continue;
        seen->online += (size_t)contact->is_online - (size_t)row->contact.is_online;
        row->contact = *contact;
        row->contact.unit = BYTES_NONE;
        is_news = row->is_news = true;
    }
    return is_news;
}

static json_t *row_json(const struct contact_row *row)
{
    const struct unit_contact *contact = &row->contact;
    json_t *out = json_object();
    report_set(out, "unit", json_string(row->unit));
    report_set(out, "is_online", json_boolean(contact->is_online));
    report_set(out, "last_contact",
               contact->last_contact_ms > 0 ? json_integer(contact->last_contact_ms) : json_null());
    report_set(out, "backlog", report_count_json(contact->backlog));
    report_set(out, "clock_offset_ms", json_integer(contact->clock_offset_ms));
    return out;
}

static void write_rows(const struct contact_row *rows, size_t count, struct contacts_feed feed,
                       struct buffer *out)
{
    json_t *whole = json_object(), *units = json_array();
    for (size_t i = 0; i < count; i++)
        report_append(units, row_json(&rows[i]));
    report_set(whole, "feed", json_string(feed_state_name(feed.state)));
    report_set(whole, "since", json_integer(feed.since_ms));
    report_set(whole, "units", units);
    report_json_write(whole, out);
    json_decref(whole);
}

void contacts_json(const struct contacts_seen *seen, struct contacts_feed feed, struct buffer *out)
{
    write_rows(seen->rows, seen->count, feed, out);
}

const char *contacts_unit_json(const struct contacts_seen *seen, size_t row,
                               struct contacts_feed feed, struct buffer *out)
{
    write_rows(&seen->rows[row], 1, feed, out);
    return seen->rows[row].unit;
}

bool contacts_is_news(struct contacts_seen *seen, size_t row)
{
    bool is_news = seen->rows[row].is_news;
    seen->rows[row].is_news = false;
    return is_news;
}
