/* metrics.c - see metrics.h. */
#include "display/metrics.h"

#include <inttypes.h>
#include <jansson.h>

#include "base/day.h"
#include "base/prometheus.h"
#include "report/report_json.h"

const char *feed_state_name(enum feed_state state)
{
    switch (state) {
    case FEED_CATCHING_UP:
        return "catching-up";
    case FEED_LIVE:
        return "live";
    case FEED_LOST:
        return "lost";
    }
    return "?";
}

bool health_is_good(const struct vitals *vitals, uint64_t steady_ms, struct buffer *reason)
{
    bool is_lost =
        vitals->feed == FEED_LOST && steady_ms > vitals->feed_since_steady_ms + HEALTH_LOST_MS;
    if (is_lost)
        buffer_add_format(reason,
                          "feed lost for %" PRIu64 " s: %s\n"
                          "remedy: huoshui-display status D; is the broker up and reachable?\n",
                          (steady_ms - vitals->feed_since_steady_ms) / 1000, vitals->feed_reason);
    if (vitals->replica_fails)
        buffer_add_format(reason,
                          "replica cannot be written: %s\n"
                          "remedy: make room on its disk; it goes on by itself\n",
                          vitals->replica_reason);
    return !is_lost && !vitals->replica_fails;
}

static void write_feed(struct prometheus *text, const struct vitals *vitals)
{
    static const enum feed_state states[] = {FEED_LIVE, FEED_CATCHING_UP, FEED_LOST};
    prometheus_family(text, PROMETHEUS_GAUGE, "feed", "Whether the broker is followed.");
    for (size_t i = 0; i < ARRAY_LENGTH(states); i++) {
        struct prometheus_label label = {"state", bytes_of_text(feed_state_name(states[i]))};
        prometheus_sample(text, &label, 1, vitals->feed == states[i]);
    }
}

static void write_vitals(struct prometheus *text, const struct vitals *vitals)
{
    write_feed(text, vitals);
    prometheus_gauge(text, "position", "Last record folded.", vitals->position);
    prometheus_gauge(text, "head_position", "Last record of the broker's log, as last heard.",
                     vitals->head_position);
    prometheus_gauge(text, "replica_position", "Last record on our disk.",
                     vitals->replica_position);
    prometheus_gauge(text, "snapshot_position", "Last record of the folded log on our disk.",
                     vitals->snapshot_position);
    prometheus_gauge(text, "replica_failing", "1 while the replica cannot be written.",
                     vitals->replica_fails);
    prometheus_gauge(text, "units_known", "Units whose links the broker tells.",
                     vitals->units_known);
    prometheus_gauge(text, "units_online", "Of them, those with a session.", vitals->units_online);
    prometheus_counter(text, "frames_total", "Frames made.", vitals->boards);
    prometheus_counter(text, "frame_milliseconds_total", "Time spent on frames.",
                       vitals->board_ms_total);
    prometheus_family(text, PROMETHEUS_GAUGE, "frame_seconds", "What the last frame took.");
    prometheus_sample_ms(text, NULL, 0, (int64_t)vitals->board_ms_last);
    prometheus_counter(text, "lines_total", "Facts told line by line.", vitals->lines);
    prometheus_counter(text, "lines_left_out_total", "Facts told by a frame only.",
                       vitals->lines_left_out);
    prometheus_counter(text, "answers_total", "Questions answered.", vitals->answers);
    prometheus_counter(text, "answers_kept_total", "Of them, those answered from memory.",
                       vitals->answers_kept_used);
    prometheus_counter(text, "answer_milliseconds_total", "Time spent on answers.",
                       vitals->answers_ms_total);
}

