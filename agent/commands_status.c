/* commands_status.c - status, refused and the asking behind --wait-empty. */
#include <inttypes.h>

#include "agent/commands.h"
#include "ledger/event/schema.h"
#include "proto/json.h"

static uint64_t waiting(const struct outbox_state *state)
{
    return state->last_seq - state->acked_seq;
}

static uint32_t epoch_of(const struct outbox_state *state)
{
    return state->rejoin_epoch != 0 ? state->rejoin_epoch : state->epoch;
}

static void look_at_link(const struct desk *desk, struct courier_state *out)
{
    *out = (struct courier_state){.text = "", .remedy = "", .seconds_to_empty = UINT64_MAX};
    if (!home_is_joined(desk->home)) {
        out->link = "unjoined";
        out->text = "尚未入网 (not joined)";
        out->remedy = "把申请文件交给市里登记，再执行 huoshui-agent join 目录 WELCOME (enrol the "
                      "request, then join)";
        out->is_final = true;
    } else if (desk->courier) {
        courier_state(desk->courier, out);
    } else {
        out->link = "stopped";
        out->text = "agent 没有运行 (no agent runs on this directory)";
        out->remedy = "huoshui-agent run 目录";
    }
    if (waiting(&desk->home->state) == 0 && desk->home->state.rejoin_epoch == 0)
        out->seconds_to_empty = 0;
}

static void add_reason(const struct courier_state *link, struct buffer *out)
{
    if (link->reason != REASON_NONE)
        buffer_add_format(out, "%s%s", uplink_reason_name(link->reason), *link->text ? ": " : "");
    buffer_add_text(out, link->text);
}

static void add_json_text(struct buffer *out, const char *name, struct bytes text)
{
    buffer_add_format(out, "\"%s\":", name);
    json_text_write(text, out);
}

/* ---- status ---- */

static bool is_full(const struct home *home, const struct store_state *disk)
{
    return disk->used_bytes >= disk->quota_bytes ||
           disk->disk_free_bytes <= (uint64_t)home->settings.outbox_reserve_bytes;
}

static void write_json(const struct agent_report *report, struct buffer *out)
{
    const struct home *home = report->home;
    const struct outbox_state *state = &home->state;
    CLEANUP(buffer_release) struct buffer reason = {0};
    add_reason(&report->link, &reason);
    buffer_add_text(out, "{");
    add_json_text(out, "unit", home->request.unit);
    buffer_add_text(out, ",");
    add_json_text(out, "name", home->request.name);
    buffer_add_format(out,
                      ",\"epoch\":%" PRIu32 ",\"newest_seq\":%" PRIu64 ",\"acked_seq\":%" PRIu64
                      ",\"waiting\":%" PRIu64 ",\"refused\":%" PRIu64 ",\"link\":{",
                      epoch_of(state), state->last_seq, state->acked_seq, waiting(state),
                      state->refused_count);
    add_json_text(out, "state", bytes_of_text(report->link.link));
    buffer_add_text(out, ",");
    add_json_text(out, "reason", buffer_bytes(&reason));
    buffer_add_text(out, ",");
    add_json_text(out, "remedy", bytes_of_text(report->link.remedy));
    buffer_add_text(out, "},\"seconds_to_empty\":");
    if (report->link.seconds_to_empty == UINT64_MAX)
        buffer_add_text(out, "null");
    else
        buffer_add_format(out, "%" PRIu64, report->link.seconds_to_empty);
    buffer_add_format(out,
                      ",\"broker_behind\":%s,\"running\":%s,\"disk\":{\"used_bytes\":%" PRIu64
                      ",\"quota_bytes\":%" PRIu64 ",\"free_bytes\":%" PRIu64 ",\"full\":%s}}\n",
                      report->link.is_behind ? "true" : "false",
                      report->is_running ? "true" : "false", report->disk.used_bytes,
                      report->disk.quota_bytes, report->disk.disk_free_bytes,
                      report->is_full ? "true" : "false");
}

static void add_text(struct buffer *out, const char *label, struct bytes text)
{
    buffer_add_text(out, label);
    buffer_add(out, text);
    buffer_add_text(out, "\n");
}

