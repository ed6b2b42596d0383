/*
 * bench_broker.h - the shipped broker as a child process ($BENCH_PROGRAMS/huoshui-broker): started
 * until it says READY, looked at, stopped.
 */
#pragma once

#include <sys/types.h>

#include "bench.h"

struct bench_broker {
    char directory[2048];
    pid_t process;
    double ready_ms; /* from the fork to READY */
};

void bench_broker_start(struct bench_broker *broker, const char *directory);
void bench_broker_stop(struct bench_broker *broker, double *stop_ms);
/* "RssAnon", "RssFile", "VmRSS" of a process, in KiB. */
long bench_memory_kib(pid_t process, const char *row);
