/* wire_frame_feed.c - ack, subscribe, grant, unsubscribe and contacts through protobuf-c, with the
 * limits of huoshui.proto. */
#include <assert.h>
#include <stdlib.h>

#include "huoshui.pb-c.h"
#include "proto/wire_frame.h"
#include "proto/wire_limits.h"

static enum err refusals_decode(const Huoshui__Ack *from, struct arena *arena, struct ack *out)
{
    if (from->n_refusals > ACK_REFUSALS_MAX)
        return ERR_LIMIT;
    if (from->n_refusals == 0)
        return OK;
    out->refusals = arena_alloc(arena, from->n_refusals * sizeof(*out->refusals));
    if (!out->refusals)
        return ERR_LIMIT;
    for (size_t i = 0; i < from->n_refusals; i++) {
        const Huoshui__AckRefusal *refusal = from->refusals[i];
        struct ack_refusal *to = &out->refusals[i];
        TRY(wire_text_of(refusal->text, WIRE_TEXT_MAX, &to->text));
        to->seq = refusal->seq;
        to->position = refusal->position;
        to->reason = (uint32_t)refusal->reason;
    }
    out->refusal_count = from->n_refusals;
    return OK;
}

static enum err ack_decode(const Huoshui__Ack *from, struct arena *arena, struct ack *out)
{
    TRY(refusals_decode(from, arena, out));
    TRY(wire_binary_of(from->checkpoint, WIRE_CHECKPOINT_MAX, &out->checkpoint));
    out->epoch = from->epoch;
    out->have_seq = from->have_seq;
    out->have_position = from->have_position;
    out->credit_seq = from->credit_seq;
    out->safe_position = from->safe_position;
    return OK;
}

static void ack_encode(const struct ack *ack, struct arena *arena, struct buffer *out)
{
    Huoshui__Ack to = HUOSHUI__ACK__INIT;
    Huoshui__AckRefusal refusals[ACK_REFUSALS_MAX];
    Huoshui__AckRefusal *pointers[ACK_REFUSALS_MAX];
    assert(ack->refusal_count <= ACK_REFUSALS_MAX);
    for (size_t i = 0; i < ack->refusal_count; i++) {
        const struct ack_refusal *refusal = &ack->refusals[i];
        huoshui__ack_refusal__init(&refusals[i]);
        refusals[i].seq = refusal->seq;
        refusals[i].position = refusal->position;
        refusals[i].reason = (Huoshui__RefusalReason)refusal->reason;
        refusals[i].text = wire_to_text(arena, refusal->text);
        pointers[i] = &refusals[i];
    }
    to.epoch = ack->epoch;
    to.have_seq = ack->have_seq;
    to.have_position = ack->have_position;
    to.credit_seq = ack->credit_seq;
    to.n_refusals = ack->refusal_count;
    to.refusals = pointers;
    to.safe_position = ack->safe_position;
    to.checkpoint = wire_to_binary(ack->checkpoint);
    wire_frame_pack(FRAME_ACK, &to.base, out);
}

static enum err texts_decode(char *const *from, size_t count, size_t max, struct arena *arena,
                             struct texts *out)
{
    if (count > FILTER_ITEMS_MAX)
        return ERR_LIMIT;
    if (count == 0)
        return OK;
    out->items = arena_alloc(arena, count * sizeof(*out->items));
    if (!out->items)
        return ERR_LIMIT;
    for (size_t i = 0; i < count; i++)
        TRY(wire_text_of(from[i], max, &out->items[i]));
    out->count = count;
    return OK;
}

static char **texts_encode(const struct texts *texts, struct arena *arena)
{
    char **out = arena_alloc(arena, (texts->count + 1) * sizeof(*out));
    if (!out)
        abort();
    assert(texts->count <= FILTER_ITEMS_MAX);
    for (size_t i = 0; i < texts->count; i++)
        out[i] = wire_to_text(arena, texts->items[i]);
    return out;
}

