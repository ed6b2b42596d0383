/* membership.c - see membership.h. */
#include "reader/membership.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { FILE_SIZE_MAX = 64 << 10, ARENA_SIZE_MAX = 1 << 20, NAME_SIZE_MAX = 90 };

static enum err path_in(const char *directory, const char *name, char *out, struct problem *problem)
{
    if (snprintf(out, MEMBERSHIP_PATH_MAX, "%s/%s", directory, name) < MEMBERSHIP_PATH_MAX)
        return OK;
    problem_set(problem, "the path of the directory is longer than %d bytes", MEMBERSHIP_PATH_MAX);
    return ERR_LIMIT;
}

static enum err write_file(const char *directory, const char *name, struct bytes content,
                           struct problem *problem)
{
    char path[MEMBERSHIP_PATH_MAX];
    enum err err = path_in(directory, name, path, problem);
    return err == OK ? file_write(path, content, problem) : err;
}

/* Defaults. NULL: more than the arena holds. */
static struct membership_settings *new_settings(const struct membership_program *program,
                                                struct arena *arena)
{
    struct membership_settings *settings = arena_alloc(arena, program->settings_size);
    if (settings)
        settings_default(program->settings, settings);
    return settings;
}

static enum err write_settings(const struct membership_program *program, const char *directory,
                               struct problem *problem)
{
    CLEANUP(arena_release) struct arena arena;
    CLEANUP(buffer_release) struct buffer text = {0};
    arena_init(&arena, ARENA_SIZE_MAX);
    const struct membership_settings *settings = new_settings(program, &arena);
    assert(settings); /* a struct of the program, far below the limit */
    settings_template(program->settings, settings, &text);
    return write_file(directory, "huoshui.conf", buffer_bytes(&text), problem);
}

static enum err write_request(const struct membership_program *program, const char *directory,
                              const char *name, struct problem *problem)
{
    struct identity identity = {0};
    CLEANUP(buffer_release) struct buffer text = {0};
    enum err err = identity_open(directory, &identity, problem);
    if (err != OK)
        return err;
    struct enrolment_request request = {
        .role = program->role,
        .name = bytes_of_text(name),
        .curve_key = bytes_of(identity.curve_public, sizeof identity.curve_public),
        .signing_key = bytes_of(identity.sign_public, sizeof identity.sign_public),
    };
    err = wire_request_seal(&request, identity.signer, &text);
    identity_close(&identity);
    if (err != OK) {
        problem_set(problem, "the enrolment request cannot be signed (%s)", err_name(err));
        return err;
    }
    return write_file(directory, "request.txt", buffer_bytes(&text), problem);
}

enum err membership_create(const struct membership_program *program, const char *directory,
                           const char *name, char *request_path, struct problem *problem)
{
    struct bytes text = bytes_of_text(name);
    if (bytes_trim(text).size == 0 || text.size > NAME_SIZE_MAX || !bytes_are_utf8(text)) {
        problem_set(problem, "--name: 1 to %d bytes of UTF-8 are needed", NAME_SIZE_MAX);
        problem_remedy(problem, "for example --name %s", program->example_name);
        return ERR_MALFORMED;
    }
    enum err err = identity_create(directory, problem);
    if (err == OK)
        err = write_settings(program, directory, problem);
    if (err == OK)
        err = write_request(program, directory, name, problem);
    char path[MEMBERSHIP_PATH_MAX];
    if (err == OK)
        err = path_in(directory, "request.txt", path, problem);
    if (err != OK)
        return err;
    char *absolute = realpath(path, NULL);
    (void)snprintf(request_path, MEMBERSHIP_PATH_MAX, "%s", absolute ? absolute : path);
    free(absolute);
    return OK;
}

static enum err read_settings(const char *directory, struct membership *out,
                              struct problem *problem)
{
    const struct membership_program *program = out->program;
    char path[MEMBERSHIP_PATH_MAX];
    CLEANUP(buffer_release) struct buffer text = {0};
    enum err err = path_in(directory, "huoshui.conf", path, problem);
    if (err == OK && access(path, F_OK) != 0) {
        problem_set(problem, "%s is not %s directory: it has no huoshui.conf", directory,
                    program->of_whom);
        problem_remedy(problem, "make one: %s init %s --name %s", program->program, directory,
                       program->example_name);
        return ERR_NOT_FOUND;
    }
    if (err == OK)
        err = file_read(path, FILE_SIZE_MAX, &text, problem);
    if (err != OK)
        return err;
    out->settings = new_settings(program, &out->arena);
    assert(out->settings);
    return settings_parse(program->settings, path, buffer_bytes(&text), out->settings, problem);
}

