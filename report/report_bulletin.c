/* report_bulletin.c - see report_bulletin.h: the words around the figures, and the CSV form. */
#include "report/report_bulletin.h"

#include <inttypes.h>

#include "report/report_figures.h"

/* ---- words ---- */

struct civil {
    int year, month, day;
};

static struct civil civil_of(int32_t day)
{
    struct civil civil;
    day_to_civil(day, &civil.year, &civil.month, &civil.day);
    return civil;
}

static bool ends_month(int32_t day)
{
    return civil_of(day + 1).day == 1;
}

void paper_period(const struct bulletin_paper *paper, struct buffer *out)
{
    const struct view *view = &paper->bulletin->view;
    struct civil to = civil_of(view->as_of);
    if (view->from == DAY_NONE) {
        buffer_add_format(out, "截至%d年%d月%d日", to.year, to.month, to.day);
        return;
    }
    struct civil from = civil_of(view->from);
    bool one_year = from.year == to.year;
    if (one_year && from.day == 1 && ends_month(view->as_of)) {
        buffer_add_format(out, from.month == to.month ? "%d年%d月" : "%d年%d—%d月", from.year,
                          from.month, to.month);
        return;
    }
    buffer_add_format(out, "%d年%d月%d日—", from.year, from.month, from.day);
    if (!one_year)
        buffer_add_format(out, "%d年", to.year);
    buffer_add_format(out, "%d月%d日", to.month, to.day);
}

void paper_title(const struct bulletin_paper *paper, struct buffer *out)
{
    buffer_add_text(out, paper->city);
    paper_period(paper, out);
    buffer_add_text(out, "招商引资工作情况");
    if (paper->what_if)
        buffer_add_text(out, "（测算，口径未施行）");
}

static void add_rounding(const struct rate_definition *rate, struct buffer *out)
{
    buffer_add_format(out, "，%s%d位小数", rate->rounding == ROUND_TRUNCATE ? "截取" : "四舍五入到",
                      rate->digits);
}

static bool is_on_page(const char *rate_name, int page)
{
    for (size_t i = 0; i < figure_count; i++)
        if (figures[i].page == page && strcmp(figures[i].title, rate_name) == 0 &&
            figures[i].kind == FIGURE_RATE)
            return true;
    return page == 0;
}

static void add_definitions(const struct bulletin *bulletin, int page, struct buffer *out)
{
    if (page == 0 || page == FIGURE_PAGE_PROGRESS)
        buffer_add_text(out,
                        "口径：签约为期内签订正式合同的项目（含终止）；履约=签约-终止；落地、开工、"
                        "竣工、投产为其中截至当日已达到的。\n");
    if (page == 0 || page == FIGURE_PAGE_FUNDS)
        buffer_add_text(out,
                        "口径：合同总投资为期内签约项目计划总投资之和；到位资金为各项目截至当日"
                        "累计到位数之和，核实到位只计经核查认定之数，均含终止项目。\n");
    if (page == 0 || page == FIGURE_PAGE_GAPS)
        buffer_add_text(out, "口径：堵点按项目截至当日达到的最高节点归类，不含终止项目。\n");
    if (page == FIGURE_PAGE_TARGETS || (page == 0 && bulletin->total.target_count > 0))
        buffer_add_text(out,
                        "口径：完成率=完成÷目标；超（欠）进度=完成率-已满月数÷12，以百分点计。\n");
    for (size_t i = 0; i < bulletin->total.rate_count; i++) {
        const struct rate_definition *rate = bulletin->total.rates[i].definition;
        if (!rate->headline || !is_on_page(rate->name, page))
            continue;
        buffer_add_format(out, "%s=%s", rate->name, rate->formula);
        add_rounding(rate, out);
        buffer_add_format(out, "（%s 第%s版）。\n", rate->id, rate->version);
    }
}

/* A county whose data end before the day is named: its figures may still grow. */
static void add_latecomers(const struct bulletin *bulletin, struct buffer *out)
{
    char day[DAY_TEXT_SIZE];
    size_t count = 0;
    for (size_t i = 0; i < bulletin->row_count; i++) {
        const struct bulletin_row *row = &bulletin->rows[i];
        int32_t to = row->complete_to_ms > 0 ? day_of_instant(row->complete_to_ms) : DAY_NONE;
        if (to >= bulletin->view.as_of && to != DAY_NONE)
            continue;
        buffer_add_text(out, count++ == 0 ? "数据未报至截止日的单位：" : "，");
        buffer_add(out, row->name);
        buffer_add_format(out, "（%s）", to == DAY_NONE ? "未报" : day_text(to, day));
    }
    if (count > 0)
        buffer_add_text(out, "。\n");
}

static void add_close(const struct monthly *monthly, struct buffer *out)
{
    char day[DAY_TEXT_SIZE];
    if (monthly->month == 0)
        return;
    if (monthly->closed_on == DAY_NONE)
        buffer_add_text(out, "未设月结日，按已入库的全部数据。\n");
    else
        buffer_add_format(out, "按月结 %s 24时前入库的数据；此后入库的列入下月，发生日不变。\n",
                          day_text(monthly->closed_on, day));
}

