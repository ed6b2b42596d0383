/*
 * network.h - reads the log of a broker far away to an end, as a joined auditor: a loop of its own
 * around reader/subscriber, with signals and a limit of patience.
 */
#pragma once

#include "reader/membership.h"
#include "reader/reading.h"

/*
 * OK when reading->to was reached, or, with follow, when a signal asked to stop. ERR_IO: the broker
 * was not reached in time. ERR_NOT_FOUND: its log ends before reading->from. ERR_DENIED: it does
 * not want us. ERR_CORRUPT: what it sent is damaged. ERR_BUSY: a signal came before the end.
 */
MUST_CHECK enum err network_read(const struct membership *membership, const struct reading *reading,
                                 const struct reading_sink *sink, struct problem *problem);
