/* settings.c - see settings.h. */
#include "agent/settings.h"

#include "agent/uplink.h"

#define MEBIBYTE (1LL << 20)
#define NUMBER(name, min, max, default_text, unit, sentence)                                       \
    {                                                                                              \
#name, SETTING_NUMBER, min, max, default_text, unit, sentence,                             \
            offsetof(struct agent_settings, name)                                                  \
    }

static const struct setting rows[] = {
    {"broker_address", SETTING_TEXT, 0, SETTING_TEXT_MAX, "", "",
     "tcp://HOST:PORT of the broker, where the county reaches it by another way than WELCOME "
     "says; empty: as WELCOME says",
     offsetof(struct agent_settings, broker_address)},
    NUMBER(outbox_quota_bytes, MEBIBYTE, 1LL << 40, "4294967296", "bytes",
           "how large the outbox may grow; beyond it nothing more is accepted. A county says "
           "about 6 MB a year"),
    NUMBER(outbox_reserve_bytes, MEBIBYTE, 1LL << 30, "16777216", "bytes",
           "kept free for the city's answers, of the disk too, so that a full disk holds nothing "
           "up but new events"),
    NUMBER(heartbeat_ms, 1000, 45000, "15000", "ms",
           "how often an idle link is proved alive; the broker forgets a peer after 60 s"),
    NUMBER(reconnect_max_ms, UPLINK_BACKOFF_MIN_MS, UPLINK_BACKOFF_MAX_MS, "60000", "ms",
           "longest wait between two attempts to reach the broker"),
    NUMBER(
        in_flight_max_bytes, UPLINK_WINDOW_START_BYTES, 64 * MEBIBYTE, "8388608", "bytes",
        "most that is under way unacknowledged; the measured rate keeps it lower on a slow link"),
    NUMBER(log_traffic, 0, 1, "0", "",
           "1: a line in the log for each push and each ack, to look for a fault"),
};

const struct settings_table agent_settings_table = {rows, ARRAY_LENGTH(rows)};