static void write_table(const struct agent_report *report, struct buffer *out)
{
    const struct home *home = report->home;
    const struct outbox_state *state = &home->state;
    CLEANUP(buffer_release) struct buffer reason = {0};
    add_reason(&report->link, &reason);
    buffer_add_text(out, "单位 unit            ");
    buffer_add(out, home->request.unit);
    add_text(out, " ", home->request.name);
    buffer_add_format(out, "期次 epoch           %" PRIu32 "\n", epoch_of(state));
    buffer_add_format(out, "最新 newest_seq      %" PRIu64 "\n", state->last_seq);
    buffer_add_format(out, "已答复 acked_seq     %" PRIu64 "\n", state->acked_seq);
    buffer_add_format(out, "待送 waiting         %" PRIu64 "\n", waiting(state));
    buffer_add_format(out, "被退回 refused       %" PRIu64 "\n", state->refused_count);
    add_text(out, "链路 link            ", bytes_of_text(report->link.link));
    if (reason.size > 0)
        add_text(out, "原因 reason          ", buffer_bytes(&reason));
    if (*report->link.remedy)
        add_text(out, "办法 remedy          ", bytes_of_text(report->link.remedy));
    if (report->link.seconds_to_empty != UINT64_MAX)
        buffer_add_format(out, "还需 seconds         %" PRIu64 "\n", report->link.seconds_to_empty);
    if (report->link.is_behind)
        buffer_add_text(out, "BROKER_BEHIND        市里的库是从备份恢复的，缺的部分正在重新送 (the "
                             "broker was restored; what it lacks is being sent again)\n");
    buffer_add_format(out, "磁盘 disk            %" PRIu64 " / %" PRIu64 " bytes%s\n",
                      report->disk.used_bytes, report->disk.quota_bytes,
                      report->is_full ? "，已满 (full)" : "");
}

/* A line that is down for a while is what an agent is for; one that is held needs a person. */
static int check(const struct agent_report *report, struct control_answer *answer)
{
    struct problem problem = {0};
    CLEANUP(buffer_release) struct buffer reason = {0};
    add_reason(&report->link, &reason);
    if (!report->is_running || report->link.is_final) {
        problem_set(&problem, "%s: %.*s", report->link.link, (int)reason.size,
                    reason.size > 0 ? (const char *)reason.data : "");
        problem_remedy(&problem, "%s", report->link.remedy);
    } else if (report->is_full) {
        problem_set(&problem, "磁盘已满，收不下新的内容 (disk full: nothing more is taken)");
        problem_remedy(&problem, "腾出磁盘空间，或调大 outbox_map (free disk space)");
    } else {
        return 0;
    }
    return agent_refuse(&problem, answer);
}

int agent_status(const struct desk *desk, const char *form, struct control_answer *answer)
{
    struct agent_report report = {.home = desk->home, .is_running = desk->courier != NULL};
    look_at_link(desk, &report.link);
    enum err err = store_state(desk->home->store, &report.disk);
    if (err != OK) {
        struct problem problem = {0};
        home_explain(desk->home, err, &problem);
        return agent_refuse(&problem, answer);
    }
    report.is_full = is_full(desk->home, &report.disk);
    if (strcmp(form, "check") == 0)
        return check(&report, answer);
    if (strcmp(form, "prometheus") == 0)
        agent_metrics(&report, answer->out);
    else if (strcmp(form, "json") == 0)
        write_json(&report, answer->out);
    else
        write_table(&report, answer->out);
    return 0;
}

/* ---- wait ---- */

int agent_wait(const struct desk *desk, struct control_answer *answer)
{
    const struct outbox_state *state = &desk->home->state;
    struct courier_state link;
    look_at_link(desk, &link);
    if (link.is_final) {
        struct problem problem = {0};
        CLEANUP(buffer_release) struct buffer reason = {0};
        add_reason(&link, &reason);
        problem_set(&problem, "送不出去 (%s): %.*s", link.link, (int)reason.size,
                    (const char *)reason.data);
        problem_remedy(&problem, "%s", link.remedy);
        return agent_refuse(&problem, answer);
    }
    if (waiting(state) == 0 && state->rejoin_epoch == 0)
        return 0;
    buffer_add_format(answer->error,
                      "huoshui-agent: 还有 %" PRIu64 " 条待送 (%" PRIu64 " waiting, link %s%s%s)\n",
                      waiting(state), waiting(state), link.link, *link.text ? ": " : "", link.text);
    return COMMAND_NOT_YET;
}

