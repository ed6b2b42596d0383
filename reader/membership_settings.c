/* membership_settings.c - the rows of membership_settings.h. */
#include "reader/membership_settings.h"

#include "base/attr.h"

static const struct setting rows[] = {MEMBERSHIP_SETTING_ROWS};

const struct settings_table membership_settings_table = {rows, ARRAY_LENGTH(rows)};
