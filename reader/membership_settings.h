/* membership_settings.h - a reader's settings file, huoshui.conf: one row a setting
 * (base/settings.h). */
#pragma once

#include "base/settings.h"

struct membership_settings {
    char broker_address[SETTING_TEXT_MAX + 1];
    int64_t window_records;
};

extern const struct settings_table membership_settings_table;
