/*
 * frame.h - the messages of the conversation, as plain structs (contract 4). One frame is one
 * ZeroMQ message. Numbers called seq count one agent's events, numbers called position count the
 * broker's log.
 */
#pragma once

#include "proto/frame_feed.h"
#include "proto/frame_session.h"

enum frame_kind {
    FRAME_HELLO = 1,
    FRAME_WELCOME,
    FRAME_REFUSE,
    FRAME_PUSH,
    FRAME_ACK,
    FRAME_HEARTBEAT,
    FRAME_BYE,
    FRAME_SUBSCRIBE,
    FRAME_GRANT,
    FRAME_UPDATE,
    FRAME_UNSUBSCRIBE,
    FRAME_CONTACTS,
};

struct frame {
    enum frame_kind kind;
    union {
        struct hello hello;
        struct welcome welcome;
        struct refuse refuse;
        struct push push;
        struct ack ack;
        struct heartbeat heartbeat;
        struct bye bye;
        struct subscribe subscribe;
        struct grant grant;
        struct update update;
        struct unsubscribe unsubscribe;
        struct contacts contacts;
    };
};
