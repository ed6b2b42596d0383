/* random_frame_feed.h - for tests: what subscribers and the broker say to each other, filled at
 * random. */
#pragma once

#include "random_event.h"

static inline struct bytes random_unit(struct random *random)
{
    return bytes_of_text(random_chance(random, 50) ? "341502" : "3415-zsj");
}

static inline struct hash random_hash(struct random *random, struct arena *arena)
{
    struct hash hashes[] = {hash_of(random_bytes(random, arena, 8)), {{0}}};
    return hashes[random_chance(random, 30)];
}

static inline void random_feed(struct random *random, struct arena *arena, struct frame *out)
{
    uint64_t credit = random_next(random);
    struct filter *filter = &out->subscribe.filter;
    if (out->kind == FRAME_GRANT) {
        out->grant = (struct grant){7, credit};
    } else if (out->kind == FRAME_UNSUBSCRIBE) {
        out->unsubscribe = (struct unsubscribe){7};
    } else {
        out->subscribe = (struct subscribe){.subscription = 7,
                                            .from_position = credit / 2,
                                            .after = random_hash(random, arena),
                                            .with_signatures = true,
                                            .with_contacts = random_chance(random, 50),
                                            .credit = credit};
        filter->all_records = random_chance(random, 50);
        if (random_chance(random, 50))
            filter->units = random_texts(random, arena, false);
        for (size_t i = 0; i < filter->units.count; i++)
            filter->units.items[i] = random_unit(random);
        filter->kind_count = random_below(random, 5);
        for (size_t i = 0; i < filter->kind_count; i++)
            filter->kinds[i] = 1 + (uint32_t)random_below(random, 30);
    }
}

static inline void random_contacts(struct random *random, struct arena *arena, struct contacts *out)
{
    size_t count = random_below(random, 4);
    *out = (struct contacts){7, random_chance(random, 50), NULL, count};
    out->units = count ? arena_alloc(arena, count * sizeof(*out->units)) : NULL;
    for (size_t i = 0; i < count; i++)
        out->units[i] = (struct unit_contact){
            random_unit(random), random_chance(random, 50), (int64_t)(random_next(random) >> 1),
            (int64_t)random_next(random), random_next(random) >> 9};
}
