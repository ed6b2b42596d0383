/*
 * fuzz_uplink.c - a broker, a link and a clock that do anything in any order: the uplink never
 * asserts, never pushes without a saved token or beyond the credit, moves its cursor forward by
 * acks only and backward by a welcome only, and always comes to rest.
 */
#include <stdlib.h>

#include "agent/uplink.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { EPOCH = 1, ACTIONS_MAX = 400, EVENT_BYTES_MAX = 3000 };

struct play {
    struct uplink uplink;
    uint64_t now_ms, saved; /* saved: tokens since the last connection */
    const uint8_t *data;
    size_t size;
    struct hash chain;
};

static void require(bool holds)
{
    if (!holds)
        abort();
}

static uint8_t draw(struct play *play)
{
    if (play->size == 0)
        return 0;
    play->size--;
    return *play->data++;
}

static uint64_t draw_near(struct play *play, uint64_t number)
{
    uint8_t step = draw(play);
    return step < 128 ? number + step : number - (number < 256U - step ? number : 256U - step);
}

static void perform_push(struct play *play, const struct uplink_action *action)
{
    struct uplink *uplink = &play->uplink;
    require(play->saved > 0 && uplink->state == UPLINK_LIVE);
    require(action->from_seq == uplink->sent_seq + 1);
    require(action->max_events > 0 && action->max_bytes > 0);
    uint64_t last_seq = action->from_seq + draw(play) % action->max_events;
    require(last_seq <= uplink->credit_seq && last_seq <= uplink->last_seq);
    if (draw(play) % 16 == 0)
        uplink_on_blocked(uplink, play->now_ms);
    else
        uplink_on_pushed(uplink, last_seq, 1 + (uint64_t)draw(play) * EVENT_BYTES_MAX / 256,
                         play->now_ms);
}

static void settle(struct play *play)
{
    struct uplink *uplink = &play->uplink;
    struct uplink_action action;
    int count = 0;
    while (uplink_next(uplink, play->now_ms, &action)) {
        require(++count < ACTIONS_MAX);
        uint64_t acked_seq = uplink->acked_seq;
        switch (action.kind) {
        case UPLINK_CONNECT:
        case UPLINK_DISCONNECT:
            play->saved = 0;
            break;
        case UPLINK_SAVE_TOKEN:
            if (draw(play) % 8 == 0) {
                uplink_on_trouble(uplink, "disk full", play->now_ms);
            } else {
                play->saved++;
                uplink_on_token_saved(uplink, play->now_ms);
            }
            break;
        case UPLINK_PUSH:
            perform_push(play, &action);
            break;
        case UPLINK_HELLO:
        case UPLINK_HEARTBEAT:
            break;
        }
        require(uplink->acked_seq == acked_seq);
    }
    require(uplink_deadline_ms(uplink) > play->now_ms);
}

static void on_welcome(struct play *play)
{
    struct uplink *uplink = &play->uplink;
    struct hash other = {{1}};
    uint64_t acked_seq = uplink->acked_seq;
    struct welcome welcome = {
        .version = draw(play) % 32 == 0 ? 2 : PROTOCOL_VERSION,
        .have_seq = draw_near(play, uplink->acked_seq),
        .chain_head = draw(play) % 32 == 0 ? other : play->chain,
    };
    welcome.credit_seq = draw_near(play, welcome.have_seq);
    bool reaches = welcome.have_seq <= uplink->last_seq;
    uplink_on_welcome(uplink, &welcome, reaches ? &play->chain : NULL, play->now_ms);
    require(uplink->acked_seq <= acked_seq);
    require(uplink->acked_seq == acked_seq || uplink->broker_behind);
}

static void on_ack(struct play *play)
{
    struct uplink *uplink = &play->uplink;
    uint64_t acked_seq = uplink->acked_seq;
    struct ack ack = {
        .epoch = draw(play) % 32 == 0 ? EPOCH + 1 : EPOCH,
        .have_seq = draw_near(play, uplink->acked_seq),
        .credit_seq = draw_near(play, uplink->credit_seq),
    };
    struct ack_refusal refusal = {.seq = draw_near(play, ack.have_seq)};
    ack.refusals = &refusal;
    ack.refusal_count = draw(play) % 4 == 0;
    enum uplink_ack_verdict judged = uplink_judge_ack(uplink, &ack);
    require(uplink_on_ack(uplink, &ack, play->now_ms) == judged);
    bool moves = judged == UPLINK_ACK_NEWS;
    require(uplink->acked_seq == (moves ? ack.have_seq : acked_seq));
}

static void on_other(struct play *play, uint8_t what)
{
    struct uplink *uplink = &play->uplink;
    struct refuse refuse = {
        .reason = draw(play) % 18,
        .text = bytes_of_text("because"),
        .retry_after_ms = draw(play) * 100U,
    };
    struct bye bye = {.reason = refuse.reason, .text = refuse.text};
    struct heartbeat heartbeat = {.is_reply = refuse.retry_after_ms % 200 == 0};
    switch (what % 5) {
    case 0:
        uplink_on_refuse(uplink, &refuse, play->now_ms);
        break;
    case 1:
        uplink_on_bye(uplink, &bye, play->now_ms);
        break;
    case 2:
        uplink_on_heartbeat(uplink, &heartbeat, play->now_ms);
        break;
    case 3:
        uplink_on_link(uplink, false, refuse.reason == 3 ? "(ZAP 400)" : NULL, play->now_ms);
        break;
    default:
        uplink_join(uplink, EPOCH, uplink->last_seq, uplink->acked_seq, play->now_ms);
        break;
    }
}

/* Each step: OFFSET 0 SIZE 1 what happens; then what that needs. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct trace silent = {0};
    struct play play = {.now_ms = 1, .data = data, .size = size};
    uplink_init(&play.uplink, size, &silent);
    if (size % 16 != 0)
        uplink_join(&play.uplink, EPOCH, 40, 20, play.now_ms);
    while (play.size > 0) {
        uint8_t what = draw(&play);
        if (what < 40)
            play.now_ms += (uint64_t)draw(&play) * draw(&play) * 10;
        else if (what < 90)
            uplink_on_link(&play.uplink, true, NULL, play.now_ms);
        else if (what < 140)
            on_welcome(&play);
        else if (what < 200)
            on_ack(&play);
        else if (what < 230)
            uplink_on_appended(&play.uplink, play.uplink.last_seq + draw(&play));
        else
            on_other(&play, what);
        settle(&play);
    }
    return 0;
}