static enum err filter_decode(const Huoshui__Filter *from, struct arena *arena, struct filter *out)
{
    TRY(texts_decode(from->units, from->n_units, UNIT_TEXT_MAX, arena, &out->units));
    TRY(texts_decode(from->projects, from->n_projects, SUBJECT_TEXT_MAX, arena, &out->projects));
    if (from->n_kinds > FILTER_ITEMS_MAX)
        return ERR_LIMIT;
    if (from->n_kinds > 0)
        memcpy(out->kinds, from->kinds, from->n_kinds * sizeof(*out->kinds));
    out->kind_count = from->n_kinds;
    out->all_records = from->all_records;
    return OK;
}

static enum err subscribe_decode(const Huoshui__Subscribe *from, struct arena *arena,
                                 struct subscribe *out)
{
    if (from->subscription == 0)
        return ERR_MALFORMED;
    TRY(wire_hash_of(from->after, &out->after));
    if (from->filter)
        TRY(filter_decode(from->filter, arena, &out->filter));
    out->subscription = from->subscription;
    out->from_position = from->from_position;
    out->with_signatures = from->with_signatures;
    out->with_contacts = from->with_contacts;
    out->credit = from->credit;
    return OK;
}

static void subscribe_encode(const struct subscribe *subscribe, struct arena *arena,
                             struct buffer *out)
{
    Huoshui__Subscribe to = HUOSHUI__SUBSCRIBE__INIT;
    Huoshui__Filter filter = HUOSHUI__FILTER__INIT;
    uint32_t kinds[FILTER_ITEMS_MAX];
    assert(subscribe->filter.kind_count <= FILTER_ITEMS_MAX);
    memcpy(kinds, subscribe->filter.kinds, sizeof(kinds));
    filter.n_units = subscribe->filter.units.count;
    filter.units = texts_encode(&subscribe->filter.units, arena);
    filter.n_projects = subscribe->filter.projects.count;
    filter.projects = texts_encode(&subscribe->filter.projects, arena);
    filter.n_kinds = subscribe->filter.kind_count;
    filter.kinds = kinds;
    filter.all_records = subscribe->filter.all_records;
    to.subscription = subscribe->subscription;
    to.from_position = subscribe->from_position;
    to.after = wire_to_hash(&subscribe->after);
    to.filter = &filter;
    to.with_signatures = subscribe->with_signatures;
    to.with_contacts = subscribe->with_contacts;
    to.credit = subscribe->credit;
    wire_frame_pack(FRAME_SUBSCRIBE, &to.base, out);
}

static void grant_encode(const struct grant *grant, struct buffer *out)
{
    Huoshui__Grant to = HUOSHUI__GRANT__INIT;
    to.subscription = grant->subscription;
    to.credit = grant->credit;
    wire_frame_pack(FRAME_GRANT, &to.base, out);
}

static void unsubscribe_encode(const struct unsubscribe *unsubscribe, struct buffer *out)
{
    Huoshui__Unsubscribe to = HUOSHUI__UNSUBSCRIBE__INIT;
    to.subscription = unsubscribe->subscription;
    wire_frame_pack(FRAME_UNSUBSCRIBE, &to.base, out);
}

static enum err contacts_decode(const Huoshui__Contacts *from, struct arena *arena,
                                struct contacts *out)
{
    if (from->subscription == 0)
        return ERR_MALFORMED;
    if (from->n_units > CONTACTS_UNITS_MAX)
        return ERR_LIMIT;
    out->subscription = from->subscription;
    out->whole = from->whole;
    if (from->n_units == 0)
        return OK;
    out->units = arena_alloc(arena, from->n_units * sizeof(*out->units));
    if (!out->units)
        return ERR_LIMIT;
    for (size_t i = 0; i < from->n_units; i++) {
        const Huoshui__UnitContact *unit = from->units[i];
        struct unit_contact *to = &out->units[i];
        TRY(wire_text_of(unit->unit, UNIT_TEXT_MAX, &to->unit));
        if (!unit_is_valid(to->unit))
            return ERR_MALFORMED;
        to->is_online = unit->is_online;
        to->last_contact_ms = unit->last_contact_ms;
        to->clock_offset_ms = unit->clock_offset_ms;
        to->backlog = unit->backlog;
    }
    out->unit_count = from->n_units;
    return OK;
}

