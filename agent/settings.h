/* settings.h - the agent's settings file, A/huoshui.conf: one row a setting (base/settings.h). */
#pragma once

#include "base/settings.h"

struct agent_settings {
    char broker_address[SETTING_TEXT_MAX + 1];
    int64_t outbox_quota_bytes, outbox_reserve_bytes;
    int64_t heartbeat_ms, reconnect_max_ms, in_flight_max_bytes;
    int64_t log_traffic;
};

extern const struct settings_table agent_settings_table;