void metrics_write(const struct vitals *vitals, const struct traffic *traffic, struct buffer *out)
{
    struct prometheus text = prometheus_to(out, "huoshui_display_");
    write_vitals(&text, vitals);
    prometheus_gauge(&text, "questions_waiting", "Questions in the queue.",
                     traffic->questions_waiting);
    prometheus_counter(&text, "questions_refused_total", "Questions that found the queue full.",
                       traffic->questions_refused);
    prometheus_counter(&text, "requests_total", "HTTP requests.", traffic->requests);
    prometheus_counter(&text, "requests_refused_total", "Answered with 4xx or 5xx.",
                       traffic->refused);
    prometheus_gauge(&text, "connections", "HTTP connections open.", traffic->connections);
    prometheus_gauge(&text, "streams", "Browsers on the stream.", traffic->streams);
    prometheus_counter(&text, "streams_opened_total", "Streams begun.", traffic->streams_opened);
    prometheus_counter(&text, "streams_ended_total", "Streams ended.", traffic->streams_ended);
    prometheus_counter(&text, "streams_stalled_total", "Ended because nothing was read.",
                       traffic->stalled);
    prometheus_counter(&text, "sent_bytes_total", "Bytes sent to browsers.", traffic->bytes_sent);
}

/* ---- status ---- */

static void write_json(const struct vitals *vitals, const struct traffic *traffic,
                       const char *address, struct buffer *out)
{
    json_t *whole = json_object();
    report_set(whole, "address", json_string(address));
    report_set(whole, "feed", json_string(feed_state_name(vitals->feed)));
    report_set(whole, "since", report_instant_json(vitals->feed_since_ms));
    report_set(whole, "reason", report_text_json(bytes_of_text(vitals->feed_reason)));
    report_set(whole, "position", report_count_json(vitals->position));
    report_set(whole, "head_position", report_count_json(vitals->head_position));
    report_set(whole, "recorded_at", report_instant_json(vitals->recorded_at_ms));
    report_set(whole, "replica_position", report_count_json(vitals->replica_position));
    report_set(whole, "snapshot_position", report_count_json(vitals->snapshot_position));
    report_set(
        whole, "replica_problem",
        report_text_json(bytes_of_text(vitals->replica_fails ? vitals->replica_reason : "")));
    report_set(whole, "units_known", report_count_json(vitals->units_known));
    report_set(whole, "units_online", report_count_json(vitals->units_online));
    report_set(whole, "browsers", report_count_json(traffic->streams));
    report_set(whole, "requests", report_count_json(traffic->requests));
    report_json_write(whole, out);
    buffer_add_text(out, "\n");
    json_decref(whole);
}

void status_write(const struct vitals *vitals, const struct traffic *traffic, const char *address,
                  bool as_json, struct buffer *out)
{
    char since[INSTANT_TEXT_SIZE], recorded[INSTANT_TEXT_SIZE];
    if (as_json) {
        write_json(vitals, traffic, address, out);
        return;
    }
    bool has_reason = vitals->feed == FEED_LOST && *vitals->feed_reason;
    buffer_add_format(out, "地址 address     %s\n", address);
    buffer_add_format(out, "跟读 feed        %s since %s%s%s\n", feed_state_name(vitals->feed),
                      instant_text(vitals->feed_since_ms, since), has_reason ? ": " : "",
                      has_reason ? vitals->feed_reason : "");
    buffer_add_format(out, "记录 position    %" PRIu64 " of %" PRIu64 "%s%s\n", vitals->position,
                      vitals->head_position, vitals->position > 0 ? ", recorded at " : "",
                      vitals->position > 0 ? instant_text(vitals->recorded_at_ms, recorded) : "");
    buffer_add_format(out, "副本 replica     %" PRIu64 ", snapshot %" PRIu64 "%s%s\n",
                      vitals->replica_position, vitals->snapshot_position,
                      vitals->replica_fails ? ": cannot be written: " : "",
                      vitals->replica_fails ? vitals->replica_reason : "");
    buffer_add_format(out, "单位 units       %" PRIu64 " of %" PRIu64 " in contact\n",
                      vitals->units_online, vitals->units_known);
    buffer_add_format(out, "屏幕 browsers    %" PRIu64 ", %" PRIu64 " requests so far\n",
                      traffic->streams, traffic->requests);
}
