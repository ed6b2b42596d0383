/*
 * zap.h - who may open a connection (ZeroMQ RFC 27/ZAP): answers on the loop, from a function of
 * the caller. Bound before any socket listens; sockets carry ZMQ_ZAP_ENFORCE_DOMAIN, so without it
 * nobody gets in (contract 1.7).
 */
#pragma once

#include "io/zsock.h"

/* public_key: ZSOCK_KEY_SIZE raw bytes. */
typedef bool zap_admits(void *context, struct bytes public_key);

struct zap;
MUST_CHECK enum err zap_open(uv_loop_t *loop, struct zcontext *zcontext, zap_admits *admits,
                             void *context, struct zap **out);
void zap_close(struct zap *zap); /* memory is freed by the loop */
