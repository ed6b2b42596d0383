/* test_wire_detail.c - details of records against protobuf-c's reading. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "huoshui.pb-c.h"
#include "proto/wire.h"

#define T(literal) bytes_of_text(literal)
#define KEY        T("0123456789abcdef0123456789abcdef")
#define OTHER_KEY  T("abcdef0123456789abcdef0123456789")

static void assert_same(struct bytes left, struct bytes right)
{
    assert_int_equal(left.size, right.size);
    assert_true(bytes_equal(left, right));
}

/* protobuf-c knows every byte and writes the same. */
static void assert_repacks(const ProtobufCMessageDescriptor *descriptor, struct bytes bytes)
{
    CLEANUP(buffer_release) struct buffer packed = {0};
    ProtobufCMessage *message = protobuf_c_message_unpack(descriptor, NULL, bytes.size, bytes.data);
    assert_non_null(message);
    assert_int_equal(message->n_unknown_fields, 0);
    protobuf_c_message_pack(message,
                            buffer_extend(&packed, protobuf_c_message_get_packed_size(message)));
    protobuf_c_message_free_unpacked(message, NULL);
    assert_same(buffer_bytes(&packed), bytes);
}

static void a_roster_change_comes_back(void **state)
{
    CLEANUP(buffer_release) struct buffer bytes = {0};
    struct roster_change out,
        change = {ROSTER_ENROL, PEER_AGENT, T("341502"),   T("金安区"), UNIT_COUNTY, 2,
                  KEY,          OTHER_KEY,  T("01234567"), T("moved"),  -5};
    (void)state;
    wire_roster_change_encode(&change, &bytes);
    assert_repacks(&huoshui__roster_change__descriptor, buffer_bytes(&bytes));
    assert_int_equal(wire_roster_change_decode(buffer_bytes(&bytes), &out), OK);
    assert_int_equal(out.action, ROSTER_ENROL);
    assert_int_equal(out.role, PEER_AGENT);
    assert_same(out.unit, change.unit);
    assert_same(out.name, change.name);
    assert_int_equal(out.unit_type, UNIT_COUNTY);
    assert_int_equal(out.epoch, 2);
    assert_same(out.curve_key, KEY);
    assert_same(out.signing_key, OTHER_KEY);
    assert_same(out.key_id, change.key_id);
    assert_same(out.reason, change.reason);
    assert_int_equal(out.effective_on, -5);
}

static void an_alarm_and_a_setting_come_back(void **state)
{
    CLEANUP(buffer_release) struct buffer bytes = {0};
    struct alarm alarm_out, alarm = {ALARM_FORK, T("341502"), 1, 41, T("two hashes")};
    struct setting_record setting_out,
        setting = {T("六安市"), T("3415"), T("0123456789abcdef"), KEY, OTHER_KEY};
    (void)state;
    wire_alarm_encode(&alarm, &bytes);
    assert_repacks(&huoshui__alarm__descriptor, buffer_bytes(&bytes));
    assert_int_equal(wire_alarm_decode(buffer_bytes(&bytes), &alarm_out), OK);
    assert_int_equal(alarm_out.code, ALARM_FORK);
    assert_int_equal(alarm_out.seq, 41);
    assert_same(alarm_out.text, alarm.text);
    buffer_clear(&bytes);
    wire_setting_encode(&setting, &bytes);
    assert_repacks(&huoshui__setting__descriptor, buffer_bytes(&bytes));
    assert_int_equal(wire_setting_decode(buffer_bytes(&bytes), &setting_out), OK);
    assert_same(setting_out.name, setting.name);
    assert_same(setting_out.log_id, setting.log_id);
    assert_same(setting_out.signing_key, KEY);
    assert_same(setting_out.curve_key, OTHER_KEY);
}

static void a_push_signature_comes_back(void **state)
{
    CLEANUP(buffer_release) struct buffer bytes = {0};
    struct push_signature out,
        signature = {9,  T("341502"),
                     1,  45,
                     41, T("0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef")};
    (void)state;
    wire_push_signature_encode(&signature, &bytes);
    assert_repacks(&huoshui__push_signature__descriptor, buffer_bytes(&bytes));
    assert_int_equal(wire_push_signature_decode(buffer_bytes(&bytes), &out), OK);
    assert_int_equal(out.position, 9);
    assert_int_equal(out.last_seq, 45);
    assert_int_equal(out.first_seq, 41);
    assert_same(out.unit, signature.unit);
    assert_same(out.signature, signature.signature);
}

static void keys_and_texts_of_another_size_are_refused(void **state)
{
    struct roster_change change = {.action = 77};
    struct push_signature signature;
    struct setting_record setting;
    struct alarm alarm;
    (void)state;
    assert_int_equal(wire_roster_change_decode(T("\x3a\x01k"), &change), ERR_MALFORMED);
    assert_int_equal(change.action, 77); /* a failure leaves it alone */
    assert_int_equal(wire_roster_change_decode(T("\x1a\x18"
                                                 "0123456789abcdef01234567"),
                                               &change),
                     ERR_LIMIT);
    assert_int_equal(wire_push_signature_decode(T("\x32\x01s"), &signature), ERR_MALFORMED);
    assert_int_equal(wire_setting_decode(T("\x1a\x01l"), &setting), ERR_MALFORMED);
    assert_int_equal(wire_alarm_decode(T("\x0a\x01x"), &alarm), ERR_MALFORMED);
    assert_int_equal(wire_alarm_decode(T("\x0b\x0c"), &alarm), ERR_MALFORMED);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_roster_change_comes_back),
        cmocka_unit_test(an_alarm_and_a_setting_come_back),
        cmocka_unit_test(a_push_signature_comes_back),
        cmocka_unit_test(keys_and_texts_of_another_size_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
