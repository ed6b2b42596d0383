/* membership_settings.h - what every reader's settings file, huoshui.conf, has: one row a setting
 * (base/settings.h). A program with more settings puts this struct first into its own. */
#pragma once

#include "base/settings.h"

struct membership_settings {
    char broker_address[SETTING_TEXT_MAX + 1];
    int64_t window_records;
};

#define MEMBERSHIP_SETTING_ROWS                                                                    \
    {"broker_address",                                                                             \
     SETTING_TEXT,                                                                                 \
     0,                                                                                            \
     200,                                                                                          \
     "",                                                                                           \
     "",                                                                                           \
     "tcp://HOST:PORT of the broker when it is not the one in WELCOME. Empty: as in WELCOME.",     \
     offsetof(struct membership_settings, broker_address)},                                        \
    {                                                                                              \
        "window", SETTING_NUMBER, 32, 1000000, "100000", "records",                                \
            "Most records on the way to us at one time. Smaller spares a slow link, larger is "    \
            "faster on a long one.",                                                               \
            offsetof(struct membership_settings, window_records)                                   \
    }

/* Of those that have no more. */
extern const struct settings_table membership_settings_table;
