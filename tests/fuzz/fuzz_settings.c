/* fuzz_settings.c - any bytes as a settings file: taken whole within its ranges, or refused with a
 * line and a remedy. */
#include <assert.h>
#include <string.h>

#include "base/settings.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct values {
    int64_t window;
    char listen[SETTING_TEXT_MAX + 1];
};

static const struct setting rows[] = {
    {"window", SETTING_NUMBER, 1, 100000, "4000", "events", "how far",
     offsetof(struct values, window)},
    {"listen", SETTING_TEXT, 1, 20, "tcp://127.0.0.1:0", "", "where",
     offsetof(struct values, listen)},
};
static const struct settings_table table = {rows, ARRAY_LENGTH(rows)};

static void check_template(const struct values *values)
{
    CLEANUP(buffer_release) struct buffer text = {0};
    struct problem problem = {0};
    struct values again;
    settings_template(&table, values, &text);
    settings_default(&table, &again);
    assert(settings_parse(&table, "again", buffer_bytes(&text), &again, &problem) == OK);
    assert(again.window == values->window && strcmp(again.listen, values->listen) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct values values, before;
    struct problem problem = {0};
    settings_default(&table, &values);
    before = values;
    if (settings_parse(&table, "huoshui.conf", bytes_of(data, size), &values, &problem) == OK) {
        assert(values.window >= 1 && values.window <= 100000);
        assert(strlen(values.listen) >= 1 && strlen(values.listen) <= 20);
        check_template(&values);
        return 0;
    }
    assert(strstr(problem.text, "huoshui.conf") && problem.remedy[0]);
    assert(values.window == before.window && strcmp(values.listen, before.listen) == 0);
    return 0;
}
