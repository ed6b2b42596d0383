/* test_wire_enrol.c - enrolment files. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "proto/wire.h"
#include "proto/wire_scan.h"

#define T(literal) bytes_of_text(literal)

enum { ARENA_LIMIT = 1 << 20 };

static const uint8_t curve_key[CURVE_KEY_SIZE] = {1, 2, 3};

struct world {
    struct signer *signer;
    uint8_t public_key[SIGN_KEY_SIZE];
    struct arena arena;
    struct buffer file;
    struct problem problem;
};

static int world_open(void **state)
{
    static struct world world;
    uint8_t secret[SIGN_KEY_SIZE];
    world = (struct world){0};
    arena_init(&world.arena, ARENA_LIMIT);
    *state = &world;
    return sign_keypair(world.public_key, secret) != OK || signer_open(secret, &world.signer) != OK;
}

static int world_close(void **state)
{
    struct world *world = *state;
    signer_close(world->signer);
    arena_release(&world->arena);
    buffer_release(&world->file);
    return 0;
}

static struct enrolment_request request_of(const struct world *world)
{
    return (struct enrolment_request){.role = PEER_AGENT,
                                      .unit = T("341502"),
                                      .name = T("金安区"),
                                      .unit_type = UNIT_COUNTY,
                                      .curve_key = bytes_of(curve_key, sizeof(curve_key)),
                                      .signing_key = bytes_of(world->public_key, SIGN_KEY_SIZE)};
}

static struct enrolment_welcome welcome_of(const struct world *world)
{
    return (struct enrolment_welcome){.address = T("tcp://127.0.0.1:7000"),
                                      .unit = T("341502"),
                                      .name = T("金安区"),
                                      .city_name = T("六安市"),
                                      .city_unit = T("3415"),
                                      .log_id = T("0123456789abcdef"),
                                      .role = PEER_AGENT,
                                      .epoch = 2,
                                      .key_id = T("01234567"),
                                      .broker_curve_key = bytes_of(curve_key, sizeof(curve_key)),
                                      .broker_signing_key =
                                          bytes_of(world->public_key, SIGN_KEY_SIZE)};
}

static void seal_request(struct world *world)
{
    struct enrolment_request request = request_of(world);
    assert_int_equal(wire_request_seal(&request, world->signer, &world->file), OK);
}

static enum err open_request(struct world *world, struct bytes text)
{
    struct enrolment_request out = {.role = 77};
    enum err err = wire_request_open(text, &world->arena, &out, &world->problem);
    assert_true(err == OK || out.role == 77);
    arena_reset(&world->arena);
    return err;
}

static void a_request_comes_back_signed_by_the_key_in_it(void **state)
{
    struct world *world = *state;
    struct enrolment_request request = request_of(world), out;
    seal_request(world);
    assert_memory_equal(world->file.data, "HUOSHUI ENROLMENT REQUEST 1\n", 28);
    assert_int_equal(
        wire_request_open(buffer_bytes(&world->file), &world->arena, &out, &world->problem), OK);
    assert_int_equal(out.role, PEER_AGENT);
    assert_int_equal(out.unit_type, UNIT_COUNTY);
    assert_true(bytes_equal(out.unit, request.unit));
    assert_true(bytes_equal(out.name, request.name));
    assert_true(bytes_equal(out.curve_key, request.curve_key));
    assert_true(bytes_equal(out.signing_key, request.signing_key));
    assert_int_equal(out.signature.size, SIGN_SIGNATURE_SIZE);
}

static void a_welcome_comes_back_and_pins_the_brokers_keys(void **state)
{
    struct world *world = *state;
    struct enrolment_welcome welcome = welcome_of(world), out;
    assert_int_equal(wire_welcome_seal(&welcome, world->signer, &world->file), OK);
    assert_int_equal(
        wire_welcome_open(buffer_bytes(&world->file), &world->arena, &out, &world->problem), OK);
    assert_true(bytes_equal(out.address, welcome.address));
    assert_true(bytes_equal(out.unit, welcome.unit));
    assert_true(bytes_equal(out.name, welcome.name));
    assert_true(bytes_equal(out.city_name, welcome.city_name));
    assert_true(bytes_equal(out.city_unit, welcome.city_unit));
    assert_true(bytes_equal(out.log_id, welcome.log_id));
    assert_int_equal(out.epoch, 2);
    assert_true(bytes_equal(out.key_id, welcome.key_id));
    assert_true(bytes_equal(out.broker_curve_key, welcome.broker_curve_key));
    assert_true(bytes_equal(out.broker_signing_key, welcome.broker_signing_key));
}

static void mail_may_change_line_ends_and_add_blank_lines(void **state)
{
    struct world *world = *state;
    CLEANUP(buffer_release) struct buffer mailed = {0};
    seal_request(world);
    buffer_add_text(&mailed, "\xef\xbb\xbf\r\n");
    for (size_t i = 0; i < world->file.size; i++) {
        if (world->file.data[i] == '\n')
            buffer_add_text(&mailed, " \r");
        buffer_add(&mailed, bytes_of(world->file.data + i, 1));
    }
    buffer_add_text(&mailed, "\r\n\r\n");
    assert_int_equal(open_request(world, buffer_bytes(&mailed)), OK);
}

static void a_request_with_one_letter_changed_is_refused(void **state)
{
    struct world *world = *state;
    seal_request(world);
    for (size_t i = 0; i < world->file.size; i++) {
        uint8_t letter = world->file.data[i];
        if (letter == '\n')
            continue;
        world->file.data[i] = letter == 'A' ? 'B' : 'A';
        assert_int_not_equal(open_request(world, buffer_bytes(&world->file)), OK);
        assert_true(world->problem.remedy[0] != '\0');
        world->file.data[i] = letter;
    }
}

static void a_file_that_is_cut_off_or_continued_is_refused(void **state)
{
    struct world *world = *state;
    seal_request(world);
    for (size_t size = 0; size + 1 < world->file.size; size++)
        assert_int_equal(open_request(world, bytes_of(world->file.data, size)), ERR_MALFORMED);
    buffer_add_text(&world->file, "more\n");
    assert_int_equal(open_request(world, buffer_bytes(&world->file)), ERR_MALFORMED);
    memset(buffer_extend(&world->file, 20000), ' ', 20000);
    assert_int_equal(open_request(world, buffer_bytes(&world->file)), ERR_LIMIT);
}

static void a_request_is_not_taken_for_a_welcome(void **state)
{
    struct world *world = *state;
    struct enrolment_welcome out;
    seal_request(world);
    assert_int_equal(
        wire_welcome_open(buffer_bytes(&world->file), &world->arena, &out, &world->problem),
        ERR_MALFORMED);
    assert_non_null(strstr(world->problem.text, "another file"));
    memcpy(world->file.data, "HUOSHUI ENROLMENT WELCOME 1 ", 27);
    assert_int_not_equal(
        wire_welcome_open(buffer_bytes(&world->file), &world->arena, &out, &world->problem), OK);
}

/* So that a signature made for one kind of file proves nothing about another kind. */
static void the_title_is_part_of_what_is_signed(void **state)
{
    struct world *world = *state;
    CLEANUP(buffer_release) struct buffer inside = {0};
    CLEANUP(buffer_release) struct buffer armour = {0};
    CLEANUP(verifier_close) struct verifier *verifier = NULL;
    struct wire_field body = {0}, signature = {0};
    seal_request(world);
    for (size_t i = 28; i + 4 < world->file.size; i++) { /* between the title and END */
        if (world->file.data[i] != '\n')
            buffer_add(&armour, bytes_of(world->file.data + i, 1));
    }
    assert_int_equal(base64_decode(buffer_bytes(&armour), &inside), OK);
    struct wire_reader reader = wire_read(buffer_bytes(&inside));
    assert_int_equal(wire_next(&reader, &body), OK);
    assert_int_equal(wire_next(&reader, &signature), OK);
    buffer_clear(&armour);
    buffer_add_text(&armour, "HUOSHUI ENROLMENT REQUEST 1\n");
    buffer_add(&armour, body.bytes);
    assert_int_equal(verifier_open(world->public_key, &verifier), OK);
    assert_true(verifier_accepts(verifier, buffer_bytes(&armour), signature.bytes));
    assert_false(verifier_accepts(verifier, body.bytes, signature.bytes));
}

