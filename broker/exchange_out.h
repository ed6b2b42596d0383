/* exchange_out.h - private to exchange: what leaves (exchange_out.c). */
#pragma once

#include "broker/exchange.h"

void exchange_send(struct exchange *exchange, struct hub_action *action);
void exchange_send_ack(struct exchange *exchange, struct hub_peer *peer);
void exchange_tell(struct exchange *exchange, struct hub_feed *item, uint64_t now_ms);
void exchange_serve(struct exchange *exchange, struct hub_feed *item, uint64_t now_ms);