static enum err check_welcome(const struct membership *membership, const char *path,
                              struct problem *problem)
{
    const struct enrolment_welcome *welcome = &membership->welcome;
    const struct identity *identity = &membership->identity;
    uint8_t key_id[KEY_ID_SIZE];
    wire_key_id(bytes_of(identity->curve_public, sizeof identity->curve_public),
                bytes_of(identity->sign_public, sizeof identity->sign_public), key_id);
    if (!bytes_equal(welcome->key_id, bytes_of(key_id, sizeof key_id))) {
        char ours[2 * KEY_ID_SIZE + 1], theirs[2 * KEY_ID_SIZE + 1] = "?";
        if (welcome->key_id.size == KEY_ID_SIZE)
            hex_text(welcome->key_id, theirs, sizeof theirs);
        problem_set(problem, "%s welcomes the key %s, ours is %s", path, theirs,
                    hex_text(bytes_of(key_id, sizeof key_id), ours, sizeof ours));
        problem_remedy(problem, "ask the city to enrol the request.txt of this very directory");
        return ERR_DENIED;
    }
    if (welcome->role == PEER_AGENT) {
        problem_set(problem, "%s enrols this key as an agent, which sees its own unit only", path);
        problem_remedy(problem, "ask the city: huoshui-broker enrol B request.txt --role %s",
                       membership->program->role_name);
        return ERR_DENIED;
    }
    return OK;
}

static enum err read_welcome(const char *path, struct membership *membership, struct buffer *text,
                             struct problem *problem)
{
    enum err err = file_read(path, FILE_SIZE_MAX, text, problem);
    if (err == OK)
        err = wire_welcome_open(buffer_bytes(text), &membership->arena, &membership->welcome,
                                problem);
    return err == OK ? check_welcome(membership, path, problem) : err;
}

static enum err open_with(const struct membership_program *program, const char *directory,
                          const char *welcome_path, struct membership *out, struct buffer *text,
                          struct problem *problem)
{
    *out = (struct membership){.program = program};
    arena_init(&out->arena, ARENA_SIZE_MAX);
    enum err err = read_settings(directory, out, problem);
    if (err == OK)
        err = identity_open(directory, &out->identity, problem);
    if (err != OK) {
        arena_release(&out->arena);
        return err;
    }
    err = read_welcome(welcome_path, out, text, problem);
    if (err != OK)
        membership_close(out);
    return err;
}

enum err membership_join(const struct membership_program *program, const char *directory,
                         const char *welcome_path, struct membership *out, struct problem *problem)
{
    struct membership membership;
    CLEANUP(buffer_release) struct buffer text = {0};
    enum err err = open_with(program, directory, welcome_path, &membership, &text, problem);
    if (err != OK)
        return err;
    err = write_file(directory, "welcome.txt", buffer_bytes(&text), problem);
    if (err == OK)
        *out = membership;
    else
        membership_close(&membership);
    return err;
}

enum err membership_open(const struct membership_program *program, const char *directory,
                         struct membership *out, struct problem *problem)
{
    char path[MEMBERSHIP_PATH_MAX];
    CLEANUP(buffer_release) struct buffer text = {0};
    enum err err = path_in(directory, "welcome.txt", path, problem);
    if (err == OK && access(path, F_OK) != 0) {
        problem_set(problem, "%s has not joined a city: there is no welcome.txt", directory);
        problem_remedy(problem,
                       "let the city run huoshui-broker enrol B %s/request.txt > welcome.txt, then "
                       "%s join %s welcome.txt",
                       directory, program->program, directory);
        return ERR_NOT_FOUND;
    }
    return err == OK ? open_with(program, directory, path, out, &text, problem) : err;
}

void membership_close(struct membership *membership)
{
    identity_close(&membership->identity);
    arena_release(&membership->arena);
}

const char *membership_address(const struct membership *membership, char *out, size_t out_size)
{
    if (*membership->settings->broker_address)
        (void)snprintf(out, out_size, "%s", membership->settings->broker_address);
    else
        bytes_to_text(membership->welcome.address, out, out_size);
    return out;
}
