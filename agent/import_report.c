/* import_report.c - see import_report.h. */
#include "agent/import_report.h"

#define TEXT_OF(bytes) (int)(bytes).size, (const char *)(bytes).data

void import_report_release(struct import_report *report)
{
    buffer_release(&report->remarks);
    buffer_release(&report->refusals);
}

static void write_problem(struct buffer *out, const struct problem *why)
{
    buffer_add_text(out, why->text);
    if (why->remedy[0])
        buffer_add_format(out, ";%s", why->remedy);
    buffer_add_text(out, "\n");
}

static void begin_refusal(struct import_report *report, uint64_t row)
{
    buffer_add_format(&report->refusals, "%.*s:%llu ", TEXT_OF(report->file_name),
                      (unsigned long long)row);
    report->refusal_lines++;
}

void import_report_refuse(struct import_report *report, uint64_t row,
                          const struct import_complaints *why)
{
    report->counts.refused++;
    if (report->refusal_lines >= IMPORT_REFUSALS_SHOWN_MAX)
        return;
    report->rows_shown++;
    for (size_t i = 0; i < why->count && i < IMPORT_COMPLAINTS_MAX; i++) {
        begin_refusal(report, row);
        write_problem(&report->refusals, &why->shown[i]);
    }
    if (why->count <= IMPORT_COMPLAINTS_MAX)
        return;
    begin_refusal(report, row);
    buffer_add_format(&report->refusals,
                      "另有 %zu处有误,每行最多列出 %d处;请核对整行 (more cells of this row)\n",
                      why->count - IMPORT_COMPLAINTS_MAX, IMPORT_COMPLAINTS_MAX);
}

static bool shows_remark(struct import_report *report)
{
    return report->remark_count++ < IMPORT_REMARKS_SHOWN_MAX;
}

void import_report_emptied(struct import_report *report, const struct import_row *row,
                           enum ledger_column column)
{
    struct bytes before = row->cells[column].text; /* recalled */
    char text[96] = "";
    if (!shows_remark(report))
        return;
    if (before.size > 0)
        bytes_to_text(before, text, sizeof(text));
    buffer_add_format(&report->remarks,
                      "  提示 %.*s:%llu 列“%s”: 曾上报%s%s%s,现为空,未撤回 (emptied, not taken "
                      "back)\n",
                      TEXT_OF(report->file_name), (unsigned long long)row->number,
                      row->sheet->header[column], *text ? "“" : "", text, *text ? "”" : "");
}

void import_report_missing(struct import_report *report, struct bytes label, struct bytes file_name)
{
    if (!shows_remark(report))
        return;
    buffer_add_format(&report->remarks,
                      "  提示 “%.*s” 曾由 %.*s 上报,现不在表中,未撤回 (no longer listed, not taken "
                      "back)\n",
                      TEXT_OF(label), TEXT_OF(file_name));
}

void import_report_columns(struct import_report *report, const struct ledger_sheet *sheet)
{
    if (sheet->unknown[0] && shows_remark(report))
        buffer_add_format(&report->remarks, "  提示 未使用的列: %s (columns not taken)\n",
                          sheet->unknown);
}

static unsigned long long wide(uint64_t number)
{
    return number;
}

void import_report_write(const struct import_report *report, bool is_dry_run, struct buffer *out,
                         struct buffer *error)
{
    const struct import_counts *counts = &report->counts;
    buffer_add_format(out, "%.*s: %s%llu行 新增 %llu条 更正 %llu条 未变 %llu行 退回 %llu行",
                      TEXT_OF(report->file_name), is_dry_run ? "试算(未写入) " : "",
                      wide(counts->rows), wide(counts->said), wide(counts->corrected),
                      wide(counts->unchanged), wide(counts->refused));
    if (counts->skipped > 0)
        buffer_add_format(out, " 跳过 %llu行", wide(counts->skipped));
    buffer_add_format(out, " (%s: %llu new, %llu corrected; %llu rows unchanged, %llu refused)\n",
                      is_dry_run ? "dry run, nothing written" : "accepted", wide(counts->said),
                      wide(counts->corrected), wide(counts->unchanged), wide(counts->refused));
    buffer_add(out, buffer_bytes(&report->remarks));
    if (report->remark_count > IMPORT_REMARKS_SHOWN_MAX)
        buffer_add_format(out, "  另有 %llu条提示 (more remarks)\n",
                          wide(report->remark_count - IMPORT_REMARKS_SHOWN_MAX));
    buffer_add(error, buffer_bytes(&report->refusals));
    if (counts->refused > report->rows_shown)
        buffer_add_format(error, "%.*s: 另有 %llu行退回 (more rows refused)\n",
                          TEXT_OF(report->file_name), wide(counts->refused - report->rows_shown));
}

void import_report_failure(struct bytes file_name, const struct problem *why, struct buffer *error)
{
    buffer_add_format(error, "%.*s: ", TEXT_OF(file_name));
    write_problem(error, why);
}
