/* membership_settings.c - the rows of membership_settings.h. */
#include "reader/membership_settings.h"

#include "base/attr.h"

#define ROW(field) offsetof(struct membership_settings, field)

static const struct setting rows[] = {
    {"broker_address", SETTING_TEXT, 0, 200, "", "",
     "tcp://HOST:PORT of the broker when it is not the one in WELCOME. Empty: as in WELCOME.",
     ROW(broker_address)},
    {"window", SETTING_NUMBER, 32, 1000000, "100000", "records",
     "Most records on the way to us at one time. Smaller spares a slow link, larger is faster on a "
     "long one.",
     ROW(window_records)},
};

const struct settings_table membership_settings_table = {rows, ARRAY_LENGTH(rows)};
