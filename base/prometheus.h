/*
 * prometheus.h - figures in Prometheus' text form (0.0.4), for a node exporter's textfile directory
 * or an answer to /metrics: a family is a HELP, a TYPE and its samples. Pure. Promise: what is
 * written is well-formed, whatever stands in the labels' values; numbers are whole, or whole
 * milliseconds written as seconds.
 */
#pragma once

#include "base/bytes.h"

enum { PROMETHEUS_NAME_MAX = 100 };

enum prometheus_type {
    PROMETHEUS_COUNTER, /* only grows; its name ends in _total */
    PROMETHEUS_GAUGE,
};

struct prometheus {
    struct buffer *out;
    const char *prefix;                 /* "huoshui_broker_" */
    char name[PROMETHEUS_NAME_MAX + 1]; /* of the family that samples belong to */
};

struct prometheus_label {
    const char *name; /* a word of the program's */
    struct bytes value;
};

static inline struct prometheus prometheus_to(struct buffer *out, const char *prefix)
{
    return (struct prometheus){.out = out, .prefix = prefix};
}

/* Begins a family. name and help are the program's own: without the prefix; a sentence. */
void prometheus_family(struct prometheus *text, enum prometheus_type type, const char *name,
                       const char *help);
/* One sample of the family. */
void prometheus_sample(struct prometheus *text, const struct prometheus_label *labels, size_t count,
                       uint64_t value);
/* In seconds, with three decimals; the family's name says seconds. */
void prometheus_sample_ms(struct prometheus *text, const struct prometheus_label *labels,
                          size_t count, int64_t value_ms);

/* A family of one sample without labels. */
void prometheus_gauge(struct prometheus *text, const char *name, const char *help, uint64_t value);
void prometheus_counter(struct prometheus *text, const char *name, const char *help,
                        uint64_t value);
