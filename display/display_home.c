/* display_home.c - see display_home.h. */
#include "display/display_home.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/file.h>
#include <unistd.h>

const struct membership_program display_program = {
    .program = "huoshui-display",
    .role = PEER_DISPLAY,
    .role_name = "display",
    .of_whom = "a display's",
    .example_name = "市委大屏",
    .settings = &display_settings_table,
    .settings_size = sizeof(struct display_settings),
};

char *display_home_path(const char *directory, const char *name, char out[DISPLAY_PATH_MAX])
{
    (void)snprintf(out, DISPLAY_PATH_MAX, "%s/%s", directory, name);
    return out;
}

const struct display_settings *display_home_settings(const struct display_home *home)
{
    return (const struct display_settings *)home->membership.settings;
}

enum err display_home_open(const char *directory, struct display_home *out, struct problem *problem)
{
    char path[DISPLAY_PATH_MAX];
    if (strlen(directory) + sizeof "/replica/ledger.snapshot" > sizeof out->directory) {
        problem_set(problem, "the path of the directory is longer than %d bytes", DISPLAY_PATH_MAX);
        return ERR_LIMIT;
    }
    (void)snprintf(out->directory, sizeof out->directory, "%s", directory);
    TRY(membership_open(&display_program, directory, &out->membership, problem));
    display_home_path(directory, "huoshui.conf", path);
    enum err err = display_settings_check(display_home_settings(out), path, problem);
    if (err != OK)
        display_home_close(out);
    return err;
}

void display_home_close(struct display_home *home)
{
    membership_close(&home->membership);
}

char *display_home_web(const struct display_home *home, char out[DISPLAY_PATH_MAX])
{
    static const char *const places[] = {"../share/huoshui/web", "../web"};
    char program[DISPLAY_PATH_MAX / 2] = "";
    if (*display_home_settings(home)->web) {
        (void)snprintf(out, DISPLAY_PATH_MAX, "%s", display_home_settings(home)->web);
        return out;
    }
    ssize_t size = readlink("/proc/self/exe", program, sizeof program - 1);
    program[size > 0 ? size : 0] = '\0';
    char *name = strrchr(program, '/');
    if (name)
        name[1] = '\0';
    for (size_t i = 0; i < ARRAY_LENGTH(places); i++) {
        (void)snprintf(out, DISPLAY_PATH_MAX, "%s%s", program, places[i]);
        if (access(out, R_OK | X_OK) == 0)
            break;
    }
    return out;
}

/* ---- who may look ---- */

enum err display_home_read_grants(const char *directory, struct grants *grants,
                                  struct problem *problem)
{
    char path[DISPLAY_PATH_MAX];
    CLEANUP(buffer_release) struct buffer text = {0};
    display_home_path(directory, "grants", path);
    if (access(path, F_OK) != 0 && errno == ENOENT)
        return grants_read(grants, BYTES_NONE, problem);
    TRY(file_read(path, DISPLAY_GRANTS_SIZE_MAX, &text, problem));
    enum err err = grants_read(grants, buffer_bytes(&text), problem);
    if (err != OK)
        problem_set(problem, "%s: %s", path, problem->text);
    return err;
}

enum err display_home_write_grants(const char *directory, const struct grants *grants,
                                   struct problem *problem)
{
    char path[DISPLAY_PATH_MAX];
    CLEANUP(buffer_release) struct buffer text = {0};
    grants_write(grants, &text);
    return file_write(display_home_path(directory, "grants", path), buffer_bytes(&text), problem);
}

int display_home_lock_grants(const char *directory, struct problem *problem)
{
    char path[DISPLAY_PATH_MAX];
    display_home_path(directory, "grants.lock", path);
    int lock = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (lock >= 0 && flock(lock, LOCK_EX) == 0)
        return lock;
    problem_set(problem, "%s cannot be locked: %s", path, strerror(errno));
    problem_remedy(problem, "is this the display's directory, and yours to write?");
    display_home_unlock_grants(lock);
    return -1;
}

void display_home_unlock_grants(int lock)
{
    if (lock >= 0)
        (void)close(lock);
}
