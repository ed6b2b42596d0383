/* random_event.h - for tests: events of any kind, filled at random within what event_check allows,
 * from the schema. */
#pragma once

#include "base/random.h"
#include "ledger/event/schema.h"
#include "proto/wire.h"

static inline struct bytes random_text(struct random *random, struct arena *arena, size_t max)
{
    static const char *const pieces[] = {"a",  "项", "目", "\"", "\\", " ",
                                         "\n", "é",  "9",  "/",  "𠀀"};
    uint8_t text[400];
    size_t size = 0;
    size_t wanted = 1 + random_below(random, max < 300 ? max : 300);
    while (size < wanted) {
        struct bytes piece = bytes_of_text(pieces[random_below(random, ARRAY_LENGTH(pieces))]);
        if (size + piece.size > max)
            piece = bytes_of_text("x");
        memcpy(text + size, piece.data, piece.size);
        size += piece.size;
    }
    return arena_copy(arena, bytes_of(text, size));
}

static inline struct bytes random_bytes(struct random *random, struct arena *arena, size_t size)
{
    uint8_t *data = arena_alloc(arena, size + 1);
    for (size_t i = 0; data && i < size; i++)
        data[i] = (uint8_t)random_next(random);
    return bytes_of(data, size);
}

static inline struct texts random_texts(struct random *random, struct arena *arena, bool digests)
{
    size_t count = 1 + random_below(random, 5);
    struct texts texts = {arena_alloc(arena, count * sizeof(struct bytes)), count};
    for (size_t i = 0; i < count; i++)
        texts.items[i] =
            digests ? random_bytes(random, arena, HASH_SIZE) : random_text(random, arena, 100);
    return texts;
}

static inline struct money random_money(struct random *random, struct arena *arena)
{
    static const char currencies[][4] = {"", "CNY", "USD"};
    struct money money = {.has_value = random_chance(random, 80)};
    if (money.has_value)
        money.value = (int64_t)random_below(random, random_chance(random, 20) ? 2 : 1000000000001);
    memcpy(money.currency, currencies[random_below(random, 3)], 4);
    if (!money.has_value || random_chance(random, 50))
        money.text = random_text(random, arena, 40);
    return money;
}

static inline void random_field(struct random *random, struct arena *arena,
                                const struct field *field, void *value)
{
    static const char code[] = "91341500MA2NXXXX1Y";
    switch (field->type) {
    case FIELD_TEXT:
        *(struct bytes *)value = random_text(random, arena, (size_t)field->limit);
        if (strcmp(field->name, "credit_code") == 0)
            *(struct bytes *)value = bytes_of_text(code);
        if (strcmp(field->name, "currency") == 0)
            *(struct bytes *)value = bytes_of_text("USD");
        break;
    case FIELD_TEXTS:
    case FIELD_DIGESTS:
        *(struct texts *)value = random_texts(random, arena, field->type == FIELD_DIGESTS);
        break;
    case FIELD_ENUM:
        *(int32_t *)value = field->words->rows[random_below(random, field->words->count)].number;
        break;
    case FIELD_DAY: /* a "to" is drawn later than a "from" */
        *(int32_t *)value =
            (strstr(field->name, "to") ? 20000 : -7000) + (int32_t)random_below(random, 6000);
        break;
    case FIELD_MONEY:
        *(struct money *)value = random_money(random, arena);
        break;
    case FIELD_COUNT:
        *(int64_t *)value = 1 + (int64_t)random_below(random, (uint64_t)field->limit);
        break;
    case FIELD_FLAG:
        *(bool *)value = true;
        break;
    case FIELD_ID:
        *(struct bytes *)value = random_bytes(random, arena, EVENT_ID_SIZE);
        break;
    }
}

/* Required fields always, others as often as not; everything lives in the arena. */
static inline void random_event(struct random *random, uint32_t number, struct arena *arena,
                                struct event *out)
{
    const struct kind *kind = kind_of_number(number);
    *out = (struct event){.envelope = {.algorithm = SIGN_ED25519_SHA256, .kind = number}};
    out->envelope.subject = bytes_of_text("341502/341502-0001");
    out->envelope.occurred_on = random_chance(random, 50) ? 18000 : -5000;
    out->envelope.body = 1 + (uint32_t)random_below(random, words_body()->count);
    if (random_chance(random, 50))
        out->envelope.about_unit = bytes_of_text("3415-zsj");
    if (random_chance(random, 50))
        out->envelope.agent_clock_ms = (int64_t)random_below(random, 4000000000000);
    if (random_chance(random, 50))
        out->envelope.origin = random_text(random, arena, 60);
    for (size_t i = 0; i < kind->field_count; i++) {
        if (kind->fields[i].required || random_chance(random, 50))
            random_field(random, arena, &kind->fields[i],
                         (char *)event_fact(out) + kind->fields[i].offset);
    }
}
