/* commands_metrics.c - what status says, as Prometheus reads it. See commands.h. */
#include "base/prometheus.h"
#include "broker/commands.h"

static void broker_figures(const struct desk *desk, const struct status_figures *figures,
                           struct prometheus *text)
{
    const struct hub *hub = desk->hub;
    prometheus_gauge(text, "running", "1: the broker serves.", hub != NULL);
    prometheus_gauge(text, "taking", "0: its disk is full, no events are taken.",
                     hub && hub->limits.taking);
    prometheus_gauge(text, "head_position", "Newest record of the log.", figures->head.position);
    prometheus_gauge(text, "safe_position", "Newest record that a backup holds, too.",
                     desk->office->safe_position);
    prometheus_counter(text, "alarms_total", "Alarms in the log.", figures->alarms);
    prometheus_gauge(text, "peers", "Connections.", hub ? hub->peer_count : 0);
    prometheus_gauge(text, "feeds", "Subscriptions.", hub ? hub->feed_count : 0);
    prometheus_gauge(text, "store_used_bytes", "Pages of the store in use.",
                     figures->store.used_bytes);
    prometheus_gauge(text, "store_quota_bytes", "As many as it may use.",
                     figures->store.quota_bytes);
    prometheus_gauge(text, "disk_free_bytes", "Free on the store's file system.",
                     figures->store.disk_free_bytes);
}

struct unit_family {
    enum prometheus_type type;
    const char *name, *help;
    void (*write)(const struct unit_status *unit, const struct prometheus_label *labels,
                  struct prometheus *text);
};

enum { LABELS = 2 };

static void write_online(const struct unit_status *unit, const struct prometheus_label *labels,
                         struct prometheus *text)
{
    prometheus_sample(text, labels, LABELS, unit->live);
}

static void write_seq(const struct unit_status *unit, const struct prometheus_label *labels,
                      struct prometheus *text)
{
    prometheus_sample(text, labels, LABELS, unit->row.last_seq);
}

static void write_backlog(const struct unit_status *unit, const struct prometheus_label *labels,
                          struct prometheus *text)
{
    prometheus_sample(text, labels, LABELS, status_backlog(unit));
}

static void write_refused(const struct unit_status *unit, const struct prometheus_label *labels,
                          struct prometheus *text)
{
    prometheus_sample(text, labels, LABELS, unit->row.refused_count);
}

static void write_contact(const struct unit_status *unit, const struct prometheus_label *labels,
                          struct prometheus *text)
{
    if (unit->row.last_contact_ms > 0) /* never is no time */
        prometheus_sample_ms(text, labels, LABELS, unit->row.last_contact_ms);
}

static void write_offset(const struct unit_status *unit, const struct prometheus_label *labels,
                         struct prometheus *text)
{
    if (unit->row.last_contact_ms > 0)
        prometheus_sample_ms(text, labels, LABELS, unit->row.clock_offset_ms);
}

static const struct unit_family families[] = {
    {PROMETHEUS_GAUGE, "unit_online", "1: a session is open.", write_online},
    {PROMETHEUS_GAUGE, "unit_stored_seq", "Newest event in the log, in this epoch.", write_seq},
    {PROMETHEUS_GAUGE, "unit_backlog", "Events announced and not stored.", write_backlog},
    {PROMETHEUS_COUNTER, "unit_refused_total", "Events refused, in this epoch.", write_refused},
    {PROMETHEUS_GAUGE, "unit_last_contact_timestamp_seconds", "When it spoke last.", write_contact},
    {PROMETHEUS_GAUGE, "unit_clock_offset_seconds", "Its clock minus ours.", write_offset},
};

void status_metrics(const struct desk *desk, struct store_txn *txn,
                    const struct status_figures *figures, struct buffer *out)
{
    struct prometheus text = prometheus_to(out, "huoshui_broker_");
    broker_figures(desk, figures, &text);
    for (size_t f = 0; f < ARRAY_LENGTH(families); f++) {
        prometheus_family(&text, families[f].type, families[f].name, families[f].help);
        for (size_t i = 0; i < desk->office->roster.count; i++) {
            const struct roster_entry *entry = desk->office->roster.entries[i];
            struct unit_status unit;
            if (entry->revoked_at || !*entry->unit)
                continue;
            status_of_unit(desk, txn, entry, &unit);
            struct prometheus_label labels[LABELS] = {{"unit", bytes_of_text(entry->unit)},
                                                      {"name", bytes_of_text(entry->name)}};
            families[f].write(&unit, labels, &text);
        }
    }
}
