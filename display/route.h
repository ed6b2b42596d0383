/*
 * route.h - what a request asks for, from its method, host, path and query: no socket, no file.
 * Whatever is not exactly right is a refusal with a status, a text and a remedy.
 */
#pragma once

#include "base/bytes.h"
#include "base/day.h"
#include "base/err.h"

enum route_kind {
    ROUTE_PAGE, /* an asset: exact path from the table of files; "/" is "/index.html" */
    ROUTE_WALL,
    ROUTE_STREAM,
    ROUTE_LEDGER,
    ROUTE_LINES,
    ROUTE_TIMELINE,
    ROUTE_UNIT,
    ROUTE_PROJECTS,
    ROUTE_PROJECT,
    ROUTE_GAPS,
    ROUTE_BULLETIN,
    ROUTE_BULLETIN_CSV,
    ROUTE_BULLETIN_XLSX,
    ROUTE_DEFINITIONS,
    ROUTE_SESSION,
    ROUTE_HEALTH,
    ROUTE_METRICS,
    ROUTE_KINDS
};

enum { ROUTE_TEXT_MAX = 255, ROUTE_LIMIT_MAX = 200, ROUTE_PATH_MAX = 2048, ROUTE_HOSTS_MAX = 16 };

struct request_head { /* borrowed, percent-encoding as sent */
    struct bytes method, host, path, query;
    struct bytes last_event_id, cookie, if_none_match, accept_encoding;
};

struct route {
    enum route_kind kind;
    bool is_head;                     /* HEAD: no body */
    char subject[ROUTE_TEXT_MAX + 1]; /* decoded {unit}, {id}, or the page's path */
    int32_t as_of;                    /* DAY_NONE: live */
    int32_t from;                     /* DAY_NONE: the year's first day */
    uint64_t known_at;                /* UINT64_MAX: live */
    int64_t at_ms;                    /* -1: not given */
    uint64_t before;                  /* UINT64_MAX: from the newest */
    uint32_t limit;                   /* 1 … ROUTE_LIMIT_MAX; not given: ROUTE_LIMIT_MAX */
    char unit[ROUTE_TEXT_MAX + 1], class[ROUTE_TEXT_MAX + 1], text[ROUTE_TEXT_MAX + 1],
        stage[ROUTE_TEXT_MAX + 1];
    char token[ROUTE_TEXT_MAX + 1]; /* of ?token=, on pages only */
    uint64_t last_event_id;         /* 0: none */
    bool is_local_host;             /* the Host is localhost, 127.0.0.0/8 or [::1] */
};

struct route_hosts { /* names a Host header may have, without port; lower case; IPv6 as "[::1]" */
    const char *names[ROUTE_HOSTS_MAX];
    size_t count;
};

/* OK, or ERR_DENIED with *status (400, 404, 405, 414, 421) and a problem for the client to read. */
MUST_CHECK enum err route_parse(const struct request_head *head, const struct route_hosts *hosts,
                                struct route *out, int *status, struct problem *problem);
/* Path and query as they were sent, but for token: where the browser is sent after its use. */
void route_without_token(const struct request_head *head, struct buffer *out);
/* {"error":{"code","text","remedy"}}, appended: the body of every refusal. */
void route_refusal_json(int status, const struct problem *problem, struct buffer *out);
