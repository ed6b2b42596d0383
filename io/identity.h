/*
 * identity.h - the keys of one program, in its directory: CURVE (transport) and Ed25519
 * (signature), made where they live. Files keys/curve.secret, keys/sign.secret (0600, hex) and
 * their .public; directory 0700; looser modes are refused with the chmod to run (contract 1.5).
 * Secrets are locked against core dumps and wiped on close.
 */
#pragma once

#include "base/bytes.h"
#include "base/sign.h"

struct identity {
    uint8_t curve_public[32], curve_secret[32];
    uint8_t sign_public[32];
    struct signer *signer;
};

/* Creates the directory (0700, umask 077) when absent. ERR_BUSY: there are keys already. */
MUST_CHECK enum err identity_create(const char *directory, struct problem *problem);
MUST_CHECK enum err identity_open(const char *directory, struct identity *out,
                                  struct problem *problem);
void identity_close(struct identity *identity);

/* Once at the start of every program: umask 077, PR_SET_DUMPABLE 0, RLIMIT_CORE 0, SIGXFSZ ignored.
 */
void identity_guard_process(void);

/* Whole small files. write: to a temporary name, fsync, rename, fsync of the directory; mode 0600.
 */
MUST_CHECK enum err file_write(const char *path, struct bytes content, struct problem *problem);
MUST_CHECK enum err file_read(const char *path, size_t size_max, struct buffer *out,
                              struct problem *problem);
/* Everything of a stream until its end (stdin of submit). */
MUST_CHECK enum err file_read_stream(int descriptor, size_t size_max, struct buffer *out,
                                     struct problem *problem);
