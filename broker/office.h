/*
 * office.h - a broker's directory, opened: settings, keys, store, roster and the commit that writes
 * to them (shell). Commands and the running server share it; the server puts its writer in front of
 * office.append.
 *
 *   B/huoshui.conf   settings            B/keys/         curve, sign, token secrets (0600)
 *   B/store/         data.mdb and head   B/address       the address that was bound, kept
 *   B/control.sock   while `run` is up
 */
#pragma once

#include "broker/commit.h"
#include "broker/roster.h"
#include "broker/settings.h"
#include "broker/token.h"
#include "io/identity.h"

enum { OFFICE_PATH_MAX = 4096, OFFICE_DIRECTORY_MAX = 3800, LOG_ID_SIZE = 16 };

struct office {
    char directory[OFFICE_DIRECTORY_MAX];
    struct broker_settings settings;
    struct store *store;
    struct commit commit;
    struct roster roster;
    struct identity identity;
    struct token_secret token_secret;
    char city_name[ROSTER_NAME_MAX + 1], city_unit[UNIT_TEXT_MAX + 1];
    uint8_t log_id[LOG_ID_SIZE];
    uint64_t safe_position;
    bool rolled_back; /* the store is behind its head file (contract 5.3); an alarm says so at the
                         next run */
    struct log_head head_file;

    /* Commits the batch durably, then office_on_committed. The server replaces it by its writer. */
    enum err (*append)(void *context, struct batch *batch);
    void *append_context;
};

struct office_plan { /* what init was asked for */
    const char *directory, *name, *unit, *listen, *advertise;
};
MUST_CHECK enum err office_create(const struct office_plan *plan, struct problem *problem);
MUST_CHECK enum err office_open(const char *directory, struct office *out, struct problem *problem);
void office_close(struct office *office);
MUST_CHECK enum err office_append(struct office *office, struct batch *batch);
/* Folds what a committed batch changed into roster and safe position. */
void office_on_committed(struct office *office, const struct batch *batch);
/* Into out (OFFICE_PATH_MAX): directory/name. */
char *office_path(const struct office *office, const char *name, char *out);
/* What goes into WELCOME: settings.advertise, else the kept address; ERR_NOT_FOUND while none is
 * known. */
MUST_CHECK enum err office_address(const struct office *office, char *out, size_t out_size);
void office_alarm(const struct office *office, struct batch *batch, const struct alarm *alarm);
