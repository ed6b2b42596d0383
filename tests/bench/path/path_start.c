/*
 * path_start.c - path_start run -d DIRECTORY: starts the broker of DIRECTORY/broker on the log it
 * has; how long until READY, and until the ack of an event that DIRECTORY/a0 holds; what it keeps
 * in memory; how long it takes to stop.
 */
#include "bench_agent.h"
#include "bench_broker.h"

int main(int argc, char **argv)
{
    static struct bench_agent agent;
    struct bench_broker broker;
    struct zcontext *zcontext;
    char path[4096];
    double stop_ms;
    options_parse(argc, argv);
    payload_load();
    if (zcontext_open(&zcontext) != OK)
        bench_die("no ZeroMQ with CURVE");
    (void)snprintf(path, sizeof(path), "%s/a0", options.directory);
    bench_agent_open(&agent, path, zcontext);
    bench_agent_add(&agent, 1, NULL);
    (void)snprintf(path, sizeof(path), "%s/broker", options.directory);
    uint64_t began_ns = now_ns();
    bench_broker_start(&broker, path);
    bench_agent_wait_acked(&agent);
    double acked_ms = (double)(now_ns() - began_ns) / (double)NS_PER_MS;
    long anonymous = bench_memory_kib(broker.process, "RssAnon");
    long whole = bench_memory_kib(broker.process, "VmRSS");
    bench_agent_close(&agent);
    bench_broker_stop(&broker, &stop_ms);
    (void)printf("ready_ms=%.0f acked_ms=%.0f anon_kib=%ld rss_kib=%ld stop_ms=%.0f\n",
                 broker.ready_ms, acked_ms, anonymous, whole, stop_ms);
    return 0;
}
