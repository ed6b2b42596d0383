/*
 * json_value.h - a strict reader of the small JSON texts that are definitions and schemes
 * (contract 7): every name once, whole numbers only, no depth to drown in. The ledger may not stand
 * on the codec's library, and its figures must not stand on floating point.
 */
#pragma once

#include "base/arena.h"
#include "base/bytes.h"

enum json_type { JSON_NULL, JSON_FLAG, JSON_NUMBER, JSON_TEXT, JSON_LIST, JSON_OBJECT };

enum {
    JSON_TEXT_SIZE_MAX = 256 << 10, /* a scheme of a hundred items has 20 kB */
    JSON_DEPTH_MAX = 12,
    JSON_MEMBERS_MAX = 256, /* of one object, whose names are compared with one another */
};

struct json_value {
    enum json_type type;
    struct bytes key;  /* its name, within an object */
    struct bytes text; /* TEXT, with its escapes resolved */
    int64_t number;    /* NUMBER; FLAG: 0 or 1 */
    size_t line;
    struct json_value *first, *next; /* what a LIST or an OBJECT holds, in the order written */
    size_t count;
};

/*
 * One value and nothing after it; texts are copied to the arena. ERR_MALFORMED with a problem that
 * names the line; ERR_LIMIT: larger than JSON_TEXT_SIZE_MAX, or than the arena's limit.
 */
MUST_CHECK enum err json_value_parse(struct bytes text, struct arena *arena,
                                     const struct json_value **out, struct problem *problem);
/* NULL: the object has none of the name. */
const struct json_value *json_value_member(const struct json_value *object, const char *key);
