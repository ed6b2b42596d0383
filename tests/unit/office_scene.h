/* office_scene.h - a broker's directory made by init, and enrolment requests to bring to it. */
#pragma once

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include <ftw.h>

#include "broker/commands.h"
#include "io/zsock.h"
#include "proto/wire.h"

struct office_scene {
    char root[64], directory[80];
    struct office office;
    struct buffer out, error;
    struct control_answer answer;
};

static inline int office_scene_remove(const char *path, const struct stat *status, int type,
                                      struct FTW *at)
{
    (void)status, (void)type, (void)at;
    return remove(path);
}

static inline void office_scene_open(struct office_scene *scene)
{
    *scene = (struct office_scene){0};
    scene->answer = (struct control_answer){.out = &scene->out, .error = &scene->error};
    (void)snprintf(scene->root, sizeof scene->root, "/tmp/huoshui-office-XXXXXX");
    assert_non_null(mkdtemp(scene->root));
    (void)snprintf(scene->directory, sizeof scene->directory, "%s/B", scene->root);
    struct problem problem = {0};
    struct office_plan plan = {
        .directory = scene->directory,
        .name = "六安市",
        .unit = "3415",
        .advertise = "tcp://127.0.0.1:8500",
    };
    assert_int_equal(office_create(&plan, &problem), OK);
    assert_int_equal(office_open(scene->directory, &scene->office, &problem), OK);
}

static inline void office_scene_close(struct office_scene *scene)
{
    office_close(&scene->office);
    buffer_release(&scene->out);
    buffer_release(&scene->error);
    assert_int_equal(nftw(scene->root, office_scene_remove, 16, FTW_DEPTH | FTW_PHYS), 0);
}

struct office_peer {
    uint8_t curve_public[32], curve_secret[32], sign_public[32], sign_secret[32];
    struct buffer request;
};

static inline void office_peer_make(struct office_peer *peer, uint32_t role, const char *unit,
                                    const char *name)
{
    *peer = (struct office_peer){0};
    assert_int_equal(zsock_keypair(peer->curve_public, peer->curve_secret), OK);
    assert_int_equal(sign_keypair(peer->sign_public, peer->sign_secret), OK);
    CLEANUP(signer_close) struct signer *signer = NULL;
    assert_int_equal(signer_open(peer->sign_secret, &signer), OK);
    struct enrolment_request request = {
        .role = role,
        .unit = bytes_of_text(unit),
        .name = bytes_of_text(name),
        .unit_type = UNIT_COUNTY,
        .curve_key = bytes_of(peer->curve_public, 32),
        .signing_key = bytes_of(peer->sign_public, 32),
    };
    assert_int_equal(wire_request_seal(&request, signer, &peer->request), OK);
}

static inline int office_ask(struct office_scene *scene, const char *const *arguments, size_t count,
                             struct bytes input)
{
    struct desk desk = {.office = &scene->office};
    struct control_request request = {.argument_count = count, .input = input};
    for (size_t i = 0; i < count; i++)
        request.arguments[i] = arguments[i];
    buffer_clear(&scene->out);
    buffer_clear(&scene->error);
    broker_command(&desk, &request, &scene->answer);
    buffer_add(&scene->out, bytes_of("", 1)); /* as a C string */
    buffer_add(&scene->error, bytes_of("", 1));
    return scene->answer.status;
}

static inline int office_enrol(struct office_scene *scene, const struct office_peer *peer,
                               const char *role, const char *replace)
{
    const char *arguments[] = {"enrol", role, replace};
    return office_ask(scene, arguments, 3, buffer_bytes(&peer->request));
}
