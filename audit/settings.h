/* settings.h - the auditor's settings file, U/huoshui.conf: one row a setting (base/settings.h). */
#pragma once

#include "base/settings.h"

struct audit_settings {
    char broker_address[SETTING_TEXT_MAX + 1];
    int64_t window_records;
};

extern const struct settings_table audit_settings_table;
