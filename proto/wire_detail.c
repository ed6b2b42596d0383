/*
 * wire_detail.c - what a record's detail holds (roster change, alarm, setting) and the stored
 * signature of a push. "Changes only on success" is kept by decoding into a local.
 */
#include "proto/wire.h"
#include "proto/wire_flat.h"
#include "proto/wire_limits.h"

static const struct wire_flat_row roster_change_rows[] = {
    FLAT_ROW(1, U32, 0, roster_change, action),
    FLAT_ROW(2, U32, 0, roster_change, role),
    FLAT_ROW(3, BYTES, UNIT_TEXT_MAX, roster_change, unit),
    FLAT_ROW(4, BYTES, WIRE_NAME_MAX, roster_change, name),
    FLAT_ROW(5, U32, 0, roster_change, unit_type),
    FLAT_ROW(6, U32, 0, roster_change, epoch),
    FLAT_ROW(7, EXACTLY, CURVE_KEY_SIZE, roster_change, curve_key),
    FLAT_ROW(8, EXACTLY, SIGNING_KEY_SIZE, roster_change, signing_key),
    FLAT_ROW(9, EXACTLY, KEY_ID_SIZE, roster_change, key_id),
    FLAT_ROW(10, BYTES, WIRE_TEXT_MAX, roster_change, reason),
    FLAT_ROW(11, DAY, 0, roster_change, effective_on),
};

static const struct wire_flat_row alarm_rows[] = {
    FLAT_ROW(1, U32, 0, alarm, code),
    FLAT_ROW(2, BYTES, UNIT_TEXT_MAX, alarm, unit),
    FLAT_ROW(3, U32, 0, alarm, epoch),
    FLAT_ROW(4, U64, 0, alarm, seq),
    FLAT_ROW(5, BYTES, WIRE_TEXT_MAX, alarm, text),
};

static const struct wire_flat_row setting_rows[] = {
    FLAT_ROW(1, BYTES, WIRE_NAME_MAX, setting_record, name),
    FLAT_ROW(2, BYTES, UNIT_TEXT_MAX, setting_record, unit),
    FLAT_ROW(3, EXACTLY, WIRE_LOG_ID_SIZE, setting_record, log_id),
    FLAT_ROW(4, EXACTLY, SIGNING_KEY_SIZE, setting_record, signing_key),
    FLAT_ROW(5, EXACTLY, CURVE_KEY_SIZE, setting_record, curve_key),
};

static const struct wire_flat_row push_signature_rows[] = {
    FLAT_ROW(1, U64, 0, push_signature, position),
    FLAT_ROW(2, BYTES, UNIT_TEXT_MAX, push_signature, unit),
    FLAT_ROW(3, U32, 0, push_signature, epoch),
    FLAT_ROW(4, U64, 0, push_signature, last_seq),
    FLAT_ROW(5, U64, 0, push_signature, first_seq),
    FLAT_ROW(6, EXACTLY, SIGN_SIGNATURE_SIZE, push_signature, signature),
};

void wire_roster_change_encode(const struct roster_change *change, struct buffer *out)
{
    wire_flat_encode(FLAT_TABLE(roster_change_rows), change, out);
}

enum err wire_roster_change_decode(struct bytes bytes, struct roster_change *out)
{
    struct roster_change change;
    TRY(wire_flat_decode(FLAT_TABLE(roster_change_rows), bytes, &change, sizeof(change)));
    *out = change;
    return OK;
}

void wire_alarm_encode(const struct alarm *alarm, struct buffer *out)
{
    wire_flat_encode(FLAT_TABLE(alarm_rows), alarm, out);
}

enum err wire_alarm_decode(struct bytes bytes, struct alarm *out)
{
    struct alarm alarm;
    TRY(wire_flat_decode(FLAT_TABLE(alarm_rows), bytes, &alarm, sizeof(alarm)));
    *out = alarm;
    return OK;
}

void wire_setting_encode(const struct setting_record *setting, struct buffer *out)
{
    wire_flat_encode(FLAT_TABLE(setting_rows), setting, out);
}

enum err wire_setting_decode(struct bytes bytes, struct setting_record *out)
{
    struct setting_record setting;
    TRY(wire_flat_decode(FLAT_TABLE(setting_rows), bytes, &setting, sizeof(setting)));
    *out = setting;
    return OK;
}

void wire_push_signature_encode(const struct push_signature *signature, struct buffer *out)
{
    wire_flat_encode(FLAT_TABLE(push_signature_rows), signature, out);
}

enum err wire_push_signature_decode(struct bytes bytes, struct push_signature *out)
{
    struct push_signature signature;
    TRY(wire_flat_decode(FLAT_TABLE(push_signature_rows), bytes, &signature, sizeof(signature)));
    *out = signature;
    return OK;
}
