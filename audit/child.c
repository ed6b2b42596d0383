/* child.c - see child.h. */
#include "audit/child.h"

#include <errno.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

static volatile sig_atomic_t stopped;
static volatile sig_atomic_t child_pid;
static _Atomic uint64_t *good; /* shared by both processes */

static void on_stop(int number)
{
    stopped = 1;
    if (child_pid > 0)
        (void)kill((pid_t)child_pid, number);
}

bool child_is_stopped(void)
{
    return stopped != 0;
}

void child_note_good(uint64_t position)
{
    if (good)
        atomic_store_explicit(good, position, memory_order_relaxed);
}

static void set_handler(int number, void (*handler)(int))
{
    struct sigaction action = {.sa_handler = handler};
    (void)sigemptyset(&action.sa_mask);
    (void)sigaction(number, &action, NULL);
}

static void watch_signals(void)
{
    set_handler(SIGINT, on_stop);
    set_handler(SIGTERM, on_stop);
    set_handler(SIGPIPE, SIG_IGN); /* a closed standard output is a failed write */
}

/* A sanitizer's handler would turn the signal into an exit status. */
static void die_of_signals(void)
{
    const int deadly[] = {SIGSEGV, SIGBUS, SIGABRT, SIGFPE, SIGILL};
    for (size_t i = 0; i < sizeof deadly / sizeof *deadly; i++)
        set_handler(deadly[i], SIG_DFL);
}

static int await(pid_t pid)
{
    int status = 0;
    while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
        continue;
    return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

int child_run(int (*work)(void *context), void *context, uint64_t *good_position)
{
    good = mmap(NULL, sizeof *good, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (good == MAP_FAILED)
        abort();
    (void)fflush(NULL); /* nothing is to be printed twice */
    watch_signals();
    pid_t parent = getpid(), pid = fork();
    if (pid < 0)
        abort();
    if (pid == 0) {
        (void)prctl(PR_SET_PDEATHSIG, SIGKILL);
        die_of_signals();
        if (getppid() != parent)
            _exit(1);
        int status = work(context);
        (void)fflush(NULL);
        _exit(status);
    }
    child_pid = pid;
    if (stopped)
        (void)kill(pid, SIGTERM);
    int status = await(pid);
    child_pid = 0;
    *good_position = atomic_load_explicit(good, memory_order_relaxed);
    (void)munmap((void *)good, sizeof *good);
    good = NULL;
    return status;
}