void paper_notes(const struct bulletin_paper *paper, int page, struct buffer *out)
{
    const struct bulletin *bulletin = paper->bulletin;
    char instant[INSTANT_TEXT_SIZE];
    struct civil to = civil_of(bulletin->view.as_of);
    buffer_add_format(out,
                      "统计截至%d年%d月%d日；据第%" PRIu64 "号记录（%.16s）以前的已知事实计算。\n",
                      to.year, to.month, to.day, paper->known_at,
                      paper->known_at > 0 ? instant_text(paper->recorded_at_ms, instant) : "无");
    add_close(&paper->monthly, out);
    add_definitions(bulletin, page, out);
    add_latecomers(bulletin, out);
}

/* ---- CSV ---- */

void paper_csv_cell(const char *text, bool is_text, bool first, struct buffer *out)
{
    bool is_formula = is_text && *text && strchr("=+-@\t\r", *text);
    bool is_quoted = is_formula || strpbrk(text, ",\"\r\n");
    buffer_add_text(out, first ? "" : ",");
    if (!is_quoted) {
        buffer_add_text(out, text);
        return;
    }
    buffer_add_text(out, is_formula ? "\"'" : "\"");
    for (const char *at = text; *at; at++) {
        buffer_add(out, bytes_of(at, 1));
        if (*at == '"')
            buffer_add_text(out, "\"");
    }
    buffer_add_text(out, "\"");
}

static void add_csv_bytes(struct bytes text, bool first, struct buffer *out)
{
    char shown[256];
    paper_csv_cell(bytes_to_text(text, shown, sizeof shown), true, first, out);
}

/* A target stands in columns of its own when the city or some unit has one for the metric. */
static bool is_first_with(const struct bulletin *bulletin, size_t row, size_t target)
{
    struct bytes metric = bulletin->rows[row].targets[target].metric;
    for (size_t before = 0; before <= row; before++) {
        size_t end = before < row ? bulletin->rows[before].target_count : target;
        for (size_t i = 0; i < end; i++)
            if (bytes_equal(bulletin->rows[before].targets[i].metric, metric))
                return false;
    }
    for (size_t i = 0; i < bulletin->total.target_count; i++)
        if (bytes_equal(bulletin->total.targets[i].metric, metric))
            return false;
    return true;
}

static const char *const target_parts[][2] = {
    {"rate_percent", "完成率(%)"},
    {"pace_points", "超欠进度(百分点)"},
};

static void add_csv_metric(const struct bulletin_row *row, struct bytes metric, struct buffer *out)
{
    char id[FIGURE_ID_SIZE], text[FIGURE_TEXT_SIZE];
    for (size_t part = 0; part < ARRAY_LENGTH(target_parts); part++) {
        CLEANUP(buffer_release) struct buffer heading = {0};
        buffer_add_format(&heading, "%.*s %s", (int)metric.size, (const char *)metric.data,
                          target_parts[part][1]);
        if (!row) {
            add_csv_bytes(buffer_bytes(&heading), false, out);
            continue;
        }
        (void)snprintf(id, sizeof id, "targets.%.*s.%s", (int)metric.size,
                       (const char *)metric.data, target_parts[part][0]);
        if (!figure_find(row, id, text))
            *text = '\0';
        paper_csv_cell(text, false, false, out);
    }
}

/* row NULL: the headings. */
static void add_csv_targets(const struct bulletin *bulletin, const struct bulletin_row *row,
                            struct buffer *out)
{
    for (size_t i = 0; i < bulletin->total.target_count; i++)
        add_csv_metric(row, bulletin->total.targets[i].metric, out);
    for (size_t unit = 0; unit < bulletin->row_count; unit++)
        for (size_t i = 0; i < bulletin->rows[unit].target_count; i++)
            if (is_first_with(bulletin, unit, i))
                add_csv_metric(row, bulletin->rows[unit].targets[i].metric, out);
}

static void add_csv_row(const struct bulletin *bulletin, const struct bulletin_row *row,
                        struct bytes name, struct buffer *out)
{
    char text[FIGURE_TEXT_SIZE];
    add_csv_bytes(row->code, true, out);
    add_csv_bytes(name, false, out);
    for (size_t i = 0; i < figure_count; i++)
        paper_csv_cell(figure_text(&figures[i], row, text), false, false, out);
    add_csv_targets(bulletin, row, out);
    buffer_add_text(out, "\r\n");
}

void bulletin_to_csv(const struct bulletin_paper *paper, struct buffer *out)
{
    const struct bulletin *bulletin = paper->bulletin;
    buffer_add_text(out, "\xEF\xBB\xBF单位代码,单位");
    for (size_t i = 0; i < figure_count; i++) {
        const struct figure *figure = &figures[i];
        char heading[FIGURE_ID_SIZE];
        (void)snprintf(heading, sizeof heading, *figure->unit ? "%s%s(%s)" : "%s%s%s",
                       figure->group ? figure->group : "", figure->title, figure->unit);
        paper_csv_cell(heading, true, false, out);
    }
    add_csv_targets(bulletin, NULL, out);
    buffer_add_text(out, "\r\n");
    for (size_t i = 0; i < bulletin->row_count; i++)
        add_csv_row(bulletin, &bulletin->rows[i], bulletin->rows[i].name, out);
    add_csv_row(bulletin, &bulletin->total, bytes_of_text("全市合计"), out);
}
