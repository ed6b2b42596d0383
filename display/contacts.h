/*
 * contacts.h - the units' links as the broker tells them (docs/display.md, event `contact`), with
 * the state of our own feed. Pure.
 */
#pragma once

#include "base/map.h"
#include "display/metrics.h"
#include "proto/wire.h"

struct contact_row;

struct contacts_seen {
    struct contact_row *rows; /* by unit */
    size_t count, capacity, online;
};

void contacts_release(struct contacts_seen *seen);
/* Newer words; whole ones end what is said of units they do not name. False: nothing is different.
 */
bool contacts_take(struct contacts_seen *seen, const struct contacts *contacts);
struct contacts_feed { /* our own link */
    enum feed_state state;
    int64_t since_ms;
};
/* {"feed":…,"since":…,"units":[…]} of all units: appends. */
void contacts_json(const struct contacts_seen *seen, struct contacts_feed feed, struct buffer *out);
/* The same of one unit: row is below seen->count. Its text is given back. */
const char *contacts_unit_json(const struct contacts_seen *seen, size_t row,
                               struct contacts_feed feed, struct buffer *out);
/* Has it changed since it was last asked? */
bool contacts_is_news(struct contacts_seen *seen, size_t row);
