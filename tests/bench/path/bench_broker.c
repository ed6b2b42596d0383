/* bench_broker.c - see bench_broker.h. */
#include "bench_broker.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

enum { LINE_SIZE = 512 };

static _Noreturn void become_broker(const char *directory, int out)
{
    char program[LINE_SIZE];
    const char *programs = getenv("BENCH_PROGRAMS");
    (void)snprintf(program, sizeof(program), "%s/huoshui-broker",
                   programs ? programs : "build/bin");
    (void)prctl(PR_SET_PDEATHSIG, SIGTERM); /* it does not outlive a measurement that failed */
    (void)dup2(out, STDOUT_FILENO);
    int log = open("/dev/null", O_WRONLY | O_CLOEXEC);
    (void)dup2(log, STDERR_FILENO);
    (void)execl(program, program, "run", directory, (char *)NULL);
    _exit(127);
}

void bench_broker_start(struct bench_broker *broker, const char *directory)
{
    int ends[2];
    char line[LINE_SIZE];
    *broker = (struct bench_broker){0};
    (void)snprintf(broker->directory, sizeof(broker->directory), "%s", directory);
    if (pipe2(ends, O_CLOEXEC) != 0)
        abort();
    uint64_t began_ns = now_ns();
    broker->process = fork();
    if (broker->process == 0)
        become_broker(directory, ends[1]);
    (void)close(ends[1]);
    FILE *out = fdopen(ends[0], "r");
    if (!out)
        abort();
    while (fgets(line, sizeof(line), out) && strcmp(line, "READY\n") != 0)
        continue;
    if (strcmp(line, "READY\n") != 0)
        bench_die("%s: the broker did not start", directory);
    broker->ready_ms = (double)(now_ns() - began_ns) / (double)NS_PER_MS;
    (void)fclose(out); /* it prints nothing more */
}

void bench_broker_stop(struct bench_broker *broker, double *stop_ms)
{
    uint64_t began_ns = now_ns();
    (void)kill(broker->process, SIGTERM);
    (void)waitpid(broker->process, NULL, 0);
    *stop_ms = (double)(now_ns() - began_ns) / (double)NS_PER_MS;
}

long bench_memory_kib(pid_t process, const char *row)
{
    char path[64], line[LINE_SIZE];
    long kib = 0;
    size_t size = strlen(row);
    (void)snprintf(path, sizeof(path), "/proc/%d/status", (int)process);
    FILE *status = fopen(path, "r");
    while (status && fgets(line, sizeof(line), status))
        if (strncmp(line, row, size) == 0 && line[size] == ':')
            kib = strtol(line + size + 1, NULL, 10);
    if (status)
        (void)fclose(status);
    return kib;
}
