/* test_import_run.c - whole ledgers into a real outbox: the figures of the published bulletins. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "agent/import_run.h"
#include "proto/wire.h"
#include "store/outbox.h"

#define HEADER                                                                                                              \
    "序号,项目编号,项目名称,协议类型,总投资(亿元),签约时间,开工时间,累计到位资金(万元)," \
    "资金来源,到位截止时间,存在问题\n"

struct outbox {
    char directory[64];
    struct store *store;
    struct buffer out, error;
};

static void open_outbox(struct outbox *outbox)
{
    struct problem problem = {0};
    struct store_options options = {.directory = outbox->directory,
                                    .map_bytes = 256 << 20,
                                    .reserve_bytes = 1 << 20,
                                    .tables = outbox_tables};
    assert_int_equal(store_open(&options, &outbox->store, &problem), OK);
}

static int setup(void **state)
{
    struct outbox *outbox = calloc(1, sizeof(*outbox));
    assert_non_null(outbox);
    memcpy(outbox->directory, "/tmp/test_import_XXXXXX", sizeof("/tmp/test_import_XXXXXX"));
    assert_non_null(mkdtemp(outbox->directory));
    open_outbox(outbox);
    *state = outbox;
    return 0;
}

static int teardown(void **state)
{
    static const char *const names[] = {"data.mdb", "lock.mdb", "lock", "LOCK", "store.lock"};
    struct outbox *outbox = *state;
    char path[128];
    store_close(outbox->store);
    for (size_t i = 0; i < ARRAY_LENGTH(names); i++) {
        (void)snprintf(path, sizeof(path), "%s/%s", outbox->directory, names[i]);
        (void)unlink(path);
    }
    assert_int_equal(rmdir(outbox->directory), 0);
    buffer_release(&outbox->out);
    buffer_release(&outbox->error);
    free(outbox);
    return 0;
}

static int import(struct outbox *outbox, const char *unit, const char *name, struct bytes file)
{
    struct import_options options = {.file_name = name, .clock_ms = 1700000000000};
    buffer_clear(&outbox->out);
    buffer_clear(&outbox->error);
    int status = import_run(outbox->store, bytes_of_text(unit), &options, file, &outbox->out,
                            &outbox->error);
    buffer_add(&outbox->out, bytes_of("", 1));
    buffer_add(&outbox->error, bytes_of("", 1));
    return status;
}

static int import_text(struct outbox *outbox, const char *text)
{
    return import(outbox, "341502", "台账.csv", bytes_of_text(text));
}

static const char *out_of(const struct outbox *outbox)
{
    return (const char *)outbox->out.data;
}

static const char *error_of(const struct outbox *outbox)
{
    return (const char *)outbox->error.data;
}

static void assert_says(const char *text, const char *part)
{
    if (!strstr(text, part))
        fail_msg("“%s” does not say “%s”", text, part);
}

static struct buffer load(const char *folder, const char *name)
{
    struct buffer content = {0};
    char path[512];
    (void)snprintf(path, sizeof(path), "%s/%s/%s", TEST_DATA, folder, name);
    FILE *file = fopen(path, "rb");
    assert_non_null(file);
    for (size_t size = 1; size > 0; content.size -= 65536 - size)
        size = fread(buffer_extend(&content, 65536), 1, 65536, file);
    assert_int_equal(fclose(file), 0);
    return content;
}

static int import_file(struct outbox *outbox, const char *unit, const char *folder,
                       const char *name)
{
    CLEANUP(buffer_release) struct buffer file = load(folder, name);
    return import(outbox, unit, name, buffer_bytes(&file));
}

typedef void visit_event(void *context, const struct event *event);

static uint64_t walk(struct outbox *outbox, visit_event *visit, void *context)
{
    struct store_txn *txn = NULL;
    struct store_cursor cursor = {0};
    struct problem problem = {0};
    uint64_t count = 0;
    assert_int_equal(store_begin_read(outbox->store, &txn), OK);
    enum err err = outbox_seek(txn, 1, 1, &cursor);
    for (; err == OK; err = store_next(&cursor), count++) {
        struct arena arena;
        struct event event = {0};
        struct envelope envelope;
        struct bytes bytes = bytes_of(cursor.value.data + HASH_SIZE, cursor.value.size - HASH_SIZE);
        arena_init(&arena, 1 << 20);
        assert_int_equal(wire_envelope_decode(bytes, &envelope, &problem), OK);
        assert_int_equal(wire_fact_decode(&envelope, &arena, &event, &problem), OK);
        event.envelope = envelope;
        assert_int_equal(event_check(&event, &problem), OK);
        if (visit)
            visit(context, &event);
        arena_release(&arena);
    }
    assert_int_equal(err, ERR_NOT_FOUND);
    store_cursor_close(&cursor);
    store_txn_abort(txn);
    return count;
}

struct tally {
    int milestones[MILESTONE_TRANSFERRED + 1], kinds[EVENT_VERDICT + 1], trips;
    int64_t received[ORIGIN_LOCAL + 1], total;
    struct event last; /* envelope and fact; its texts are gone */
    char texts[4096];  /* every correction's reason and person, every funds day */
};