static void a_signature_by_another_key_is_denied(void **state)
{
    struct world *world = *state;
    struct enrolment_request request = request_of(world);
    uint8_t other[SIGN_KEY_SIZE], secret[SIGN_KEY_SIZE];
    assert_int_equal(sign_keypair(other, secret), OK);
    request.signing_key = bytes_of(other, sizeof(other));
    assert_int_equal(wire_request_seal(&request, world->signer, &world->file), OK);
    assert_int_equal(open_request(world, buffer_bytes(&world->file)), ERR_DENIED);
}

static void fields_without_their_form_are_refused(void **state)
{
    struct world *world = *state;
    struct enrolment_request bad[4];
    for (size_t i = 0; i < ARRAY_LENGTH(bad); i++)
        bad[i] = request_of(world);
    bad[0].unit = T("六安");
    bad[1].role = 0;
    bad[2].curve_key.size = 0;
    bad[3].name = T("\xff");
    for (size_t i = 0; i < ARRAY_LENGTH(bad); i++) {
        buffer_clear(&world->file);
        assert_int_equal(wire_request_seal(&bad[i], world->signer, &world->file), OK);
        assert_int_equal(open_request(world, buffer_bytes(&world->file)), ERR_MALFORMED);
    }
    bad[0] = request_of(world);
    bad[0].role = PEER_DISPLAY;
    bad[0].unit = BYTES_NONE;
    buffer_clear(&world->file);
    assert_int_equal(wire_request_seal(&bad[0], world->signer, &world->file), OK);
    assert_int_equal(open_request(world, buffer_bytes(&world->file)), OK);
}

static void a_key_id_is_the_start_of_the_hash_over_both_keys(void **state)
{
    uint8_t id[KEY_ID_SIZE];
    (void)state;
    wire_key_id(T("ab"), T("c"), id);
    struct hash hash = hash_of(T("abc"));
    assert_memory_equal(id, hash.bytes, KEY_ID_SIZE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_request_comes_back_signed_by_the_key_in_it, world_open,
                                        world_close),
        cmocka_unit_test_setup_teardown(a_welcome_comes_back_and_pins_the_brokers_keys, world_open,
                                        world_close),
        cmocka_unit_test_setup_teardown(mail_may_change_line_ends_and_add_blank_lines, world_open,
                                        world_close),
        cmocka_unit_test_setup_teardown(a_request_with_one_letter_changed_is_refused, world_open,
                                        world_close),
        cmocka_unit_test_setup_teardown(a_file_that_is_cut_off_or_continued_is_refused, world_open,
                                        world_close),
        cmocka_unit_test_setup_teardown(a_request_is_not_taken_for_a_welcome, world_open,
                                        world_close),
        cmocka_unit_test_setup_teardown(the_title_is_part_of_what_is_signed, world_open,
                                        world_close),
        cmocka_unit_test_setup_teardown(a_signature_by_another_key_is_denied, world_open,
                                        world_close),
        cmocka_unit_test_setup_teardown(fields_without_their_form_are_refused, world_open,
                                        world_close),
        cmocka_unit_test(a_key_id_is_the_start_of_the_hash_over_both_keys),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
