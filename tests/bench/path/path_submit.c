/*
 * path_submit.c - path_submit run -d DIRECTORY -n EVENTS: one event at a time through the control
 * socket of DIRECTORY/a0, as `huoshui-agent submit` does it: how long until "accepted" (durable
 * here), and until the broker's ack has moved the cursor.
 */
#include <pthread.h>

#include "bench_agent.h"

enum { LOOK_NS = 20000, LINE_SIZE = 512 };

static struct bench_agent agent;
static struct publisher publisher;
static char socket_path[4096];
static struct histogram accepted, acked;

static void submit_one(long number)
{
    char line[LINE_SIZE];
    CLEANUP(buffer_release) struct buffer out = {0}, error = {0};
    struct control_answer answer = {.out = &out, .error = &error};
    struct problem problem = {0};
    size_t size;
    (void)payload((size_t)number, &size);
    int length = snprintf(line, sizeof(line),
                          "{\"kind\":\"NOTE\",\"occurred_on\":\"2022-09-30\","
                          "\"note\":{\"text\":\"%0265lu%032ld\"}}",
                          (unsigned long)now_ns(), number);
    struct control_request request = {
        .arguments = {"submit"},
        .argument_count = 1,
        .input = bytes_of(line, (size_t)length),
    };
    long before = atomic_load(&publisher.acked);
    uint64_t began_ns = now_ns();
    if (control_call(socket_path, &request, &answer, &problem) != OK || answer.status != 0)
        bench_die("submit: %s%.*s", problem.text, (int)error.size, (const char *)error.data);
    histogram_add(&accepted, now_ns() - began_ns);
    while (atomic_load(&publisher.acked) == before)
        sleep_until_ns(now_ns() + LOOK_NS);
    histogram_add(&acked, now_ns() - began_ns);
}

static void *clerk(void *unused)
{
    (void)unused;
    for (long i = 0; i < options.count; i++)
        submit_one(i);
    (void)printf("accepted_p50_us=%.0f accepted_p99_us=%.0f acked_p50_us=%.0f acked_p99_us=%.0f\n",
                 histogram_us(&accepted, .5), histogram_us(&accepted, .99),
                 histogram_us(&acked, .5), histogram_us(&acked, .99));
    (void)fflush(stdout);
    exit(0); /* NOLINT(concurrency-mt-unsafe): the loop's thread has nothing to save */
}

int main(int argc, char **argv)
{
    struct zcontext *zcontext;
    pthread_t thread;
    char path[2048];
    options.count = 500;
    options_parse(argc, argv);
    payload_load();
    if (zcontext_open(&zcontext) != OK)
        bench_die("no ZeroMQ with CURVE");
    (void)snprintf(path, sizeof(path), "%s/a0", options.directory);
    bench_agent_open(&agent, path, zcontext);
    bench_agent_wait_live(&agent);
    bench_agent_wait_acked(&agent);
    agent.publisher = &publisher;
    (void)snprintf(socket_path, sizeof(socket_path), "%s/agent.sock", path);
    bench_agent_listen(&agent, socket_path);
    if (pthread_create(&thread, NULL, clerk, NULL) != 0)
        abort();
    (void)uv_run(&agent.loop, UV_RUN_DEFAULT);
    return 0;
}
