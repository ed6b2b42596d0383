/* test_writer.c - the writer's thread: a batch changes hands whole and comes back on the loop,
 * committed. */
#include "commit_scene.h"

#include "broker/writer.h"

struct writer_scene {
    struct commit_scene commit;
    uv_loop_t loop;
    struct writer *writer;
    size_t done;
    uint64_t head;
};

static void on_done(void *context, struct batch *batch)
{
    struct writer_scene *scene = context;
    assert_int_equal(batch->result, OK);
    scene->done++;
    scene->head = batch->head.position;
    batch_clear(batch);
}

static void writer_scene_open(struct writer_scene *scene)
{
    *scene = (struct writer_scene){0};
    scene_open(&scene->commit);
    assert_int_equal(uv_loop_init(&scene->loop), 0);
    struct writer_options options = {
        .loop = &scene->loop,
        .commit = &scene->commit.commit,
        .store = scene->commit.store,
        .head_directory = scene->commit.directory,
        .on_done = on_done,
        .context = scene,
    };
    assert_int_equal(writer_open(&options, &scene->writer), OK);
}

static void writer_scene_close(struct writer_scene *scene)
{
    writer_close(scene->writer);
    uv_run(&scene->loop, UV_RUN_DEFAULT);
    assert_int_equal(uv_loop_close(&scene->loop), 0);
    scene_close(&scene->commit);
}

static void a_batch_comes_back_on_the_loop_committed(void **state)
{
    (void)state;
    struct writer_scene scene;
    writer_scene_open(&scene);
    for (uint64_t seq = 1; seq <= 50; seq++) {
        scene_add_event(&scene.commit, "341502", seq, bytes_of_text("event"));
        writer_submit(scene.writer, &scene.commit.batch);
        assert_false(writer_is_idle(scene.writer));
        while (!writer_is_idle(scene.writer))
            uv_run(&scene.loop, UV_RUN_ONCE);
        assert_int_equal(scene.head, seq);
    }
    assert_int_equal(scene.done, 50);
    writer_scene_close(&scene);
}

static void waiting_delivers_the_batch_once_and_at_once(void **state)
{
    (void)state;
    struct writer_scene scene;
    writer_scene_open(&scene);
    scene_add_event(&scene.commit, "341502", 1, bytes_of_text("event"));
    writer_submit(scene.writer, &scene.commit.batch);
    writer_wait(scene.writer);
    assert_int_equal(scene.done, 1);
    assert_true(writer_is_idle(scene.writer));
    writer_wait(scene.writer);          /* nothing to wait for */
    uv_run(&scene.loop, UV_RUN_NOWAIT); /* the wake-up of the batch that was delivered already */
    assert_int_equal(scene.done, 1);
    writer_scene_close(&scene);
}

static void closing_writes_the_head_file_and_never_ahead_of_the_commit(void **state)
{
    (void)state;
    struct writer_scene scene;
    writer_scene_open(&scene);
    scene_add_event(&scene.commit, "341502", 1, bytes_of_text("one"));
    scene_add_event(&scene.commit, "341502", 2, bytes_of_text("two"));
    writer_submit(scene.writer, &scene.commit.batch);
    writer_wait(scene.writer);
    writer_close(scene.writer);
    uv_run(&scene.loop, UV_RUN_DEFAULT);
    assert_int_equal(uv_loop_close(&scene.loop), 0);

    struct log_head head;
    assert_int_equal(log_head_file_read(scene.commit.directory, &head), OK);
    assert_int_equal(head.position, 2);
    assert_true(hash_equal(&head.hash, &scene.commit.commit.head.hash));
    scene_close(&scene.commit);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_batch_comes_back_on_the_loop_committed),
        cmocka_unit_test(waiting_delivers_the_batch_once_and_at_once),
        cmocka_unit_test(closing_writes_the_head_file_and_never_ahead_of_the_commit),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
