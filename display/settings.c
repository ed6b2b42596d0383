/* settings.c - see settings.h. */
#include "display/settings.h"

#define MEBIBYTE   (1LL << 20)
#define GIBIBYTE   (1LL << 30)
#define ROW(field) offsetof(struct display_settings, field)

static const struct setting rows[] = {
    MEMBERSHIP_SETTING_ROWS,
    {"http", SETTING_TEXT, 1, 200, "127.0.0.1:8600", "",
     "ADDRESS:PORT of the pages. Any other than 127.0.0.1 demands tokens, and TLS or the option "
     "--insecure-http. Port 0: one that is free.",
     ROW(http)},
    {"web", SETTING_TEXT, 0, SETTING_TEXT_MAX, "", "",
     "Directory of the pages, read once at the start. Empty: the one that came with the program.",
     ROW(web)},
    {"as_of", SETTING_TEXT, 0, 10, "", "",
     "The day the wall shows, YYYY-MM-DD. Empty: today in the city (UTC+8).", ROW(as_of)},
    {"from", SETTING_TEXT, 0, 10, "", "",
     "First day of the period, YYYY-MM-DD. Empty: 1 January of the day's year.", ROW(from)},
    {"lights", SETTING_TEXT, 0, 64, "", "",
     "Id of the rule set of the lights beside targets. Empty: the shipped one.", ROW(lights)},
    {"ranked_by", SETTING_TEXT, 0, 64, "", "",
     "Id of the rate that the counties are ranked by. Empty: START_OVER_SIGNED.", ROW(ranked_by)},
    {"hosts", SETTING_TEXT, 0, SETTING_TEXT_MAX, "", "",
     "Names, with commas, by which browsers may call us beside the address of http and localhost: "
     "wall.example.org. Another Host header is refused.",
     ROW(hosts)},
    {"retention", SETTING_NUMBER, MEBIBYTE, 256 * MEBIBYTE, "8388608", "bytes",
     "How much of what was told is kept for browsers that reconnect; one further behind begins "
     "anew.",
     ROW(retention_bytes)},
    {"store_map", SETTING_NUMBER, MEBIBYTE, 1LL << 44, "34359738368", "bytes",
     "Size of the replica's sparse map. Never make it smaller; takes effect at the next start.",
     ROW(map_bytes)},
    {"store_quota", SETTING_NUMBER, 0, 1LL << 44, "0", "bytes",
     "Above this the replica takes no more records and says so. 0: the map less the reserve.",
     ROW(quota_bytes)},
    {"store_reserve", SETTING_NUMBER, 64 << 10, 4 * GIBIBYTE, "1048576", "bytes",
     "Left free on the disk.", ROW(reserve_bytes)},
    {"snapshot", SETTING_NUMBER, 100, 100 * 1000 * 1000, "50000", "records",
     "So many records more, and the folded log is written beside the replica: the next start folds "
     "only what came since.",
     ROW(snapshot_records)},
};

const struct settings_table display_settings_table = {rows, ARRAY_LENGTH(rows)};
