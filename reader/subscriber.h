/*
 * subscriber.h - reads the log of a broker far away, as a joined auditor: the loop and the socket
 * around proto/follower. Pushed, by credit; a link that goes down is opened again.
 */
#pragma once

#include "reader/membership.h"
#include "reader/reading.h"

/*
 * OK when reading->to was reached, or, with follow, when a signal asked to stop. ERR_IO: the broker
 * was not reached in time. ERR_DENIED: it does not want us. ERR_CORRUPT: what it sent is damaged.
 */
MUST_CHECK enum err subscriber_read(const struct membership *membership,
                                    const struct reading *reading, const struct reading_sink *sink,
                                    struct problem *problem);
