/* prometheus.c - see prometheus.h. */
#include "base/prometheus.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static bool is_name(const char *name)
{
    for (const char *at = name; *at; at++) {
        bool is_letter = (*at >= 'a' && *at <= 'z') || *at == '_';
        bool is_digit = *at >= '0' && *at <= '9';
        if (!is_letter && !(is_digit && at > name))
            return false;
    }
    return *name != '\0';
}

static bool ends_with(const char *text, const char *end)
{
    size_t size = strlen(text), end_size = strlen(end);
    return size >= end_size && strcmp(text + size - end_size, end) == 0;
}

static void add_escaped(struct buffer *out, struct bytes text, bool in_quotes)
{
    for (size_t i = 0; i < text.size; i++) {
        uint8_t byte = text.data[i];
        if (byte == '\\')
            buffer_add_text(out, "\\\\");
        else if (byte == '\n')
            buffer_add_text(out, "\\n");
        else if (byte == '"' && in_quotes)
            buffer_add_text(out, "\\\"");
        else
            buffer_add(out, bytes_of(&byte, 1));
    }
}

void prometheus_family(struct prometheus *text, enum prometheus_type type, const char *name,
                       const char *help)
{
    int size = snprintf(text->name, sizeof text->name, "%s%s", text->prefix, name);
    assert(size > 0 && size <= PROMETHEUS_NAME_MAX && is_name(text->name));
    assert(ends_with(name, "_total") == (type == PROMETHEUS_COUNTER));
    buffer_add_format(text->out, "# HELP %s ", text->name);
    add_escaped(text->out, bytes_of_text(help), false);
    buffer_add_format(text->out, "\n# TYPE %s %s\n", text->name,
                      type == PROMETHEUS_COUNTER ? "counter" : "gauge");
}

static void begin_sample(struct prometheus *text, const struct prometheus_label *labels,
                         size_t count)
{
    assert(*text->name); /* of a family */
    buffer_add_text(text->out, text->name);
    for (size_t i = 0; i < count; i++) {
        assert(is_name(labels[i].name));
        buffer_add_format(text->out, "%s%s=\"", i == 0 ? "{" : ",", labels[i].name);
        add_escaped(text->out, labels[i].value, true);
        buffer_add_text(text->out, "\"");
    }
    buffer_add_text(text->out, count > 0 ? "} " : " ");
}

void prometheus_sample(struct prometheus *text, const struct prometheus_label *labels, size_t count,
                       uint64_t value)
{
    begin_sample(text, labels, count);
    buffer_add_format(text->out, "%" PRIu64 "\n", value);
}

void prometheus_sample_ms(struct prometheus *text, const struct prometheus_label *labels,
                          size_t count, int64_t value_ms)
{
    uint64_t size_ms = value_ms < 0 ? 0 - (uint64_t)value_ms : (uint64_t)value_ms;
    assert(ends_with(text->name, "_seconds"));
    begin_sample(text, labels, count);
    buffer_add_format(text->out, "%s%" PRIu64 ".%03" PRIu64 "\n", value_ms < 0 ? "-" : "",
                      size_ms / 1000, size_ms % 1000);
}

void prometheus_gauge(struct prometheus *text, const char *name, const char *help, uint64_t value)
{
    prometheus_family(text, PROMETHEUS_GAUGE, name, help);
    prometheus_sample(text, NULL, 0, value);
}

void prometheus_counter(struct prometheus *text, const char *name, const char *help, uint64_t value)
{
    prometheus_family(text, PROMETHEUS_COUNTER, name, help);
    prometheus_sample(text, NULL, 0, value);
}
