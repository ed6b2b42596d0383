/*
 * zap_parts.h - private to zap.c and its tests: a request as its frames come in, and the verdict on
 * it. No socket.
 */
#pragma once

#include "io/zap.h"
#include "io/zsock_parts.h"

enum { ZAP_REQUEST_FRAMES = 7, ZAP_FRAME_SIZE_MAX = 255 };

struct zap_request { /* all zero at first */
    struct bytes frames[ZAP_REQUEST_FRAMES];
    /* Longer ones are cut, and so equal nothing. */
    uint8_t data[ZAP_REQUEST_FRAMES][ZAP_FRAME_SIZE_MAX];
    size_t count; /* may be above ZAP_REQUEST_FRAMES: then it is malformed */
};
void zap_request_add(struct zap_request *request, struct bytes frame); /* copies */

struct zap_answer {
    const char *status, *text;
    struct bytes id;                /* of the request */
    char user[ZSOCK_KEY_TEXT_SIZE]; /* the admitted key in hex, else empty */
};
void zap_judge(const struct zap_request *request, zap_admits *admits, void *context,
               struct zap_answer *out);
