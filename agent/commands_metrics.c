/* commands_metrics.c - what status says, as Prometheus reads it. Every sample names the unit: a
 * machine may hold several agents. See commands.h. */
#include "agent/commands.h"
#include "base/prometheus.h"

struct figure {
    enum prometheus_type type;
    const char *name, *help;
    uint64_t value;
};

void agent_metrics(const struct agent_report *report, struct buffer *out)
{
    const struct outbox_state *state = &report->home->state;
    struct prometheus text = prometheus_to(out, "huoshui_agent_");
    struct prometheus_label labels[] = {{"unit", report->home->request.unit},
                                        {"state", bytes_of_text(report->link.link)}};
    const struct figure figures[] = {
        {PROMETHEUS_GAUGE, "running", "1: an agent serves this directory.", report->is_running},
        {PROMETHEUS_GAUGE, "held", "1: it does not deliver until somebody does something.",
         report->link.is_final},
        {PROMETHEUS_GAUGE, "broker_behind", "1: the broker was restored and is sent what it lacks.",
         report->link.is_behind},
        {PROMETHEUS_GAUGE, "newest_seq", "Newest event of this epoch.", state->last_seq},
        {PROMETHEUS_GAUGE, "acked_seq", "Events up to here are answered.", state->acked_seq},
        {PROMETHEUS_GAUGE, "waiting", "Events without an answer.",
         state->last_seq - state->acked_seq},
        {PROMETHEUS_COUNTER, "refused_total", "Events that the city refused.",
         state->refused_count},
        {PROMETHEUS_GAUGE, "outbox_full", "1: no more events are taken.", report->is_full},
        {PROMETHEUS_GAUGE, "outbox_used_bytes", "Pages of the outbox in use.",
         report->disk.used_bytes},
        {PROMETHEUS_GAUGE, "outbox_quota_bytes", "As many as it may use.",
         report->disk.quota_bytes},
        {PROMETHEUS_GAUGE, "disk_free_bytes", "Free on the outbox's file system.",
         report->disk.disk_free_bytes},
    };
    for (size_t i = 0; i < ARRAY_LENGTH(figures); i++) {
        prometheus_family(&text, figures[i].type, figures[i].name, figures[i].help);
        prometheus_sample(&text, labels, 1, figures[i].value);
    }
    prometheus_family(&text, PROMETHEUS_GAUGE, "link", "1: the link's present state.");
    prometheus_sample(&text, labels, ARRAY_LENGTH(labels), 1);
}