static void count_event(void *context, const struct event *event)
{
    struct tally *tally = context;
    uint32_t kind = event->envelope.kind;
    char text[256], day[DAY_TEXT_SIZE];
    struct buffer line = {0};
    tally->kinds[kind]++;
    tally->last = *event;
    if (kind == EVENT_MILESTONE)
        tally->milestones[event->milestone.milestone]++;
    if (kind == EVENT_CONTACT)
        tally->trips += event->contact.contact == CONTACT_TRIP;
    if (kind == EVENT_FUNDS)
        tally->received[event->funds.origin] += event->funds.amount.value;
    if (kind == EVENT_PROJECT)
        tally->total += event->project.planned_total.value;
    if (kind == EVENT_CORRECTION) {
        buffer_add_format(&line, "%s %s ", day_text(event->envelope.occurred_on, day),
                          bytes_to_text(event->correction.reason, text, sizeof(text)));
        buffer_add_format(&line, "%s;",
                          bytes_to_text(event->correction.person, text, sizeof(text)));
        buffer_add(&line, bytes_of("", 1));
        assert_true(strlen(tally->texts) + line.size < sizeof(tally->texts));
        memcpy(tally->texts + strlen(tally->texts), line.data, line.size);
    }
    buffer_release(&line);
}

static struct tally tally_of(struct outbox *outbox)
{
    struct tally tally = {0};
    walk(outbox, count_event, &tally);
    return tally;
}

static json_t *truth_of(const char *folder)
{
    CLEANUP(buffer_release) struct buffer text = load(folder, "truth.json");
    json_t *truth = json_loadb((const char *)text.data, text.size, 0, NULL);
    assert_non_null(truth);
    return truth;
}

static int64_t number_at(json_t *object, const char *name)
{
    return json_integer_value(json_object_get(object, name));
}

static void luan_has_the_figures_of_its_bulletin_and_again_nothing_new(void **state)
{
    struct outbox *outbox = *state;
    json_t *truth = truth_of("luan-2022q3"), *unit;
    struct tally before = {0}, all;
    size_t i;
    for (int round = 1; round <= 2; round++) {
        json_array_foreach(json_object_get(truth, "units"), i, unit)
        {
            char name[64];
            const char *code = json_string_value(json_object_get(unit, "code"));
            (void)snprintf(name, sizeof(name), "%s.csv", code);
            assert_int_equal(import_file(outbox, code, "luan-2022q3", name), 0);
            (void)snprintf(name, sizeof(name), "%s-trips.csv", code);
            assert_int_equal(import_file(outbox, code, "luan-2022q3", name), 0);
            assert_string_equal(error_of(outbox), "");
            assert_null(strstr(out_of(outbox), "提示"));
            all = tally_of(outbox);
            if (round == 2)
                continue;
            assert_int_equal(all.milestones[MILESTONE_CONTRACT_SIGNED] -
                                 before.milestones[MILESTONE_CONTRACT_SIGNED],
                             number_at(unit, "signed"));
            assert_int_equal(all.milestones[MILESTONE_STARTED] -
                                 before.milestones[MILESTONE_STARTED],
                             number_at(unit, "started"));
            assert_int_equal(all.trips - before.trips, number_at(unit, "trips"));
            before = all;
        }
    }
    json_t *published = json_object_get(truth, "published");
    assert_int_equal(all.milestones[MILESTONE_CONTRACT_SIGNED], number_at(published, "signed"));
    assert_int_equal(all.milestones[MILESTONE_CONTRACT_SIGNED], 344);
    assert_int_equal(all.milestones[MILESTONE_STARTED], 285);
    assert_int_equal(all.trips, 161);
    assert_int_equal(all.kinds[EVENT_CORRECTION], 0);
    assert_memory_equal(all.kinds, before.kinds, sizeof(all.kinds));
    json_decref(truth);
}

static void panzhihua_has_received_what_its_bulletin_says(void **state)
{
    struct outbox *outbox = *state;
    json_t *truth = truth_of("panzhihua-2006m10");
    json_t *received =
        json_object_get(json_array_get(json_object_get(truth, "units"), 0), "received_wan");
    assert_int_equal(import_file(outbox, "510400", "panzhihua-2006m10", "510400.csv"), 0);
    struct tally tally = tally_of(outbox);
    assert_int_equal(tally.milestones[MILESTONE_CONTRACT_SIGNED], 422);
    assert_int_equal(tally.milestones[MILESTONE_STARTED], 422);
    assert_int_equal(tally.received[ORIGIN_OUT_OF_PROVINCE],
                     number_at(received, "out_of_province") * 10000);
    assert_int_equal(tally.received[ORIGIN_OUT_OF_CITY_IN_PROVINCE],
                     number_at(received, "out_of_city") * 10000);
    assert_int_equal(tally.received[ORIGIN_INTER_COUNTY],
                     number_at(received, "inter_county") * 10000);
    json_t *unit = json_array_get(json_object_get(truth, "units"), 0);
    assert_int_equal(tally.total, number_at(unit, "contract_wan") * 10000);
    assert_int_equal(import_file(outbox, "510400", "panzhihua-2006m10", "510400.csv"), 0);
    assert_says(out_of(outbox), "422行 新增 0条 更正 0条 未变 422行 退回 0行");
    json_decref(truth);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(luan_has_the_figures_of_its_bulletin_and_again_nothing_new,
                                        setup, teardown),
        cmocka_unit_test_setup_teardown(panzhihua_has_received_what_its_bulletin_says, setup,
                                        teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
