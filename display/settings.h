/*
 * settings.h - the display's settings file, D/huoshui.conf: one row a setting (base/settings.h),
 * and what they mean together: the day the wall shows, the names it answers to.
 */
#pragma once

#include "base/day.h"
#include "base/settings.h"
#include "reader/membership_settings.h"

struct display_settings {
    struct membership_settings reader;
    char http[SETTING_TEXT_MAX + 1], web[SETTING_TEXT_MAX + 1];
    char as_of[SETTING_TEXT_MAX + 1], from[SETTING_TEXT_MAX + 1];
    char lights[SETTING_TEXT_MAX + 1], ranked_by[SETTING_TEXT_MAX + 1];
    char hosts[SETTING_TEXT_MAX + 1];
    int64_t retention_bytes;
    int64_t map_bytes, quota_bytes, reserve_bytes;
    int64_t snapshot_records;
};

extern const struct settings_table display_settings_table;

/* What the table cannot check: days, the list of hosts. */
MUST_CHECK enum err display_settings_check(const struct display_settings *settings,
                                           const char *file_name, struct problem *problem);
/* The day the wall shows: the one that is set, or the instant's in the city. */
int32_t display_settings_as_of(const struct display_settings *settings, int64_t now_ms);
/* The first day of the period: the one that is set, when it is not behind as_of; else 1 January. */
int32_t display_settings_from(const struct display_settings *settings, int32_t as_of);

enum { DISPLAY_NAMES_MAX = 8 }; /* as the gateway takes */

struct display_names { /* of the setting hosts */
    char text[SETTING_TEXT_MAX + 1];
    const char *names[DISPLAY_NAMES_MAX];
    size_t count, left_out;
};
void display_settings_names(const struct display_settings *settings, struct display_names *out);
