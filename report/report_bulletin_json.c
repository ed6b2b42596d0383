/* report_bulletin_json.c - `bulletin --format json`: the shape that scripts read. Fields are only
 * ever added. Counts and amounts are integers, percents are texts, null where there is none. */
#include "report/report_bulletin.h"

#include "ledger/view/calendar.h"
#include "report/report_figures.h"
#include "report/report_json.h"

static json_t *text_json(struct bytes text)
{
    return json_stringn((const char *)text.data, text.size);
}

static json_t *percent_json(bool given, const char *text)
{
    return given && *text ? json_string(text) : json_null();
}

static const struct origin_key {
    const char *key;
    enum origin origin;
} origin_keys[] = {
    {"out_of_province", ORIGIN_OUT_OF_PROVINCE},
    {"out_of_city_in_province", ORIGIN_OUT_OF_CITY_IN_PROVINCE},
    {"inter_county", ORIGIN_INTER_COUNTY},
    {"overseas", ORIGIN_OVERSEAS},
};

static void set_origins(json_t *out, const struct bulletin_row *row)
{
    json_t *received = json_object(), *projects = json_object(), *shares = json_object();
    for (size_t i = 0; i < ARRAY_LENGTH(origin_keys); i++) {
        const char *key = origin_keys[i].key;
        enum origin origin = origin_keys[i].origin;
        report_set(received, key, json_integer(wan_of_yuan(row->received_by_origin[origin])));
        report_set(projects, key, json_integer(row->projects_by_origin[origin]));
        report_set(shares, key, percent_json(true, row->share_percent_by_origin[origin]));
    }
    report_set(out, "received_by_origin_wan", received);
    report_set(out, "projects_by_origin", projects);
    report_set(out, "share_percent_by_origin", shares);
    json_t *other = json_object(); /* classes that the four above do not tell apart */
    report_set(other, "out_of_city",
               json_integer(wan_of_yuan(row->received_by_origin[ORIGIN_OUT_OF_CITY])));
    report_set(other, "local", json_integer(wan_of_yuan(row->received_by_origin[ORIGIN_LOCAL])));
    report_set(out, "received_by_other_origin_wan", other);
}

static json_t *rates_json(const struct bulletin_row *row)
{
    json_t *out = json_array();
    for (size_t i = 0; i < row->rate_count; i++) {
        const struct bulletin_rate *rate = &row->rates[i];
        json_t *one = json_object();
        report_set(one, "id", json_string(rate->definition->id));
        report_set(one, "numerator", json_integer(rate->numerator));
        report_set(one, "denominator", json_integer(rate->denominator));
        report_set(one, "percent", percent_json(rate->has_percent, rate->percent));
        report_set(one, "name", json_string(rate->definition->name));
        report_set(one, "version", json_string(rate->definition->version));
        report_set(one, "headline", json_boolean(rate->definition->headline));
        report_set(
            one, "counted_in",
            json_string(measure_is_amount(rate->definition->numerator) ? "yuan" : "projects"));
        report_append(out, one);
    }
    return out;
}

static json_t *targets_json(const struct bulletin_row *row)
{
    json_t *out = json_array();
    for (size_t i = 0; i < row->target_count; i++) {
        const struct bulletin_target *target = &row->targets[i];
        bool amount = target->is_amount;
        json_t *one = json_object();
        report_set(one, "metric", text_json(target->metric));
        report_set(one, "target_wan",
                   amount ? json_integer(wan_of_yuan(target->base)) : json_null());
        report_set(one, "rate_percent", percent_json(target->has_rate, target->rate_percent));
        report_set(one, "pace_points", percent_json(target->has_rate, target->pace_points));
        if (!amount)
            report_set(one, "target_count", json_integer(target->base));
        report_set(one, amount ? "actual_wan" : "actual_count",
                   json_integer(amount ? wan_of_yuan(target->actual) : target->actual));
        if (target->has_stretch)
            report_set(one, amount ? "stretch_wan" : "stretch_count",
                       json_integer(amount ? wan_of_yuan(target->stretch) : target->stretch));
        report_set(one, "sum_differs", json_boolean(target->sum_differs));
        if (target->list.size > 0)
            report_set(one, "list", text_json(target->list));
        if (target->threshold > 0)
            report_set(one, "threshold_wan", json_integer(wan_of_yuan(target->threshold)));
        if (target->document.size > 0)
            report_set(one, "document", text_json(target->document));
        report_append(out, one);
    }
    return out;
}

static json_t *growth_json(const struct bulletin_growth *growth, bool amount)
{
    json_t *out = json_object();
    report_set(out, amount ? "before_wan" : "before",
               growth->has_base
                   ? json_integer(amount ? wan_of_yuan(growth->before) : growth->before)
                   : json_null());
    report_set(out, "percent",
               growth->has_base && *growth->percent ? json_string(growth->percent)
                                                    : json_string("NO_BASE"));
    return out;
}

