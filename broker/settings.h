/* settings.h - the broker's settings file, B/huoshui.conf: one row a setting (base/settings.h). */
#pragma once

#include "base/settings.h"

struct broker_settings {
    char listen[SETTING_TEXT_MAX + 1], advertise[SETTING_TEXT_MAX + 1];
    int64_t map_bytes, quota_bytes, reserve_bytes;
    int64_t window_events, connections_max;
};

extern const struct settings_table broker_settings_table;
