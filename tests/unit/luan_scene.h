/*
 * luan_scene.h - the counties' ledgers of Lu'an, nine months of 2022 (tests/data), folded as a
 * display would have them: imported by the real importer, said through the real codec. The scene
 * has 六安市 and its eight counties.
 */
#pragma once

#include "import_scene.h"
#include "ledger_scene.h"

static inline struct bytes luan_file(struct buffer *out, const char *name)
{
    char path[256];
    (void)snprintf(path, sizeof path, "%s/luan-2022q3/%s", TEST_DATA, name);
    FILE *file = fopen(path, "rb");
    assert_non_null(file);
    buffer_clear(out);
    for (size_t size = 1; size > 0;) {
        uint8_t *room = buffer_extend(out, 65536);
        size = fread(room, 1, 65536, file);
        out->size -= 65536 - size;
    }
    (void)fclose(file);
    return buffer_bytes(out);
}

/* Of the seqs behind the given one; gives the newest. */
static inline uint64_t luan_say(struct ledger_scene *scene, struct outbox *outbox, const char *unit,
                                uint64_t seq)
{
    struct store_txn *txn = NULL;
    struct bytes envelope;
    struct hash chain;
    assert_int_equal(store_begin_read(outbox->store, &txn), OK);
    while (outbox_event(txn, 1, seq + 1, &envelope, &chain) == OK) {
        struct event event = {0};
        struct envelope opened;
        struct problem problem;
        assert_int_equal(wire_envelope_decode(envelope, &opened, &problem), OK);
        assert_int_equal(wire_fact_decode(&opened, &scene->arena, &event, &problem), OK);
        (void)ledger_scene_say(scene, unit, &event);
        seq++;
    }
    store_txn_abort(txn);
    return seq;
}

static inline void luan_open(struct ledger_scene *scene)
{
    static const struct {
        const char *unit, *name;
        enum unit_type type;
    } units[] = {
        {"341502", "金安区", UNIT_COUNTY}, {"341503", "裕安区", UNIT_COUNTY},
        {"341504", "叶集区", UNIT_COUNTY}, {"341522", "霍邱县", UNIT_COUNTY},
        {"341523", "舒城县", UNIT_COUNTY}, {"341524", "金寨县", UNIT_COUNTY},
        {"341525", "霍山县", UNIT_COUNTY}, {"341571", "六安经济技术开发区", UNIT_PARK},
    };
    CLEANUP(buffer_release) struct buffer file = {0};
    ledger_scene_open(scene);
    for (size_t i = 0; i < ARRAY_LENGTH(units); i++) {
        void *outbox = NULL;
        uint64_t seq = 0;
        if (i > 1) /* the scene has the first two */
            ledger_scene_enrol(scene, units[i].unit, units[i].name, units[i].type);
        assert_int_equal(setup(&outbox), 0);
        for (int trips = 0; trips < 2; trips++) {
            char name[64];
            struct import_options options = {.file_name = name, .clock_ms = 1700000000000};
            (void)snprintf(name, sizeof name, "%s%s.csv", units[i].unit, trips ? "-trips" : "");
            assert_int_equal(import(outbox, units[i].unit, &options, luan_file(&file, name)), 0);
            seq = luan_say(scene, outbox, units[i].unit, seq);
        }
        assert_true(seq > 0);
        assert_int_equal(teardown(&outbox), 0);
    }
}
