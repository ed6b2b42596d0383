/*
 * route_parts.h - what route.c (method, path, kinds) and route_query.c (parameters) share; for
 * these files only.
 */
#pragma once

#include "display/route.h"

enum route_parameter {
    PARAMETER_AS_OF,
    PARAMETER_KNOWN_AT,
    PARAMETER_AT,
    PARAMETER_FROM,
    PARAMETER_BEFORE,
    PARAMETER_LIMIT,
    PARAMETER_UNIT,
    PARAMETER_CLASS,
    PARAMETER_TEXT,
    PARAMETER_STAGE,
    PARAMETER_TOKEN,
    PARAMETERS
};

/* Bits of the parameters that a kind of route takes. */
enum {
    TAKES_TIME =
        1 << PARAMETER_AS_OF | 1 << PARAMETER_KNOWN_AT | 1 << PARAMETER_AT | 1 << PARAMETER_FROM,
    TAKES_LINES = 1 << PARAMETER_BEFORE | 1 << PARAMETER_LIMIT,
    TAKES_GAPS = 1 << PARAMETER_CLASS | 1 << PARAMETER_UNIT,
    TAKES_PROJECTS =
        1 << PARAMETER_TEXT | 1 << PARAMETER_STAGE | 1 << PARAMETER_UNIT | 1 << PARAMETER_LIMIT,
    TAKES_TOKEN = 1 << PARAMETER_TOKEN, /* a page: what else is asked is the page's own matter */
};

/* ERR_DENIED, and what the client reads. */
MUST_CHECK enum err route_refuse(int *status, struct problem *problem, int code, const char *text,
                                 const char *remedy);
/* Percent-decoded once into out with a NUL; false: not decodable, a NUL or control character, no
 * UTF-8, or longer than out. plus_is_blank: as forms send it. */
bool route_decode(struct bytes text, bool plus_is_blank, char *out, size_t out_size);
/* Splits the next part off, up to mark; false: nothing is left. */
bool route_next_part(struct bytes *rest, char mark, struct bytes *out);
/* takes: bits of enum route_parameter. */
MUST_CHECK enum err route_query(struct bytes query, unsigned takes, struct route *out, int *status,
                                struct problem *problem);
