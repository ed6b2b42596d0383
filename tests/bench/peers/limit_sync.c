/*
 * limit_sync.c - limit_sync COMMAND -d DIRECTORY [-t SECONDS] [-b BYTES]: what one fdatasync costs.
 * overwrite: a block of a file whose blocks are all written, then fdatasync. spin: how much of a
 * fixed integer loop one core does; run between subjects, it shows a noisy minute.
 */
#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "bench.h"

enum { FILE_BYTES = 64 << 20, CHUNK_BYTES = 1 << 20, SPIN_ROUNDS = 10000 };

static void spin(void)
{
    uint64_t value = 88172645463325252ULL, began_ns = now_ns();
    uint64_t end_ns = began_ns + (uint64_t)(options.seconds * (double)NS_PER_S);
    long count = 0;
    for (; now_ns() < end_ns; count++) {
        for (int i = 0; i < SPIN_ROUNDS; i++) {
            value ^= value << 13;
            value ^= value >> 7;
            value ^= value << 17;
        }
    }
    double seconds = (double)(now_ns() - began_ns) / (double)NS_PER_S;
    (void)printf("spin_mops=%.0f check=%u\n", (double)count * SPIN_ROUNDS / 1e6 / seconds,
                 (unsigned)(value & 1));
}

static void write_all(int descriptor)
{
    static char chunk[CHUNK_BYTES];
    memset(chunk, 1, sizeof(chunk));
    for (off_t at = 0; at < FILE_BYTES; at += CHUNK_BYTES)
        if (pwrite(descriptor, chunk, sizeof(chunk), at) != CHUNK_BYTES)
            bench_die("write: %s", strerror(errno));
    (void)fsync(descriptor);
}

static void overwrite(void)
{
    char path[512];
    static struct histogram latency;
    size_t size = (size_t)options.batch;
    char *block = calloc(1, size);
    (void)snprintf(path, sizeof(path), "%s/limit_sync.tmp", options.directory);
    int descriptor = open(path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (!block || descriptor < 0)
        bench_die("open %s", path);
    write_all(descriptor);
    uint64_t began_ns = now_ns(), at_ns = began_ns;
    uint64_t end_ns = began_ns + (uint64_t)(options.seconds * (double)NS_PER_S);
    for (off_t at = 0; at_ns < end_ns; at = (at + (off_t)size) % (FILE_BYTES - CHUNK_BYTES)) {
        uint64_t before_ns = at_ns;
        if (pwrite(descriptor, block, size, at) != (ssize_t)size || fdatasync(descriptor) != 0)
            bench_die("write or fdatasync: %s", strerror(errno));
        at_ns = now_ns();
        histogram_add(&latency, at_ns - before_ns);
    }
    double seconds = (double)(at_ns - began_ns) / (double)NS_PER_S;
    (void)printf("syncs=%.0f ", (double)latency.count / seconds);
    histogram_print(&latency);
    (void)printf("\n");
    (void)close(descriptor);
    (void)unlink(path);
    free(block);
}

int main(int argc, char **argv)
{
    options_parse(argc, argv);
    if (is_command("spin"))
        spin();
    else if (is_command("overwrite"))
        overwrite();
    else
        bench_die("%s: spin or overwrite", options.command);
    return 0;
}