static void set_more(json_t *out, const struct bulletin_row *row)
{
    static const char *const listed[] = {
        "signed_in_period",
        "landed_in_period",
        "started_in_period",
        "completed_in_period",
        "producing_in_period",
        "terminated_in_period",
        "signed_new",
        "signed_carried_over",
        "projects",
        "trips_without_lead",
        "firms_visited",
        "obstacles_open",
        "anomalies",
        "masked",
    };
    for (size_t i = 0; i < ARRAY_LENGTH(listed); i++) {
        for (size_t at = 0; at < figure_count; at++) {
            const uint8_t *value = (const uint8_t *)row + figures[at].offset;
            if (strcmp(figures[at].id, listed[i]) == 0)
                report_set(out, listed[i], json_integer(*(const int64_t *)(const void *)value));
        }
    }
    report_set(out, "received_in_period_wan",
               json_integer(wan_of_yuan(row->received_in_period_yuan)));
    report_set(out, "verified_wan", json_integer(wan_of_yuan(row->verified_yuan)));
    report_set(out, "rank", row->rank > 0 ? json_integer(row->rank) : json_null());
    report_set(out, "signed_growth", growth_json(&row->signed_growth, false));
    report_set(out, "received_growth", growth_json(&row->received_growth, true));
}

json_t *bulletin_row_json(const struct bulletin_row *row, struct bytes code, struct bytes name)
{
    json_t *out = json_object(), *sizes = json_object(), *gaps = json_object();
    report_set(out, "unit", code.size > 0 ? text_json(code) : json_null());
    report_set(out, "name", text_json(name));
    report_set(out, "signed", json_integer(row->signed_count));
    report_set(out, "performing", json_integer(row->performing));
    report_set(out, "terminated", json_integer(row->terminated));
    report_set(out, "landed", json_integer(row->landed));
    report_set(out, "started", json_integer(row->started));
    report_set(out, "completed", json_integer(row->completed));
    report_set(out, "producing", json_integer(row->producing));
    report_set(sizes, "1", json_integer(figure_size_count(row, INT64_C(100000000))));
    report_set(sizes, "5", json_integer(figure_size_count(row, INT64_C(500000000))));
    report_set(sizes, "10", json_integer(figure_size_count(row, INT64_C(1000000000))));
    report_set(out, "signed_fixed_ge_yi", sizes);
    report_set(out, "contract_wan", json_integer(wan_of_yuan(row->contract_yuan)));
    report_set(out, "received_wan", json_integer(wan_of_yuan(row->received_yuan)));
    set_origins(out, row);
    report_set(out, "trips", json_integer(row->trips));
    report_set(out, "rates", rates_json(row));
    report_set(out, "targets", targets_json(row));
    for (enum gap_class class = 0; class < GAP_CLASSES; class ++)
        report_set(gaps, gap_id(class), json_integer(row->gaps[class]));
    report_set(out, "gaps", gaps);
    set_more(out, row);
    return out;
}

static json_t *definitions_json(const struct bulletin *bulletin)
{
    json_t *out = json_array();
    for (size_t i = 0; i < bulletin->total.rate_count; i++) {
        const struct rate_definition *rate = bulletin->total.rates[i].definition;
        json_t *one = json_object();
        report_set(one, "id", json_string(rate->id));
        report_set(one, "name", json_string(rate->name));
        report_set(one, "formula", json_string(rate->formula));
        report_set(one, "version", json_string(rate->version));
        report_set(one, "rounding",
                   json_string(rate->rounding == ROUND_TRUNCATE ? "TRUNCATE" : "HALF_UP"));
        report_set(one, "digits", json_integer(rate->digits));
        report_append(out, one);
    }
    return out;
}

json_t *monthly_month_json(const struct monthly *monthly)
{
    return monthly->month > 0 ? json_sprintf("%04d-%02d", month_year(monthly->month),
                                             month_of_year(monthly->month))
                              : json_null();
}

json_t *bulletin_to_json(const struct bulletin_paper *paper)
{
    const struct bulletin *bulletin = paper->bulletin;
    char text[INSTANT_TEXT_SIZE], hash[2 * HASH_SIZE + 1];
    json_t *out = json_object(), *units = json_array(), *complete_to = json_object();
    report_set(out, "as_of", report_day_json(bulletin->view.as_of));
    report_set(out, "from", report_day_json(bulletin->view.from));
    report_set(out, "known_at", json_integer((json_int_t)paper->known_at));
    for (size_t i = 0; i < bulletin->row_count; i++) {
        const struct bulletin_row *row = &bulletin->rows[i];
        char code[UNIT_TEXT_MAX + 1];
        report_append(units, bulletin_row_json(row, row->code, row->name));
        report_set(complete_to, bytes_to_text(row->code, code, sizeof code),
                   row->complete_to_ms > 0 ? json_string(instant_text(row->complete_to_ms, text))
                                           : json_null());
    }
    report_set(out, "units", units);
    report_set(
        out, "total",
        bulletin_row_json(&bulletin->total, bulletin->total.code, bytes_of_text("全市合计")));
    report_set(out, "complete_to", complete_to);
    report_set(out, "city", json_string(paper->city));
    report_set(out, "recorded_at",
               paper->known_at > 0 ? json_string(instant_text(paper->recorded_at_ms, text))
                                   : json_null());
    report_set(out, "what_if", json_boolean(paper->what_if));
    report_set(out, "month", monthly_month_json(&paper->monthly));
    report_set(out, "closed_on", report_day_json(paper->monthly.closed_on));
    report_set(out, "definitions", definitions_json(bulletin));
    report_set(out, "facts_digest",
               json_string(hex_text(hash_bytes(&bulletin->facts), hash, sizeof hash)));
    report_set(out, "frame_digest",
               json_string(hex_text(hash_bytes(&bulletin->frame), hash, sizeof hash)));
    return out;
}
