/*
 * bench_agent.h - a joined agent in a thread: the shipped home, outbox, courier and socket on a
 * loop of its own, as agent/daemon.c drives them, and a note of when each row left and was acked.
 */
#pragma once

#include "agent/commands.h"
#include "bench.h"
#include "io/zsock.h"

enum { BENCH_FLIGHTS = 256, NOTE_TEXT_SIZE = 297 /* its fact is 300 bytes */ };

struct bench_agent {
    uv_loop_t loop;
    uv_timer_t timer;
    struct home home;
    struct courier courier;
    struct zcontext *zcontext; /* shared by the agents of a process, as by combo's publishers */
    struct zsock *zsock;
    struct control_server *control;
    struct publisher *publisher; /* told of each ack; may be NULL */
    struct buffer envelope;
    uint64_t notes;
    uint64_t turn_ns, told_seq;
    struct { /* rows from first_seq on left in the turn that began at at_ns */
        uint64_t first_seq, at_ns;
    } flights[BENCH_FLIGHTS];
    size_t flight_first, flight_count;
};

void bench_agent_open(struct bench_agent *agent, const char *directory, struct zcontext *zcontext);
void bench_agent_wait_live(struct bench_agent *agent);
/* Clerks may come, as to `huoshui-agent run`. */
void bench_agent_listen(struct bench_agent *agent, const char *socket_path);
/* Rows of NOTE events, count of them in one transaction; durable on return. stamp_ns goes into the
 * text (bench_agent_stamp). */
void bench_agent_add(struct bench_agent *agent, long count, const uint64_t *stamps_ns);
void bench_agent_fill(struct bench_agent *agent, long count);
size_t bench_agent_encoded_size(void); /* of one of them: its envelope */
/* The stamp of a note's payload; 0: not ours. */
uint64_t bench_agent_stamp(struct bytes payload);
/* The next push leaves now: what has been added since is seen. */
void bench_agent_turn(struct bench_agent *agent);
/* Runs the loop until everything is acked. */
void bench_agent_wait_acked(struct bench_agent *agent);
void bench_agent_close(struct bench_agent *agent);
