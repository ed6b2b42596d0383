/*
 * home.h - an agent's directory, opened: settings, keys, enrolment, outbox (shell). Commands and
 * the running daemon share it.
 *
 *   A/huoshui.conf   settings             A/keys/      curve and sign secrets (0600)
 *   A/request        who we are, signed   A/next/      keys and request of a rejoin under way
 *   A/welcome        once joined          A/outbox/    data.mdb      A/agent.sock  while `run` is
 * up
 */
#pragma once

#include "agent/settings.h"
#include "io/identity.h"
#include "proto/wire.h"
#include "store/outbox.h"

enum { HOME_PATH_MAX = 4096, HOME_DIRECTORY_MAX = 3800, HOME_FILE_SIZE_MAX = 64 << 10 };

enum home_mode {
    HOME_READ,  /* takes no lock: beside anybody, but never in the process that writes */
    HOME_WRITE, /* ERR_BUSY while another process has it */
};

struct home {
    char directory[HOME_DIRECTORY_MAX];
    struct agent_settings settings;
    struct identity identity;
    struct arena arena; /* the texts of request and welcome */
    struct enrolment_request request;
    struct enrolment_welcome welcome; /* role 0: not joined */
    struct store *store;
    struct outbox_state state; /* as stored, but that the cursor may be ahead */
    bool is_cursor_ahead;
    bool is_joined_anew; /* by join or rejoin: a running daemon begins the conversation anew */
};

MUST_CHECK enum err home_open(const char *directory, enum home_mode mode, struct home *out,
                              struct problem *problem);
void home_close(struct home *home);
char *home_path(const struct home *home, const char *name, char out[HOME_PATH_MAX]);
MUST_CHECK enum err home_read_settings(const char *directory, struct agent_settings *out,
                                       struct problem *problem);
/* The outbox of a fresh directory. */
MUST_CHECK enum err home_make_outbox(const char *directory, const struct agent_settings *settings,
                                     struct problem *problem);
/* Request and welcome, read again after join has written them. */
MUST_CHECK enum err home_read_enrolment(struct home *home, struct problem *problem);

/* After somebody else has written the outbox's state (an import): that, with our cursor. */
MUST_CHECK enum err home_refresh(struct home *home);

/* In WELCOME's epoch, or on the way to it. */
bool home_is_joined(const struct home *home);
void home_key_id(const struct identity *identity, uint8_t out[KEY_ID_SIZE]);
/* Sum of the envelopes that wait, from a sample of them. */
uint64_t home_backlog_bytes(const struct home *home);

/* A change of the outbox: state is a copy, which becomes home->state only when it is on disk. */
struct home_change {
    struct store_txn *txn;
    struct outbox_state state;
};
MUST_CHECK enum err home_begin(struct home *home, struct home_change *out);
/* For answers and cursors: may use the reserve. */
MUST_CHECK enum err home_begin_reserved(struct home *home, struct home_change *out);
MUST_CHECK enum err home_commit(struct home *home, struct home_change *change);
void home_abort(struct home_change *change);
static inline void home_abort_cleanup(struct home_change *change)
{
    home_abort(change);
}
/* In plain words what err of the outbox means to a clerk: the disk is full, most of all. */
void home_explain(const struct home *home, enum err err, struct problem *problem);
