/* wire_limits.h - sizes that huoshui.proto states and no other header names, for proto/wire*.c and
 * their tests. */
#pragma once

enum {
    WIRE_TEXT_MAX = 900, /* a problem's text and remedy together */
    WIRE_NAME_MAX = 300,
    WIRE_PROGRAM_MAX = 100,
    WIRE_ADDRESS_MAX = 255,
    WIRE_CHECKPOINT_MAX = 4096,
    WIRE_LOG_ID_SIZE = 16,
};
