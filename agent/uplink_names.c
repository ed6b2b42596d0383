/* uplink_names.c - states and reasons of uplink.h in words, for status and log. */
#include "agent/uplink.h"

const char *uplink_state_name(enum uplink_state state)
{
    switch (state) {
    case UPLINK_UNJOINED:
        return "unjoined";
    case UPLINK_WAITING:
        return "waiting";
    case UPLINK_CONNECTING:
        return "connecting";
    case UPLINK_GREETING:
        return "greeting";
    case UPLINK_SAVING:
        return "saving";
    case UPLINK_LIVE:
        return "live";
    case UPLINK_PAUSED:
        return "paused";
    case UPLINK_HELD:
        return "held";
    }
    return "unknown";
}

const char *uplink_reason_name(uint32_t reason)
{
    static const char *const names[] = {
        [REASON_NONE] = "NONE",
        [REASON_VERSION] = "VERSION",
        [REASON_WRONG_UNIT] = "WRONG_UNIT",
        [REASON_REVOKED] = "REVOKED",
        [REASON_BAD_SIGNATURE] = "BAD_SIGNATURE",
        [REASON_HOLE] = "HOLE",
        [REASON_FORK] = "FORK",
        [REASON_CLONE] = "CLONE",
        [REASON_ROLLED_BACK] = "ROLLED_BACK",
        [REASON_UNDECODABLE] = "UNDECODABLE",
        [REASON_TOO_LARGE] = "TOO_LARGE",
        [REASON_BUSY] = "BUSY",
        [REASON_RIGHT] = "RIGHT",
        [REASON_LOG_CHANGED] = "LOG_CHANGED",
        [REASON_DISK_FULL] = "DISK_FULL",
    };
    return reason < ARRAY_LENGTH(names) ? names[reason] : "UNKNOWN";
}

const char *uplink_remedy(uint32_t reason)
{
    switch (reason) {
    case REASON_WRONG_UNIT:
    case REASON_REVOKED:
    case REASON_FORK:
    case REASON_CLONE:
    case REASON_ROLLED_BACK:
        return "请重新入网，已接收的数据都会保留：huoshui-agent rejoin 目录（生成新申请），市里 "
               "huoshui-broker "
               "enrol --replace，再 huoshui-agent rejoin 目录 WELCOME. Enrol anew: rejoin, enrol "
               "--replace, rejoin with the WELCOME.";
    default:
        return "";
    }
}
