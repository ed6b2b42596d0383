/* test_assets.c - only plain files of known types are in the table, each by its exact name. */
#include "display/assets.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

static const char *const files[][2] = {
    {"index.html", "page"},   {"js/a.js", "script"},   {"js/a.js.gz", "zipped"},
    {"vendor/e.js", "chart"}, {".secret.js", "no"},    {"js/.git.js", "no"},
    {"notes.md", "no"},       {"lonely.css.gz", "no"},
};
static const char *const folders[] = {"js", "vendor", "other"};

static int setup(void **state)
{
    static char folder[64];
    char path[128], target[128];
    (void)snprintf(folder, sizeof(folder), "/tmp/huoshui-assets-XXXXXX");
    assert_non_null(mkdtemp(folder));
    for (size_t i = 0; i < ARRAY_LENGTH(folders); i++) {
        (void)snprintf(path, sizeof(path), "%s/%s", folder, folders[i]);
        assert_int_equal(mkdir(path, 0700), 0);
    }
    for (size_t i = 0; i < ARRAY_LENGTH(files); i++) {
        (void)snprintf(path, sizeof(path), "%s/%s", folder, files[i][0]);
        FILE *file = fopen(path, "wb");
        assert_non_null(file);
        assert_int_not_equal(fputs(files[i][1], file), EOF);
        assert_int_equal(fclose(file), 0);
    }
    (void)snprintf(path, sizeof(path), "%s/link.js", folder);
    assert_int_equal(symlink("/etc/hostname", path), 0);
    (void)snprintf(path, sizeof(path), "%s/up", folder);
    (void)snprintf(target, sizeof(target), "%s/js", folder);
    assert_int_equal(symlink(target, path), 0);
    (void)snprintf(path, sizeof(path), "%s/pipe.js", folder);
    assert_int_equal(mkfifo(path, 0600), 0);
    *state = folder;
    return 0;
}

static int teardown(void **state)
{
    static const char *const more[] = {"link.js", "up", "pipe.js"};
    char path[128];
    for (size_t i = 0; i < ARRAY_LENGTH(files); i++) {
        (void)snprintf(path, sizeof(path), "%s/%s", (char *)*state, files[i][0]);
        assert_int_equal(unlink(path), 0);
    }
    for (size_t i = 0; i < ARRAY_LENGTH(more); i++) {
        (void)snprintf(path, sizeof(path), "%s/%s", (char *)*state, more[i]);
        assert_int_equal(unlink(path), 0);
    }
    for (size_t i = 0; i < ARRAY_LENGTH(folders); i++) {
        (void)snprintf(path, sizeof(path), "%s/%s", (char *)*state, folders[i]);
        assert_int_equal(rmdir(path), 0);
    }
    return rmdir(*state);
}

static void a_file_is_found_by_its_exact_name_and_nothing_else_is(void **state)
{
    static const char *const strangers[] = {
        "",
        "/",
        "index.html",
        "/INDEX.HTML",
        "/js",
        "/js/",
        "/js//a.js",
        "/../index.html",
        "/js/../index.html",
        "/.secret.js",
        "/js/.git.js",
        "/notes.md",
        "/js/a.js.gz",
        "/lonely.css.gz",
        "/lonely.css",
        "/link.js",
        "/up/a.js",
        "/pipe.js",
    };
    CLEANUP(assets_free) struct assets *assets = NULL;
    struct problem problem = {0};
    assert_int_equal(assets_open(*state, &assets, &problem), OK);
    assert_int_equal(assets_count(assets), 3);
    for (size_t i = 0; i < ARRAY_LENGTH(strangers); i++)
        assert_null(assets_find(assets, bytes_of_text(strangers[i])));
    assert_null(assets_find(assets, bytes_of("/js/a.js\0.html", 14)));
    const struct asset *asset = assets_find(assets, bytes_of_text("/index.html"));
    assert_non_null(asset);
    assert_true(bytes_equal_text(asset->body, "page"));
    assert_string_equal(asset->type, "text/html; charset=utf-8");
    assert_true(asset->gzip.size == 0 && !asset->is_immutable);
    asset = assets_find(assets, bytes_of_text("/vendor/e.js"));
    assert_true(asset && asset->is_immutable);
}

static void a_packed_file_stands_for_the_one_beside_it(void **state)
{
    CLEANUP(assets_free) struct assets *assets = NULL;
    struct problem problem = {0};
    assert_int_equal(assets_open(*state, &assets, &problem), OK);
    const struct asset *asset = assets_find(assets, bytes_of_text("/js/a.js"));
    assert_non_null(asset);
    assert_true(bytes_equal_text(asset->gzip, "zipped"));
    assert_int_equal(strlen(asset->tag), ASSET_TAG_SIZE - 1);
    assert_string_not_equal(asset->tag, asset->gzip_tag);
    assert_string_equal(asset->tag, /* SHA-256 of "script" */
                        "\"21a0270b7f66a1e4c25933f13a1e5a1b\"");
}

static void no_directory_is_told(void **state)
{
    struct assets *assets = NULL;
    struct problem problem = {0};
    (void)state;
    assert_int_equal(assets_open("/nowhere/at/all", &assets, &problem), ERR_NOT_FOUND);
    assert_true(problem.text[0] && problem.remedy[0] && !assets);
}

static void a_file_too_large_is_refused_by_name(void **state)
{
    struct assets *assets = NULL;
    struct problem problem = {0};
    char path[128];
    (void)snprintf(path, sizeof(path), "%s/other/big.js", (char *)*state);
    FILE *file = fopen(path, "wb");
    assert_non_null(file);
    assert_int_equal(fclose(file), 0);
    assert_int_equal(truncate(path, ASSET_SIZE_MAX + 1), 0);
    enum err err = assets_open(*state, &assets, &problem);
    assert_int_equal(unlink(path), 0);
    assert_int_equal(err, ERR_LIMIT);
    assert_non_null(strstr(problem.text, "/other/big.js"));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_file_is_found_by_its_exact_name_and_nothing_else_is),
        TEST(a_packed_file_stands_for_the_one_beside_it),
        TEST(no_directory_is_told),
        TEST(a_file_too_large_is_refused_by_name),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
