/*
 * display_home.h - the display's directory (shell): what commands and the running program share of
 * it.
 *
 *   D/huoshui.conf, keys/, request.txt, welcome.txt   as reader/membership.h
 *   D/grants     who may look (display/grants.h)      D/grants.lock   while it is changed
 *   D/replica/   data.mdb, ledger.snapshot            D/display.sock  while `run` is up
 */
#pragma once

#include "display/grants.h"
#include "display/settings.h"
#include "reader/membership.h"

enum { DISPLAY_PATH_MAX = MEMBERSHIP_PATH_MAX, DISPLAY_GRANTS_SIZE_MAX = 4 << 20 };

struct display_home {
    char directory[DISPLAY_PATH_MAX];
    struct membership membership;
};

extern const struct membership_program display_program;

/* ERR_NOT_FOUND: not made, or not joined yet. Settings are checked. */
MUST_CHECK enum err display_home_open(const char *directory, struct display_home *out,
                                      struct problem *problem);
void display_home_close(struct display_home *home);
const struct display_settings *display_home_settings(const struct display_home *home);
char *display_home_path(const char *directory, const char *name, char out[DISPLAY_PATH_MAX]);

/* The directory of the pages: as the settings say, else share/huoshui/web or web beside bin. */
char *display_home_web(const struct display_home *home, char out[DISPLAY_PATH_MAX]);

/* The file's grants; none when there is no file. */
MUST_CHECK enum err display_home_read_grants(const char *directory, struct grants *grants,
                                             struct problem *problem);
MUST_CHECK enum err display_home_write_grants(const char *directory, const struct grants *grants,
                                              struct problem *problem);
/* Held while the file is read, changed and written; closing it gives it back. -1: a problem. */
int display_home_lock_grants(const char *directory, struct problem *problem);
void display_home_unlock_grants(int lock);
