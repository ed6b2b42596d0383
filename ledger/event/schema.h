/*
 * schema.h - the tables of event_fields.def at run time: what validation, the protobuf codec and
 * the JSON codec walk.
 */
#pragma once

#include <stddef.h>

#include "ledger/event/event.h"

enum field_type {
    FIELD_TEXT,
    FIELD_TEXTS,
    FIELD_DIGESTS,
    FIELD_ENUM,
    FIELD_DAY,
    FIELD_MONEY,
    FIELD_COUNT,
    FIELD_FLAG,
    FIELD_ID,
};

struct word { /* one value of an enum */
    int32_t number;
    const char *id, *chinese;
};

struct words {
    const char *name;   /* "milestone" */
    const char *prefix; /* "MILESTONE", as in the .proto file */
    const struct word *rows;
    size_t count;
};

struct field {
    enum field_type type;
    const char *name;
    uint32_t number;
    bool required;
    int64_t limit;             /* bytes, items or largest value; 0: none */
    const struct words *words; /* for FIELD_ENUM */
    size_t offset;             /* within the kind's fact struct */
    const char *sentence;
};

struct kind {
    uint32_t number;
    const char *id;     /* "MILESTONE" */
    const char *member; /* "milestone": JSON's name of the fact; snake case of protobuf's */
    bool needs_subject;
    const struct field *fields;
    size_t field_count;
    size_t fact_size; /* of the fact struct */
};

const struct kind *kind_of_number(uint32_t number);  /* NULL: a kind this program does not know */
const struct kind *kind_of_id(struct bytes id);      /* NULL likewise */
const struct words *words_body(void);                /* enum body, used by the envelope */
const struct words *words_of_name(const char *name); /* "milestone", "origin", …; NULL: none */
const struct word *word_of_number(const struct words *words, int32_t number);
const struct word *word_of_id(const struct words *words, struct bytes id);
const struct word *word_of_chinese(const struct words *words, struct bytes chinese);
void *event_fact(struct event *event); /* the union, as the start of any fact struct */
const void *event_fact_const(const struct event *event);
bool field_is_given(const struct field *field, const void *value); /* value: in the fact */
