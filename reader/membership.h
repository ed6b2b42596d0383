/*
 * membership.h - the directory of a program that reads (audit, display): made by its `init`, joined
 * to a city by its `join`, used by everything that reads over the network.
 *
 *   U/huoshui.conf   settings            U/keys/        curve and sign secrets (0600)
 *   U/request.txt    for the broker      U/welcome.txt  from the broker
 */
#pragma once

#include "io/identity.h"
#include "proto/wire.h"
#include "reader/membership_settings.h"

enum { MEMBERSHIP_PATH_MAX = 4096 };

/* Whose directory it is: what the request asks for, and the words of complaints. */
struct membership_program {
    const char *program;      /* huoshui-audit */
    uint32_t role;            /* PEER_AUDITOR */
    const char *role_name;    /* auditor: as `enrol --role` takes it */
    const char *of_whom;      /* "an auditor's" directory */
    const char *example_name; /* 审计局 */
    /* Of a struct that begins with struct membership_settings; the table with
     * MEMBERSHIP_SETTING_ROWS. */
    const struct settings_table *settings;
    size_t settings_size;
};

struct membership {
    const struct membership_program *program;
    struct membership_settings *settings; /* the whole of the program's own struct */
    struct identity identity;
    struct enrolment_welcome welcome;
    struct arena arena; /* of welcome and settings */
};

/* Writes keys, settings and the enrolment request; its absolute path goes to out
 * (MEMBERSHIP_PATH_MAX). */
MUST_CHECK enum err membership_create(const struct membership_program *program,
                                      const char *directory, const char *name, char *request_path,
                                      struct problem *problem);
/* Checks the WELCOME in the file and keeps a copy. */
MUST_CHECK enum err membership_join(const struct membership_program *program, const char *directory,
                                    const char *welcome_path, struct membership *out,
                                    struct problem *problem);
/* ERR_NOT_FOUND: not joined yet. out is released by membership_close when OK. */
MUST_CHECK enum err membership_open(const struct membership_program *program, const char *directory,
                                    struct membership *out, struct problem *problem);
void membership_close(struct membership *membership);
const char *membership_address(const struct membership *membership, char *out, size_t out_size);
