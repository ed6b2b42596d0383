/* uplink_parts.h - what the files of uplink.h share; nobody else includes it. */
#pragma once

#include "agent/uplink.h"

enum { UPLINK_LENGTHENING_FAILURES = 4 }; /* waits for an answer double with each of so many */

void uplink_check(const struct uplink *uplink);
void uplink_lose(struct uplink *uplink, const char *reason, uint64_t now_ms);
void uplink_greet(struct uplink *uplink); /* hello, on the present connection */

/* uplink_rate.c: the pushes under way, how fast they arrive, how many may leave (contract 4.8). */
void uplink_flights_clear(struct uplink *uplink);
void uplink_flights_add(struct uplink *uplink, uint64_t bytes, uint64_t now_ms); /* to sent_seq */
void uplink_flights_acked(struct uplink *uplink, uint64_t have_seq, uint64_t now_ms);
/* Is there a push to make within credit and window? Changes nothing in uplink. */
bool uplink_flights_next(const struct uplink *uplink, struct uplink_action *action);
/* Four times what the bytes in flight should take, and two round trips. */
uint64_t uplink_flights_wait_ms(const struct uplink *uplink);
