/*
 * request.h - the head of an HTTP/1.1 request out of the bytes of a connection: strict, since what
 * two readers may understand in two ways is an attack. No bodies: a request that has one is
 * refused. Pure.
 */
#pragma once

#include "display/route.h"

enum {
    REQUEST_HEAD_MAX = 16 << 10, /* 431 beyond; browsers send less than 2 KB */
    REQUEST_LINE_MAX = 4 << 10,  /* 414 beyond: paths end at ROUTE_PATH_MAX anyway */
    REQUEST_FIELDS_MAX = 100,
};

struct request {
    struct request_head head; /* borrows from the bytes that were read */
    bool keeps_alive;
    size_t size; /* bytes of the head; what is behind it is the next request's */
};

enum request_verdict { REQUEST_UNFINISHED, REQUEST_WHOLE, REQUEST_REFUSED };

/*
 * bytes: all that has come and is not used up; may be more than one request. checked: bytes that
 * were looked at before, 0 for a new request; raised. REFUSED: *status (400, 413, 414, 431, 505)
 * and problem say why; nothing more can be read from this connection.
 */
enum request_verdict request_read(struct bytes bytes, size_t *checked, struct request *out,
                                  int *status, struct problem *problem);
/* The value of one cookie out of a Cookie header; empty: it is not there. */
struct bytes request_cookie(struct bytes cookies, const char *name);
