/* courier_push.h - one push, from the outbox's rows to the transport. Part of courier.c. */
#pragma once

#include "agent/courier.h"

void courier_push(struct courier *courier, const struct uplink_action *action, uint64_t now_ms);