static void contacts_encode(const struct contacts *contacts, struct arena *arena,
                            struct buffer *out)
{
    Huoshui__Contacts to = HUOSHUI__CONTACTS__INIT;
    Huoshui__UnitContact units[CONTACTS_UNITS_MAX];
    Huoshui__UnitContact *pointers[CONTACTS_UNITS_MAX];
    assert(contacts->unit_count <= CONTACTS_UNITS_MAX);
    for (size_t i = 0; i < contacts->unit_count; i++) {
        const struct unit_contact *unit = &contacts->units[i];
        huoshui__unit_contact__init(&units[i]);
        units[i].unit = wire_to_text(arena, unit->unit);
        units[i].is_online = unit->is_online;
        units[i].last_contact_ms = unit->last_contact_ms;
        units[i].clock_offset_ms = unit->clock_offset_ms;
        units[i].backlog = unit->backlog;
        pointers[i] = &units[i];
    }
    to.subscription = contacts->subscription;
    to.whole = contacts->whole;
    to.n_units = contacts->unit_count;
    to.units = pointers;
    wire_frame_pack(FRAME_CONTACTS, &to.base, out);
}

static const ProtobufCMessageDescriptor *descriptor_of(enum frame_kind kind)
{
    if (kind == FRAME_ACK)
        return &huoshui__ack__descriptor;
    if (kind == FRAME_SUBSCRIBE)
        return &huoshui__subscribe__descriptor;
    if (kind == FRAME_CONTACTS)
        return &huoshui__contacts__descriptor;
    return kind == FRAME_GRANT ? &huoshui__grant__descriptor : &huoshui__unsubscribe__descriptor;
}

enum err wire_feed_decode(struct bytes bytes, struct arena *arena, struct frame *out)
{
    ProtobufCMessage *message = NULL;
    TRY(wire_unpack(descriptor_of(out->kind), bytes, arena, &message));
    if (out->kind == FRAME_ACK)
        return ack_decode((const Huoshui__Ack *)message, arena, &out->ack);
    if (out->kind == FRAME_SUBSCRIBE)
        return subscribe_decode((const Huoshui__Subscribe *)message, arena, &out->subscribe);
    if (out->kind == FRAME_CONTACTS)
        return contacts_decode((const Huoshui__Contacts *)message, arena, &out->contacts);
    if (out->kind == FRAME_GRANT) {
        const Huoshui__Grant *grant = (const Huoshui__Grant *)message;
        out->grant = (struct grant){grant->subscription, grant->credit};
        return grant->subscription != 0 ? OK : ERR_MALFORMED;
    }
    out->unsubscribe.subscription = ((const Huoshui__Unsubscribe *)message)->subscription;
    return out->unsubscribe.subscription != 0 ? OK : ERR_MALFORMED;
}

void wire_feed_encode(const struct frame *frame, struct buffer *out)
{
    CLEANUP(arena_release) struct arena arena;
    arena_init(&arena, FRAME_ARENA_LIMIT);
    if (frame->kind == FRAME_ACK)
        ack_encode(&frame->ack, &arena, out);
    else if (frame->kind == FRAME_SUBSCRIBE)
        subscribe_encode(&frame->subscribe, &arena, out);
    else if (frame->kind == FRAME_CONTACTS)
        contacts_encode(&frame->contacts, &arena, out);
    else if (frame->kind == FRAME_GRANT)
        grant_encode(&frame->grant, out);
    else
        unsubscribe_encode(&frame->unsubscribe, out);
}
