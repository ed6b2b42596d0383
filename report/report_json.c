/* report_json.c - see report_json.h. */
#include "report/report_json.h"

#include <stdlib.h>

#include "base/day.h"

void report_set(json_t *object, const char *key, json_t *value)
{
    if (json_object_set_new(object, key, value) != 0)
        abort();
}

void report_append(json_t *array, json_t *value)
{
    if (json_array_append_new(array, value) != 0)
        abort();
}

json_t *report_text_json(struct bytes text)
{
    return text.size > 0 ? json_stringn((const char *)text.data, text.size) : json_null();
}

json_t *report_day_json(int32_t day)
{
    char text[DAY_TEXT_SIZE];
    return day == DAY_NONE ? json_null() : json_string(day_text(day, text));
}

json_t *report_instant_json(int64_t unix_ms)
{
    char text[INSTANT_TEXT_SIZE];
    return unix_ms == 0 ? json_null() : json_string(instant_text(unix_ms, text));
}

json_t *report_count_json(uint64_t count)
{
    return json_integer((json_int_t)count);
}

json_t *report_json_read(struct bytes text)
{
    json_error_t ignored;
    return text.size > 0 ? json_loadb((const char *)text.data, text.size, 0, &ignored) : NULL;
}

static int add_bytes(const char *data, size_t size, void *context)
{
    buffer_add(context, bytes_of(data, size));
    return 0;
}

void report_json_write(const json_t *value, struct buffer *out)
{
    if (json_dump_callback(value, add_bytes, out, JSON_COMPACT) != 0)
        abort();
}