/* ---- refused ---- */

struct listing {
    struct store_txn *txn;
    struct buffer *out;
    bool is_json;
    uint64_t count;
};

static const char *reason_words(uint32_t reason)
{
    switch (reason) {
    case OUTBOX_ROTTEN:
        return "ROTTEN 本机损坏";
    case REFUSAL_FORM:
        return "FORM 格式不符";
    case REFUSAL_LIMIT:
        return "LIMIT 超过限度";
    case REFUSAL_RIGHT:
        return "RIGHT 无权";
    case REFUSAL_ALGORITHM:
        return "ALGORITHM 算法不被接受";
    default:
        return "UNKNOWN 原因不明";
    }
}

/* What the event was about, so that the clerk finds it again; empty when it cannot be read. */
static void describe(const struct listing *listing, const struct outbox_refusal *refusal,
                     struct envelope *out)
{
    struct bytes bytes;
    struct hash chain;
    struct problem ignored = {0};
    *out = (struct envelope){0};
    if (outbox_event(listing->txn, refusal->generation, refusal->seq, &bytes, &chain) != OK ||
        wire_envelope_decode(bytes, out, &ignored) != OK)
        *out = (struct envelope){0};
}

static void list_json(const struct listing *listing, const struct outbox_refusal *refusal,
                      const struct envelope *envelope)
{
    struct buffer *out = listing->out;
    const char *words = reason_words(refusal->reason);
    const struct kind *kind = kind_of_number(envelope->kind);
    buffer_add_format(out, "{\"generation\":%" PRIu32 ",\"seq\":%" PRIu64 ",\"position\":%" PRIu64,
                      refusal->generation, refusal->seq, refusal->position);
    buffer_add_text(out, ",");
    add_json_text(out, "reason", bytes_of(words, strcspn(words, " ")));
    buffer_add_text(out, ",");
    add_json_text(out, "text", refusal->text);
    buffer_add_text(out, ",");
    add_json_text(out, "kind", bytes_of_text(kind ? kind->id : ""));
    buffer_add_text(out, ",");
    add_json_text(out, "subject", envelope->subject);
    buffer_add_text(out, ",");
    add_json_text(out, "origin", envelope->origin);
    buffer_add_text(out, "}\n");
}

static void add_word(struct buffer *out, struct bytes word)
{
    if (word.size > 0)
        buffer_add_text(out, " ");
    buffer_add(out, word);
}

static enum err list_refusal(void *context, const struct outbox_refusal *refusal)
{
    struct listing *listing = context;
    struct buffer *out = listing->out;
    struct envelope envelope;
    listing->count++;
    describe(listing, refusal, &envelope);
    if (listing->is_json) {
        list_json(listing, refusal, &envelope);
        return OK;
    }
    const struct kind *kind = kind_of_number(envelope.kind);
    buffer_add_format(out, "seq %" PRIu64 "  %s: ", refusal->seq, reason_words(refusal->reason));
    buffer_add(out, refusal->text);
    buffer_add_format(out, "  [%s", kind ? kind->id : "?");
    add_word(out, envelope.subject);
    add_word(out, envelope.origin);
    buffer_add_format(out, "] position %" PRIu64 "\n", refusal->position);
    return OK;
}

int agent_refused(const struct desk *desk, bool is_json, struct control_answer *answer)
{
    struct listing listing = {.out = answer->out, .is_json = is_json};
    CLEANUP(store_txn_abort) struct store_txn *txn = NULL;
    enum err err = store_begin_read(desk->home->store, &txn);
    listing.txn = txn;
    if (err == OK)
        err = outbox_refusals(txn, list_refusal, &listing);
    if (err != OK) {
        struct problem problem = {0};
        home_explain(desk->home, err, &problem);
        return agent_refuse(&problem, answer);
    }
    if (!is_json && listing.count == 0)
        buffer_add_text(answer->out, "没有被退回的内容 (nothing was refused)\n");
    else if (!is_json)
        buffer_add_text(answer->out,
                        "请改正后重新提交；退回的内容仍占序号 (correct it and hand it in again)\n");
    return 0;
}
