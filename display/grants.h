/*
 * grants.h - who may look: tokens handed out by `huoshui-display grant`, exchanged at first use for
 * a cookie. Only hashes of tokens and cookies are kept. Pure: time, randomness and the file's bytes
 * are handed in.
 *
 *   huoshui-grants 1                                  the first line; then a line a grant, of tabs:
 *   NAME SCOPE UNITS CREATED EXPIRES TOKEN SESSION    UNITS as 341502,341503 or -; Unix ms;
 *                                                     SHA-256 in hex; SESSION - until the first use
 */
#pragma once

#include "base/bytes.h"
#include "base/hash.h"

enum {
    GRANTS_MAX = 1000,
    GRANT_UNITS_MAX = 64,
    GRANT_NAME_MAX = 90,
    GRANT_UNIT_TEXT_MAX = 23,                          /* as UNIT_TEXT_MAX of the ledger */
    GRANT_TOKEN_SIZE = 32,                             /* random bytes; its text is hex */
    GRANT_SECRET_TEXT_SIZE = 2 * GRANT_TOKEN_SIZE + 1, /* of a token or a cookie, and a NUL */
    GRANT_HOURS_MAX = 24 * 366,
    GRANT_HOURS_DEFAULT = 24 * 30,
};

enum grant_scope { GRANT_NOTHING, GRANT_WALL, GRANT_OFFICE, GRANT_UNIT };

struct visitor { /* whom a request comes from */
    enum grant_scope scope;
    char name[GRANT_NAME_MAX + 1];
    char units[GRANT_UNITS_MAX][GRANT_UNIT_TEXT_MAX + 1]; /* GRANT_UNIT: what it may see whole */
    size_t unit_count;
    int64_t expires_ms; /* 0: never, the wall on loopback */
};

struct grants;

const char *grant_scope_text(enum grant_scope scope); /* "wall"; GRANT_NOTHING: "nothing" */
bool grant_scope_of(struct bytes text, enum grant_scope *out); /* wall, office, unit */

struct grants *grants_new(void);
void grants_free(struct grants *grants);
DEFINE_CLEANUP(struct grants *, grants_free)
/*
 * The file's bytes, whole, as grants_write makes them; no bytes: no grants. ERR_MALFORMED names the
 * line and changes nothing. A session that is held here and that the file does not know of yet is
 * kept, as long as its grant is in the file.
 */
MUST_CHECK enum err grants_read(struct grants *grants, struct bytes file, struct problem *problem);
void grants_write(const struct grants *grants, struct buffer *out);

/*
 * token_text: GRANT_TOKEN_SIZE random bytes in hex, made by the caller, not kept. ERR_BUSY: the
 * name has a grant that is still good; ERR_LIMIT: too many; ERR_MALFORMED: name, units or time.
 * Grants that are over are cleared away.
 */
MUST_CHECK enum err grants_add(struct grants *grants, const struct visitor *visitor,
                               const char *token_text, int64_t now_ms, struct problem *problem);
MUST_CHECK enum err grants_revoke(struct grants *grants, const char *name); /* ERR_NOT_FOUND */
/* One line a grant: name, scope, units, until when, used or not. */
void grants_list(const struct grants *grants, int64_t now_ms, struct buffer *out);

/* First use of a token: it is used up, the session is stored by its hash. ERR_DENIED: unknown, used
 * or expired. The caller writes the file before it answers, and takes it back if that fails. */
MUST_CHECK enum err grants_exchange(struct grants *grants, struct bytes token,
                                    const char *session_text, int64_t now_ms);
void grants_take_back(struct grants *grants,
                      const char *session_text); /* the token is good again */
/* By the cookie; is_loopback: the wall's scope without one. */
void grants_visitor(const struct grants *grants, struct bytes session, bool is_loopback,
                    int64_t now_ms, struct visitor *out);
/* Every comparison of secrets takes the same time. May this visitor see this unit whole? */
bool visitor_sees_unit(const struct visitor *visitor, struct bytes unit);
