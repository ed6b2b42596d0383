#include "broker/settings.h"

#define ROW(field) offsetof(struct broker_settings, field)

static const struct setting rows[] = {
    {"listen", SETTING_TEXT, 1, 200, "tcp://127.0.0.1:0", "",
     "Address the broker binds. Port 0 picks one at the first run; it is kept in the file "
     "`address` and "
     "used again.",
     ROW(listen)},
    {"advertise", SETTING_TEXT, 0, 200, "", "",
     "tcp://HOST:PORT as the counties reach it; goes into every WELCOME. Empty: the bound address.",
     ROW(advertise)},
    {"store_map", SETTING_NUMBER, 1 << 20, (int64_t)1 << 44, "34359738368", "bytes",
     "Size of the sparse LMDB map. Never make it smaller; takes effect at the next start.",
     ROW(map_bytes)},
    {"store_quota", SETTING_NUMBER, 0, (int64_t)1 << 44, "0", "bytes",
     "Above this the broker takes no more events and says so. 0: the map less the reserve.",
     ROW(quota_bytes)},
    {"store_reserve", SETTING_NUMBER, 64 << 10, (int64_t)1 << 32, "16777216", "bytes",
     "Kept free for revocations, alarms and cursors when the quota is used up.",
     ROW(reserve_bytes)},
    {"window", SETTING_NUMBER, 1, 100000, "4000", "events",
     "How far an agent may send ahead of what is durable. Larger is faster on long links and costs "
     "memory.",
     ROW(window_events)},
    {"connections", SETTING_NUMBER, 1, 65536, "4096", "connections",
     "Most peers connected at one time; one more is told to come back later.",
     ROW(connections_max)},
};

const struct settings_table broker_settings_table = {rows, ARRAY_LENGTH(rows)};
