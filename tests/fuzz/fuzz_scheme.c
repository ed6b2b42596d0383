/*
 * fuzz_scheme.c - any bytes as a scheme: taken within its bounds, or refused with a reason; and the
 * same bytes as a firm's name, whose form is its own form.
 */
#include <assert.h>
#include <string.h>

#include "ledger/assess/assess_scheme.h"
#include "ledger/claims/names.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_item(const struct assess_item *item)
{
    assert(item->id.size > 0 && item->name.size > 0 && item->kind < ITEM_KINDS);
    assert(item->points >= 0 && item->points <= (int64_t)POINTS_MAX * POINT + POINT);
    assert(item->part_count >= 1 && item->part_count <= SCHEME_PARTS_MAX);
    assert(item->kind != ITEM_COUNT || (item->each > 0 && item->per > 0));
    int64_t share_percent = 0;
    for (size_t i = 0; i < item->part_count; i++) {
        assert(item->parts[i].value.kind < SOURCE_KINDS);
        share_percent += item->parts[i].share_percent;
    }
    assert(item->kind == ITEM_COUNT || share_percent == 100);
}

/* A part's text is within the input, a form is short, and has itself as its form. */
static void check_name(struct bytes name)
{
    CLEANUP(buffer_release) struct buffer form = {0};
    CLEANUP(buffer_release) struct buffer again = {0};
    struct bytes parts[NAME_PARTS_MAX];
    size_t count = name_split(name, parts);
    for (size_t i = 0; i < count; i++)
        assert(parts[i].data >= name.data && parts[i].size <= name.size && parts[i].size > 0);
    if (bytes_are_utf8(name) && name_normalise(name, &form)) {
        assert(form.size > 0 && form.size <= name.size);
        if (name_normalise(buffer_bytes(&form), &again))
            assert(bytes_equal(buffer_bytes(&form), buffer_bytes(&again)));
    }
    (void)name_normalise_coarse(name, &again);
    (void)place_normalise(name, &again);
    char code[CREDIT_CODE_SIZE];
    (void)credit_code_normalise(name, code);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    CLEANUP(arena_release) struct arena arena;
    arena_init(&arena, 1 << 20);
    const struct assess_scheme *scheme = NULL;
    struct problem problem = {0};
    enum err err = assess_scheme_parse(bytes_of(data, size), &arena, &scheme, &problem);
    if (err == OK) {
        assert(scheme->item_count >= 1 && scheme->item_count <= SCHEME_ITEMS_MAX);
        for (size_t i = 0; i < scheme->item_count; i++)
            check_item(&scheme->items[i]);
    } else {
        assert(!scheme && problem.text[0] != '\0' && problem.remedy[0] != '\0');
        assert(err == ERR_MALFORMED || err == ERR_LIMIT);
    }
    check_name(bytes_of(data, size));
    return 0;
}
