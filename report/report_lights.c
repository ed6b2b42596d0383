/* report_lights.c - see report_lights.h. The rule sets are those shipped as examples, and the
 * city's own, which take the place of a shipped one of their name or stand behind them. */
#include "report/report_lights.h"

#include "ledger/lists/light_inputs.h"
#include "ledger/view/calendar.h"
#include "ledger/view/measure.h"
#include "report/report_json.h"

static const char *shape_name(enum light_shape shape)
{
    switch (shape) {
    case SHAPE_CIRCLE:
        return "圆";
    case SHAPE_TRIANGLE:
        return "三角";
    case SHAPE_SQUARE:
        return "方";
    case SHAPE_DIAMOND:
        return "菱";
    case SHAPE_NONE:
        break;
    }
    return "";
}

/* Of the year: what arrived beside what was planned. */
static void add_pace(const struct standpoint *standpoint, const struct project_view *project,
                     struct light_inputs *out)
{
    enum { MONTHS_A_YEAR = 12 };
    const struct view *view = standpoint->view;
    struct amount_view before[ORIGINS];
    project_received_at(project, year_of_day(view->as_of).first - 1, before);
    int64_t received = project->received[0].yuan - before[0].yuan;
    struct time_pace pace = {months_done(view->as_of), MONTHS_A_YEAR};
    if (project->year_plan.known)
        light_inputs_pace(received, project->year_plan.yuan, pace, out);
}

/* The lights that some rule raised, in the order of the sets; false: this set raises none. */
struct raised {
    struct light_inputs inputs;
    struct light_sets sets;
    const struct light_rules *rules;
    struct light light;
    size_t next;
};

static struct raised raised_of(const struct standpoint *standpoint,
                               const struct project_view *project)
{
    struct raised raised = {0};
    struct rule_moment moment = {standpoint->view->as_of, standpoint->view->known_at};
    light_sets_at(standpoint->ledger, moment, standpoint->arena, &raised.sets);
    light_inputs_project(standpoint->ledger, project, standpoint->view, &raised.inputs);
    add_pace(standpoint, project, &raised.inputs);
    return raised;
}

static bool raised_next(struct raised *raised)
{
    while (raised->next < raised->sets.count) {
        raised->rules = raised->sets.rows[raised->next++].rules;
        light_of(raised->rules, &raised->inputs, &raised->light);
        if (raised->light.colour != LIGHT_NONE)
            return true;
    }
    return false;
}

void report_lights_add(const struct standpoint *standpoint, const struct project_view *project,
                       struct buffer *out)
{
    struct raised raised = raised_of(standpoint, project);
    while (raised_next(&raised))
        buffer_add_format(out, "  亮灯：%s（%s）%s %s：%s\n", raised.light.word,
                          shape_name(raised.light.shape), raised.rules->name, raised.rules->version,
                          raised.light.why);
}

json_t *report_lights_json(const struct standpoint *standpoint, const struct project_view *project)
{
    json_t *out = json_array();
    struct raised raised = raised_of(standpoint, project);
    while (raised_next(&raised)) {
        json_t *one = json_object();
        report_set(one, "rules", json_string(raised.rules->id));
        report_set(one, "version", json_string(raised.rules->version));
        report_set(one, "colour", json_string(light_colour_id(raised.light.colour)));
        report_set(one, "shape", json_string(light_shape_id(raised.light.shape)));
        report_set(one, "meaning", json_string(light_meaning_id(raised.light.meaning)));
        report_set(one, "word", json_string(raised.light.word));
        report_set(one, "why", json_string(raised.light.why));
        report_append(out, one);
    }
    return out;
}
