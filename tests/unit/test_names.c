/* test_names.c - which spellings are one firm, which stay two, and what matches nothing. */
#include "ledger/claims/names.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

typedef bool normalise(struct bytes name, struct buffer *out);

static bool same(normalise *by, const char *left, const char *right)
{
    CLEANUP(buffer_release) struct buffer a = {0};
    CLEANUP(buffer_release) struct buffer b = {0};
    bool good = by(bytes_of_text(left), &a) && by(bytes_of_text(right), &b);
    return good && bytes_equal(buffer_bytes(&a), buffer_bytes(&b));
}

static bool has_form(normalise *by, const char *name)
{
    CLEANUP(buffer_release) struct buffer out = {0};
    buffer_add_text(&out, "kept");
    bool good = by(bytes_of_text(name), &out);
    assert_memory_equal(out.data, "kept", 4);
    assert_true(good ? out.size > 4 : out.size == 4);
    return good;
}

static void spellings_of_one_firm_meet(void **state)
{
    (void)state;
    static const char *const pairs[][2] = {
        {"阳光电源股份有限公司", "阳光电源有限责任公司"},
        {"阳光电源（上海）有限公司", " 阳光电源(上海) 有限公司 "},
        {"中建材（集团）有限公司", "中建材集团"},
        {"ＡＢＣ科技有限公司", "abc科技公司"},
        {"“965”实业有限公司", "965实业"},
        {"Huawei Co., Ltd.", "HUAWEI"},
        {"信义玻璃集团股份有限公司", "信义　玻璃"},
        {"宏大公司集团", "宏大"},
        {"法兰克·施密特【中国】公司", "法兰克施密特中国"},
    };
    for (size_t i = 0; i < ARRAY_LENGTH(pairs); i++)
        assert_true(same(name_normalise, pairs[i][0], pairs[i][1]));
}

static void different_firms_stay_apart(void **state)
{
    (void)state;
    assert_false(same(name_normalise, "阳光电源有限公司", "阳光能源有限公司"));
    assert_false(same(name_normalise, "海螺水泥公司", "海螺型材公司"));
    assert_false(same(name_normalise, "安徽阳光电源有限公司", "阳光电源有限公司"));
    assert_false(same(name_normalise, "中信控股有限公司", "中信有限公司"));
}

static void a_mask_or_a_placeholder_matches_nothing(void **state)
{
    (void)state;
    static const char *const bad[] = {
        "",     "-",          "无",   "待定", "**",       "***公司", "某公司", "X公司", "X",
        "XXXX", "xx有限公司", "（）", "　 ",  "某某集团", "同上",    "Ａ",     "公司",
    };
    for (size_t i = 0; i < ARRAY_LENGTH(bad); i++) {
        if (has_form(name_normalise, bad[i]) || has_form(name_normalise_coarse, bad[i]))
            fail_msg("\"%s\" has a form", bad[i]);
    }
    assert_true(has_form(name_normalise, "华为"));
}

static void the_coarse_form_drops_places_and_brackets(void **state)
{
    (void)state;
    assert_true(same(name_normalise_coarse, "安徽阳光电源有限公司", "阳光电源(上海)股份公司"));
    assert_true(same(name_normalise_coarse, "安徽省六安市金安区宏大机械厂", "宏大机械厂"));
    assert_true(same(name_normalise_coarse, "深圳市腾讯计算机有限公司", "腾讯计算机"));
    assert_false(same(name_normalise_coarse, "阳光电源", "阳光能源"));
    assert_false(same(name_normalise_coarse, "城市建设集团", "建设集团"));
    assert_true(has_form(name_normalise_coarse, "上海电气"));
    assert_false(has_form(name_normalise_coarse, "（集团）"));
}

static void a_region_is_one_with_and_without_its_rank(void **state)
{
    (void)state;
    assert_true(same(place_normalise, "上海市", "上海"));
    assert_true(same(place_normalise, " 广东省", "广东"));
    assert_true(same(place_normalise, "长三角地区", "长三角"));
    assert_false(same(place_normalise, "上海", "北京"));
    assert_false(has_form(place_normalise, "**市"));
}

static void a_credit_code_is_eighteen_characters_in_any_width(void **state)
{
    (void)state;
    char code[CREDIT_CODE_SIZE];
    assert_true(credit_code_normalise(bytes_of_text("９1340100ma2abcde5x "), code));
    assert_memory_equal(code, "91340100MA2ABCDE5X", CREDIT_CODE_SIZE);
    assert_false(credit_code_normalise(bytes_of_text("91340100MA2ABCDE5"), code));
    assert_false(credit_code_normalise(bytes_of_text("91340100MA2ABCDE5XX"), code));
    assert_false(credit_code_normalise(bytes_of_text("91340100MA2ABCD***"), code));
    assert_false(credit_code_normalise(bytes_of_text("000000000000000000"), code));
    assert_false(credit_code_normalise(BYTES_NONE, code));
}

static void a_cell_of_several_names_is_parted(void **state)
{
    (void)state;
    struct bytes parts[NAME_PARTS_MAX];
    assert_int_equal(name_split(bytes_of_text(" 甲公司；乙公司; 丙、丁|;"), parts), 4);
    assert_true(bytes_equal_text(parts[0], "甲公司"));
    assert_true(bytes_equal_text(parts[3], "丁"));
    assert_int_equal(name_split(BYTES_NONE, parts), 0);
    assert_int_equal(name_split(bytes_of_text("a;b;c;d;e;f;g;h;i;j;k;l;m;n;o;p;q;r"), parts),
                     NAME_PARTS_MAX);
}

static void a_torn_character_harms_nothing(void **state)
{
    (void)state;
    for (size_t cut = 1; cut < 12; cut++) {
        uint8_t *torn = malloc(cut); /* its own block, so that a read beyond it is seen */
        assert_non_null(torn);
        memcpy(torn, "阳光电源", cut);
        CLEANUP(buffer_release) struct buffer out = {0};
        (void)name_normalise(bytes_of(torn, cut), &out);
        (void)name_normalise_coarse(bytes_of(torn, cut), &out);
        (void)place_normalise(bytes_of(torn, cut), &out);
        struct bytes parts[NAME_PARTS_MAX];
        (void)name_split(bytes_of(torn, cut), parts);
        char code[CREDIT_CODE_SIZE];
        assert_false(credit_code_normalise(bytes_of(torn, cut), code));
        free(torn);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(spellings_of_one_firm_meet),
        cmocka_unit_test(different_firms_stay_apart),
        cmocka_unit_test(a_mask_or_a_placeholder_matches_nothing),
        cmocka_unit_test(the_coarse_form_drops_places_and_brackets),
        cmocka_unit_test(a_region_is_one_with_and_without_its_rank),
        cmocka_unit_test(a_credit_code_is_eighteen_characters_in_any_width),
        cmocka_unit_test(a_cell_of_several_names_is_parted),
        cmocka_unit_test(a_torn_character_harms_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
