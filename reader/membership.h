/*
 * membership.h - the auditor's own directory: made by `init`, joined to a city by `join`, used by
 * every command that reads over the network.
 *
 *   U/huoshui.conf   settings            U/keys/        curve and sign secrets (0600)
 *   U/request.txt    for the broker      U/welcome.txt  from the broker
 */
#pragma once

#include "io/identity.h"
#include "proto/wire.h"
#include "reader/membership_settings.h"

enum { MEMBERSHIP_PATH_MAX = 4096 };

struct membership {
    struct membership_settings settings;
    struct identity identity;
    struct enrolment_welcome welcome;
    struct arena arena; /* of welcome */
};

/* Writes keys, settings and the enrolment request; its absolute path goes to out
 * (MEMBERSHIP_PATH_MAX). */
MUST_CHECK enum err membership_create(const char *directory, const char *name, char *request_path,
                                      struct problem *problem);
/* Checks the WELCOME in the file and keeps a copy. */
MUST_CHECK enum err membership_join(const char *directory, const char *welcome_path,
                                    struct membership *out, struct problem *problem);
/* ERR_NOT_FOUND: not joined yet. out is released by membership_close when OK. */
MUST_CHECK enum err membership_open(const char *directory, struct membership *out,
                                    struct problem *problem);
void membership_close(struct membership *membership);
const char *membership_address(const struct membership *membership, char *out, size_t out_size);
