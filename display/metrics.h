/*
 * metrics.h - how the display fares: what /healthz says of it, and /metrics in Prometheus' text
 * form (0.0.4). Pure; the figures are handed in.
 */
#pragma once

#include "base/bytes.h"

enum { HEALTH_LOST_MS = 60000, VITALS_REASON_SIZE = 256 };

enum feed_state { FEED_CATCHING_UP, FEED_LIVE, FEED_LOST };
const char *feed_state_name(enum feed_state state); /* "live", "catching-up", "lost" */

struct vitals { /* of the desk, copied whole */
    enum feed_state feed;
    int64_t feed_since_ms;                /* wall clock: shown */
    uint64_t feed_since_steady_ms;        /* for deadlines */
    char feed_reason[VITALS_REASON_SIZE]; /* of FEED_LOST */
    bool replica_fails;
    char replica_reason[VITALS_REASON_SIZE];
    uint64_t position, head_position, replica_position, snapshot_position;
    int64_t recorded_at_ms; /* of position */
    uint64_t boards, board_ms_total, board_ms_last;
    uint64_t answers, answers_kept_used, answers_ms_total;
    uint64_t lines, lines_left_out;
    uint64_t units_online, units_known;
};

struct traffic { /* of the server */
    uint64_t requests, refused, streams_opened, streams_ended, bytes_sent, stalled;
    uint64_t connections, streams, questions_waiting, questions_refused;
};

/* False: reason, for the answer of 503, ends with a newline. */
bool health_is_good(const struct vitals *vitals, uint64_t steady_ms, struct buffer *reason);
void metrics_write(const struct vitals *vitals, const struct traffic *traffic, struct buffer *out);
/* What `huoshui-display status` prints. Appends. */
void status_write(const struct vitals *vitals, const struct traffic *traffic, const char *address,
                  bool as_json, struct buffer *out);
