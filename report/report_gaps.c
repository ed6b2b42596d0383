/* report_gaps.c - see report_gaps.h. */
#include "report/report_gaps.h"

#include "report/privacy.h"
#include "report/report_json.h"

static enum alert_class alert_of(size_t class)
{
    return (enum alert_class)(class - GAP_CLASSES);
}

const char *stuck_id(size_t class)
{
    return class < GAP_CLASSES ? gap_id((enum gap_class) class) : alert_id(alert_of(class));
}

const char *stuck_name(size_t class)
{
    return class < GAP_CLASSES ? gap_name((enum gap_class) class) : alert_name(alert_of(class));
}

static struct gap_rules rules_of(const struct standpoint *standpoint)
{
    return gap_rules_at(standpoint->ledger, standpoint->view, standpoint->arena);
}

void stuck_definition(const struct standpoint *standpoint, size_t class, struct buffer *out)
{
    if (class < GAP_CLASSES) {
        buffer_add_text(out, gap_definition((enum gap_class) class));
        return;
    }
    struct gap_rules rules = rules_of(standpoint);
    alert_definition(alert_of(class), &rules, out);
}

/* The six classes are the specification's; the city sets the days of the others. */
const char *stuck_version(const struct standpoint *standpoint, size_t class)
{
    return class < GAP_CLASSES ? gap_rules_default.version : rules_of(standpoint).version;
}

size_t stuck_of_id(struct bytes id)
{
    size_t class = 0;
    while (class < STUCK_CLASSES && !bytes_equal_text(id, stuck_id(class)))
        class ++;
    return class;
}

void stuck_list_make(const struct standpoint *standpoint, size_t class, size_t unit,
                     struct gap_list *out)
{
    if (class < GAP_CLASSES)
        gap_list_make(standpoint->ledger, standpoint->view, (enum gap_class) class, unit,
                      standpoint->arena, out);
    else
        alert_list_make(standpoint->ledger, standpoint->view, alert_of(class), unit,
                        standpoint->arena, out);
}

struct bytes stuck_project_name(const struct standpoint *standpoint, const struct gap_row *row)
{
    struct project_view project;
    if (row->subject == SIZE_MAX ||
        !project_view_make(standpoint->ledger, row->subject, standpoint->view, standpoint->arena,
                           &project))
        return BYTES_NONE;
    return project.name;
}

/* Who left a team stays unnamed on a wall. */
static json_t *why_json(const struct gap_row *row, bool for_wall)
{
    static const char unnamed[] = "某人";
    CLEANUP(buffer_release) struct buffer shown = {0};
    struct bytes why = row->why, person = row->person;
    while (for_wall && person.size > 0 && why.size > 0) {
        const uint8_t *at = memmem(why.data, why.size, person.data, person.size);
        if (!at)
            break;
        size_t before = (size_t)(at - why.data);
        buffer_add(&shown, bytes_of(why.data, before));
        buffer_add_text(&shown, unnamed);
        why = bytes_of(at + person.size, why.size - before - person.size);
    }
    buffer_add(&shown, why);
    return privacy_text_json(buffer_bytes(&shown), for_wall);
}

json_t *stuck_row_json(const struct standpoint *standpoint, const struct gap_row *row)
{
    bool for_wall = standpoint->for_wall;
    json_t *out = json_object();
    report_set(out, "project", report_text_json(standpoint_subject(standpoint, row->subject)));
    report_set(out, "name", privacy_text_json(stuck_project_name(standpoint, row), for_wall));
    report_set(out, "unit", report_text_json(ledger_unit(standpoint->ledger, row->unit)->unit));
    report_set(out, "unit_name", report_text_json(standpoint_unit_name(standpoint, row->unit)));
    report_set(out, "since", report_day_json(row->since));
    report_set(out, "age_days", row->since == DAY_NONE ? json_null() : json_integer(row->age_days));
    report_set(out, "obstacle", report_text_json(row->obstacle));
    report_set(out, "owner", privacy_text_json(row->owner, for_wall));
    report_set(out, "why", why_json(row, for_wall));
    report_set(out, "transfers", json_integer(row->transfers));
    report_set(out, "position", row->position > 0 ? report_count_json(row->position) : json_null());
    return out;
}

json_t *stuck_list_json(const struct standpoint *standpoint, size_t class,
                        const struct gap_list *list)
{
    json_t *out = json_object(), *rows = json_array();
    CLEANUP(buffer_release) struct buffer definition = {0};
    stuck_definition(standpoint, class, &definition);
    for (size_t i = 0; i < list->count; i++)
        report_append(rows, stuck_row_json(standpoint, &list->rows[i]));
    report_set(out, "class", json_string(stuck_id(class)));
    report_set(out, "name", json_string(stuck_name(class)));
    report_set(out, "count", report_count_json(list->count));
    report_set(out, "rows", rows);
    report_set(out, "definition", report_text_json(buffer_bytes(&definition)));
    report_set(out, "version", json_string(stuck_version(standpoint, class)));
    return out;
}

json_t *stuck_to_json(const struct standpoint *standpoint, size_t first, size_t end, size_t unit)
{
    struct gap_list list;
    json_t *out = json_object(), *lists = json_array();
    for (size_t class = first; class < end; class ++) {
        stuck_list_make(standpoint, class, unit, &list);
        report_append(lists, stuck_list_json(standpoint, class, &list));
    }
    report_set(out, "as_of", report_day_json(standpoint->view->as_of));
    report_set(out, "known_at", report_count_json(standpoint->view->known_at));
    report_set(out, "lists", lists);
    return out;
}
