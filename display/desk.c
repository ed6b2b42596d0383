/* desk.c - see desk.h. The thread, its loop and its end; what it does there stands in desk_*.c. */
#include "display/desk_parts.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "base/random.h"
#include "io/daemon.h"

enum desk_timers { DESK_TIMERS = 4 };

/* ---- on the desk's loop ---- */

static void on_wake(void *context)
{
    struct desk *desk = context;
    if (post_is_stopped(desk->post))
        uv_stop(&desk->loop);
    else
        desk_answer_questions(desk);
}

static void on_beat(uv_timer_t *timer)
{
    desk_tell_beat(timer->data);
}

static void on_frame(uv_timer_t *timer)
{
    desk_frame_when_due(timer->data);
}

static void on_disk(uv_timer_t *timer)
{
    desk_write(timer->data);
}

static void on_again(uv_timer_t *timer)
{
    desk_subscribe(timer->data);
}

static void open_timers(struct desk *desk)
{
    uv_timer_t *const timers[DESK_TIMERS] = {&desk->beat, &desk->frame, &desk->disk, &desk->again};
    for (size_t i = 0; i < ARRAY_LENGTH(timers); i++) {
        (void)uv_timer_init(&desk->loop, timers[i]);
        timers[i]->data = desk;
    }
    (void)uv_timer_start(&desk->beat, on_beat, STREAM_BEAT_MS, STREAM_BEAT_MS);
    (void)uv_timer_start(&desk->again, on_again, 0, 0);
}

void desk_frame_soon(struct desk *desk, uint64_t wait_ms)
{
    uv_update_time(&desk->loop);
    (void)uv_timer_start(&desk->frame, on_frame, wait_ms, 0);
}

void desk_write_soon(struct desk *desk, uint64_t wait_ms)
{
    uv_update_time(&desk->loop);
    (void)uv_timer_start(&desk->disk, on_disk, wait_ms, 0);
}

void desk_subscribe_later(struct desk *desk, uint64_t wait_ms)
{
    uv_update_time(&desk->loop);
    (void)uv_timer_start(&desk->again, on_again, wait_ms, 0);
}

static void close_handles(struct desk *desk)
{
    if (desk->subscriber)
        subscriber_close(TAKE(desk->subscriber));
    uv_close((uv_handle_t *)&desk->beat, NULL);
    uv_close((uv_handle_t *)&desk->frame, NULL);
    uv_close((uv_handle_t *)&desk->disk, NULL);
    uv_close((uv_handle_t *)&desk->again, NULL);
    post_detach_desk(desk->post);
    while (uv_run(&desk->loop, UV_RUN_DEFAULT) != 0) /* once more after an uv_stop */
        continue;
    if (uv_loop_close(&desk->loop) != 0)
        log_line("warning", "a handle of the desk's loop was left open");
}

static void *run(void *argument)
{
    struct desk *desk = argument;
    desk_make_frame(desk); /* what is asked meanwhile waits for it */
    (void)uv_run(&desk->loop, UV_RUN_DEFAULT);
    desk_write(desk);
    desk_save_snapshot(desk);
    close_handles(desk);
    return NULL;
}

/* ---- on the server's loop ---- */

static void hand_over(const struct desk_handlers *handlers, const struct letter *letter)
{
    switch (letter->kind) {
    case LETTER_ANSWER:
        handlers->on_answer(handlers->context, letter->ticket, &letter->answer);
        break;
    case LETTER_NEWS:
        handlers->on_news(handlers->context, letter->event, letter->position,
                          bytes_of_text(letter->unit), buffer_bytes(&letter->text));
        break;
    case LETTER_BEGIN:
        handlers->on_begin(handlers->context, letter->position, buffer_bytes(&letter->text),
                           buffer_bytes(&letter->contact));
        break;
    }
}

static void on_letters(void *context)
{
    struct desk *desk = context;
    struct letter *letter = post_take_letters(desk->post);
    while (letter) {
        struct letter *next = letter->next;
        hand_over(&desk->handlers, letter);
        letter_free(letter);
        letter = next;
    }
    desk->handlers.on_turn(desk->handlers.context);
}

/* ---- open and close ---- */

static enum err open_replica(struct desk *desk, struct problem *problem)
{
    const struct display_settings *settings = desk->settings;
    struct store_options sizes = {
        .map_bytes = (uint64_t)settings->map_bytes,
        .quota_bytes = (uint64_t)settings->quota_bytes,
        .reserve_bytes = (uint64_t)settings->reserve_bytes,
    };
    display_home_path(desk->home->directory, "replica", desk->snapshot_directory);
    return replica_open(desk->snapshot_directory, &sizes, &desk->replica, problem);
}

static struct desk *new_desk(struct display_home *home, const struct desk_handlers *handlers)
{
    struct desk *desk = calloc(1, sizeof *desk);
    uint64_t seed;
    if (!desk)
        abort();
    random_secret(&seed, sizeof seed);
    desk->home = home;
    desk->settings = display_home_settings(home);
    desk->handlers = *handlers;
    desk->post = post_new();
    desk->frame_is_whole = true;
    bytes_to_text(home->membership.welcome.city_name, desk->city, sizeof desk->city);
    folding_init(&desk->folding);
    desk->memory = board_memory_new();
    arena_init(&desk->arena, ANSWER_ARENA_MAX);
    recall_init(&desk->recall, seed, RECALL_BYTES_MAX);
    return desk;
}

static void free_parts(struct desk *desk)
{
    replica_close(&desk->replica);
    folding_release(&desk->folding);
    arena_release(&desk->arena);
    board_memory_free(desk->memory);
    board_release(&desk->boards[0]);
    board_release(&desk->boards[1]);
    contacts_release(&desk->contacts);
    recall_release(&desk->recall);
    timeline_release(&desk->timeline);
    buffer_release(&desk->text);
    post_free(desk->post);
    free(desk);
}

static enum err open_loops(struct desk *desk, uv_loop_t *server_loop)
{
    if (uv_loop_init(&desk->loop) != 0)
        return ERR_IO;
    TRY(post_attach_desk(desk->post, &desk->loop, on_wake, desk));
    TRY(post_attach_server(desk->post, server_loop, on_letters, desk));
    open_timers(desk);
    return OK;
}

enum err desk_open(struct display_home *home, uv_loop_t *server_loop,
                   const struct desk_handlers *handlers, struct desk **out, struct problem *problem)
{
    struct desk *desk = new_desk(home, handlers);
    enum err err = open_replica(desk, problem);
    if (err == OK)
        err = desk_load(desk, problem);
    if (err != OK) {
        free_parts(desk);
        return err;
    }
    if (open_loops(desk, server_loop) != OK)
        abort(); /* without descriptors for a loop there is nothing to tell */
    desk_set_feed(desk, FEED_CATCHING_UP, "");
    if (pthread_create(&desk->thread, NULL, run, desk) != 0)
        abort();
    *out = desk;
    return OK;
}

enum err desk_ask(struct desk *desk, uint64_t ticket, const struct route *route,
                  const struct visitor *visitor)
{
    return post_ask(desk->post, ticket, route, visitor);
}

void desk_vitals(struct desk *desk, struct vitals *out)
{
    post_get_vitals(desk->post, out);
}

size_t desk_questions_waiting(struct desk *desk)
{
    return post_questions_waiting(desk->post);
}

void desk_close(struct desk *desk)
{
    post_stop(desk->post);
    pthread_join(desk->thread, NULL);
    post_detach_server(desk->post);
}

void desk_free(struct desk *desk)
{
    free_parts(desk);
}
